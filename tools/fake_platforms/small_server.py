"""The six smaller platforms behind one address: Mattermost, Rocket.Chat, Webex, Bot Framework, Google Chat, callback.

Like the four of `main_fake_platforms`, but each only as wide as its connector: what it sends, signed for real, and the
methods that the connector calls.

    with SmallPlatforms() as server:
        assistant = RunningAssistant(**server.environment())
        server.platforms["webexteams"].message("ann", "My knee cramps at night").send(assistant.address)
        answer = server.wait_for(1, "webexteams-ann")[-1]
"""

import time
from typing import Any

from tools.fake_platforms.botframework import FakeBotFramework
from tools.fake_platforms.callback import FakeCallback
from tools.fake_platforms.google_chat import FakeGoogleChat
from tools.fake_platforms.mattermost import FakeMattermost
from tools.fake_platforms.rocketchat import FakeRocketChat
from tools.fake_platforms.server.base import FakePlatform, Refused, Reply, Request, Sent
from tools.fake_platforms.server.small_platform import SmallPlatform
from tools.fake_platforms.webex import FakeWebex

_KINDS = (FakeMattermost, FakeRocketChat, FakeWebex, FakeBotFramework, FakeGoogleChat, FakeCallback)


class SmallPlatforms(FakePlatform):
    """All six at one address.

    Attributes:
        platforms: the six by the names in their addresses; each value is of its own class.
    """

    def __init__(self) -> None:
        """Makes the secrets of all six."""
        super().__init__()
        self.platforms: dict[str, Any] = {kind.name: kind(self) for kind in _KINDS}

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch all six on and point them here."""
        settings = {"PUBLIC_URL": "https://assistant.example"}
        for platform in self.platforms.values():
            settings |= platform.environment()
        return settings

    def _platform_of(self, request: Request) -> SmallPlatform | None:
        """Returns the platform whose API a request calls; None where it calls none that needs a token."""
        for platform in self.platforms.values():
            if request.path.startswith(platform.paths):
                return platform
        return None

    def recipient_in(self, request: Request) -> str | None:
        """Returns the room that a request is for."""
        platform = self._platform_of(request)
        return platform.room_in(request) if platform and request.method == "POST" else None

    def failure(self, status: int, retry_after: int | None) -> Reply:
        """Returns a failure."""
        return Reply({}, status, {} if retry_after is None else {"Retry-After": str(retry_after)})

    def blocked(self, recipient: str) -> Reply:
        """Returns a refusal."""
        return Reply({}, 403)

    def authorise(self, request: Request) -> None:
        """Checks our token.

        Raises:
            Refused: it is missing or wrong.
        """
        platform = self._platform_of(request)
        if platform and not platform.is_right(request):
            raise Refused("the token is missing or wrong", Reply({}, 401))

    def answer(self, request: Request) -> Reply:
        """Returns what the platform answers.

        Raises:
            Refused: it would refuse the request.
        """
        for candidate in self.platforms.values():
            reply: Reply | None = candidate.other_reply(request)
            if reply is not None:
                return reply
        platform = self._platform_of(request)
        if request.method == "GET":
            raise Refused(None, Reply({}, 404))
        if platform is None or request.method != "POST":
            raise Refused("no such method", Reply({}, 404))
        return self._accept_message(platform, request)

    def _accept_message(self, platform: SmallPlatform, request: Request) -> Reply:
        platform.check(request)
        text, message_id = platform.text(request.body), f"sent{self.next_number()}"
        if not platform.shows_payloads:
            self.check_visible(request, [text])
        room, buttons = str(platform.room_in(request)), platform.buttons(request.body)
        self.accept(Sent(room, text, buttons, None, request.body, time.time(), message_id, request.call))
        return Reply({"id": message_id, "success": True})
