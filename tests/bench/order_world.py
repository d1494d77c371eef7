"""Seeded worlds of customers' orders in portals, our invoices, and the truth.

Each invoice is planned by one class of `SHARES`; what can be known of it is decided by `order_proof` from the files alone. The
same arguments give the same bytes. Orders that nobody invoices fill up the portals.
"""

import csv
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.bench import order_proof
from tests.bench import order_writing as writing

FILES: Final = ("customers.csv", "invoices.csv", "customer_purchase_orders.csv")
SHARES: Final[Mapping[str, Mapping[str, float]]] = {
    "plain": {
        "exact": 24, "spelling": 10, "zeros": 4, "prefix_dropped": 4, "prefix_added": 3, "look_alike": 2, "glued": 2,
        "in_text": 6, "line_behind": 2, "slip": 3, "swapped": 2, "several": 2, "several_paper": 1.5, "release": 2,
        "other_customer": 1.5, "request": 2.5, "elsewhere": 1.5, "wrong_order": 1.5, "paper": 4, "completes": 5, "rest": 3,
        "equal_rests": 2, "equal_invoices": 1.5, "nothing": 4, "closed": 2, "currency": 1, "used_up": 1.5, "together": 1.5,
        "group": 1.5, "nameless": 1, "shared_name": 1, "two_portals": 1, "memo": 1, "paid": 1,
    },
    "hard": {
        "exact": 8, "spelling": 7, "zeros": 5, "prefix_dropped": 5, "prefix_added": 4, "look_alike": 4, "glued": 4,
        "in_text": 7, "line_behind": 3, "slip": 6, "swapped": 4, "several": 3, "several_paper": 3, "release": 4,
        "other_customer": 3, "request": 5, "elsewhere": 4, "wrong_order": 3, "paper": 5, "completes": 5, "rest": 4,
        "equal_rests": 4, "equal_invoices": 3, "nothing": 3, "closed": 3, "currency": 2, "used_up": 3, "together": 3,
        "group": 3, "nameless": 2, "shared_name": 2, "two_portals": 2, "memo": 1, "paid": 1,
    },
}  # fmt: skip
DENSITY: Final = {"plain": 60, "hard": 4}
"""How far apart one customer's numbers are, at most."""
_FACTORS: Final = (0.4, 0.6, 0.8, 1.0, 1.25, 1.6, 2.0, 2.5)
_WORDS: Final = (
    "Alder Birch Cedar Dune Elm Fjord Grove Heron Iris Juniper Kestrel Lark Maple Nimbus Osprey Pine Quartz Raven Sable "
    "Tern Umber Vale Willow Yarrow Zephyr"
).split()
_TRADES: Final = "Foods Logistics Medical Energy Retail Systems Paper Marine Textiles Glass Steel Software".split()
_FORMS: Final = ("Inc", "LLC", "Ltd", "GmbH", "SA", "AB")
_SHUT: Final = ("Closed", "Soft Closed", "Cancelled", "Buyer Hold", "Draft")


@dataclass(slots=True, eq=False)
class Party:
    """A customer: its names, its numbers, and its orders in the portal so far."""

    id: str
    name: str
    shown: str
    scheme: str
    currency: str
    portal: str
    alias: str = ""
    parent: str = ""
    counter: int = 0
    orders: list["Order"] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Order:
    """An order in a portal; `before` is what earlier invoices took, `counted` what of the open ones the portal counts."""

    portal: str
    shown: str
    number: str
    currency: str
    total: int
    before: int = 0
    counted: int = 0
    taken: int = 0
    status: str = "Issued"
    says_invoiced: bool = True

    @property
    def rest(self) -> int:
        """What is really left."""
        return self.total - self.before - self.taken


