"""Who asks: a program with the token, or a browser that signed in with it.

There is one token an installation. Its holder acts as the person that the settings name, and what that person may do is looked
up in the core at the moment of the change; without such a person the holder may look and nothing else.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from core.app.waiting import entities_of
from core.decide.permissions import entitle, entitle_somewhere
from core.domain.actors import Actor, ActorKind, Permission, Surface
from core.domain.errors import NotPermitted, Unavailable
from core.domain.ids import EntityId
from core.ports.store import UnitOfWork
from core.settings import Settings

COOKIE: Final = "tieout_session"
SESSION_S: Final = 12 * 3600
_TRIES: Final = 10
_TRIES_PER_S: Final = 60.0
_PARTS: Final = 3


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that signed in. `csrf` goes into every form: a foreign page cannot know it."""

    expires_at: int
    nonce: str
    csrf: str


class Sessions:
    """Signed cookies; nothing is kept on the server, and a new token ends every session."""

    def __init__(self, token: str, now: Callable[[], float] = time.time) -> None:
        self._token = token.encode()
        self._key = hmac.new(self._token, b"tieout web session", hashlib.sha256).digest()
        self._now = now
        self._failures: list[float] = []

    def is_token(self, given: str) -> bool:
        """Compared in constant time, whatever the length."""
        ours = hashlib.sha256(self._token).digest()
        return hmac.compare_digest(hashlib.sha256(given.encode()).digest(), ours)

    def sign_in(self, given: str) -> str | None:
        """The cookie for the right token; guessing is slowed down for everybody."""
        now = self._now()
        self._failures = [at for at in self._failures if now - at < _TRIES_PER_S]
        if len(self._failures) >= _TRIES:
            raise Unavailable("Too many wrong tokens were tried. Wait a minute.", after_s=_TRIES_PER_S)
        if not self.is_token(given):
            self._failures.append(now)
            return None
        expires, nonce = str(int(now) + SESSION_S), secrets.token_urlsafe(18)
        return f"{expires}.{nonce}.{self._sign('session', expires, nonce)}"

    def read(self, cookie: str) -> Session | None:
        """The session of a cookie that we signed and that has not expired."""
        parts = cookie.split(".")
        if len(parts) != _PARTS or not parts[0].isdigit():
            return None
        expires, nonce, signature = parts
        if not hmac.compare_digest(signature.encode(), self._sign("session", expires, nonce).encode()):
            return None
        if int(expires) <= self._now():
            return None
        return Session(int(expires), nonce, self._sign("form", expires, nonce))

    def _sign(self, what: str, expires: str, nonce: str) -> str:
        return hmac.new(self._key, f"{what}|{expires}|{nonce}".encode(), hashlib.sha256).hexdigest()


def require_csrf(session: Session, given: str) -> None:
    """`NotPermitted` for a form that is not ours."""
    if not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise NotPermitted("This form is too old or did not come from this page. Load the page again.")


def acting_as(unit: UnitOfWork, settings: Settings) -> Actor | None:
    """The person that the token's holder acts as, if the settings name one whom we know."""
    person = unit.people.by_email(settings.web_person) if settings.web_person else None
    if person is None or not person.active:
        return None
    return Actor(ActorKind.PERSON, person.id, person.name, Surface.WEB)


def require_actor(unit: UnitOfWork, settings: Settings) -> Actor:
    """As `acting_as`; `NotPermitted` says what to set."""
    actor = acting_as(unit, settings)
    if actor is None:
        raise NotPermitted("Nobody may act on these pages: TIEOUT_WEB_PERSON names no person whom Tieout knows.")
    return actor


def sees(unit: UnitOfWork, settings: Settings) -> frozenset[EntityId]:
    """The legal entities whose work the token's holder sees; all where none is named."""
    return entities_of(unit, acting_as(unit, settings))


def may_look(
    unit: UnitOfWork,
    settings: Settings,
    permission: Permission = Permission.SEE_PAYMENTS,
    entity: EntityId | None = None,
) -> bool:
    """Whoever holds the token may look, unless they act as a person who may not, or not at what is this entity's."""
    actor = acting_as(unit, settings)
    if actor is None:
        return True
    person = unit.people.by_email(settings.web_person)
    by = entitle_somewhere(actor, person) if entity is None else entitle(actor, person, entity)
    return by.may(permission)


def require_may_look_at_any(unit: UnitOfWork, settings: Settings, permissions: Sequence[Permission]) -> None:
    """As `require_may_look`, for what any of these permissions opens."""
    if not any(may_look(unit, settings, permission) for permission in permissions):
        require_may_look(unit, settings, permission=permissions[0])


def require_may_look(
    unit: UnitOfWork,
    settings: Settings,
    entity: EntityId | None = None,
    permission: Permission = Permission.SEE_PAYMENTS,
) -> None:
    """`NotPermitted` for whoever may not look."""
    if not may_look(unit, settings, permission, entity):
        what = permission.value.removeprefix("see_").replace("_", " ")
        raise NotPermitted(f"You are not entitled to see {what}.")
