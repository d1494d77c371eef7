"""Figures and the table that shows them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured thing: `limit` is what it is held against (a promise or a peer of the same run)."""

    what: str
    measured: str
    limit: str = ""
    ratio: str = ""


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of them lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def against(measured: float, limit: float) -> str:
    """How much of the limit was used."""
    return f"{measured / limit:.2f} of it"


def table(figures: Sequence[Figure]) -> str:
    """Aligned columns."""
    rows = [("what", "measured", "held against", "ratio"), *((f.what, f.measured, f.limit, f.ratio) for f in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
