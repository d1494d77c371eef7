"""A sync of one login: customers, then for each its orders, kept part by part before anything is made of them.

Every part is one transaction with the cursor that goes on after it, so a crash loses at most a part; the same sync asked for
again goes on with the customers that are not through. What a driver does not believe (a list that is suddenly short) stops that
customer and asks a person; the others go on. One message in Slack shows how far it is.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from core.app import asking
from core.app.portals.following import follow_order
from core.app.portals.logins import alert_of_login, trouble_of
from core.app.portals.moving import ROBOT
from core.app.portals.paying import announce, note_paid
from core.app.portals.saving import LOGIN_ERRORS
from core.app.portals.settling import listed_customers
from core.app.portals.suggesting import suggest
from core.app.services import Services
from core.domain.codec import to_json
from core.domain.errors import NeedsPerson, PortalChanged, ProjectError, Refused
from core.domain.events import AuditName
from core.domain.keeping import AuditEntry, SourceKind, Subject, SubjectKind
from core.domain.portal_orders import CustomerPurchaseOrder, OrderSync, PortalCustomer
from core.domain.portals import KeptOrder, ListedCustomer, OrderRef, PortalLoginId, SyncRun, SyncState
from core.ports.store import UnitOfWork

Fence = Callable[[UnitOfWork], None]
"""Raises `PortalBusy` when this process has lost the login meanwhile; asked in every transaction of a sync."""

SYNC_PART: Final = "sync portal {}"
_LEAST_SHARE: Final = 50


def unfenced(_unit: UnitOfWork) -> None:
    """For whoever is alone."""


def start(services: Services, login_id: PortalLoginId, key: str, asked_by: str = "") -> SyncRun:
    """A new sync, or the one of this key where it was left."""
    with services.store.write() as unit:
        known = unit.portal_orders.run_of_key(key)
        if known is not None:
            going_on = replace(known, version=known.version + 1, state=SyncState.RUNNING, trouble=None, ended_at=None)
            return _keep(unit, going_on, show=True)
        login = unit.portal_logins.get(login_id)
        run = SyncRun(
            unit.portal_orders.next_run_id(),
            1,
            login_id,
            key,
            SyncState.RUNNING,
            unit.now,
            is_first=login.synced_at is None,
            asked_by=asked_by,
        )
        _write_down(unit, AuditName.PORTAL_SYNC_STARTED, run)
        return _keep(unit, run, show=run.is_first or bool(asked_by))


def customers_seen(
    services: Services, run: SyncRun, seen: Sequence[PortalCustomer], fence: Fence = unfenced
) -> tuple[SyncRun, list[ListedCustomer]]:
    """The portal's customers. `PortalChanged` when most of those with orders are gone: that is no list to believe."""
    with services.store.write() as unit:
        fence(unit)
        login = unit.portal_logins.get(run.login_id)
        before = [one.name for one in unit.portal_orders.customers(login.id) if one.orders_listed]
        kept = len({*before} & {one.name for one in seen})
        if before and kept * 100 < len(before) * _LEAST_SHARE:
            raise PortalChanged(
                f"The portal lists {kept} of the {len(before)} customers of {login.login} that it listed before.",
                page="customers",
            )
        listed = listed_customers(unit, login, seen)
        run = _keep(unit, replace(run, version=run.version + 1, customers=len(listed)))
    return run, listed


def take_part(services: Services, run: SyncRun, listed: ListedCustomer, part: OrderSync, fence: Fence = unfenced) -> SyncRun:
    """Keep some of a customer's orders with the cursor that goes on after them; then make of them what they say."""
    with services.store.write() as unit:
        fence(unit)
        kept = _store(unit, listed, part.changed)
        unit.portal_orders.keep_cursor(listed.id, part.cursor)
        run = replace(
            run,
            version=run.version + 1,
            now_at=listed.name,
            to_read=part.to_read,
            orders_read=run.orders_read + len(part.changed),
            lines_read=run.lines_read + sum(len(order.lines) for order in part.changed),
        )
        _keep(unit, run, show=part.to_read > 0 or run.is_first)
        for each in kept:
            follow_order(unit, listed, each, run.id)
            note_paid(unit, listed, each.order)
    return run


def _store(unit: UnitOfWork, listed: ListedCustomer, orders: Sequence[CustomerPurchaseOrder]) -> list[KeptOrder]:
    """What was seen, as it came; then the order for people and for matching."""
    kept, put = [], []
    for order in orders:
        raw = json.dumps(to_json(order), ensure_ascii=False, sort_keys=True).encode()
        source, _ = unit.sources.take(SourceKind.PORTAL_ORDER, f"{listed.id} {order.number}"[:120], raw)
        put.append((order, source.id))
        kept.append(KeptOrder(OrderRef(listed.id, order.number), order, source.id, unit.now))
    unit.portal_orders.put_orders(listed.id, put)
    return kept


