"""A large file comes in pieces that together are the file, each with the header and whole rows."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.command_line.plain_pieces import pieces
from core.domain.errors import Misconfigured

CELLS = st.text(alphabet='ab"\n\r,;é', max_size=6)


@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=12), size=st.integers(1, 40), mark=st.booleans())
def test_the_rows_are_all_there_however_they_are_cut(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], size: int, *, mark: bool
) -> None:
    path = tmp_path_factory.mktemp("pieces") / "file.csv"
    with path.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="") as out:
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("one", "two"), *rows])
    found: list[tuple[str, ...]] = []
    for piece in pieces(path, size):
        head, *some = csv.reader(piece.decode("utf-8").splitlines(keepends=True))
        assert head == ["one", "two"]
        found += map(tuple, some)
    assert found == rows


def test_a_small_file_is_one_piece_and_a_missing_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_bytes(b"one,two\n1,2\n")
    assert list(pieces(tmp_path / "file.csv")) == [b"one,two\n1,2\n"]
    (tmp_path / "file.csv").write_bytes(b"one,two")
    assert list(pieces(tmp_path / "file.csv")) == [b"one,two"]
    with pytest.raises(Misconfigured, match="cannot be read"):
        list(pieces(tmp_path / "none.csv"))
