"""Who is in a user group of Slack, for giving all of them a role at once. Nothing follows the group later."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from core.domain.errors import Misconfigured, NotFound, Unavailable
from core.settings import Settings

_TIMEOUT_S: Final = 15.0
_OF_SETTINGS: Final = {"missing_scope", "invalid_auth", "not_authed", "token_revoked", "account_inactive"}
_NO_GROUPS: Final = {"paid_teams_only", "plan_upgrade_required"}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the group. `why_not` says why they cannot be given a role; empty when they can."""

    name: str
    email: str
    why_not: str = ""


def members(settings: Settings, group: str) -> Iterator[Member]:
    """The members of a group by its handle (`@ap-team`), name or id; guests, apps and who left are named with the reason."""
    token = settings.slack_bot_token.get_secret_value()
    if not token:
        raise Misconfigured("Set TIEOUT_SLACK_BOT_TOKEN; Slack knows who is in its groups.", setting="TIEOUT_SLACK_BOT_TOKEN")
    with httpx.Client(base_url=settings.slack_base_url, timeout=_TIMEOUT_S) as client:
        found = _asked(client, token, "usergroups.list", {"include_users": "true"})
        wanted = group.removeprefix("@").strip().lower()
        groups = [each for each in found.get("usergroups") or () if wanted in _names(each)]
        if len(groups) != 1:
            known = ", ".join(sorted(f"@{each.get('handle')}" for each in found.get("usergroups") or ()))
            raise NotFound(f"Slack has no one group called {group}. It has: {known or 'none'}.")
        for user in groups[0].get("users") or ():
            yield _member(_asked(client, token, "users.info", {"user": str(user)})["user"])


def _names(group: Mapping[str, Any]) -> set[str]:
    return {str(group.get(key) or "").lower() for key in ("handle", "name", "id")} - {""}


def _member(user: Mapping[str, Any]) -> Member:
    profile = user.get("profile") or {}
    name = str(profile.get("real_name") or user.get("real_name") or user.get("name") or "")
    email = str(profile.get("email") or "")
    if user.get("deleted"):
        return Member(name, email, "left")
    if user.get("is_bot"):
        return Member(name, email, "is an app")
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Member(name, email, "is a guest")
    confirmed = bool(email) and user.get("is_email_confirmed") is not False
    return Member(name, email, "" if confirmed else "has no confirmed e-mail address that Slack shows us")


def _asked(client: httpx.Client, token: str, method: str, values: Mapping[str, str]) -> Mapping[str, Any]:
    try:
        answer = client.post(method, data=dict(values), headers={"Authorization": f"Bearer {token}"})
        body: Mapping[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise Unavailable("Slack does not answer at the moment.", cause=type(error).__name__) from error
    if body.get("ok"):
        return body
    code = str(body.get("error") or answer.status_code)
    if code in _OF_SETTINGS:
        raise Misconfigured(f"Slack refuses: {code}; “tieout check” says how to mend it.", setting="TIEOUT_SLACK_BOT_TOKEN")
    if code in _NO_GROUPS:
        raise NotFound("This Slack workspace has no user groups; they need a paid plan.")
    raise Unavailable(f"Slack answered {code}.")
