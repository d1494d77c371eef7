"""Whom a row of `applications.csv` names: what is certain about documents may be open about customers."""

import pytest

from core.command_line.apply_output import COLUMNS, rows_of
from core.domain.evidence import MatchOutcome
from core.match.batch import Settled
from tests.unit.match.worlds import ALMA, BRISTOL, ask, customer, document, index, seen

WORDS = "INV-0042437 SI0004349 IO-46884"
DOCUMENTS = [document("INV-0042437", "1738.14"), document("SI0004349", "323.66"), document("IO-46884", "620.40", "C2")]


def _named(outcome: MatchOutcome) -> dict[str, str]:
    """The customers of the best answer's rows, by document."""
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in rows_of(Settled(outcome, applied=False))]
    return {row["invoice_number"]: row["customer_id"] for row in rows if row["rank"] == "1"}


@pytest.mark.parametrize(("amount", "further"), [("2682.20", "C2"), ("2660.20", "")])
def test_a_further_owner_is_named_where_no_difference_lies_open(amount: str, further: str) -> None:
    """A number that was misread names a stranger's document, and the money does not fit: the payer is known all the same."""
    outcome = ask(seen(amount, text=WORDS, name=ALMA.name), index(DOCUMENTS))
    assert outcome.suggestions[0].confidence > 0.95
    assert _named(outcome) == {"INV-0042437": "C1", "SI0004349": "C1", "IO-46884": further}


@pytest.mark.parametrize(("amount", "named"), [("2358.54", {"C1", "C2"}), ("2300.54", {""})])
def test_of_several_owners_whom_nothing_else_points_to_none_is_chosen(amount: str, named: set[str]) -> None:
    """Somebody unknown names documents of two strangers to each other: both where it all fits, else neither by its id."""
    ledger = index([document("INV-0042437", "1738.14"), document("INV-0046884", "620.40", "C2")])
    outcome = ask(seen(amount, text="INV-0042437 INV-0046884", name="Somebody Else"), ledger)
    assert outcome.payer.customer_id is None
    assert set(outcome.payer.candidates) == {"C1", "C2"}
    assert set(_named(outcome).values()) == named


def test_an_amount_by_itself_names_nobody() -> None:
    """The document stands there to be looked at; whose money it is nobody said."""
    firms = [ALMA, BRISTOL, *(customer(f"C{k}", f"Firm {k} Ltd") for k in range(10, 60))]
    ledger = index([document(f"INV-{k}", f"{1000 + k}.{k:02}", f"C{k}") for k in range(10, 60)], firms)
    outcome = ask(seen("1020.20"), ledger)
    assert outcome.payer.candidates == ("C20",)
    assert _named(outcome) == {"INV-20": ""}
    assert _named(ask(seen("1020.20", name="Firm 20 Ltd"), ledger)) == {"INV-20": "C20"}
