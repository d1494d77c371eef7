"""Logins of portals: added, tried at once, given other secrets, paused by trouble and used again, retired.

What a person types is sealed before anything else happens to it. No outcome, event, alert or log line holds a secret.
"""

import binascii
from base64 import b32decode
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from core.app import asking
from core.app.outcomes import Done, Outcome, Refusal
from core.app.portals.commands import AddLogin, LoginSecrets, RotateLogin
from core.app.portals.moving import ROBOT, ask_robot, by_robot, first_job, lane_of, login_of
from core.app.services import Services
from core.decide.permissions import entitle_somewhere
from core.domain.actors import Actor, ActorKind, Permission
from core.domain.errors import Misconfigured, ProjectError, Unavailable
from core.domain.events import AuditName, SubmissionEvent
from core.domain.ids import CustomerId, Key, PersonId, SourceId
from core.domain.keeping import AuditEntry, Effect, EffectKind, SourceKind, Subject, SubjectKind
from core.domain.portals import (
    DATE_FORMS,
    DECIMAL_MARKS,
    KNOWN_PORTALS,
    LoginState,
    PortalLogin,
    PortalLoginId,
    PortalSubmission,
    Trouble,
)
from core.domain.workflows import SubmissionState as State
from core.ports.portal import PortalCredential
from core.ports.portals import Vault
from core.ports.store import UnitOfWork

_NOT_ENTITLED: Final = Refusal("not_permitted", "You are not entitled to manage the logins of portals.")
_SHORTEST_SECRET: Final = 16


def may_manage(unit: UnitOfWork, actor: Actor, permission: Permission) -> bool:
    """Whether an actor may change portals: people by permission; whoever runs the machine may."""
    if actor.kind is not ActorKind.PERSON:
        return True
    return entitle_somewhere(actor, unit.people.get(PersonId(actor.id))).may(permission)


def vault_of(services: Services) -> Vault:
    """What seals; `Misconfigured` in a process that has none."""
    if services.vault is None:
        raise Misconfigured("This process has no key for the portal logins.", setting="portal__keys")
    return services.vault


def add(services: Services, command: AddLogin) -> Outcome:
    """Keep a login, sealed, and have it tried."""
    denied = _denial(command.portal, command.login, command.secrets, command.date_form, command.decimal_mark)
    with services.store.write() as unit:
        if not may_manage(unit, command.actor, Permission.MANAGE_PORTAL_CREDENTIALS):
            return _NOT_ENTITLED
        if denied:
            return Refusal("incomplete", denied)
        same = [one for one in unit.portal_logins.all() if one.portal == command.portal and one.login == command.login.strip()]
        if any(one.state is not LoginState.RETIRED for one in same):
            return Refusal("refused", f"{command.login} is known already, as {same[-1].id}. Give it other secrets instead.")
        vault, login_id = vault_of(services), unit.portal_logins.next_id()
        login = PortalLogin(
            login_id,
            1,
            command.portal,
            command.login.strip(),
            LoginState.ACTIVE,
            command.date_form,
            command.decimal_mark,
            has_code_secret=bool(command.secrets.one_time_secret.strip()),
            key_id=vault.key_id,
            added_at=unit.now,
        )
        unit.portal_logins.add(login, vault.seal_credential(_credential(login, command.secrets)))
        _write_down(unit, AuditName.PORTAL_LOGIN_ADDED, None, login, command.actor, command.cause)
        ask_test(unit, login)
        return Done(login.id, 1, f"{login.id} is kept, sealed, and is being tried.")


def _denial(portal: str, login: str, secrets: LoginSecrets, date_form: str, mark: str) -> str:
    if portal not in KNOWN_PORTALS:
        return f"There is no driver for the portal “{portal}”. There are: {', '.join(KNOWN_PORTALS)}."
    if not login.strip() or not secrets.password:
        return "A login needs a user name and a password."
    return _secret_denial(secrets) or _notation_denial(date_form, mark)


def _secret_denial(secrets: LoginSecrets) -> str:
    plain = _plain(secrets.one_time_secret)
    if not plain:
        return ""
    try:
        b32decode(plain + "=" * (-len(plain) % 8))
    except (binascii.Error, ValueError):
        plain = ""
    if len(plain) < _SHORTEST_SECRET:
        return "This is no one-time secret: copy the code that stands below the QR image (letters and the digits 2 to 7)."
    return ""


