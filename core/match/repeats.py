"""Is a later advice the earlier one mailed again, or does it only look alike?

The store finds advices with the same total, payment reference and lines. That is not enough: a rent is paid every month, and
two customers can pay the same round sum. What tells them apart is who pays and on which day; where nothing tells them apart,
and the earlier one is settled, a person is shown both, because money that nobody expects is worse than a needless question.
"""

from enum import StrEnum

from core.domain.remittance import RemittanceAdvice, RemittanceState
from core.match.normal import name_key


class Repeat(StrEnum):
    """How a later advice stands to an earlier one with the same content."""

    SAME = "same"
    ALIKE = "alike"
    OTHER = "other"


def repeat_of(earlier: RemittanceAdvice, later: RemittanceAdvice, alike_days: int) -> Repeat:
    """`SAME` is the same advice again; `ALIKE` counts as another payment and is worth a look; `OTHER` is a stranger to it.

    Advices of the same content whose days of payment differ are two payments; up to `alike_days` apart they are shown as alike.
    """
    if _other_payer(earlier, later):
        return Repeat.OTHER
    if earlier.paid_on is not None and later.paid_on is not None:
        apart = abs((later.paid_on - earlier.paid_on).days)
        if apart:
            return Repeat.ALIKE if apart <= alike_days else Repeat.OTHER
        return Repeat.SAME
    if earlier.state is RemittanceState.CLOSED and not _names_something(later):
        return Repeat.ALIKE
    return Repeat.SAME


def _other_payer(earlier: RemittanceAdvice, later: RemittanceAdvice) -> bool:
    """Whether it is certain that somebody else pays; what an advice does not say speaks neither way."""
    if earlier.customer_id is not None and later.customer_id is not None:
        return earlier.customer_id != later.customer_id
    names = name_key(earlier.payer_name), name_key(later.payer_name)
    return all(names) and names[0] != names[1]


def _names_something(advice: RemittanceAdvice) -> bool:
    """Whether it says more than an amount."""
    return bool(advice.payment_reference.strip()) or any(line.reference.strip() for line in advice.lines)
