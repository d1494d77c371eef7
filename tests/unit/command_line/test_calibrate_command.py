"""`tieout calibrate`: counted, shown, and used only where somebody says so."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.cli import main
from core.command_line.calibrate_command import toml_of
from core.domain.errors import Malformed
from core.domain.policy import FamilyRecord, MatchPolicy
from core.read.match_policy import read_match_policy
from tests.operator import Operator
from tests.unit.command_line.test_apply_command import BANK, CUSTOMERS, INVOICES

CONFIRMED = (
    "payment_id,value_date,customer_id,invoice_numbers\n"
    "P1,2026-02-03,C1,INV-100042\n"
    "P2,2026-02-03,C2,INV-100044\n"
    "P99,2026-02-03,C2,INV-100044\n"
)


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    given = {"--customers": CUSTOMERS, "--invoices": INVOICES, "--bank": BANK, "--confirmed": CONFIRMED}
    found = []
    for option, text in given.items():
        path = tmp_path / f"{option[2:]}.csv"
        path.write_text(text)
        found += [option, str(path)]
    return found


def test_past_lines_are_matched_again_and_held_against_what_they_settled(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "record.toml"
    assert main(["calibrate", *words, "--out", str(out)]) == 0
    page = capsys.readouterr().out
    assert "text, exact                                                1       0      95.00%  not yet" in page
    policy = read_match_policy(out.read_bytes(), "record.toml")
    families = {each.family: (each.right, each.wrong) for each in policy.record}
    assert families["text, exact"] == (1, 0)
    # The tie was not certain: it says something of confidence, nothing of risk.
    assert families["amount, one document, exact"] == (0, 0)
    assert all(each.curve for each in policy.record)


def test_files_without_what_they_settled_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", *words[:-2]]) == 2
    assert "--confirmed history.csv" in capsys.readouterr().err


def test_a_record_survives_its_file() -> None:
    record = (FamilyRecord("text, exact", 812, 1, ((0.5, 0.61), (0.99, 0.998))), FamilyRecord("statement, exact", 3, 0))
    assert read_match_policy(toml_of(record).encode(), "record.toml") == MatchPolicy(record=record)


@pytest.mark.parametrize(
    "text", ["right = -1\nwrong = 0", "right = 1\nwrong = 0\ncurve = [[0.5, 0.7], [0.9, 0.6]]", "right = 1", "curve = 7"]
)
def test_what_cannot_be_a_record_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        read_match_policy(f'[match]\n[[match.record]]\nfamily = "x"\n{text}\n'.encode(), "record.toml")


def test_of_an_installation_it_is_shown_and_put_in_force_from_a_day_on(operator: Operator) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    status, said = operator.types("calibrate")
    assert (status, "Nobody has judged an answer yet" in said) == (0, True)
    status, said = operator.types(f"calibrate --from {tomorrow} --name spring")
    assert status == 0, said
    assert f"The matching policy “spring” holds from {tomorrow}." in said
    assert "is “spring”" in operator.types(f"policy show --on {tomorrow}")[1]