def _notation_denial(date_form: str, mark: str) -> str:
    if date_form and date_form not in DATE_FORMS:
        return f"The date form is one of {', '.join(DATE_FORMS)}, as set for this user in the portal."
    if mark and mark not in DECIMAL_MARKS:
        return "The decimal mark is a point or a comma, as set for this user in the portal."
    return ""


def _plain(secret: str) -> str:
    """Without the blanks and dashes that people copy with it."""
    return "".join(sign for sign in secret if not sign.isspace() and sign != "-").upper()


def _credential(login: PortalLogin, secrets: LoginSecrets) -> PortalCredential:
    return PortalCredential(
        login.id,
        login.portal,
        login.login,
        secrets.password,
        _plain(secrets.one_time_secret),
        login.date_form,
        login.decimal_mark,
    )


def rotate(services: Services, command: RotateLogin) -> Outcome:
    """Other secrets; a paused login is tried with them, and goes on if they work."""
    with services.store.write() as unit:
        if not may_manage(unit, command.actor, Permission.MANAGE_PORTAL_CREDENTIALS):
            return _NOT_ENTITLED
        present = unit.portal_logins.get(command.login_id)
        if present.state is LoginState.RETIRED:
            return Refusal("illegal_move", f"{present.id} is retired; add it anew.")
        date_form = present.date_form if command.date_form is None else command.date_form
        mark = present.decimal_mark if command.decimal_mark is None else command.decimal_mark
        denied = _denial(present.portal, present.login, command.secrets, date_form, mark)
        if denied:
            return Refusal("incomplete", denied)
        vault = vault_of(services)
        old = vault.open_credential(present.id, unit.portal_logins.sealed(present.id))
        secrets = replace(command.secrets, one_time_secret=command.secrets.one_time_secret or old.one_time_secret)
        changed = replace(
            present,
            version=present.version + 1,
            date_form=date_form,
            decimal_mark=mark,
            has_code_secret=bool(secrets.one_time_secret),
            key_id=vault.key_id,
            rotated_at=unit.now,
        )
        unit.portal_logins.save(changed, present.version)
        unit.portal_logins.reseal(present.id, vault.seal_credential(_credential(changed, secrets)))
        unit.portal_logins.keep_browser_state(present.id, None)
        _write_down(unit, AuditName.PORTAL_LOGIN_ROTATED, present, changed, command.actor, command.cause)
        ask_test(unit, changed)
        return Done(changed.id, changed.version, f"{changed.id} has other secrets and is being tried.")


def reseal(services: Services, actor: Actor) -> int:
    """Seal every login and browser state with the newest key, so that an older key can be thrown away; how many logins."""
    vault, count = vault_of(services), 0
    with services.store.read() as unit:
        logins = [one for one in unit.portal_logins.all() if one.state is not LoginState.RETIRED]
    for login in logins:
        if login.key_id == vault.key_id:
            continue
        with services.store.write() as unit:
            present = unit.portal_logins.get(login.id)
            credential = vault.open_credential(present.id, unit.portal_logins.sealed(present.id))
            changed = replace(present, version=present.version + 1, key_id=vault.key_id)
            unit.portal_logins.save(changed, present.version)
            unit.portal_logins.reseal(present.id, vault.seal_credential(credential))
            unit.portal_logins.keep_browser_state(present.id, None)
            _write_down(unit, AuditName.PORTAL_LOGIN_RESEALED, present, changed, actor)
        count += 1
    return count + _reseal_cxml(services, vault)


def _reseal_cxml(services: Services, vault: Vault) -> int:
    """The shared secrets of customers who take cXML, all of them: they do not say which key has sealed them."""
    with services.store.write() as unit:
        found = [(each, unit.portal_orders.cxml_secret(each)) for each in unit.portal_orders.settings()]
        kept = [(customer, sealed) for customer, sealed in found if sealed is not None]
        for customer, sealed in kept:
            plain = vault.open(cxml_purpose(customer), sealed)
            unit.portal_orders.keep_cxml_secret(customer, vault.seal(cxml_purpose(customer), plain))
    return len(kept)


def cxml_purpose(customer_id: CustomerId) -> str:
    """What the shared secret of a customer is sealed for."""
    return f"portal_setting {customer_id} cxml"


