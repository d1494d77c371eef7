"""One part of a batch at work, wherever it runs: weighs its payments against a store that it only reads, and writes their rows.

It knows of the rest of the batch what it is told: which balances changed, who sent how much when, which advices still wait.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from core.command_line.apply_output import rows_of
from core.command_line.ledger_look_ups import LedgerReader
from core.decide.automatic import automatic_under
from core.domain.evidence import MoneySeen
from core.domain.ids import InvoiceNumber, PaymentId
from core.domain.policy import MatchPolicy
from core.domain.remittance import RemittanceAdvice
from core.match import bank_text, batch, payer, references
from core.match.batch import Fate, Ledger, Weigher
from core.match.lead_index import News, Sent
from core.match.look_ups import Entry, Wanted
from core.match.part_index import PartIndex
from core.match.remittances import AdviceBook
from core.read.csv_out import csv_rows

_FEW_OWNERS: Final = 4

_Looking = Callable[[MoneySeen], None]


@dataclass(frozen=True, slots=True)
class Ask:
    """A payment to weigh, and the advices that are worth a look for it."""

    payment: PaymentId
    advices: tuple[RemittanceAdvice, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a part says of one payment, with the documents that its answer claims."""

    look: batch.Look
    claimed: tuple[Entry, ...]


class Part:
    """See above. `begin` with some days of payments, then `weigh` them in rounds and `finish` them day by day."""

    def __init__(self, reader: LedgerReader, policy: MatchPolicy) -> None:
        self._reader = reader
        self._whole = reader.whole()
        self._policy = policy
        self._balances: dict[InvoiceNumber, Entry] = {}
        self._begin()

    def _begin(self) -> None:
        self._index = PartIndex(self._whole)
        self._told = _Told(self._policy)
        ledger = Ledger(self._index, self._told, self._policy)
        self._weigher = Weigher(ledger, automatic_under(self._policy))
        self._monies: dict[PaymentId, MoneySeen] = {}

    def begin(self, monies: Sequence[MoneySeen], sent: Sequence[Sent], news: News) -> int:
        """These payments are next: what they ask for first is looked up for all of them. How many were looked at."""
        for entry in news.changed:
            self._balances[entry.document.number] = entry
        self._begin()
        for entry in self._balances.values():
            self._index.changed(entry)
        self._remember(sent)
        self._monies = {money.id: money for money in monies}
        waiting = [money for money in monies if money.incoming]
        while waiting:
            waiting = self._missing(waiting, self._probe)
        return len(monies)

    def _remember(self, sent: Iterable[Sent]) -> None:
        for each in sent:
            self._index.remember(*each)

    def _missing(self, monies: Sequence[MoneySeen], look: _Looking) -> list[MoneySeen]:
        """Those that asked for something that is not here; it is here afterwards."""
        missing: list[MoneySeen] = []
        wanted = Wanted()
        for money in monies:
            self._index.begin()
            look(money)
            if self._index.wanted:
                missing.append(money)
                wanted.join(self._index.wanted)
        if wanted:
            self._fetch(wanted)
        return missing

    def _fetch(self, wanted: Wanted) -> None:
        answers = self._reader.answers(wanted)
        for entry in answers.entries:
            known = self._balances.get(entry.document.number)
            if known is not None:
                entry.document.open = known.document.open
        self._index.take(answers)

    def _probe(self, money: MoneySeen) -> None:
        """Asks for most of what weighing will ask for. What it forgets is asked for later, so that it may forget anything."""
        index = self._index
        bank = bank_text.read(money.reference, money.text)
        found = payer.find(money.payer_name or bank.name, money.payer_account, index)
        stranger = not found.known and not index.wanted
        words = references.find(bank.segments, index, found.near, cut=bank.cut)
        day, currency = money.value_date.toordinal(), money.amount.currency.code
        owners = set(found.near)
        for mention in words.mentions:
            others = {document.customer for _, document in mention.hits}
            if len(others) <= _FEW_OWNERS:
                owners |= others
        for owner in owners:
            index.family(owner)
            index.of_customer(owner, currency, day)
        if stranger:
            index.with_amount(currency, money.amount.minor)

    def weigh(self, asks: Sequence[Ask], news: News) -> list[Weighed]:
        """What there is to say of these payments, in their order, as things stand now."""
        for entry in news.changed:
            self._balances[entry.document.number] = entry
            self._index.changed(entry)
        self._remember(news.sent)
        self._told.tell(asks)
        monies = [self._monies[ask.payment] for ask in asks]
        looks: dict[PaymentId, batch.Look] = {}

        def weigh(money: MoneySeen) -> None:
            looks[money.id] = self._weigher.weigh([money])[0]

        waiting = monies
        while waiting:
            waiting = self._missing(waiting, weigh)
        return [self._weighed(looks[money.id]) for money in monies]

    def _weighed(self, look: batch.Look) -> Weighed:
        needed = look.claims if look.ready or look.almost_certain else ()
        return Weighed(look, tuple(self._index.entry(number) for number, _ in needed))

    def finish(self, fates: Sequence[tuple[PaymentId, Fate]]) -> list[tuple[PaymentId, str]]:
        """The rows of payments whose fate is known, as CSV."""
        return [(payment, csv_rows(rows_of(self._weigher.settled(payment, fate)))) for payment, fate in fates]


class _Told(AdviceBook):
    """The advices that this part was told for the payments at hand."""

    def __init__(self, policy: MatchPolicy) -> None:
        super().__init__((), policy)
        self._told: dict[PaymentId, tuple[RemittanceAdvice, ...]] = {}

    def tell(self, asks: Iterable[Ask]) -> None:
        """For the next round."""
        self._told = {ask.payment: ask.advices for ask in asks}

    def near(self, money: MoneySeen) -> list[RemittanceAdvice]:
        """What the batch's own book said."""
        return list(self._told.get(money.id, ()))
