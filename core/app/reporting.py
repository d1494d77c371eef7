"""Digests and alerts in words: what an import did, what the ledger said, what fell silent. Facts are kept, not prose."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final

from core.app.masking import masked
from core.app.payables.wording import BILL_STATES
from core.app.portals.wording import TRY_LOGIN, remedy, wants_code
from core.app.telling import day, moment
from core.app.wording import STATE_WORDS
from core.domain.payments import PaymentState
from core.domain.workflows import SupplierInvoiceState

Facts = Mapping[str, object]
_PROBLEMS_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Report:
    """A headline, counts in words, and what was wrong. `from_outside` is the name of the file, as somebody called it.

    `login` is the portal login that somebody can help with, `wants_code` whether with a code.
    """

    headline: str
    lines: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    from_outside: str = ""
    login: str = ""
    wants_code: bool = False


def digest(facts: Facts) -> Report:
    """The summary of an import, a batch or an acknowledgement."""
    make = _DIGESTS.get(_text(facts, "kind"), _anything)
    return make(facts)


def alert(facts: Facts, zone: tzinfo, now: datetime) -> Report:
    """What an operator must see."""
    kind = _text(facts, "kind")
    if kind in {"unreadable", "refused_file"}:
        problem = masked(_text(facts, "why"))
        return Report(
            "A document could not be taken", ("It is kept; nothing of it was used.",), (problem,), _text(facts, "name")
        )
    if kind == "silent":
        since = _moment(facts, "since", zone, now)
        return Report(f"Nothing heard of “{_text(facts, 'part')}” since {since}", ("Look whether its process runs.",))
    if kind == "all_clear":
        back = _moment(facts, "back", zone, now)
        return Report(f"“{_text(facts, 'part')}” is back since {back}")
    if kind == "audit_anchor":
        events, value = _number(facts, "events"), _text(facts, "hash")
        return Report("Anchor of the audit log", (f"{events} events; the last one’s hash is {value}.", "Keep this message."))
    if kind == "waits_long":
        return _waits_long(facts)
    if kind in {"portal_login", "portal_customer"}:
        return _portal(facts)
    return _anything(facts)


def _bank_file(facts: Facts) -> Report:
    new, joined = _number(facts, "new"), _number(facts, "joined")
    asked, twins = _number(facts, "asked"), _number(facts, "twins")
    counted = (
        (joined, "joined to a remittance that announced it"),
        (_number(facts, "seen_again"), "known from an earlier file and not counted again"),
        (_number(facts, "debits"), "outgoing, not ours to apply"),
        (asked - twins, "taken back by the bank, and somebody has to say which payment it was"),
        (twins, "like a known deposit, without a reference of the bank: neither counted nor dropped, somebody has to say"),
    )
    lines = (*_states(facts), *(f"{count} {words}" for count, words in counted if count))
    returned = _texts(facts, "returned")
    if returned:
        lines = (*lines, f"{len(returned)} taken back by the bank: {', '.join(returned[:_PROBLEMS_SHOWN])}")
    headline = f"{new + joined} payment{_s(new + joined)} came in"
    return Report(headline, lines, _problems(facts), _text(facts, "name"))


def _acknowledgement(facts: Facts) -> Report:
    refused = tuple(masked(each) for each in _texts(facts, "refused"))
    said = f"The ledger answered: {_number(facts, 'posted')} posted"
    undone = _number(facts, "reversed")
    said = f"{said}, {undone} reversed" if undone else said
    headline = f"{said}, {len(refused)} refused" if refused else said
    return Report(headline, (), (*refused, *_problems(facts))[:_PROBLEMS_SHOWN], _text(facts, "name"))


def _ledger_synced(facts: Facts) -> Report:
    read, new = _number(facts, "read"), _number(facts, "new")
    what = _text(facts, "what") or "records"
    lines: tuple[str, ...] = (f"{new} new, {_number(facts, 'changed')} changed",)
    counted = _texts(facts, "counted")
    if counted:
        more = f" and {len(counted) - _PROBLEMS_SHOWN} more" if len(counted) > _PROBLEMS_SHOWN else ""
        said = f"{', '.join(counted[:_PROBLEMS_SHOWN])}{more}"
        lines = (*lines, f"Taken as counted already, because the balance fell by just that: {said}")
    what = what.removesuffix("s") if read == 1 else what
    return Report(f"{read} {what} read from the ledger", lines, _problems(facts), _text(facts, "name"))


def _rematched(facts: Facts) -> Report:
    looked_at = _number(facts, "looked_at")
    return Report(f"{looked_at} waiting payment{_s(looked_at)} looked at again", _states(facts))


def _batch_written(facts: Facts) -> Report:
    payments, totals = _texts(facts, "payments"), facts.get("totals")
    lines = tuple(f"{amount} {code}" for code, amount in sorted(totals.items())) if isinstance(totals, Mapping) else ()
    what = "reversal" if _number(facts, "reversals") else "payment"
    headline = f"Batch {_text(facts, 'batch')} with {len(payments)} {what}{_s(len(payments))} lies ready for the ledger"
    return Report(headline, lines, _problems(facts))


def _supplier_invoices(facts: Facts) -> Report:
    new, changed = _number(facts, "new"), _number(facts, "changed")
    states = facts.get("states")
    counts = states if isinstance(states, Mapping) else {}
    known = [state for state in SupplierInvoiceState if counts.get(state.value)]
    lines = tuple(f"{counts[state.value]}: {BILL_STATES[state].lower()}" for state in known)
    further = ((changed, "changed"), (_number(facts, "known"), "known from an earlier file"))
    lines = (*lines, *(f"{count} {words}" for count, words in further if count))
    return Report(f"{new} supplier invoice{_s(new)} came in", lines, _problems(facts), _text(facts, "name"))


def _bills_written(facts: Facts) -> Report:
    bills, totals = _texts(facts, "bills"), facts.get("totals")
    lines = tuple(f"{amount} {code}" for code, amount in sorted(totals.items())) if isinstance(totals, Mapping) else ()
    headline = f"Batch {_text(facts, 'batch')} with {len(bills)} supplier invoice{_s(len(bills))} lies ready for the ledger"
    return Report(headline, lines, _problems(facts))


def _waits_long(facts: Facts) -> Report:
    """A line that waits for its receipt, and why people should care now."""
    days, until = _number(facts, "days"), _day(facts, "discount_until")
    invoice = f"{_text(facts, 'bill')} ({_text(facts, 'number')})"
    headline = f"Line {_text(facts, 'line')} of {invoice} has waited {days} day{_s(days)} for its receipt"
    if _text(facts, "why") == "discount":
        headline = (
            f"{invoice} loses its early-payment discount after {until}; line {_text(facts, 'line')} waits for its receipt"
        )
    saved = (
        f"The discount of {_text(facts, 'discount')} can be kept until {until}." if until and _text(facts, "discount") else ""
    )
    lines = (f"{_text(facts, 'by')} let it wait.", *([saved] if saved else []))
    return Report(headline, lines, (), _text(facts, "supplier"))


def _portal(facts: Facts) -> Report:
    """Somebody has to help with a portal: what it is, in its own name, and what to do."""
    known = remedy(_text(facts, "code"))
    whose = _text(facts, "login") or _text(facts, "id")
    of = f"{_text(facts, 'portal')} as {_text(facts, 'user')}" if _text(facts, "login") else "What the portal lists now"
    waits = "Its work waits; other logins go on." if _text(facts, "login") else "It is not believed; other customers go on."
    lines = (f"{of}: {masked(_text(facts, 'why'))}", known.what_to_do, waits)
    login = _text(facts, "login") if known.button == TRY_LOGIN else ""
    return Report(
        f"{known.title} ({whose})", lines, (), _text(facts, "customer"), login, wants_code(_text(facts, "code")) and bool(login)
    )


def _anything(facts: Facts) -> Report:
    """For a kind that this version has no words for: better dry than lost."""
    lines = tuple(f"{name}: {masked(str(value))}" for name, value in sorted(facts.items()) if name != "kind")
    return Report(_text(facts, "kind").replace("_", " ").capitalize() or "Something happened", lines[:_PROBLEMS_SHOWN])


_DIGESTS: Final[Mapping[str, Callable[[Facts], Report]]] = {
    "bank_file": _bank_file,
    "acknowledgement": _acknowledgement,
    "ledger_synced": _ledger_synced,
    "orders_synced": _ledger_synced,
    "rematched": _rematched,
    "batch_written": _batch_written,
    "supplier_invoices": _supplier_invoices,
    "bills_written": _bills_written,
}


def _states(facts: Facts) -> tuple[str, ...]:
    states = facts.get("states")
    if not isinstance(states, Mapping):
        return ()
    order = {state.value: place for place, state in enumerate(PaymentState)}
    known = sorted((str(state) for state in states if state in order), key=lambda state: order[state])
    return tuple(f"{states[state]}: {STATE_WORDS[PaymentState(state)].lower()}" for state in known)


def _problems(facts: Facts) -> tuple[str, ...]:
    found = (*_texts(facts, "problems"), *_texts(facts, "unreadable"))
    return tuple(masked(each) for each in found[:_PROBLEMS_SHOWN])


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _number(facts: Facts, name: str) -> int:
    value = facts.get(name, 0)
    return value if isinstance(value, int) else 0


def _text(facts: Facts, name: str) -> str:
    value = facts.get(name, "")
    return value if isinstance(value, str) else ""


def _texts(facts: Facts, name: str) -> tuple[str, ...]:
    value = facts.get(name, ())
    return tuple(str(each) for each in value) if isinstance(value, list | tuple) else ()


def _day(facts: Facts, name: str) -> str:
    """A date as people write it; nothing where there is none."""
    try:
        return day(date.fromisoformat(_text(facts, name)))
    except ValueError:
        return ""


def _moment(facts: Facts, name: str, zone: tzinfo, now: datetime) -> str:
    try:
        return moment(datetime.fromisoformat(_text(facts, name)), zone, now)
    except ValueError:
        return "an unknown time"
