"""Who asks at which customer's instance, and the answer for somebody whose session is gone."""

from collections.abc import Callable

from fastapi import Request
from starlette.responses import Response

from tests.sandbox.portal.model import User
from tests.sandbox.portal.render import page
from tests.sandbox.portal.site import DOMAIN, Site

SESSION = "_enterprise_session"


class Visit:
    """Who asks, at which customer's instance."""

    def __init__(self, site: Site, request: Request) -> None:
        self.site = site
        self.request = request
        self.slug = request.headers.get("host", "").partition(f".{DOMAIN}")[0]
        self.session, _, signature = request.cookies.get(SESSION, "").rpartition(".")
        known = signature == site.signed(f"{self.session}@{self.slug}")
        self.user: User | None = site.who(self.session) if known else None

    @property
    def somebody(self) -> User:
        if self.user is None:
            raise AssertionError("ask for the user first")
        return self.user

    @property
    def token(self) -> str:
        """What every form must carry."""
        return self.site.signed(f"form {self.session}")

    def show(self, name: str, *, status: int = 200, **values: object) -> Response:
        flash = self.site.flashes.pop(self.session, "")
        if self.site.faults.holds("no_flash"):
            flash = ""
        buyer = self.site.buyer(self.slug)
        common = {"user": self.user, "buyer": buyer, "flash": flash, "token": self.token}
        return page(self.site, name, status=status, **common, **values)


Handler = Callable[[Visit], Response]


def visiting(site: Site, request: Request, handler: Handler) -> Response:
    """The answer for somebody who is logged in; others get the login message in their frame, as a page with status 200."""
    visit = Visit(site, request)
    if visit.user is None:
        return page(site, "logged_out")
    with site.lock:
        return handler(visit)


def missing(visit: Visit) -> Response:
    return visit.show("not_found", status=404)
