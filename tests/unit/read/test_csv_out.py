import csv
import io
from pathlib import Path

import pytest

from core.read.csv_out import csv_text, safe, write_whole


@pytest.mark.parametrize(
    ("cell", "written"), [("=1+1", "'=1+1"), ("@x", "'@x"), ("-cmd", "'-cmd"), ("+x", "'+x"), ("\tx", "'\tx")]
)
def test_formulas_are_escaped(cell: str, written: str) -> None:
    assert safe(cell) == written


@pytest.mark.parametrize("cell", ["-12.50", "+3", "0", "INV-1", "", "a=b"])
def test_numbers_and_words_stay(cell: str) -> None:
    assert safe(cell) == cell


def test_rows_come_back_as_they_were() -> None:
    rows = [["a,b", 'say "so"', "two\nlines"], ["1", "", "ü"]]
    assert list(csv.reader(io.StringIO(csv_text(["x", "y", "z"], rows)))) == [["x", "y", "z"], *rows]


def test_a_file_is_replaced_whole_or_stays(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    write_whole(target, "first\n")
    with pytest.raises(UnicodeEncodeError):
        write_whole(target, "broken \ud800\n")
    assert target.read_text() == "first\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]
