"""A column of text as places in the bytes of a file: a million cells without a million strings."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Wholes = npt.NDArray[np.int64]
Eights = npt.NDArray[np.uint64]

PADDING: Final = 64
"""So many zero bytes stand behind the last cell, so that as many can be taken from any place."""

_QUOTE: Final = ord('"')
_ASCII: Final = 127
EIGHT: Final = 8
_KEPT: Final = np.array([(1 << bits) - 1 for bits in range(0, 65, 8)], np.uint64)
"""What remains of eight bytes in one number of which the first none, one, two ... belong to a cell."""


@dataclass(frozen=True, slots=True)
class Span:
    """One column: cell `k` is `data[begin[k]:end[k]]` in UTF-8, without blanks and quotes around it."""

    data: bytes
    begin: Wholes
    end: Wholes

    def __len__(self) -> int:
        return len(self.begin)

    def text(self, row: int) -> str:
        """One cell."""
        return self.data[self.begin[row] : self.end[row]].decode("utf-8")

    def is_text(self, row: int, written: bytes) -> bool:
        """Whether one cell is exactly this."""
        begin = self.begin.item(row)
        return self.end.item(row) - begin == len(written) and self.data.startswith(written, begin)

    def texts(self) -> list[str]:
        """Every cell, in order."""
        data = self.data
        return [data[begin:end].decode("utf-8") for begin, end in zip(self.begin.tolist(), self.end.tolist(), strict=True)]

    def some(self, rows: "Wholes | npt.NDArray[np.bool_]") -> "Span":
        """The cells of some rows."""
        return Span(self.data, self.begin[rows], self.end[rows])

    def matrix(self, width: int, rows: slice = slice(None)) -> Bytes:
        """The first `width` bytes of the cells (at most `PADDING`), one row each, filled up with zero bytes."""
        windows = np.lib.stride_tricks.sliding_window_view(np.frombuffer(self.data, np.uint8), width)
        found: Bytes = windows[self.begin[rows]]
        found *= np.arange(width) < (self.end[rows] - self.begin[rows])[:, None]
        return found

    def eights(self, place: int, rows: slice = slice(None)) -> Eights:
        """The bytes of each cell from `EIGHT * place` on, eight of them as one number, filled up with zero bytes.

        `place` is below `PADDING / EIGHT`. Cells of up to `PADDING` bytes are equal if all their numbers are.
        """
        from_any = np.ndarray((len(self.data) - EIGHT + 1,), "<u8", self.data, 0, (1,))
        begin = self.begin[rows] + EIGHT * place
        found: Eights = from_any[begin]
        found &= _KEPT[(self.end[rows] - begin).clip(0, EIGHT)]
        return found

    def longest(self) -> int:
        """The most bytes that a cell has."""
        return int((self.end - self.begin).max(initial=0))

    def plain(self) -> bool:
        """Whether every cell can be told apart by its bytes: no quote inside, no sign at its ends that may be a blank."""
        if not len(self):
            return True
        buffer = np.frombuffer(self.data, np.uint8)
        quotes = np.flatnonzero(buffer == _QUOTE) if b'"' in self.data else np.zeros(0, np.int64)
        if len(quotes) and (np.searchsorted(quotes, self.begin) != np.searchsorted(quotes, self.end)).any():
            return False
        if self.data.isascii():
            return True
        # Beyond ASCII there are blanks too.
        first, last = buffer[self.begin], buffer[np.maximum(self.begin, self.end - 1)]
        unsure = np.flatnonzero((self.end > self.begin) & ((first > _ASCII) | (last > _ASCII)))
        return all(text == text.strip() for text in map(self.text, unsure.tolist()))
