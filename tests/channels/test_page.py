"""The files that the page hands out."""

import io
from types import SimpleNamespace

import pytest
from PIL import Image

from channels.web.page import FOLDER, _sent, files
from tools.render_illustrations import WIDTH

DRAWINGS = sorted(path.stem for path in FOLDER.glob("pictures/*.svg"))


def sent(name):
    return _sent(name, SimpleNamespace(headers={"accept-encoding": "gzip, br"}))


def test_every_drawing_has_its_picture_and_no_picture_is_left_of_one_that_is_gone():
    assert DRAWINGS
    assert sorted(path.stem for path in FOLDER.glob("pictures/*.png")) == DRAWINGS


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_picture_is_wide_white_light_and_sent_as_it_is(name):
    reply = sent(f"pictures/{name}.png")
    assert (reply.status, reply.content_type) == (200, "image/png")
    assert "Content-Encoding" not in reply.headers
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert len(reply.body) < 60_000
    picture = Image.open(io.BytesIO(reply.body))
    assert max(picture.size) == WIDTH
    assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_sent_packed(name):
    reply = sent(f"pictures/{name}.svg")
    assert (reply.status, reply.headers["Content-Encoding"]) == (200, "gzip")


def test_nothing_else_of_the_folder_is_sent():
    assert not [name for name in files() if name.startswith("pictures/") and not name.endswith((".svg", ".png"))]
    assert sent("pictures/pictures.json").status == 404
