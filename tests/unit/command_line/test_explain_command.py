"""`tieout explain`, from files: a page that a person follows."""

from pathlib import Path

import pytest

from core.cli import main
from tests.unit.command_line.test_apply_command import BANK, CUSTOMERS, INVOICES


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    given = {"--customers": CUSTOMERS, "--invoices": INVOICES, "--bank": BANK}
    found = []
    for option, text in given.items():
        path = tmp_path / f"{option[2:]}.csv"
        path.write_text(text)
        found += [option, str(path)]
    return found


def test_every_explanation_stands_there_with_its_reasons(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "P2", *words]) == 0
    page = capsys.readouterr().out
    assert page.startswith("P2: 99.10 USD on 2026-02-03, from BRISTOL FOODS\n")
    assert "may be      C2 Bristol Foods Ltd" in page
    assert "decision   left to a person: Two explanations are equally good; somebody has to choose." in page
    assert page.count("amount, one document, exact") == 2
    assert {"INV-100043", "INV-100044"} <= set(page.split())
    assert "The amount equals what is open on it." in page
    shares = [float(line.split("%")[0]) for line in page.splitlines() if line.lstrip()[:1].isdigit() and "%" in line[:8]]
    assert sum(shares) == pytest.approx(100, abs=0.2)


def test_what_was_certain_says_so(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "P1", *words]) == 0
    page = capsys.readouterr().out
    assert "decision   applied without asking" in page
    assert "“INV100042” names INV-100042." in page


def test_an_earlier_day_is_applied_first(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bank.csv").write_text(f"{BANK}P9,2026-02-09,412.55,USD,credit,ALMA STEEL,INV-100042,\n")
    assert main(["explain", "P9", *words]) == 0
    assert "It names INV-100042, which is settled already." in capsys.readouterr().out


@pytest.mark.parametrize("missing", [0, 2, 4])
def test_files_belong_together(words: list[str], missing: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "P1", *words[:missing], *words[missing + 2 :]]) == 2
    assert "Please give --customers, --invoices and --bank together." in capsys.readouterr().err


def test_a_payment_that_is_not_there_is_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "P77", *words]) == 2
    assert "No bank line of these files is called P77." in capsys.readouterr().err
