"""What every page and every answer of the API is made with: services, settings, who asks."""

from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from fastapi import Request

from core.app.services import Services
from core.domain.errors import NotPermitted
from core.settings import Settings
from core.web.identity import COOKIE, Session, Sessions


class SignInFirst(NotPermitted):
    """A browser without a session: it is shown the door with the handle."""

    code = "sign_in_first"


class TokenMissing(NotPermitted):
    """A program without the right token."""

    code = "token_missing"


@dataclass(frozen=True)
class Site:
    """Built once a process."""

    services: Services
    settings: Settings
    sessions: Sessions

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown."""
        return ZoneInfo(self.settings.time_zone)

    def session(self, request: Request) -> Session:
        """The browser's session; `SignInFirst` without one."""
        found = self.sessions.read(request.cookies.get(COOKIE, ""))
        if found is None:
            raise SignInFirst("Please sign in.")
        return found

    def require_token(self, request: Request) -> None:
        """`TokenMissing` unless the request carries the token as a bearer."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self.sessions.is_token(given.strip()):
            raise TokenMissing("This address needs the web token as a bearer token.")
