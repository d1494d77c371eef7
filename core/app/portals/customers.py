"""People settle whose customer a portal's is, and switch what is done for each customer and for the whole company."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from core.app.outcomes import Done, Outcome, Refusal
from core.app.portals.commands import LinkCustomer, SetCustomer, SetCxml
from core.app.portals.logins import cxml_purpose, may_manage, vault_of
from core.app.portals.suggesting import ask_to_suggest
from core.app.services import Services
from core.domain.actors import Actor, Permission
from core.domain.events import AuditName
from core.domain.ids import CustomerId
from core.domain.keeping import AuditEntry, Subject, SubjectKind
from core.domain.portal_orders import OrderCursor
from core.domain.portals import Channel, CustomerLink, CustomerPortalSetting, CxmlTerms, PortalCustomerId
from core.domain.submissions import FilePlace
from core.match.portal_customers import CustomerNames
from core.ports.store import UnitOfWork

_NOT_ENTITLED: Final = Refusal("not_permitted", "You are not entitled to manage the customers of portals.")
_NOT_ADMIN: Final = Refusal("not_permitted", "You are not entitled to enter what portals and customers keep secret.")
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
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
        if after.channel is Channel.CXML and after.cxml is None:
            return Refusal("incomplete", "Nobody has entered this customer's cXML account yet.")
        if after == before:
            return Done(command.customer_id, 1, "Nothing was changed.")
        unit.portal_orders.put_setting(after)
        _note(unit, command.actor, command.customer_id, _facts(before, after), command.cause)
        return Done(command.customer_id, 1)


def set_cxml(services: Services, command: SetCxml) -> Outcome:
    """From now on this customer's invoices go as cXML documents. The secret is sealed before anything else happens to it."""
    denied = _cxml_denial(command.terms)
    with services.store.write() as unit:
        if not may_manage(unit, command.actor, Permission.MANAGE_PORTAL_CREDENTIALS):
            return _NOT_ADMIN
        if denied:
            return Refusal("incomplete", denied)
        if unit.ledger.customer(command.customer_id) is None:
            return Refusal("not_found", f"There is no customer {command.customer_id}.")
        if not command.secret.strip() and unit.portal_orders.cxml_secret(command.customer_id) is None:
            return Refusal("incomplete", "A cXML account needs the shared secret that the customer gave us.")
        before = unit.portal_orders.setting(command.customer_id)
        after = replace(before, channel=Channel.CXML, cxml=command.terms)
        unit.portal_orders.put_setting(after)
        if command.secret.strip():
            sealed = vault_of(services).seal(cxml_purpose(command.customer_id), command.secret.strip().encode())
            unit.portal_orders.keep_cxml_secret(command.customer_id, sealed)
        _note(unit, command.actor, command.customer_id, _facts(before, after) | {"secret": bool(command.secret)}, command.cause)
        said = f"Invoices to {command.customer_id} go by cXML: each is delivered once a second person releases it."
        return Done(command.customer_id, 1, said)


def drop_cxml(services: Services, actor: Actor, customer_id: CustomerId, cause: str = "") -> Outcome:
    """The portal's form again; the account's secret is destroyed."""
    with services.store.write() as unit:
        if not may_manage(unit, actor, Permission.MANAGE_PORTAL_CREDENTIALS):
            return _NOT_ADMIN
        before = unit.portal_orders.setting(customer_id)
        if before.cxml is None:
            return Refusal("not_found", f"Customer {customer_id} has no cXML account.")
        after = replace(before, channel=Channel.FORM, cxml=None)
        unit.portal_orders.put_setting(after)
        unit.portal_orders.keep_cxml_secret(customer_id, None)
        _note(unit, actor, customer_id, _facts(before, after), cause)
        return Done(customer_id, 1, f"Invoices to {customer_id} are saved as drafts in the portal; the secret is destroyed.")


def _cxml_denial(terms: CxmlTerms) -> str:
    address = urlsplit(terms.endpoint)
    host = address.hostname or ""
    if not host or (address.scheme != "https" and not is_this_machine(host)):
        return "The address has to begin with https://, because the document carries a secret."
    parties = (terms.supplier, terms.customer)
    if not all(party.domain.strip() and party.identity.strip() for party in parties):
        return "Our number and the customer's need a domain and an identity each, such as DUNS and 079928354."
    return ""


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine, which needs no encryption on the way."""
    return host in _LOOPBACK or host.endswith(".localhost")


def _changed(before: CustomerPortalSetting, command: SetCustomer) -> CustomerPortalSetting:
    submit = before.submit if command.submit is None else command.submit
    uses = before.uses_portal if command.uses_portal is None else command.uses_portal
    return replace(
        before,
        uses_portal=uses or bool(command.submit),
        submit=submit and (uses or bool(command.submit)),
        file_place=before.file_place if command.file_place is None else FilePlace(command.file_place),
        legal_entity=before.legal_entity if command.legal_entity is None else command.legal_entity.strip(),
        channel=before.channel if command.channel is None else command.channel,
        tax_code=before.tax_code if command.tax_code is None else command.tax_code.strip(),
        needs_tax_code=before.needs_tax_code if command.tax_code is None else bool(command.tax_code.strip()),
    )


def _facts(before: CustomerPortalSetting, after: CustomerPortalSetting) -> dict[str, object]:
    names = ("uses_portal", "submit", "file_place", "legal_entity", "tax_code", "channel", "cxml")
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
