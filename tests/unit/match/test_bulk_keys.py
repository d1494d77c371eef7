"""Keys made for a whole column are those made one by one."""

from collections.abc import Sequence
from string import ascii_letters, digits

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.match import bulk_keys, schemes
from core.match.normal import compact, shape
from core.match.spans import PADDING, Span

WORDS = st.text(alphabet=ascii_letters[:6] + "OILoil" + digits[:4] + "-/ .ß", min_size=1, max_size=16)


def span(cells: Sequence[str]) -> Span:
    parts = [cell.encode() for cell in cells]
    ends = np.cumsum([len(part) for part in parts], dtype=np.int64) if parts else np.zeros(0, np.int64)
    begin = np.concatenate([[0], ends[:-1]]).astype(np.int64) if parts else ends
    return Span(b"".join(parts) + bytes(PADDING), begin, ends)


@given(st.lists(WORDS, max_size=8))
@settings(max_examples=150, deadline=None)
def test_the_keys_of_a_column_are_those_of_its_cells(cells: list[str]) -> None:
    filing = bulk_keys.number_keys(span(cells))
    found: dict[int, dict[int, tuple[int, int]]] = {row: {} for row in range(len(cells))}
    for key, row, level, length in zip(
        filing.keys.tolist(), filing.rows.tolist(), filing.levels.tolist(), filing.lengths.tolist(), strict=True
    ):
        assert key not in found[row]
        found[row][key] = (level, length)
    for row, cell in enumerate(cells):
        if row in filing.odd:
            assert found[row] == {}
            assert not (cell.isascii() and cell[-1].isdigit())
        else:
            expected = {bulk_keys.remainder(key): (int(level), len(key)) for key, level in schemes.keys(cell).items()}
            assert found[row] == expected
            assert schemes.mask(compact(cell)) in filing.masks


def test_cells_longer_than_what_is_read_at_once_are_themselves() -> None:
    cells = ["X" * 70 + "1", "X" * 70 + "2", "A1"]
    assert bulk_keys.remainders(span(cells)).tolist() == [bulk_keys.remainder(cell) for cell in cells]
    assert bulk_keys.number_keys(span(cells)).odd.tolist() == [0, 1]


@given(st.lists(WORDS, min_size=1, max_size=5))
@settings(max_examples=50, deadline=None)
def test_order_numbers_lose_what_does_not_count(cells: list[str]) -> None:
    keys, sure = bulk_keys.compact_remainders(span(cells))
    for cell, key, is_sure in zip(cells, keys.tolist(), sure.tolist(), strict=True):
        assert is_sure == cell.isascii()
        assert not is_sure or key == bulk_keys.remainder(shape(compact(cell)))