@dataclass(slots=True)
class World:
    """Everything that was made; amounts in cents."""

    draw: random.Random
    density: int
    parties: list[Party] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    invoices: list[dict[str, str]] = field(default_factory=list)
    plans: list[tuple[str, str]] = field(default_factory=list)

    def amount(self) -> int:
        """A sum: mostly crooked, sometimes round."""
        return self.draw.choice((50_000, 100_000, 250_000)) if self.draw.random() < 0.1 else self.draw.randint(2_000, 4_000_000)

    def number(self, party: Party) -> str:
        """The customer's next number."""
        party.counter += self.draw.randint(1, self.density)
        return writing.SCHEMES[party.scheme](party.counter)

    def order(self, party: Party, total: int, before: int = 0, number: str = "") -> Order:
        """One more order of the customer."""
        made = Order(party.portal, party.shown, number or self.number(party), party.currency, total, before)
        made.says_invoiced = self.draw.random() < 0.8
        party.orders.append(made)
        self.orders.append(made)
        return made

    def order_for(self, party: Party, amount: int) -> Order:
        """An order with room: one with invoices already (a blanket order), one of this invoice alone, or a larger one."""
        blankets = [one for one in party.orders[-8:] if one.status == "Issued" and one.rest > amount and one.taken]
        if blankets and self.draw.random() < 0.4:
            return self.draw.choice(blankets)
        kind = self.draw.random()
        if kind < 0.4:
            return self.order(party, amount)
        before, room = self.draw.randint(0, amount), amount * (self.draw.randint(2, 30) if kind < 0.7 else 1)
        return self.order(party, before + room + self.draw.randint(0, 90_000), before)

    def invoice(self, party: Party, plan: str, amount: int, text: str, order: Order | None, **other: str) -> None:
        """One open invoice of ours; the portal may count it already."""
        cells = {
            "invoice_number": f"INV-{len(self.invoices) + 1:06}", "customer_id": party.id, "issue_date": "2026-03-15",
            "currency": party.currency, "amount": money(amount), "open_amount": money(amount), "po_number": text,
            "kind": "invoice",
        }  # fmt: skip
        if order is not None:
            order.taken += amount
            if order.says_invoiced and self.draw.random() < 0.15:
                order.counted += amount
        self.invoices.append({**cells, **other})
        self.plans.append((plan, order_proof.key(order.portal, order.shown, order.number) if order else ""))


def money(cents: int) -> str:
    """A decimal as files have it."""
    return f"{cents // 100}.{cents % 100:02}"


def other_shares(name: str, seed: int) -> dict[str, float]:
    """The shares of a world, each times 0.4 to 2.5."""
    draw = random.Random(f"shares {name} {seed}")  # noqa: S311  Made worlds.
    return {key: share * draw.choice(_FACTORS) for key, share in SHARES[name].items()}


