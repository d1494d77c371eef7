"""The small company's payables with its people in Slack: priya resolves, marcus approves and posts, theo administers."""

from dataclasses import replace
from pathlib import Path

from core.domain.actors import Person, Role
from core.domain.ids import PersonId
from core.domain.keeping import EffectKind, Subject, SubjectKind
from core.domain.supplier_bills import SupplierInvoiceId
from core.store.unit_of_work import SqlStore
from tests.databases import SetClock
from tests.payables_desk import PayablesDesk
from tests.sandbox.slack.model import Json
from tests.sandbox.slack.testing import SlackDriver, text_of
from tests.slack_seen import Seen

REVIEW = "C0PAYABLES"
RESOLVES = frozenset({Role.PAYABLES_CLERK, Role.RATE_AND_AMOUNT_MANAGER, Role.QUANTITY_MANAGER, Role.NEW_LINES_MANAGER})


class SlackPayables(Seen, PayablesDesk):
    """Stories of payables, and what people see of them in #ap-review."""

    def __init__(self, store: SqlStore, clock: SetClock, folder: Path, slack: SlackDriver) -> None:
        super().__init__(store, clock, folder)
        self.slack = slack
        self.priya = self._person(31, "Priya Raman", "priya@sandbox.example", RESOLVES)
        self.marcus = self._person(
            32, "Marcus Webb", "marcus@sandbox.example", frozenset({Role.APPROVER, Role.PAYABLES_POSTER})
        )
        self.theo = self._person(33, "Theo Lange", "theo@sandbox.example", frozenset({Role.ADMINISTRATOR}))
        self.ines = self._person(34, "Ines Ferreira", "ines@sandbox.example", frozenset({Role.CASH_POSTER}))

    def _person(self, number: int, name: str, email: str, roles: frozenset[Role]) -> Person:
        person = Person(PersonId(f"U-{number}"), name, email, roles)
        with self.services.store.write() as unit:
            unit.people.put(person)
        return person

    def becomes(self, person: Person, *roles: Role) -> None:
        """Somebody's rights change."""
        with self.services.store.write() as unit:
            known = unit.people.get(person.id) or person
            unit.people.put(replace(known, roles=frozenset(roles)))

    def card(self, number: str = "SI-1001", *, saying: str = "") -> Json:
        """The card of an invoice, once it shows the present version (and these words)."""

        def shown() -> Json:
            with self.services.store.read() as unit:
                place = unit.cards.place(Subject(SubjectKind.SUPPLIER_INVOICE, number))
                version = unit.bills.get(SupplierInvoiceId(number)).version
            if place is None or place.version != version:
                return {}
            found = [card for card in self.slack.cards(REVIEW) if card["ts"] == place.ts]
            return found[0] if found and saying in text_of(found[0]) else {}

        return self.slack.wait_for(shown, what=f"the card of {number} saying {saying!r}")

    def press(self, user: str, event: str, *, number: str = "SI-1001", line: int | None = None, **more: object) -> Json:
        """Press a button of the present card; `line` is the place of a line."""
        card = self.card(number)
        stem = f"supplier_invoice:{number}:v{self.bill(number).version}"
        block = {} if line is None else {"block_id": f"{stem}:line{line}:actions"}
        action = f"supplier_invoice.{event if line is None else f'line_{event}'}"
        return self.slack.press(user, card, action, **block, **more)  # type: ignore[arg-type]

    def settled(self) -> None:
        """Wait until nothing is on its way to Slack any more."""

        def nothing_waits() -> bool:
            with self.services.store.read() as unit:
                ages = unit.outbox.ages()
            return not any(ages[kind][0] for kind in ages if kind is not EffectKind.POST_BILL)

        self.until(nothing_waits, "everything to be published")
