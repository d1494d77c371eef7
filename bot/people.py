"""Slack user to actor, or a polite refusal. Nobody is let in on a guess.

A click from another company looks like one from ours except for `user.team_id`, which bolt does not look at: it is compared
here with the workspace that installed us, and a click without it is refused. Then Slack is asked who that is (no guests, no
bots, nobody who left), and the person is found by the link to this Slack identity, or once by the confirmed e-mail address.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.client import Slack
from bot.errors import UnknownUser
from core.app.outcomes import Refusal
from core.app.services import Services
from core.domain.actors import Actor, ActorKind, Person, Surface
from core.domain.events import AuditName
from core.domain.keeping import AuditEntry, Subject, SubjectKind
from core.settings import Settings

FRESH_S: Final = 300.0
NOT_PERMITTED: Final = "not_permitted"
OUTSIDER: Final = "Only people of the company that runs Tieout can use it; your Slack account belongs to another workspace."
LEFT: Final = "This Slack account is deactivated."
ROBOT: Final = "Apps and bots cannot act in Tieout; a person has to."
GUEST: Final = "Guests of this workspace cannot use Tieout."
STRANGER: Final = "Tieout does not know you yet. An administrator can add you with “tieout people add”."
TAKEN: Final = "Your e-mail address belongs to somebody who uses Tieout with another Slack account. Ask an administrator."
GONE: Final = "You are not entitled to use Tieout any more."


@dataclass(frozen=True, slots=True)
class _Seen:
    """What Slack said of a user, and until when we believe it."""

    profile: Mapping[str, Any]
    until: float


class People:
    """Who is behind a Slack user. Safe to use from several threads."""

    def __init__(self, services: Services, settings: Settings, slack: Slack) -> None:
        self._services = services
        self._slack = slack
        self._more_teams = settings.own_slack_teams
        self._lock = threading.Lock()
        self._seen: dict[str, _Seen] = {}

    def identify(self, team: str, user: str, cause: str, *, audited: bool = True) -> Actor | Refusal:
        """The actor of a verified request. Refusals are written down, except for what people do not even notice doing."""
        refusal, person = self._person(team, user, cause)
        if person is not None:
            return Actor(ActorKind.PERSON, person.id, person.name, Surface.SLACK)
        if audited:
            self._write_down(team, user, refusal, cause)
        return Refusal(NOT_PERMITTED, refusal)

    def team_of(self, user: str) -> str:
        """The workspace of a user, for events that do not name it; empty where Slack does not say."""
        try:
            return str(self._profile(user).get("team_id") or "")
        except UnknownUser:
            return ""

    def forget(self, user: str) -> None:
        """Ask Slack again next time: something about the user changed."""
        with self._lock:
            self._seen.pop(user, None)

    def _person(self, team: str, user: str, cause: str) -> tuple[str, Person | None]:
        """A sentence that refuses, or the person."""
        ours = {self._slack.installation().team_id, *self._more_teams} - {""}
        if not user or not team or team not in ours:
            return OUTSIDER, None
        try:
            profile = self._profile(user)
        except UnknownUser:
            return OUTSIDER, None
        refusal = _unfit(profile, ours)
        if refusal:
            return refusal, None
        with self._services.store.read() as unit:
            person = unit.people.by_slack(team, user)
        if person is None:
            return self._linked(team, user, profile, cause)
        return ("", person) if person.active else (GONE, None)

    def _linked(self, team: str, user: str, profile: Mapping[str, Any], cause: str) -> tuple[str, Person | None]:
        """Link the person with the confirmed address of this Slack account, once; never somebody who is linked already."""
        email = str((profile.get("profile") or {}).get("email") or "")
        if not email or profile.get("is_email_confirmed") is False:
            return STRANGER, None
        with self._services.store.write() as unit:
            person = unit.people.by_email(email)
            if person is None or not person.active:
                return (GONE if person else STRANGER), None
            if person.slack_user and (person.slack_team, person.slack_user) != (team, user):
                return TAKEN, None
            linked = replace(person, slack_team=team, slack_user=user)
            unit.people.put(linked)
            actor = Actor(ActorKind.PERSON, linked.id, linked.name, Surface.SLACK)
            facts: dict[str, object] = {"slack_team": team, "slack_user": user, "linked_by": "e-mail address"}
            subject = Subject(SubjectKind.PERSON, linked.id)
            unit.audit.append(AuditEntry(AuditName.PERSON_CHANGED, subject, actor, facts=facts, cause=cause))
        return "", linked

    def _profile(self, user: str) -> Mapping[str, Any]:
        with self._lock:
            seen = self._seen.get(user)
        if seen is not None and seen.until > time.monotonic():
            return seen.profile
        profile = self._slack.user(user)
        with self._lock:
            self._seen[user] = _Seen(profile, time.monotonic() + FRESH_S)
        return profile

    def _write_down(self, team: str, user: str, refusal: str, cause: str) -> None:
        subject = Subject(SubjectKind.PERSON, f"slack:{team}:{user}")
        actor = Actor(ActorKind.PERSON, subject.id, "Somebody in Slack", Surface.SLACK)
        with self._services.store.write() as unit:
            unit.audit.append(AuditEntry(AuditName.ACCESS_REFUSED, subject, actor, facts={"why": refusal}, cause=cause))


def _unfit(profile: Mapping[str, Any], ours: set[str]) -> str:
    """Why this Slack account may not act, whoever is behind it; what Slack does not say counts against it."""
    if str(profile.get("team_id") or "") not in ours or profile.get("is_stranger"):
        return OUTSIDER
    if profile.get("deleted"):
        return LEFT
    if profile.get("is_bot"):
        return ROBOT
    if profile.get("is_restricted") or profile.get("is_ultra_restricted"):
        return GUEST
    return ""