def make(name: str, seed: int, invoices: int, shares: Mapping[str, float] | None = None) -> World:
    """A world of about that many invoices and as many orders."""
    world = World(random.Random(f"{name} {seed}"), DENSITY[name])  # noqa: S311  Made worlds.
    _parties(world, max(12, invoices // 25))
    shares = shares or SHARES[name]
    names, weights = list(shares), list(shares.values())
    while len(world.invoices) < invoices:
        party = world.draw.choice(world.parties)
        (plan,) = world.draw.choices(names, weights)
        if plan in writing.WRITERS:
            amount = world.amount()
            order = world.order_for(party, amount)
            world.invoice(party, plan, amount, writing.WRITERS[plan](order.number, world.draw), order)
        else:
            BEHAVIOURS[plan](world, party)
    while len(world.orders) < invoices:
        total = world.amount()
        world.order(world.draw.choice(world.parties), total, world.draw.choice((0, 0, total // 3)))
    return world


def _parties(world: World, count: int) -> None:
    draw = world.draw
    for at in range(count):
        stem = f"{draw.choice(_WORDS)} {draw.choice(_WORDS)} {draw.choice(_TRADES)}" + ("" if at < 500 else f" {at}")
        name = f"{stem} {draw.choice(_FORMS)}"
        alias = f"{stem.split(maxsplit=1)[0]} {at}" if draw.random() < 0.2 else ""
        shown = draw.choice((name, name.upper(), f"{name}.", alias or name))
        scheme, unit = draw.choice(list(writing.SCHEMES)), draw.choice(("USD", "USD", "EUR"))
        party = Party(f"C{at:05}", name, shown, scheme, unit, draw.choice(("coupa", "coupa", "other")), alias)
        if world.parties and draw.random() < 0.08:
            party.parent = draw.choice(world.parties).id
        if world.parties and draw.random() < 0.04:
            # Two firms that differ in their legal form, and a portal that leaves it out.
            twin = draw.choice(world.parties)
            stem = twin.name.rsplit(" ", 1)[0]
            party.name = f"{stem} {'SA' if twin.name.endswith('AB') else 'AB'}"
            party.shown, party.alias, twin.shown = stem, "", stem
        world.parties.append(party)


# --- what happens otherwise ----------------------------------------------------------------------------------------------


def _several(world: World, party: Party) -> None:
    first, other, amount = world.amount(), world.amount(), world.amount()
    orders = [world.order(party, first + amount), world.order(party, other + amount)]
    world.invoice(party, "several", amount, writing.joined([one.number for one in orders], world.draw), None)


def _several_paper(world: World, party: Party) -> None:
    amount = world.amount()
    order = world.order(party, amount * 2)
    numbers = [order.number, world.number(party)]
    world.draw.shuffle(numbers)
    world.invoice(party, "several_paper", amount, writing.joined(numbers, world.draw), None)


def _release(world: World, party: Party) -> None:
    amount = world.amount()
    base = world.order(party, amount * 9)
    releases = [world.order(party, amount * world.draw.randint(1, 3), number=f"{base.number}-{at}") for at in (1, 2)]
    at = world.draw.randint(1, 3)
    text = writing.of_release(base.number, at, world.draw)
    world.invoice(party, "release", amount, text, releases[at - 1] if at < 3 else None)


def _other_customer(world: World, party: Party) -> None:
    if world.orders:
        number = world.draw.choice(world.orders).number
        world.invoice(party, "other_customer", world.amount(), number, None)


def _request(world: World, party: Party) -> None:
    amount = world.amount()
    near = world.order(party, amount * 2 + world.draw.randint(1, 9_000))
    world.invoice(party, "request", amount, writing.as_a_request(near.number, world.draw), None)


def _elsewhere(world: World, party: Party) -> None:
    amount = world.amount()
    near = world.order(party, amount * 2 + world.draw.randint(1, 9_000))
    world.invoice(party, "elsewhere", amount, writing.as_something_else(near.number, world.draw), None)


def _wrong_order(world: World, party: Party) -> None:
    amount = world.amount()
    order = world.order(party, amount)
    named = world.draw.choice(party.orders)
    world.invoice(party, "wrong_order", amount, named.number, order)


def _paper(world: World, party: Party) -> None:
    world.invoice(party, "paper", world.amount(), world.number(party), None)


def _completes(world: World, party: Party) -> None:
    amount = world.amount()
    before = world.draw.choice((0, amount, amount // 2))
    order = world.order(party, before + amount, before)
    world.invoice(party, "completes", amount, world.draw.choice(("", "", "verbal", "n/a")), order)


def _rest(world: World, party: Party) -> None:
    """A last invoice without a number, beside one to three that name the order and of which the portal counts some."""
    amounts = [world.amount() for _ in range(world.draw.randint(1, 3))]
    last = world.amount()
    before = world.draw.choice((0, last // 2))
    order = world.order(party, before + sum(amounts) + last, before)
    for amount in amounts:
        world.invoice(party, "exact", amount, order.number, order)
    counted = order.counted
    world.invoice(party, "rest", last, "", order)
    order.counted = counted


def _equal_rests(world: World, party: Party) -> None:
    amount = world.amount()
    orders = [world.order(party, amount + before, before) for before in (0, world.amount())]
    for one in orders:
        one.says_invoiced = True
    world.invoice(party, "equal_rests", amount, "", None)


def _equal_invoices(world: World, party: Party) -> None:
    amount = world.amount()
    world.order(party, amount)
    for _ in range(2):
        world.invoice(party, "equal_invoices", amount, "", None)


def _nothing(world: World, party: Party) -> None:
    world.invoice(party, "nothing", world.amount(), world.draw.choice(("", "", "see contract", "verbal")), None)


def _closed(world: World, party: Party) -> None:
    amount = world.amount()
    order = world.order(party, amount * 2)
    order.status = world.draw.choice(_SHUT)
    world.invoice(party, "closed", amount, _some_way(order.number, world), order)


def _currency(world: World, party: Party) -> None:
    amount = world.amount()
    order = world.order(party, amount * 2)
    order.currency = "GBP"
    world.invoice(party, "currency", amount, _some_way(order.number, world), None)


def _used_up(world: World, party: Party) -> None:
    amount = world.amount()
    order = world.order(party, amount * 3, amount * 3 - world.draw.randint(1, amount - 1))
    order.says_invoiced = True
    world.invoice(party, "used_up", amount, _some_way(order.number, world), None)


def _together(world: World, party: Party) -> None:
    """Three of one sum: with what the portal counts there is room for two, three, or for all but one."""
    amount = world.amount()
    before = amount * world.draw.randint(0, 2) + world.draw.choice((0, amount // 2, amount * 9 // 10))
    order = world.order(party, before + amount * world.draw.randint(1, 4) + amount // 3, before)
    order.says_invoiced = True
    for _ in range(3):
        world.invoice(party, "together", amount, _some_way(order.number, world), None)


def _group(world: World, party: Party) -> None:
    parent = next((one for one in world.parties if one.id == party.parent), party)
    amount = world.amount()
    world.invoice(party, "group", amount, _some_way((order := world.order_for(parent, amount)).number, world), order)


def _nameless(world: World, party: Party) -> None:
    amount = world.amount()
    order = world.order(party, amount * 2)
    order.shown = f"Strange {len(world.orders) % 7} Trading"
    world.invoice(party, "nameless", amount, _some_way(order.number, world), order)


def _shared_name(world: World, party: Party) -> None:
    shared = [one for one in world.parties if one.shown in one.name and one.shown != one.name] or [party]
    owner = world.draw.choice(shared)
    amount = world.amount()
    plan = world.draw.choice(("exact", "spelling", "in_text", "prefix_dropped"))
    order = world.order_for(owner, amount)
    world.invoice(owner, "shared_name", amount, writing.WRITERS[plan](order.number, world.draw), order)


def _two_portals(world: World, party: Party) -> None:
    amount = world.amount()
    first = world.order(party, amount * 2)
    second = world.order(party, amount * 2, number=first.number)
    second.portal = "third"
    if world.draw.random() < 0.4:
        world.draw.choice((first, second)).status = "Closed"
    world.invoice(party, "two_portals", amount, first.number, None)


def _memo(world: World, party: Party) -> None:
    amount = world.amount()
    world.invoice(party, "memo", amount, world.order(party, amount).number, None, kind="credit_memo")


def _paid(world: World, party: Party) -> None:
    amount = world.amount()
    world.invoice(party, "paid", amount, world.order(party, amount).number, None, open_amount="0.00")


def _some_way(number: str, world: World) -> str:
    return writing.WRITERS[world.draw.choice(("exact", "exact", "spelling", "in_text"))](number, world.draw)


BEHAVIOURS: Final[Mapping[str, Callable[[World, Party], None]]] = {
    "several": _several, "several_paper": _several_paper, "release": _release, "other_customer": _other_customer,
    "request": _request, "elsewhere": _elsewhere, "wrong_order": _wrong_order, "paper": _paper, "completes": _completes,
    "rest": _rest, "equal_rests": _equal_rests, "equal_invoices": _equal_invoices, "nothing": _nothing, "closed": _closed,
    "currency": _currency, "used_up": _used_up, "together": _together, "group": _group, "nameless": _nameless,
    "shared_name": _shared_name, "two_portals": _two_portals, "memo": _memo, "paid": _paid,
}  # fmt: skip


# --- files ---------------------------------------------------------------------------------------------------------------


def write(world: World, folder: Path, *, truth: bool = True) -> Path:
    """The three files, and `truth.csv`, which must not be given to the program."""
    folder.mkdir(parents=True, exist_ok=True)
    customers = [
        {"customer_id": one.id, "name": one.name, "parent_customer_id": one.parent, "aliases": one.alias}
        for one in world.parties
    ]
    orders = list({(one.portal, one.shown.casefold(), one.number): _row(one) for one in world.orders}.values())
    world.draw.shuffle(orders)
    for name, rows in zip(FILES, (customers, world.invoices, orders), strict=True):
        _csv(folder / name, rows)
    if truth:
        found = order_proof.prove(customers, world.invoices, orders)
        planned = [{"class": plan, "planned": order} for plan, order in world.plans]
        _csv(folder / "truth.csv", [{**proof, **plan} for proof, plan in zip(found, planned, strict=True)])
    return folder


def _row(one: Order) -> dict[str, str]:
    invoiced = money(min(one.before + one.counted, one.total)) if one.says_invoiced else ""
    return {
        "portal": one.portal, "portal_customer": one.shown, "po_number": one.number, "status": one.status,
        "order_date": "2026-01-05", "currency": one.currency, "total": money(one.total), "invoiced": invoiced, "notes": "",
    }  # fmt: skip


def _csv(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as out:
        table = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
