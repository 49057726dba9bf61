"""JSON web tokens: whose counts, for whom, until when."""

import jwt
import pytest

from channels.messaging import bearer
from tests.unit.channels.helpers import bearer_token, make_request


@pytest.fixture
def keys(keys_published):
    return jwt.PyJWKClient("https://keys.example")


def claims(keys, headers):
    return bearer.claims(make_request(headers=headers), keys, "us", "them")


def test_a_good_token_gives_its_claims_and_its_key(keys):
    key, found = claims(keys, bearer_token("us", "them", extra="x"))
    assert (key.key_id, found["extra"]) == ("1", "x")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic " + bearer_token("us", "them")["Authorization"][7:]},
        bearer_token("others", "them"),
        bearer_token("us", "others"),
        bearer_token("us", "them", signed_by="somebody's"),
        bearer_token("us", "them", kid="2"),
        bearer_token("us", "them", ends_in=-301),
    ],
    ids=range(9),
)
def test_any_other_is_refused(keys, headers):
    with pytest.raises((jwt.PyJWTError, ValueError)):
        claims(keys, headers)


def test_a_token_that_says_nothing_of_its_end_is_refused(keys):
    with pytest.raises(jwt.MissingRequiredClaimError):
        claims(keys, bearer_token("us", "them", exp=None))


def test_a_token_signed_with_nothing_is_refused(keys):
    token = jwt.encode({"aud": "us", "iss": "them", "exp": 2**40}, "", algorithm="none", headers={"kid": "1"})
    with pytest.raises(jwt.InvalidAlgorithmError):
        claims(keys, {"Authorization": f"Bearer {token}"})


def test_keys_that_cannot_be_fetched_are_an_error():
    keys = jwt.PyJWKClient("http://127.0.0.1:9/keys", timeout=1)
    with pytest.raises(jwt.PyJWTError):
        claims(keys, bearer_token("us", "them"))