def customer_done(
    services: Services, run: SyncRun, listed: ListedCustomer, sync: OrderSync, fence: Fence = unfenced
) -> SyncRun:
    """A customer is through: what the parts did not hold is kept too, and the cursor of the whole."""
    with services.store.write() as unit:
        fence(unit)
        unit.portal_orders.keep_cursor(listed.id, sync.cursor)
        present = unit.portal_orders.customer(listed.id)
        through = replace(
            present,
            instance=sync.customer.instance or present.instance,
            orders_listed=len(sync.changed) + len(sync.unchanged),
            invoices_listed=sync.invoices_listed,
            synced_at=unit.now,
            trouble=None,
        )
        if replace(through, synced_at=present.synced_at) != present or present.synced_at is None:
            through = replace(through, version=present.version + 1)
            unit.portal_orders.put_customer(through, present.version)
        done = tuple(dict.fromkeys((*run.done, listed.name)))
        seen = run.orders_seen + len(sync.changed) + len(sync.unchanged)
        run = replace(run, version=run.version + 1, done=done, to_read=0, now_at="", orders_seen=seen)
        return _keep(unit, run, show=run.is_first or bool(run.asked_by))


def customer_troubled(
    services: Services, run: SyncRun, listed: ListedCustomer, error: ProjectError, fence: Fence = unfenced
) -> SyncRun:
    """One customer's pages are not to be believed: a person is asked, the other customers go on."""
    with services.store.write() as unit:
        fence(unit)
        present = unit.portal_orders.customer(listed.id)
        troubled = replace(present, version=present.version + 1, trouble=trouble_of(unit, error))
        unit.portal_orders.put_customer(troubled, present.version)
        asking.alert(
            unit,
            f"portal customer:{run.id}:{listed.id}",
            {"kind": "portal_customer", "customer": listed.name, "id": listed.id, "code": error.code, "why": error.sentence},
        )
        names = tuple(dict.fromkeys((*run.troubled_customers, listed.name)))
        return _keep(unit, replace(run, version=run.version + 1, troubled_customers=names, now_at="", to_read=0))


def finish(services: Services, run: SyncRun, fence: Fence = unfenced) -> SyncRun:
    """All customers were looked at; then invoices are matched with what is new."""
    with services.store.write() as unit:
        fence(unit)
        run = replace(run, version=run.version + 1, state=SyncState.DONE, ended_at=unit.now, now_at="")
        login = unit.portal_logins.get(run.login_id)
        if not run.troubled_customers or run.done:
            changed = replace(login, version=login.version + 1, synced_at=unit.now)
            unit.portal_logins.save(changed, login.version)
        _write_down(unit, AuditName.PORTAL_SYNC_ENDED, run)
        unit.heartbeats.beat(SYNC_PART.format(run.login_id))
        run = _keep(unit, run, show=run.is_first or bool(run.asked_by))
    announce(services, run.id)
    suggest(services, run.id)
    return run


def stop(services: Services, run: SyncRun, error: ProjectError) -> SyncRun:
    """Trouble with the portal as a whole: the next sync goes on."""
    with services.store.write() as unit:
        present = unit.portal_orders.run(run.id)
        stopped = replace(
            present,
            version=present.version + 1,
            state=SyncState.STOPPED,
            ended_at=unit.now,
            trouble=trouble_of(unit, error),
        )
        _write_down(unit, AuditName.PORTAL_SYNC_STOPPED, stopped)
        if isinstance(error, NeedsPerson | Refused) and not isinstance(error, LOGIN_ERRORS):
            login = unit.portal_logins.get(run.login_id)
            alert_of_login(unit, login, error, f"portal sync:{run.id}:v{stopped.version}")
        return _keep(unit, stopped, show=present.is_first or bool(present.asked_by))


def _keep(unit: UnitOfWork, run: SyncRun, *, show: bool = False) -> SyncRun:
    """Store it; where people watch it, its one message shows it."""
    unit.portal_orders.put_run(run)
    if show:
        asking.subject_card(unit, Subject(SubjectKind.PORTAL_SYNC, run.id), run.version)
    return run


def _write_down(unit: UnitOfWork, name: AuditName, run: SyncRun) -> None:
    facts: dict[str, object] = {
        "login": run.login_id,
        "first": run.is_first,
        "customers": run.customers,
        "orders_seen": run.orders_seen,
        "orders_read": run.orders_read,
        "lines_read": run.lines_read,
    }
    if run.trouble is not None:
        facts["trouble"] = run.trouble.code
    if run.troubled_customers:
        facts["troubled_customers"] = list(run.troubled_customers)
    subject = Subject(SubjectKind.PORTAL_SYNC, run.id)
    unit.audit.append(AuditEntry(name, subject, ROBOT, 0, run.version, facts=facts, cause=run.key))
