"""Who sent the document, where no label says it: by the line of the sender, the footer and the top of the first page.

A name is taken only where one candidate stands out: it carries a legal form, is not the buyer, and either leads the page or is
named again in the footer. Otherwise the supplier is asked for.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from core.read.remittance.labels import folded
from core.read.supplier_invoices.labels import field_label, title_in
from core.read.supplier_invoices.page import Paper, Piece
from core.read.supplier_invoices.values import name_text
from core.read.supplier_invoices.words import Field

_FORMS: Final = re.compile(
    r"(?:\b(?:GmbH|AG|KG|OHG|UG|e\.?\s?K\.?|SE|Ltd\.?|Limited|LLP|PLC|plc|Inc\.?|LLC|L\.L\.C\.|Corp\.?|Corporation|Co\.?|Company|SARL|"
    r"SAS|SASU|EURL|S\.?A\.?R\.?L\.?|B\.?V\.?|N\.?V\.?|S\.?r\.?l\.?|SpA|Oy|AB|A/S|ApS|Pty|GbR|SL|SLU|SA)(?=$|[\s,.·|]))"
    r"|(?:\bS\.?\s?[AL]\.?(?:\s?U\.?)?$)|(?:\bS\.\s?A\.\s?S\.?$)|& Co\b"
)
_CAPITALS: Final = re.compile(r"\b(?:GMBH|LTD|LIMITED|INC|LLC|CORP|CORPORATION|COMPANY|PLC|SARL|SAS|SLU|S\.L|S\.A|CO)\b")
_PARTS: Final = re.compile(r"\s*(?:[·•|]|\s[-–—]\s|,\s(?=[A-Z0-9]))\s*")
_MOST: Final = 60
_BLOCK: Final = 75.0
_ALIGNED: Final = 2.0
_BESIDE: Final = 60.0
_TALLER: Final = 1.15
_STRONG: Final = 2
_FOOTER: Final = 0.85


@dataclass(slots=True)
class _Name:
    """One name and what speaks for it."""

    text: str
    piece: Piece
    points: int = 0
    height: float = 0.0


def sender(paper: Paper, leave_out: Collection[int], buyer: str) -> tuple[str, Piece] | None:
    """The supplier's name and where it stands, if one name stands out."""
    names = _names(paper, leave_out, buyer)
    if not names:
        return None
    tallest = sorted(names, key=lambda name: -name.height)
    if len(tallest) > 1 and tallest[0].height > tallest[1].height * _TALLER:
        tallest[0].points += _STRONG
    names[0].points += 1
    ranked = sorted(names, key=lambda name: -name.points)
    plain = len(ranked) == 1 or ranked[0].points > ranked[1].points
    return (ranked[0].text, ranked[0].piece) if plain and ranked[0].points > 0 else None


def _names(paper: Paper, leave_out: Collection[int], buyer: str) -> list[_Name]:
    """All names of the first page in order, with points for a sender's line, for the footer and for every further mention."""
    blocked = _buyer_places(paper)
    found: dict[str, _Name] = {}
    lines = [(index, line) for index, line in enumerate(paper.lines) if line.page == 1 and index not in leave_out]
    table = max(leave_out, default=-1)
    lowest = max((line.bottom for _, line in lines), default=0.0)
    for index, line in lines:
        for piece in line.pieces:
            name = _name_in(piece)
            if not name or field_label(piece.text) is not None or title_in(piece.text):
                continue
            one = found.setdefault(folded(name), _Name(name, piece))
            one.height = max(one.height, piece.bottom - piece.top)
            parts = len(_PARTS.split(piece.text))
            footer = index > table if table >= 0 else piece.top > lowest * _FOOTER
            one.points += _STRONG * (parts > 2) + footer * _STRONG  # noqa: PLR2004  Street and town.
            one.points -= _STRONG * 2 * (_under(piece, blocked) or folded(name) == folded(buyer))
    return list(found.values())


def _name_in(piece: Piece) -> str:
    """A company's name at the beginning of a piece, with its legal form."""
    for part in _PARTS.split(piece.text)[:1]:
        name = name_text(part)
        if name and len(name) <= _MOST and (_FORMS.search(name) or _CAPITALS.search(name)) and len(name.split()) > 1:
            return name
    return ""


def _buyer_places(paper: Paper) -> list[Piece]:
    """The labels above or beside addresses of the buyer."""
    return [
        piece
        for line in paper.lines
        for piece in line.pieces
        if (label := field_label(piece.text)) is not None and label.field is Field.BUYER
    ]


def _under(piece: Piece, labels: Sequence[Piece]) -> bool:
    return any(
        label.page == piece.page
        and -_ALIGNED <= piece.top - label.top < _BLOCK
        and label.left - _BESIDE / 4 <= piece.left <= max(label.right, label.left + _BESIDE) + _BESIDE * 2
        for label in labels
    )