def retire(services: Services, actor: Actor, login_id: PortalLoginId, cause: str = "") -> Outcome:
    """Use it no more. Its secrets are destroyed; what was read with it stays."""
    with services.store.write() as unit:
        if not may_manage(unit, actor, Permission.MANAGE_PORTAL_CREDENTIALS):
            return _NOT_ENTITLED
        present = unit.portal_logins.get(login_id)
        if present.state is LoginState.RETIRED:
            return Refusal("illegal_move", f"{login_id} is retired already.")
        changed = replace(
            present, version=present.version + 1, state=LoginState.RETIRED, trouble=None, has_code_secret=False, key_id=""
        )
        unit.portal_logins.save(changed, present.version)
        unit.portal_logins.reseal(login_id, b"")
        unit.portal_logins.keep_browser_state(login_id, None)
        _write_down(unit, AuditName.PORTAL_LOGIN_RETIRED, present, changed, actor, cause)
        said = f"Its portal login {login_id} is retired; somebody has to choose an order of another login."
        for submission in _waiting_for(unit, login_id):
            trouble = Trouble("login_retired", said, unit.now)
            by_robot(unit, submission, replace(submission, trouble=trouble), SubmissionEvent.NEEDS_PERSON, login_id)
        return Done(login_id, changed.version, f"{login_id} is retired; its secrets are destroyed.")


def try_again(services: Services, actor: Actor, login_id: PortalLoginId, cause: str = "") -> Outcome:
    """A person has helped (a captcha, a code, too many sessions): try the login once more."""
    with services.store.write() as unit:
        if not may_manage(unit, actor, Permission.MANAGE_PORTAL_CREDENTIALS):
            return _NOT_ENTITLED
        login = unit.portal_logins.get(login_id)
        if login.state is LoginState.RETIRED:
            return Refusal("illegal_move", f"{login_id} is retired.")
        ask_test(unit, login, again=f"{cause or actor.id}:{unit.now.isoformat()}")
        return Done(login_id, login.version, f"{login_id} is being tried.")


def ask_test(unit: UnitOfWork, login: PortalLogin, again: str = "", *, person: bool = False) -> None:
    """The portal process shall log in once; with a `person` at hand it waits for the code that they are asked for."""
    facts: dict[str, object] = {"login": login.id, "person": person}
    key = Key(f"test login:{login.id}:v{login.version}{again and f':{again}'}")
    unit.outbox.ask(Effect(EffectKind.TEST_LOGIN, key, _subject(login), lane_of(login.id), facts))


def worked(services: Services, login_id: PortalLoginId, *, tested: bool = False) -> None:
    """The portal let us in: trouble is over, and what waited for this login goes on."""
    with services.store.write() as unit:
        present = unit.portal_logins.get(login_id)
        if present.state is LoginState.RETIRED or (present.state is LoginState.ACTIVE and not tested):
            return
        paused = present.state is LoginState.PAUSED
        changed = replace(present, version=present.version + 1, state=LoginState.ACTIVE, trouble=None, tested_at=unit.now)
        unit.portal_logins.save(changed, present.version)
        name = AuditName.PORTAL_LOGIN_RESUMED if paused else AuditName.PORTAL_LOGIN_TESTED
        _write_down(unit, name, present, changed, ROBOT)
        first = present.synced_at is None and tested
        if paused:
            _go_on(unit, changed)
        if paused or first:
            ask_sync(unit, changed, f"login:{changed.id}:v{changed.version}")


def troubled(services: Services, login_id: PortalLoginId, error: ProjectError, picture: bytes | None = None) -> None:
    """A person has to help with this login: its jobs wait, those of others go on."""
    with services.store.write() as unit:
        present = unit.portal_logins.get(login_id)
        if present.state is LoginState.RETIRED:
            return
        trouble = trouble_of(unit, error, keep_picture(services, unit, f"{login_id}.png", picture))
        changed = replace(present, version=present.version + 1, state=LoginState.PAUSED, trouble=trouble, tested_at=unit.now)
        unit.portal_logins.save(changed, present.version)
        _write_down(unit, AuditName.PORTAL_LOGIN_PAUSED, present, changed, ROBOT)
        alert_of_login(unit, changed, error, f"portal login:{login_id}:v{changed.version}")


def alert_of_login(unit: UnitOfWork, login: PortalLogin, error: ProjectError, key: str) -> None:
    """An operator shall see that a login, or its portal, is in trouble; once for each key."""
    facts: dict[str, object] = {
        "kind": "portal_login",
        "login": login.id,
        "portal": login.portal,
        "user": login.login,
        "code": error.code,
        "why": error.sentence,
    }
    asking.alert(unit, key, facts)


