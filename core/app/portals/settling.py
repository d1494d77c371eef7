"""Whose customers a portal lists: settled where one name of one customer fits, asked otherwise.

What a person said stays. What a rule settled stays while nobody else fits.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from core.domain.portal_orders import PortalCustomer
from core.domain.portals import CustomerLink, ListedCustomer, PortalLogin
from core.match.portal_customers import CustomerNames
from core.ports.store import UnitOfWork

_BY_A_PERSON: Final = frozenset({CustomerLink.BY_HAND, CustomerLink.NOT_OURS})


def listed_customers(unit: UnitOfWork, login: PortalLogin, seen: Sequence[PortalCustomer]) -> list[ListedCustomer]:
    """The login's customers, new ones added, those not yet settled looked at again."""
    names = CustomerNames.of(unit.ledger.customers())
    found = []
    for one in seen:
        known = unit.portal_orders.customer_named(login.id, one.name)
        if known is None:
            bare = ListedCustomer(
                unit.portal_orders.next_customer_id(), 1, login.id, login.portal, one.name, instance=one.instance
            )
            known = _settled(unit, names, bare)
            unit.portal_orders.put_customer(known)
        elif known.link not in _BY_A_PERSON and (looked := _settled(unit, names, known)) != known:
            known = replace(looked, version=known.version + 1)
            unit.portal_orders.put_customer(known, known.version - 1)
        found.append(known)
    return found


def settle_all(unit: UnitOfWork) -> int:
    """Look again at every customer that nobody settled, because the ledger brought other names; how many changed."""
    names = CustomerNames.of(unit.ledger.customers())
    changed = 0
    for known in unit.portal_orders.customers():
        if known.link in _BY_A_PERSON:
            continue
        looked = _settled(unit, names, known)
        if looked != known:
            unit.portal_orders.put_customer(replace(looked, version=known.version + 1), known.version)
            changed += 1
    return changed


def _settled(unit: UnitOfWork, names: CustomerNames, listed: ListedCustomer) -> ListedCustomer:
    """One customer fits: it is that one. None or several: a question; what was settled stays while nobody else fits."""
    possible = names.possible(listed.name)
    if len(possible) == 1:
        return replace(listed, link=CustomerLink.AUTOMATIC, customer_id=possible[0], candidates=())
    if listed.customer_id is not None and unit.ledger.customer(listed.customer_id) is not None and not possible:
        return listed
    link = CustomerLink.ASKED if possible else CustomerLink.NONE
    return replace(listed, link=link, customer_id=None, candidates=possible)
