"""What all pages share: templates that escape everything, the frame with its navigation, forms that are known as ours."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData

from core.app.telling import day, moment
from core.app.waiting import TITLES, counts
from core.domain.actors import Permission
from core.web.bodies import text
from core.web.identity import Session, acting_as, may_look, require_csrf, require_may_look_at_any, sees
from core.web.problems import Problem
from core.web.site import Site

_SECTIONS: Final = {"payments": Permission.SEE_PAYMENTS, "supplier-invoices": Permission.SEE_SUPPLIER_INVOICES}
_FOLDER: Final = Path(__file__).parents[1]
STATIC: Final = _FOLDER / "static"


class Frame:
    """Renders pages for one site."""

    def __init__(self, site: Site, *sees: Permission) -> None:
        self.site = site
        self._sees = sees or (Permission.SEE_PAYMENTS,)
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._templates.filters.update(day=day, amount=str, number=lambda amount: amount.text())
        self._templates.globals.update(titles=TITLES, company=site.settings.company)

    def seeing(self, *sees: Permission) -> "Frame":
        """The same for pages that somebody with any of these permissions may look at."""
        return Frame(self.site, *sees)

    def page(
        self, request: Request, session: Session, template: str, values: Mapping[str, object], status: int = 200
    ) -> HTMLResponse:
        """A page for somebody who signed in and may look."""
        with self.site.services.store.read() as unit:
            require_may_look_at_any(unit, self.site.settings, self._sees)
            sections = [name for name, permission in _SECTIONS.items() if may_look(unit, self.site.settings, permission)]
            actor = acting_as(unit, self.site.settings)
            now, waiting = unit.now, counts(unit, sees(unit, self.site.settings))

        def when(at: datetime | None) -> str:
            return moment(at, self.site.zone, now) if at else ""

        shown = {
            **values,
            "csrf": session.csrf,
            "actor": actor,
            "waiting": waiting,
            "sections": sections,
            "path": request.url.path,
            "when": when,
            "signed_in": True,
        }
        return HTMLResponse(self._templates.get_template(template).render(shown), status)

    def door(self, problem: str = "", status: int = 200) -> HTMLResponse:
        """The page to sign in on."""
        return HTMLResponse(self._templates.get_template("sign_in.html").render(problem=problem, signed_in=False), status)

    def problem(self, problem: Problem) -> HTMLResponse:
        """A page that says what is wrong; it shows nothing of the installation, so it needs no session."""
        page = self._templates.get_template("problem.html").render(problem=problem, signed_in=False)
        headers = {"Retry-After": str(problem.retry_after_s)} if problem.retry_after_s else None
        return HTMLResponse(page, problem.status, headers)

    def checked(self, request: Request, form: FormData) -> Session:
        """The session of a form that is ours."""
        session = self.site.session(request)
        require_csrf(session, text(form, "csrf"))
        return session


def see_other(address: str) -> RedirectResponse:
    """After a change: look at it with a request of its own, so that reloading repeats nothing."""
    return RedirectResponse(address, 303)
