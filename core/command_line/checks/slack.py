"""Slack: tokens, rights, channels, transport, and the two clocks. Everything is asked of Slack itself; nothing is posted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx

from core.command_line.checks.finding import Finding, note, ok, wrong
from core.settings import Settings, SlackTransport

SCOPES: Final = (
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "usergroups:read",
    "users:read",
    "users:read.email",
)
_TIMEOUT_S: Final = 15.0
# Slack's signatures are refused after five minutes; long before that, somebody should look.
_SKEW_WRONG_S: Final = 120.0
_SKEW_NOTE_S: Final = 10.0
_MEANS: Final[Mapping[str, str]] = {
    "invalid_auth": "copy the token again from the app's page",
    "not_authed": "set the token",
    "not_allowed_token_type": "the bot token starts with xoxb-, the app-level token with xapp-",
    "token_revoked": "install the app in the workspace again and copy the new token",
    "token_expired": "install the app in the workspace again and copy the new token",
    "account_inactive": "the app was removed from the workspace; install it again",
    "missing_scope": "add the scope in bot/manifest.yaml's list to the app, and install it again",
    "channel_not_found": "invite the bot (/invite @tieout) if it is private, and use the channel's id (C…), not its name",
    "ratelimited": "wait a minute and try again",
}


@dataclass(frozen=True, slots=True)
class _Answer:
    """What Slack said; `error` is empty when it said ok."""

    error: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    at: datetime

    @property
    def mend(self) -> str:
        """What to do about the error."""
        return _MEANS.get(self.error, "see https://docs.slack.dev/reference/methods for what this means")


def slack(settings: Settings) -> Iterator[Finding]:
    """From the token to the channels; what cannot work without something before it is not tried."""
    token = settings.slack_bot_token.get_secret_value()
    if not token:
        yield wrong("No Slack bot token is set", "set TIEOUT_SLACK_BOT_TOKEN (xoxb-…, from the app's page OAuth & Permissions)")
        return
    with httpx.Client(base_url=settings.slack_base_url, timeout=_TIMEOUT_S) as client:
        answer = _asked(client, "auth.test", token)
        if answer.error:
            yield wrong(f"Slack refuses the bot token: {answer.error}", answer.mend)
            return
        yield ok(f"Slack knows the bot as {answer.body.get('user')} in the workspace {answer.body.get('team')}")
        yield from _clock(answer)
        yield from _scopes(answer)
        for setting, channel in _channels(settings):
            yield _channel(client, token, setting, channel)
        if settings.slack_transport is SlackTransport.SOCKET:
            yield _socket(client, settings.slack_app_token.get_secret_value())
        else:
            yield _signing(settings)


def _asked(client: httpx.Client, method: str, token: str, **arguments: str) -> _Answer:
    """One call. What the connection says is passed on without the request, which holds the token."""
    try:
        response = client.post(method, data=arguments, headers={"Authorization": f"Bearer {token}"})
        at = datetime.now(UTC)
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            return _Answer("ratelimited", {}, response.headers, at)
        body = response.json()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return _Answer(f"it cannot be reached ({type(error).__name__})", {}, {}, datetime.now(UTC))
    except ValueError:
        return _Answer("what answers at TIEOUT_SLACK_BASE_URL is not Slack", {}, {}, datetime.now(UTC))
    if not isinstance(body, dict):
        return _Answer("what answers at TIEOUT_SLACK_BASE_URL is not Slack", {}, {}, at)
    return _Answer("" if body.get("ok") else str(body.get("error", "unknown")), body, response.headers, at)


def _clock(answer: _Answer) -> Iterator[Finding]:
    try:
        skew_s = (answer.at - parsedate_to_datetime(answer.headers.get("date", ""))).total_seconds()
    except (TypeError, ValueError):
        yield note("Slack named no time, so the clock was not compared")
        return
    way = "ahead of" if skew_s > 0 else "behind"
    if abs(skew_s) > _SKEW_WRONG_S:
        yield wrong(f"This machine's clock is {abs(skew_s):.0f} s {way} Slack's", "switch time synchronisation (NTP) on")
    elif abs(skew_s) > _SKEW_NOTE_S:
        yield note(f"This machine's clock is {abs(skew_s):.0f} s {way} Slack's", "switch time synchronisation (NTP) on")
    else:
        yield ok("This machine's clock agrees with Slack's")


def _scopes(answer: _Answer) -> Iterator[Finding]:
    given = answer.headers.get("x-oauth-scopes")
    if given is None:
        yield note("Slack did not say which scopes the bot has")
        return
    missing = sorted(set(SCOPES) - {scope.strip() for scope in given.split(",")})
    if missing:
        yield wrong(f"The bot lacks {', '.join(missing)}", "add them as in bot/manifest.yaml and install the app again")
    else:
        yield ok("The bot has every scope that it needs")


def _channels(settings: Settings) -> Iterator[tuple[str, str]]:
    yield "TIEOUT_SLACK_PAYMENTS_CHANNEL", settings.slack_payments_channel
    others = {
        "TIEOUT_SLACK_PAYABLES_CHANNEL": settings.slack_payables_channel,
        "TIEOUT_SLACK_PORTAL_CHANNEL": settings.slack_portal_channel,
        "TIEOUT_SLACK_MANAGERS_CHANNEL": settings.slack_managers_channel,
        "TIEOUT_SLACK_ALERTS_CHANNEL": settings.slack_alerts_channel,
    }
    yield from ((name, channel) for name, channel in others.items() if channel not in {"", settings.slack_payments_channel})


def _channel(client: httpx.Client, token: str, setting: str, channel: str) -> Finding:
    if not channel:
        return wrong("No channel is set for payment cards", f"set {setting} to a channel's id (C…, at the foot of its details)")
    answer = _asked(client, "conversations.info", token, channel=channel)
    if answer.error:
        return wrong(f"The channel {channel} ({setting}) is not to be had: {answer.error}", answer.mend)
    found: Mapping[str, Any] = answer.body.get("channel") or {}
    name = f"#{found.get('name', channel)} ({setting})"
    if found.get("is_archived"):
        return wrong(f"The channel {name} is archived", "choose another one, or restore it")
    if found.get("is_ext_shared") or found.get("is_pending_ext_shared"):
        return wrong(f"The channel {name} is shared with another company", "choose an internal one; no card is published here")
    if not found.get("is_member"):
        return wrong(f"The bot is not in the channel {name}", f"type “/invite @tieout” in #{found.get('name', channel)}")
    return ok(f"The bot is in the channel {name}, which only your company reads")


def _socket(client: httpx.Client, token: str) -> Finding:
    if not token:
        return wrong("Socket Mode has no app-level token", "set TIEOUT_SLACK_APP_TOKEN (xapp-…, with connections:write)")
    answer = _asked(client, "apps.connections.open", token)
    if answer.error:
        return wrong(f"Slack refuses the app-level token: {answer.error}", answer.mend)
    return ok("Slack opens a socket for clicks (Socket Mode)")


def _signing(settings: Settings) -> Finding:
    if not settings.slack_signing_secret.get_secret_value():
        return wrong(
            "Signed HTTP has no signing secret", "set TIEOUT_SLACK_SIGNING_SECRET (Basic Information, App Credentials)"
        )
    return ok("A signing secret is set; the first click proves it")
