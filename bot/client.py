"""Slack's Web API behind the calls that we use. Errors come out as ours; where Slack is, is a setting.

Calls that write are never repeated by the SDK: its default handler sends a request again when the connection drops in the
middle, and then one card would be two. Calls that only read may be repeated once.
"""

import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from bot.cards.parts import Block, Message
from bot.downloads import fetch
from bot.errors import SlackRejected, UnknownUser, translated
from core.domain.errors import SlackDown, SlackRateLimited
from core.settings import Settings

TIMEOUT_S: Final = 10
PAGE: Final = 200
PAGES: Final = 50
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Installation:
    """Which workspace installed us, and who we are there."""

    team_id: str
    bot_id: str
    bot_user_id: str
    enterprise_id: str = ""


@cache
def _authorities() -> ssl.SSLContext:
    """Whom this machine trusts, read once: without it the SDK reads all of them again for each call, which takes 60 ms."""
    return ssl.create_default_context()


def web_client(settings: Settings, token: str | None = None) -> WebClient:
    """A client that repeats nothing by itself."""
    return WebClient(
        token=token,
        base_url=settings.slack_base_url,
        timeout=TIMEOUT_S,
        ssl=_authorities(),
        retry_handlers=[],
    )


class Slack:
    """The workspace. Safe to use from several threads.

    When Slack asks us to slow down, nothing more is posted until it said we may: the next message would only be refused too.
    """

    def __init__(self, settings: Settings) -> None:
        token = settings.slack_bot_token.get_secret_value()
        self._token, self._base_url = token, settings.slack_base_url
        self._writing = web_client(settings, token)
        self._reading = web_client(settings, token)
        self._reading.retry_handlers.append(ConnectionErrorRetryHandler(max_retry_count=1))
        self._lock = threading.Lock()
        self._installation: Installation | None = None
        self._quiet_until = 0.0

    def installation(self) -> Installation:
        """Who and where we are; asked once."""
        with self._lock:
            if self._installation is None:
                self._installation = self._ask_who()
            return self._installation

    def _ask_who(self) -> Installation:
        with translated():
            answer = self._reading.auth_test()
        return Installation(
            str(answer["team_id"]),
            str(answer.get("bot_id") or ""),
            str(answer["user_id"]),
            str(answer.get("enterprise_id") or ""),
        )

    @contextmanager
    def _paced(self) -> Iterator[None]:
        """Keep quiet for as long as Slack asked."""
        with self._lock:
            wait = self._quiet_until - time.monotonic()
        if wait > 0:
            raise SlackRateLimited("Slack asks us to slow down.", after_s=wait)
        try:
            yield
        except SlackRateLimited as error:
            with self._lock:
                self._quiet_until = max(self._quiet_until, time.monotonic() + (error.after_s or 1.0))
            raise

    def post(self, channel: str, message: Message, metadata: Json, thread_ts: str = "") -> str:
        """A new message; its timestamp. `SlackDown` means that it may be there all the same."""
        with self._paced(), translated():
            answer = self._writing.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=message.blocks,
                metadata=metadata,
                thread_ts=thread_ts or None,
                unfurl_links=False,
                unfurl_media=False,
            )
        return str(answer["ts"])

    def update(self, channel: str, ts: str, message: Message, metadata: Json) -> None:
        """New content for a message of ours; doing it twice is doing it once."""
        with self._paced(), translated():
            self._writing.chat_update(channel=channel, ts=ts, text=message.text, blocks=message.blocks, metadata=metadata)

    def find(self, channel: str, key: str, oldest: float, thread_ts: str = "") -> str:
        """The timestamp of our message with this key in its metadata, or nothing. Looks no further back than `oldest`."""
        cursor = ""
        for _ in range(PAGES):
            with translated():
                answer = self._history(channel, oldest, thread_ts, cursor)
            for message in answer.get("messages") or ():
                if str(((message.get("metadata") or {}).get("event_payload") or {}).get("key", "")) == key:
                    return str(message["ts"])
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return ""
        # Saying "it is not there" without having looked everywhere would make a second card.
        raise SlackRejected("There are too many messages to look through for one that may have been sent.", key=key)

    def _history(self, channel: str, oldest: float, thread_ts: str, cursor: str) -> Mapping[str, Any]:
        common: Json = {"oldest": f"{oldest:.6f}", "include_all_metadata": True, "limit": PAGE, "cursor": cursor or None}
        if thread_ts:
            found = self._reading.conversations_replies(channel=channel, ts=thread_ts, **common).data
        else:
            found = self._reading.conversations_history(channel=channel, **common).data
        if not isinstance(found, dict):
            raise SlackDown("Slack’s answer could not be read.")
        return found

    def channel(self, channel: str) -> Mapping[str, Any]:
        """What Slack says of a channel now."""
        with translated():
            found: Mapping[str, Any] = self._reading.conversations_info(channel=channel)["channel"]
        return found

    def file(self, file_id: str) -> Mapping[str, Any]:
        """What Slack says of a file now: its name, size and address."""
        with translated():
            found: Mapping[str, Any] = self._reading.files_info(file=file_id)["file"]
        return found

    def download(self, file: Mapping[str, Any], most: int) -> bytes:
        """The bytes of a file of the workspace, at most so many."""
        return fetch(self._base_url, self._token, file, most)

    def keep_picture(self, name: str, content: bytes, about: str) -> str:
        """Give Slack a picture that a message of ours will show; its id. Nobody sees it until then."""
        with self._paced(), translated():
            answer = self._writing.files_upload_v2(filename=name, content=content, title=about, alt_txt=about)
        file: Mapping[str, Any] = answer["file"]
        return str(file["id"])

    def direct(self, user: str) -> str:
        """The conversation between a person and us; the same one each time."""
        with translated():
            return str(self._writing.conversations_open(users=user)["channel"]["id"])

    def user(self, user: str) -> Mapping[str, Any]:
        """What Slack says of a user now."""
        with translated():
            found: Mapping[str, Any] = self._reading.users_info(user=user)["user"]
        return found

    def by_email(self, email: str) -> str:
        """The id of the user with this confirmed address; empty where there is none. Only for calling somebody."""
        try:
            with translated():
                return str(self._reading.users_lookupByEmail(email=email)["user"]["id"])
        except UnknownUser:
            return ""

    def open_view(self, trigger_id: str, view: Block) -> Mapping[str, Any]:
        """A window for the person who just clicked."""
        with translated():
            opened: Mapping[str, Any] = self._writing.views_open(trigger_id=trigger_id, view=view)["view"]
        return opened

    def push_view(self, trigger_id: str, view: Block) -> Mapping[str, Any]:
        """A window over the one that was clicked in."""
        with translated():
            pushed: Mapping[str, Any] = self._writing.views_push(trigger_id=trigger_id, view=view)["view"]
        return pushed

    def update_view(self, view_id: str, view: Block, view_hash: str = "") -> Mapping[str, Any]:
        """New content for an open window; with a hash only if nobody changed it since."""
        with translated():
            updated: Mapping[str, Any] = self._writing.views_update(view_id=view_id, view=view, hash=view_hash or None)["view"]
        return updated

    def publish_home(self, user: str, view: Block) -> None:
        """A person's Home tab."""
        with translated():
            self._writing.views_publish(user_id=user, view=view)

    def whisper(self, channel: str, user: str, message: Message, thread_ts: str = "") -> None:
        """A message in a channel that only one person sees."""
        with translated():
            self._writing.chat_postEphemeral(
                channel=channel, user=user, text=message.text, blocks=message.blocks or None, thread_ts=thread_ts or None
            )

    def respond(self, response_url: str, message: Message) -> bool:
        """An answer that only the person sees, where Slack gave us an address for it; False when that address is spent."""
        client = WebhookClient(response_url, timeout=TIMEOUT_S, ssl=_authorities(), retry_handlers=[])
        with translated():
            answer = client.send(
                text=message.text,
                blocks=message.blocks or None,
                response_type="ephemeral",
                replace_original=False,
                unfurl_links=False,
                unfurl_media=False,
            )
        return bool(answer.status_code < 300)  # noqa: PLR2004  Success in HTTP.