def sessions_full(services: Services, login_id: PortalLoginId, error: ProjectError) -> None:
    """The work goes on by itself once a session has ended; somebody is told, once a day, because only people end theirs."""
    with services.store.write() as unit:
        login = unit.portal_logins.get(login_id)
        alert_of_login(unit, login, error, f"portal sessions:{login_id}:{unit.now.date().isoformat()}")


def _go_on(unit: UnitOfWork, login: PortalLogin) -> None:
    """What waited for the login is asked for again."""
    for submission in _waiting_for(unit, login.id):
        kind = EffectKind.SEARCH_PORTAL if submission.state is State.CHECKING else first_job(unit, submission)
        ask_robot(unit, kind, submission, again=f"{login.id}v{login.version}")


def _waiting_for(unit: UnitOfWork, login_id: PortalLoginId) -> list[PortalSubmission]:
    """What only this login can bring further."""
    found = unit.submissions.in_states([State.READY_TO_SUBMIT, State.CHECKING], 10_000)
    return [submission for submission in found if login_of(unit, submission) == login_id]


def ask_sync(unit: UnitOfWork, login: PortalLogin, key: str, asked_by: str = "", not_before: datetime | None = None) -> bool:
    """The portal process shall sync this login, once for each key; False when that was asked for before."""
    subject = Subject(SubjectKind.PORTAL_LOGIN, login.id)
    facts: dict[str, object] = {"login": login.id, "key": key, "asked_by": asked_by}
    effect = Effect(EffectKind.SYNC_PORTAL, Key(f"sync portal:{key}"), subject, lane_of(login.id), facts)
    return unit.outbox.ask(effect, not_before)


def sync_now(services: Services, actor: Actor, login_ids: Sequence[PortalLoginId] = (), cause: str = "") -> Outcome:
    """A person wants to see what is new now."""
    with services.store.write() as unit:
        if not may_manage(unit, actor, Permission.SEE_CUSTOMER_ORDERS):
            return Refusal("not_permitted", "You are not entitled to see customers' orders.")
        usable = [one for one in unit.portal_logins.all() if one.state is LoginState.ACTIVE]
        wanted = [one for one in usable if not login_ids or one.id in login_ids]
        if not wanted:
            return Refusal("refused", "There is no portal login that can be used now.")
        for login in wanted:
            ask_sync(unit, login, f"asked:{login.id}:{cause or unit.now.isoformat()}", actor.name)
            subject = Subject(SubjectKind.PORTAL_LOGIN, login.id)
            unit.audit.append(AuditEntry(AuditName.PORTAL_SYNC_ASKED, subject, actor, cause=cause))
        return Done(wanted[0].id, wanted[0].version, f"Asked for: {', '.join(one.id for one in wanted)}.")


def trouble_of(unit: UnitOfWork, error: ProjectError, picture: SourceId | None = None) -> Trouble:
    """An error as it is kept and shown."""
    field, text = (str(error.details.get(name) or "") for name in ("field", "text"))
    return Trouble(error.code, error.sentence, unit.now, field, text[:500], picture)


def keep_picture(services: Services, unit: UnitOfWork, name: str, png: bytes | None) -> SourceId | None:
    """Keep a picture that is not too large, as a document."""
    if png is None or len(png) > services.most_picture_bytes:
        return None
    return unit.sources.take(SourceKind.PORTAL_PICTURE, name, png)[0].id


def _subject(login: PortalLogin) -> Subject:
    return Subject(SubjectKind.PORTAL_LOGIN, login.id)


def _write_down(
    unit: UnitOfWork, name: AuditName, before: PortalLogin | None, after: PortalLogin, actor: Actor, cause: str = ""
) -> None:
    facts: dict[str, object] = {"portal": after.portal, "user": after.login, "key": after.key_id}
    if after.trouble is not None:
        facts["trouble"] = after.trouble.code
    unit.audit.append(
        AuditEntry(
            name=name,
            subject=_subject(after),
            actor=actor,
            version_before=before.version if before else 0,
            version_after=after.version,
            state_from=before.state.value if before else "",
            state_to=after.state.value,
            facts=facts,
            cause=cause,
        )
    )


def is_passing(error: ProjectError) -> bool:
    """Whether a trouble passes by itself, so that no person is asked."""
    return isinstance(error, Unavailable)
