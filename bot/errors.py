"""Slack's error codes as errors of ours: one table, so that nothing else in the bot knows Slack's words.

What cannot work until somebody changes a setting (a revoked token, a channel that we are not in) waits and is tried again
every minute: once it is mended, nothing is lost and nobody has to replay anything.
"""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from slack_sdk.errors import SlackApiError, SlackClientError, SlackRequestError

from core.domain.errors import NeedsPerson, NotFound, ProjectError, Refused, SlackDown, SlackRateLimited, Unavailable

WAIT_FOR_A_PERSON_S: Final = 60.0
_TOO_MANY: Final = 429
_BROKEN: Final = 500


class SlackRefusesUs(Unavailable):
    """The token is wrong, revoked, or lacks a permission; an administrator has to install the app again."""

    code = "slack_refuses_us"


class ChannelClosed(Unavailable):
    """We cannot write in the channel: not invited, archived, unknown, or shared with another company."""

    code = "channel_closed"


class MessageGone(NotFound):
    """The message that should be updated or answered does not exist any more."""

    code = "message_gone"


class TooLate(Refused):
    """Slack gives three seconds for opening a window after a click."""

    code = "too_late"


class ViewChanged(Refused):
    """The window was closed, or changed since we looked at it."""

    code = "view_changed"


class UnknownUser(NotFound):
    """Slack does not know this user, or does not show them to us."""

    code = "unknown_user"


class FileGone(NotFound):
    """The file was deleted, or Slack does not show it to us."""

    code = "file_gone"


class SlackRejected(NeedsPerson):
    """Slack found our message malformed: our mistake, and asking again would not help."""

    code = "slack_rejected"


_DOWN: Final = "Slack does not answer at the moment."
_TABLE: Final[dict[str, tuple[type[ProjectError], str]]] = {
    **dict.fromkeys(
        ("internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "access_limited"),
        (SlackDown, _DOWN),
    ),
    **dict.fromkeys(
        (
            "invalid_auth",
            "not_authed",
            "account_inactive",
            "token_revoked",
            "token_expired",
            "missing_scope",
            "not_allowed_token_type",
            "no_permission",
            "org_login_required",
            "ekm_access_denied",
            "two_factor_setup_required",
        ),
        (SlackRefusesUs, "Slack refuses our token or a permission is missing; install the app again."),
    ),
    **dict.fromkeys(
        (
            "channel_not_found",
            "not_in_channel",
            "is_archived",
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
            "restricted_action_non_threadable_channel",
            "posting_to_general_channel_denied",
            "channel_is_limited_access",
            "user_not_in_channel",
        ),
        (ChannelClosed, "We cannot write in the channel; invite the app to it or name another one."),
    ),
    **dict.fromkeys(
        ("message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed", "parent_not_found"),
        (MessageGone, "The message is not there any more."),
    ),
    **dict.fromkeys(
        ("expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged", "invalid_trigger_id"),
        (TooLate, "That took too long for Slack. Please press the button again."),
    ),
    **dict.fromkeys(("hash_conflict", "not_found", "view_not_found"), (ViewChanged, "The window has changed meanwhile.")),
    **dict.fromkeys(
        ("file_not_found", "file_deleted", "file_access_denied"), (FileGone, "The file is not there any more, or not for us.")
    ),
    **dict.fromkeys(("user_not_found", "users_not_found", "user_not_visible"), (UnknownUser, "Slack does not know this user.")),
}


def error_for(code: str, status: int, retry_after_s: float | None) -> ProjectError:
    """The error of ours for an answer of Slack; what is not in the table is our mistake."""
    if status == _TOO_MANY or code in {"ratelimited", "rate_limited"}:
        return SlackRateLimited("Slack asks us to slow down.", after_s=retry_after_s or 1.0)
    if status >= _BROKEN:
        return SlackDown(_DOWN, status=status)
    kind, sentence = _TABLE.get(code, (SlackRejected, f"Slack refused our message ({code or status})."))
    if issubclass(kind, SlackRefusesUs | ChannelClosed):
        return kind(sentence, after_s=WAIT_FOR_A_PERSON_S, slack=code)
    return kind(sentence, slack=code)


@contextmanager
def translated() -> Iterator[None]:
    """Errors of Slack's SDK, and of the wire below it, leave as errors of ours."""
    try:
        yield
    except SlackApiError as error:
        raise _of(error.response) from error
    except (SlackClientError, SlackRequestError, http.client.HTTPException, OSError) as error:
        # The request may or may not have taken effect; whoever retries has to look first.
        raise SlackDown(_DOWN, cause=type(error).__name__) from error


def _of(response: Any) -> ProjectError:
    status = int(getattr(response, "status_code", 0) or 0)
    headers = {str(name).lower(): value for name, value in dict(getattr(response, "headers", {}) or {}).items()}
    after = str(headers.get("retry-after", ""))
    try:
        code = str(response.get("error") or "")
    except (AttributeError, ValueError):
        code = ""
    return error_for(code, status, float(after) if after.isdigit() else None)
