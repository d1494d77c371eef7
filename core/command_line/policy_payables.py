"""The part of `tieout policy` about supplier invoices: limits and approval rules of a file, and the replay of a proposal.

`tieout policy replay --policy F` changes nothing: it says, supplier by supplier, how many exceptions these limits would have
saved, and how much money would have gone through without anybody looking.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from core.app.outcomes import Refusal
from core.app.payables import policies
from core.app.payables.replay import Replay, SupplierReplay, replay
from core.command_line.console import file_bytes
from core.command_line.saying import operator, plural
from core.domain.errors import Incomplete, Refused
from core.domain.policy import TolerancePolicy
from core.domain.versioned import PayablesPolicy, PolicyKind
from core.ports.store import Store, UnitOfWork
from core.read.payables.approval import read_payables_policies
from core.read.payables.tolerances import read_tolerances

_ROW: Final = "{:<32} {:>8} {:>7} {:>10} {:>6} {:>6} {:>18} {:>18}"
_OTHERS: Final = (PolicyKind.TOLERANCE, PolicyKind.PAYABLES)


def versions_in(data: bytes, name: str) -> list[TolerancePolicy | PayablesPolicy]:
    """The `[[policy]]` and `[[payables]]` versions of a file."""
    return [*read_tolerances(data, name), *read_payables_policies(data, name)]


def put(store: Store, found: list[TolerancePolicy | PayablesPolicy]) -> str:
    """Store them; the sentence that says what was stored."""
    outcome = policies.put(store, found, operator())
    if isinstance(outcome, Refusal):
        raise Refused(outcome.sentence)
    return outcome.sentence


def shown(unit: UnitOfWork) -> Iterator[str]:
    """The versions of limits and approval rules."""
    for kind in _OTHERS:
        versions = unit.policies.all(kind)
        words = "limits for supplier invoices" if kind is PolicyKind.TOLERANCE else "approval of supplier invoices"
        if not versions:
            rest = "every difference is a mismatch" if kind is PolicyKind.TOLERANCE else "matched PO invoices are approved too"
            yield f"No version of the {words} is stored: {rest}."
        for version in versions:
            yield f"  {words}: {version.version:<20} from {version.effective_from}, by {version.put_by}"


def replayed(unit: UnitOfWork, file: Path, *, as_json: bool) -> Iterator[str]:
    """The proposal of a file over past invoices, as a table or one JSON object a supplier."""
    proposed = read_tolerances(file_bytes(file), file.name)
    if not proposed:
        raise Incomplete(f"{file.name} has no [[policy]].")
    found = replay(unit, proposed)
    if as_json:
        yield from (json.dumps(_as_json(each)) for each in found.suppliers)
        return
    yield from _table(found)


def _table(found: Replay) -> Iterator[str]:
    heads = ("supplier", "invoices", "lines", "exceptions", "saved", "added", "let through", "charged less")
    yield _ROW.format(*heads)
    for each in found.suppliers:
        name = f"{each.supplier} ({each.supplier_id})"[:32]
        counts = (each.invoices, each.lines, each.exceptions, each.saved, each.added)
        yield _ROW.format(name, *counts, str(each.let_through), str(each.kept_back))
    yield f"{plural(found.exceptions, 'exception')} then; the proposal saves {found.saved} of them. Nothing was changed."


def _as_json(each: SupplierReplay) -> dict[str, object]:
    return {
        "supplier_id": each.supplier_id,
        "supplier": each.supplier,
        "currency": each.currency.code,
        "invoices": each.invoices,
        "lines": each.lines,
        "exceptions": each.exceptions,
        "saved": each.saved,
        "added": each.added,
        "let_through": each.let_through.text(),
        "charged_less": each.kept_back.text(),
    }
