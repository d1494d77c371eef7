"""The advices that wait for money: which of them, alone or together, are worth a look for one payment.

Found by sum (as written, or as the lines add up), by a sum above the money by a bank's charge, and by the payment reference in
the bank's text; never by walking over all of them.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from core.domain.errors import Malformed
from core.domain.evidence import MoneySeen
from core.domain.ids import RemittanceId
from core.domain.money import NO_CURRENCY, Currency, Money
from core.domain.policy import MatchPolicy
from core.domain.remittance import RemittanceAdvice, RemittanceLine
from core.match import gaps, references
from core.match.normal import compact, name_key

SHORTEST_REFERENCE: Final = 5
_MOST_TOGETHER: Final = 3
_MOST_IN_GROUP: Final = 12
_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Bundle:
    """One advice, or several of one payer and day that are meant for one payment."""

    advices: tuple[RemittanceAdvice, ...]

    @property
    def ids(self) -> tuple[RemittanceId, ...]:
        """Which advices."""
        return tuple(advice.id for advice in self.advices)

    @property
    def lines(self) -> tuple[RemittanceLine, ...]:
        """All lines of all of them."""
        return tuple(line for advice in self.advices for line in advice.lines)

    def currency(self) -> str:
        """The currency of its sums, `NO_CURRENCY` where the advice names none; empty without amounts."""
        amount = self._some_amount()
        return amount.currency.code if amount else ""

    def digits(self) -> int:
        """How many digits after the point its minor units have."""
        amount = self._some_amount()
        return amount.currency.exponent if amount else 0

    def _some_amount(self) -> Money | None:
        for advice in self.advices:
            for amount in (advice.total, *(line.paid for line in advice.lines), *(line.gross for line in advice.lines)):
                if amount is not None:
                    return amount
        return None

    def sums(self) -> frozenset[int]:
        """What the advices say the payment is: the total as written, and the sum of their lines."""
        written = [advice.total for advice in self.advices]
        paid = [line.paid for line in self.lines]
        found = set()
        if all(total is not None for total in written):
            found.add(sum(total.minor for total in written if total is not None))
        if paid and all(amount is not None for amount in paid):
            found.add(sum(amount.minor for amount in paid if amount is not None))
        return frozenset(found)


def group_key(advice: RemittanceAdvice) -> tuple[str, int, str]:
    """Advices that may be meant for one payment agree in this: who sent them, the day of payment, and the currency."""
    return (
        name_key(advice.payer_name) or advice.sender.rpartition("@")[2],
        advice.paid_on.toordinal() if advice.paid_on else 0,
        Bundle((advice,)).currency(),
    )


def stated_in(advice: RemittanceAdvice, unit: Currency) -> RemittanceAdvice | None:
    """The advice with amounts that name no currency taken for this one; None where that has too few digits for them."""
    if Bundle((advice,)).currency() != NO_CURRENCY:
        return advice
    lines = []
    for line in advice.lines:
        amounts = [_in_unit(amount, unit) for amount in (line.paid, line.gross, line.discount)]
        if any(isinstance(amount, str) for amount in amounts):
            return None
        paid, gross, discount = (amount if isinstance(amount, Money) else None for amount in amounts)
        lines.append(replace(line, paid=paid, gross=gross, discount=discount))
    total = _in_unit(advice.total, unit)
    return None if isinstance(total, str) else replace(advice, lines=tuple(lines), total=total)


def _in_unit(amount: Money | None, unit: Currency) -> Money | str | None:
    if amount is None:
        return None
    try:
        return Money.of(amount.decimal(), unit)
    except Malformed as error:
        return error.sentence


def bundles(advices: Sequence[RemittanceAdvice]) -> list[Bundle]:
    """Every advice by itself, and every two or three of one payer and day."""
    found = [Bundle((advice,)) for advice in advices if advice.lines]
    groups: dict[tuple[str, int, str], list[RemittanceAdvice]] = {}
    for advice in sorted(advices, key=lambda each: each.id):
        if advice.lines and group_key(advice)[0]:
            groups.setdefault(group_key(advice), []).append(advice)
    for members in groups.values():
        for size in range(2, _MOST_TOGETHER + 1):
            found += [Bundle(together) for together in combinations(members[:_MOST_IN_GROUP], size)]
    return found


def in_window(bundle: Bundle, day: int, policy: MatchPolicy) -> bool:
    """Whether the advices were meant for a day near that of the money."""
    before, after = policy.advice_days_before, policy.advice_days_after
    return all(advice.paid_on is None or -before <= advice.paid_on.toordinal() - day <= after for advice in bundle.advices)


class AdviceBook:
    """The advices that still wait for their money, by sum and by payment reference; for a batch with many of them."""

    def __init__(self, advices: Iterable[RemittanceAdvice], policy: MatchPolicy) -> None:
        self._bundles = [bundle for bundle in bundles(list(advices)) if bundle.sums() or bundle.lines]
        self._policy = policy
        self._used: set[RemittanceId] = set()
        self._by_reference: dict[str, list[Bundle]] = {}
        self._by_sum: list[tuple[str, int, int]] = []
        for position, bundle in enumerate(self._bundles):
            for total in bundle.sums():
                self._by_sum.append((bundle.currency(), total * 10 ** (_DIGITS - bundle.digits()), position))
            for advice in bundle.advices:
                key = compact(advice.payment_reference)
                if len(key) >= SHORTEST_REFERENCE and len(bundle.advices) == 1:
                    self._by_reference.setdefault(key, []).append(bundle)
        self._by_sum.sort()

    def remove(self, ids: Iterable[RemittanceId]) -> None:
        """These have found their money."""
        self._used.update(ids)

    def near(self, money: MoneySeen) -> list[RemittanceAdvice]:
        """Advices worth a look for this money: of its amount or more by a charge, or whose reference is in its text."""
        found: dict[RemittanceId, RemittanceAdvice] = {}
        if not self._bundles:
            return []
        for code in (money.amount.currency.code, NO_CURRENCY):
            self._of_sum(code, money, found)
        for word in references.digit_runs(f"{money.reference} {money.text}"):
            for bundle in self._by_reference.get(word, ()):
                self._take(bundle, found, money)
        return [found[key] for key in sorted(found)]

    def _of_sum(self, code: str, money: MoneySeen, found: dict[RemittanceId, RemittanceAdvice]) -> None:
        exponent = money.amount.currency.exponent
        scale = 10 ** (_DIGITS - exponent)
        amount = money.amount.minor * scale
        most, step = amount + gaps.fee_limit(self._policy, exponent) * scale, gaps.fee_step(exponent) * scale
        at = bisect_left(self._by_sum, (code, amount, -1))
        while at < len(self._by_sum) and self._by_sum[at][:2] <= (code, most):
            total, position = self._by_sum[at][1:]
            if (total - amount) % step == 0:
                self._take(self._bundles[position], found, money)
            at += 1

    def _take(self, bundle: Bundle, found: dict[RemittanceId, RemittanceAdvice], money: MoneySeen) -> None:
        unused = not any(advice.id in self._used for advice in bundle.advices)
        if unused and in_window(bundle, money.value_date.toordinal(), self._policy):
            found.update((advice.id, advice) for advice in bundle.advices)
