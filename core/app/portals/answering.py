"""A person hands the robot a code that a portal asks for, and that the robot cannot make.

The robot never lets a portal send a code by itself: a person says that they are there, then it logs in, and waits for a while
at the page that asks. What they type is sealed at once, taken once, and thrown away when it is not wanted any more.
"""

import re
from datetime import datetime
from typing import Final

from core.app.outcomes import Done, Outcome, Refusal
from core.app.portals.logins import ask_test, may_manage, vault_of
from core.app.services import Services
from core.domain.actors import Actor, Permission
from core.domain.events import AuditName
from core.domain.keeping import AuditEntry, Subject, SubjectKind
from core.domain.portals import LoginState, PortalLogin, PortalLoginId
from core.ports.store import UnitOfWork

_CODE: Final = re.compile(r"[0-9A-Za-z]{4,12}")
_NOT_ENTITLED: Final = Refusal("not_permitted", "You are not entitled to manage the logins of portals.")


def begin(services: Services, actor: Actor, login_id: PortalLoginId, cause: str = "") -> Outcome:
    """A person is at hand: the robot logs in now and waits for them where the portal asks for a code."""
    with services.store.write() as unit:
        login = _usable(unit, actor, login_id)
        if isinstance(login, Refusal):
            return login
        ask_test(unit, login, again=f"{cause or actor.id}:{unit.now.isoformat()}", person=True)
        return Done(login.id, login.version, f"{login.id} is being logged in; the robot waits for the code.")


def answer(services: Services, actor: Actor, login_id: PortalLoginId, code: str, cause: str = "") -> Outcome:
    """The code, for the robot that waits."""
    plain = "".join(code.split()).replace("-", "")
    with services.store.write() as unit:
        login = _usable(unit, actor, login_id)
        if isinstance(login, Refusal):
            return login
        if not _CODE.fullmatch(plain):
            return Refusal("incomplete", "A code has 4 to 12 letters or digits.")
        unit.portal_logins.keep_answer(login_id, vault_of(services).seal(_purpose(login_id), plain.encode()))
        subject = Subject(SubjectKind.PORTAL_LOGIN, login_id)
        unit.audit.append(
            AuditEntry(AuditName.PORTAL_LOGIN_ANSWERED, subject, actor, login.version, login.version, cause=cause)
        )
        return Done(login.id, login.version, f"The robot has the code of {login.id} and types it where the portal asks for it.")


def taken(services: Services, login_id: PortalLoginId, since: datetime) -> str | None:
    """The code that somebody handed over since then, once."""
    with services.store.write() as unit:
        sealed = unit.portal_logins.take_answer(login_id, since)
    return None if sealed is None else vault_of(services).open(_purpose(login_id), sealed).decode()


def _usable(unit: UnitOfWork, actor: Actor, login_id: PortalLoginId) -> PortalLogin | Refusal:
    if not may_manage(unit, actor, Permission.MANAGE_PORTAL_CREDENTIALS):
        return _NOT_ENTITLED
    login = unit.portal_logins.get(login_id)
    if login.state is LoginState.RETIRED:
        return Refusal("illegal_move", f"{login_id} is retired.")
    return login


def _purpose(login_id: PortalLoginId) -> str:
    return f"portal_login {login_id} answer"
