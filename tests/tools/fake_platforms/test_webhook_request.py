"""A delivery is sent as it is, and spoiled where it is asked for."""

from tools.fake_platforms.server.webhook_request import WebhookRequest


def test_a_post_is_sent_as_it_is(telegram):
    delivery = WebhookRequest(
        f"/bot{telegram.token}/getMe", {"X-Proof": "abcdef"}, b"", "GET", {"a": "1"}, ("X-Proof",)
    )
    assert delivery.send(telegram.base).json()["ok"]
    assert telegram.requests[0].query == {"a": "1"}
    assert telegram.requests[0].headers["x-proof"] == "abcdef"
    assert delivery.wrongly_signed().headers == {"X-Proof": "abc0ef"}
    assert delivery.unsigned().headers == {}
