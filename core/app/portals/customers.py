"""People settle whose customer a portal's is, and switch what is done for each customer and for the whole company."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from core.app.outcomes import Done, Outcome, Refusal
from core.app.portals.commands import LinkCustomer, SetCustomer
from core.app.portals.logins import may_manage
from core.app.portals.suggesting import ask_to_suggest
from core.app.services import Services
from core.domain.actors import Actor, Permission
from core.domain.events import AuditName
from core.domain.keeping import AuditEntry, Subject, SubjectKind
from core.domain.portal_orders import OrderCursor
from core.domain.portals import CustomerLink, CustomerPortalSetting, PortalCustomerId
from core.domain.submissions import FilePlace
from core.match.portal_customers import CustomerNames
from core.ports.store import UnitOfWork

_NOT_ENTITLED: Final = Refusal("not_permitted", "You are not entitled to manage the customers of portals.")
COMPANY: Final = "company"


def link(services: Services, command: LinkCustomer) -> Outcome:
    """A person says who it is, or that it is none of ours."""
    with services.store.write() as unit:
        if not may_manage(unit, command.actor, Permission.MANAGE_PORTAL_CUSTOMERS):
            return _NOT_ENTITLED
        present = unit.portal_orders.customer(command.portal_customer)
        if command.customer_id is not None and unit.ledger.customer(command.customer_id) is None:
            return Refusal("not_found", f"There is no customer {command.customer_id}.")
        how = CustomerLink.BY_HAND if command.customer_id is not None else CustomerLink.NOT_OURS
        changed = replace(present, version=present.version + 1, link=how, customer_id=command.customer_id, candidates=())
        unit.portal_orders.put_customer(changed, present.version)
        name = AuditName.PORTAL_CUSTOMER_LINKED if command.customer_id else AuditName.PORTAL_CUSTOMER_UNLINKED
        facts = {"portal_name": present.name, "customer": command.customer_id, "before": present.customer_id}
        unit.audit.append(
            AuditEntry(
                name,
                Subject(SubjectKind.PORTAL_CUSTOMER, changed.id),
                command.actor,
                present.version,
                changed.version,
                present.link.value,
                how.value,
                facts=facts,
                cause=command.cause,
            )
        )
        ask_to_suggest(unit, f"{changed.id}:v{changed.version}")
        return Done(changed.id, changed.version)


def read_anew(services: Services, actor: Actor, portal_customer: PortalCustomerId, cause: str = "") -> Outcome:
    """A person looked: what the portal lists is right, although it is much less than before. The next sync reads all of it."""
    with services.store.write() as unit:
        if not may_manage(unit, actor, Permission.MANAGE_PORTAL_CUSTOMERS):
            return _NOT_ENTITLED
        present = unit.portal_orders.customer(portal_customer)
        changed = replace(present, version=present.version + 1, trouble=None, invoices_listed=0, orders_listed=0)
        unit.portal_orders.put_customer(changed, present.version)
        unit.portal_orders.keep_cursor(present.id, OrderCursor(""))
        facts = {"portal_name": present.name, "read_anew": True, "listed_before": present.orders_listed}
        subject = Subject(SubjectKind.PORTAL_CUSTOMER, present.id)
        unit.audit.append(
            AuditEntry(
                AuditName.PORTAL_SETTING_CHANGED, subject, actor, present.version, changed.version, facts=facts, cause=cause
            )
        )
        return Done(changed.id, changed.version, f"The next sync reads everything of “{present.name}” anew.")


def switch(services: Services, actor: Actor, *, on: bool, cause: str = "") -> Outcome:
    """Whether the company saves drafts in portals at all."""
    with services.store.write() as unit:
        if not may_manage(unit, actor, Permission.MANAGE_PORTAL_CUSTOMERS):
            return _NOT_ENTITLED
        before = unit.portal_orders.submits()
        unit.portal_orders.set_submits(on)
        _note(unit, actor, COMPANY, {"submits": on, "before": before}, cause)
        return Done(COMPANY, 1, "Drafts are saved in portals." if on else "No drafts are saved in portals any more.")


def set_customer(services: Services, command: SetCustomer) -> Outcome:
    """Switch what is done for one customer."""
    with services.store.write() as unit:
        if not may_manage(unit, command.actor, Permission.MANAGE_PORTAL_CUSTOMERS):
            return _NOT_ENTITLED
        if unit.ledger.customer(command.customer_id) is None:
            return Refusal("not_found", f"There is no customer {command.customer_id}.")
        before = unit.portal_orders.setting(command.customer_id)
        after = _changed(before, command)
        if after == before:
            return Done(command.customer_id, 1, "Nothing was changed.")
        unit.portal_orders.put_setting(after)
        _note(unit, command.actor, command.customer_id, _facts(before, after), command.cause)
        return Done(command.customer_id, 1)


def _changed(before: CustomerPortalSetting, command: SetCustomer) -> CustomerPortalSetting:
    submit = before.submit if command.submit is None else command.submit
    uses = before.uses_portal if command.uses_portal is None else command.uses_portal
    return replace(
        before,
        uses_portal=uses or bool(command.submit),
        submit=submit and (uses or bool(command.submit)),
        file_place=before.file_place if command.file_place is None else FilePlace(command.file_place),
        legal_entity=before.legal_entity if command.legal_entity is None else command.legal_entity.strip(),
        tax_code=before.tax_code if command.tax_code is None else command.tax_code.strip(),
        needs_tax_code=before.needs_tax_code if command.tax_code is None else bool(command.tax_code.strip()),
    )


def _facts(before: CustomerPortalSetting, after: CustomerPortalSetting) -> dict[str, object]:
    names = ("uses_portal", "submit", "file_place", "legal_entity", "tax_code")
    return {
        name: [str(getattr(before, name)), str(getattr(after, name))]
        for name in names
        if getattr(before, name) != getattr(after, name)
    }


@dataclass(frozen=True, slots=True)
class Enabled:
    """What came of a list: customers that are switched on now, those that were, and words that mean nobody or several."""

    switched: tuple[str, ...] = ()
    were: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    several: tuple[str, ...] = ()


def enable(services: Services, actor: Actor, words: Iterable[str], cause: str = "") -> Enabled | Refusal:
    """Save drafts for every customer of a list, by number or by name; what is not certain is said and left alone."""
    with services.store.write() as unit:
        if not may_manage(unit, actor, Permission.MANAGE_PORTAL_CUSTOMERS):
            return _NOT_ENTITLED
        names = CustomerNames.of(unit.ledger.customers())
        result = Enabled()
        for word in dict.fromkeys(each.strip() for each in words if each.strip()):
            possible = names.possible(word)
            if len(possible) != 1:
                field = "several" if possible else "unknown"
                result = replace(result, **{field: (*getattr(result, field), word)})
                continue
            before = unit.portal_orders.setting(possible[0])
            after = replace(before, uses_portal=True, submit=True)
            if before == after and before.submit:
                result = replace(result, were=(*result.were, possible[0]))
                continue
            unit.portal_orders.put_setting(after)
            _note(unit, actor, possible[0], _facts(before, after), cause)
            result = replace(result, switched=(*result.switched, possible[0]))
    return result


def _note(unit: UnitOfWork, actor: Actor, what: str, facts: dict[str, object], cause: str) -> None:
    subject = Subject(SubjectKind.PORTAL_SETTING, what)
    unit.audit.append(AuditEntry(AuditName.PORTAL_SETTING_CHANGED, subject, actor, facts=facts, cause=cause))
    ask_to_suggest(unit, f"touched:{unit.portal_orders.touched()}")
