"""The language model that ships, as ONNX Runtime runs it."""

import numpy as np
import pytest

from nlu.encoder.model import EMBEDDING_SIZE, GRAPH_OUTPUTS, MAX_SUBWORD_TOKENS, shared_language_model
from triage.findings import ASSERTIONS, vocabulary

TEXT = "my left calf is swollen and hot"


@pytest.fixture(scope="module")
def model():
    return shared_language_model()


def test_the_file_has_the_outputs_that_the_code_names(model):
    assert [output.name for output in model._session.get_outputs()] == list(GRAPH_OUTPUTS.values())


def test_it_knows_findings_of_the_vocabulary_alone(model):
    assert len(set(model.findings)) == len(model.findings)
    assert set(model.findings) <= vocabulary().keys()


def test_shapes_and_ranges(model):
    output = model.predict(TEXT)
    tokens, findings = len(output.offsets), len(model.findings)
    assert output.sentence_embedding.shape == (EMBEDDING_SIZE,)
    assert np.linalg.norm(output.sentence_embedding) == pytest.approx(1, abs=1e-4)
    assert output.finding_probabilities.shape == (tokens, findings)
    assert output.assertion_probabilities.shape == (tokens, len(ASSERTIONS))
    assert output.assertion_probabilities.sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert output.message_probabilities.shape == (findings,)
    for probabilities in (output.finding_probabilities, output.message_probabilities):
        assert 0 <= probabilities.min() <= probabilities.max() <= 1


def test_it_sees_what_is_there_and_where(model):
    output = model.predict(TEXT)
    assert output.present_probabilities()["calf_swelling_one_side"] > 0.5
    row = int(output.finding_probabilities[:, model.findings.index("calf_swelling_one_side")].argmax())
    start, end = output.offsets[row]
    assert TEXT[start:end] in "left calf is swollen"


def test_a_text_alone_and_among_others_has_nearly_the_same_embedding(model):
    others = [TEXT, "hi", "what can i do when my knee twitches at night"]
    assert model.sentence_embeddings(others)[0] == pytest.approx(model.predict(TEXT).sentence_embedding, abs=0.05)


def test_a_long_text_is_read_in_several_passes_to_its_end(model):
    text = "my knee twitches a bit. " * 60 + "and now i have chest pain"
    output = model.predict(text)
    assert len(output.offsets) > MAX_SUBWORD_TOKENS
    assert output.offsets[-1] == (len(text) - 4, len(text))
    assert output.present_probabilities()["chest_pain"] > 0.9
