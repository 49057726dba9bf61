"""What is worked out once and kept."""

import json
import os
import stat

import pytest

from nlu.base.compiled import compiled


class Work:
    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        return {"knee": ["spasm", str(self.times)]}


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "words.yml"
    path.write_text("knee")
    return path


@pytest.fixture
def kept(tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


def test_it_is_worked_out_once(source, kept):
    work = Work()
    first = compiled("words", [source], work, kept)
    assert compiled("words", [source], work, kept) == first
    assert work.times == 1
    assert sorted(path.name for path in kept.iterdir()) == ["words.json"]


def test_a_change_of_a_source_has_it_worked_out_anew(source, kept):
    work = Work()
    compiled("words", [source], work, kept)
    source.write_text("calf")
    assert compiled("words", [source], work, kept) == {"knee": ["spasm", "2"]}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"made_from": 7}', "\0\0", '{"made_from": null, "result": 1}'])
def test_what_was_kept_badly_is_worked_out_anew(source, kept, content):
    (kept / "words.json").write_text(content)
    work = Work()
    assert compiled("words", [source], work, kept) == {"knee": ["spasm", "1"]}
    assert json.loads((kept / "words.json").read_text())["result"] == {"knee": ["spasm", "1"]}


def test_without_a_folder_to_keep_it_in_it_works_all_the_same(source, tmp_path):
    work = Work()
    for _ in range(2):
        compiled("words", [source], work, tmp_path / "nowhere")
    assert work.times == 2


def test_other_accounts_may_read_it(source, kept):
    compiled("words", [source], Work(), kept)
    assert stat.S_IMODE(os.stat(kept / "words.json").st_mode) == 0o644
