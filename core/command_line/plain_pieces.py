"""A large CSV file in pieces that are files themselves: the header, then some whole rows. Memory for one piece only."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from core.domain.errors import Misconfigured

_PIECE: Final = 16 << 20
_MARK: Final = b"\xef\xbb\xbf"


def pieces(path: Path, size: int = _PIECE) -> Iterator[bytes]:
    """The file as it is where it is small, else cut at line ends that are not inside quotes; `Misconfigured` if unreadable.

    A file whose quotes are not well paired gives some piece that no reader takes for plain; so it is read as a whole then.
    """
    try:
        with path.open("rb") as file:
            header = file.readline().removeprefix(_MARK)
            left = b""
            first = True
            while data := file.read(size):
                left += data
                end = _end(left)
                if end:
                    yield header + left[:end]
                    left, first = left[end:], False
            if left or first:
                yield header + left
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}.", setting=str(path)) from error


def _end(data: bytes) -> int:
    """Behind the last line end with as many quotes before it as make whole cells; 0 where there is none."""
    end = data.rfind(b"\n") + 1
    if b'"' not in data:
        return end
    while end and data.count(b'"', 0, end) % 2:
        end = data.rfind(b"\n", 0, end - 1) + 1
    return end
