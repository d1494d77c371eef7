"""The owner's rules as versioned, dated data: auditors ask what the rule was in March. A version never changes."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class PolicyKind(StrEnum):
    """Which rules: how far invoice lines may differ; how supplier invoices are approved; how payments are matched."""

    TOLERANCE = "tolerance"
    PAYABLES = "payables"
    MATCH = "match"


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version of one kind, holding from a day on until a later one. `body` is canonical JSON of the kind's own record."""

    kind: PolicyKind
    version: str
    effective_from: date
    body: str
    put_by: str
    put_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PayablesPolicy:
    """How supplier invoices are approved.

    `approval_on_matched`: PO invoices without mismatches go through approval too. `approvers_may_edit`: approvers may unlink,
    link and re-run, and edit invoice details. `four_eyes`: whoever handed an invoice in or sent it for approval does not
    approve it. `approvers` are e-mail addresses of those asked where an invoice names none. A line that waits longer than
    `escalate_after_days` for its receipt is reported, and once again `discount_warning_days` before the discount is lost.
    """

    version: str = "default"
    effective_from: date = date.min
    approval_on_matched: bool = True
    approvers_may_edit: bool = False
    four_eyes: bool = False
    approvers: tuple[str, ...] = ()
    escalate_after_days: int = 3
    discount_warning_days: int = 2


DEFAULT_PAYABLES = PayablesPolicy()


def payables_in_force(versions: tuple[PayablesPolicy, ...], day: date) -> PayablesPolicy:
    """The latest version not after `day`; the default before the first."""
    current = [policy for policy in versions if policy.effective_from <= day]
    return max(current, key=lambda policy: policy.effective_from) if current else DEFAULT_PAYABLES
