"""Fields of the heading: a label, and its value behind it, beside it or below it, wherever the layout puts them.

Every label gives at most one candidate, the nearest value that has the right shape. Which candidate wins is decided by how
plainly its label speaks, not by where it stands.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from core.read.cells import Value
from core.read.supplier_invoices.labels import Label, field_label, title_in
from core.read.supplier_invoices.page import Line, Paper, Piece
from core.read.supplier_invoices.values import (
    currency_code,
    date_behind,
    date_text,
    document_number,
    name_text,
    order_numbers,
    tax_number,
)
from core.read.supplier_invoices.words import Field
from core.read.supplier_invoices.written import Candidate

_FAR: Final = 260.0
_CLOSE: Final = 60.0
_BELOW_LINES: Final = 2.4
_ALIGNED: Final = 4.0
_LOOK_DOWN: Final = 4
_BARE_RANK: Final = 3
_NEAR_TITLE: Final = 45.0
_ORDER_IN_TEXT: Final = re.compile(
    r"(?:\b(?:your|customer) (?:purchase )?order"
    r"|\bpurchase order|\bP\.?\s?O\.?(?=[\s#:\-]|\d)|\bihre[rn]? (?:bestellung|auftrag)"
    r"|\bbestell(?:ung|nummer|-?nr\.?)|\bvotre commande|\bbon de commande|\bcommande|\bsu pedido|\bpedido|\borden de compra)"
    r"\s*(?:no\.?|nr\.?|number|num\.?|n°|nº|ref\.?|#)?\s*[:#]?\s*(?P<number>[A-Za-z]{0,6}[\-/]?[0-9][\w\-/.]{2,24})",
    re.IGNORECASE,
)
_DUE_IN_TEXT: Final = re.compile(
    r"(?:\bbis(?: spätestens)?(?: zum)?|\b(?:due|payable|pay)(?: \w+){0,3}? (?:by|on|before)|\bdue|\bavant le|\bantes del)"
    r"\s*:?\s+(.{6,40})",
    re.IGNORECASE,
)
_TAX_WORDS: Final = re.compile(r"\b(?:vat|ust|umsatzsteuer|tva|nif|cif|tax|uid|mwst|iva)\b", re.IGNORECASE)
_BUYERS: Final = re.compile(r"\b(?:your|ihre|votre|su|customer|client|cliente|kunde|buyer)\b", re.IGNORECASE)
_VAT_ID: Final = re.compile(
    r"\b(?:ATU\d{8}|BE ?[01]\d{9}|CHE-?\d{3}\.?\d{3}\.?\d{3}|CZ\d{8,10}|DE ?\d{9}|DK\d{8}|ES ?[A-Z0-9]\d{7}[A-Z0-9]|FI\d{8}"
    r"|FR ?[A-Z0-9]{2} ?\d{9}|GB ?\d{9}(?:\d{3})?|IE\d[A-Z0-9]\d{5}[A-Z]{1,2}|IT\d{11}|LU\d{8}|NL\d{9}B\d{2}|PL\d{10}|PT\d{9}"
    r"|SE\d{12}|US ?\d{9})\b"
)


def candidates(paper: Paper, leave_out: Collection[int]) -> list[Candidate]:
    """All values that labels of the heading point at, outside the lines to leave out."""
    found: list[Candidate] = []
    titles = [line for line in paper.lines if any(title_in(piece.text) for piece in line.pieces)]
    for index, line in enumerate(paper.lines):
        if index in leave_out:
            continue
        for at, piece in enumerate(line.pieces):
            label = field_label(piece.text)
            if label is None or label.field is Field.OTHER:
                continue
            if label.rank >= _BARE_RANK and label.field is Field.NUMBER and not _near_title(line, titles):
                continue
            if label.field is Field.NUMBER and (dated := date_behind(line.text)):
                found.append(Candidate(Field.DATE, 1, dated, piece))
            found += _values(paper, index, at, label, leave_out)
    found += _orders_in_text(paper, found)
    if not any(one.field is Field.DUE_DATE for one in found):
        found += _due_in_text(paper, leave_out)
    if not any(one.field is Field.TAX_ID for one in found):
        found += _tax_ids_in_text(paper, leave_out)
    return found


def _due_in_text(paper: Paper, leave_out: Collection[int]) -> Iterator[Candidate]:
    """A day to pay by, in a sentence."""
    for index, line in enumerate(paper.lines):
        found = None if index in leave_out else _DUE_IN_TEXT.search(line.text)
        written = date_text(found[1]) if found else ""
        if written:
            yield Candidate(Field.DUE_DATE, 1, written, line.piece_of(line.words))


def _tax_ids_in_text(paper: Paper, leave_out: Collection[int]) -> Iterator[Candidate]:
    """A registration for value added tax in a footer's line of many facts."""
    for index, line in enumerate(paper.lines):
        if index in leave_out or not _TAX_WORDS.search(line.text) or _BUYERS.search(line.text):
            continue
        found = _VAT_ID.search(line.text)
        if found:
            yield Candidate(Field.TAX_ID, 1, found[0].replace(" ", ""), line.piece_of(line.words))


def _near_title(line: Line, titles: Sequence[Line]) -> bool:
    """A bare "No." means the document's number only beside the document's title."""
    return any(title.page == line.page and abs(title.top - line.top) < _NEAR_TITLE for title in titles)


def _values(paper: Paper, index: int, at: int, label: Label, leave_out: Collection[int]) -> Iterator[Candidate]:
    """The value of a label: what stands behind it in its own piece, else the better of right and below."""
    piece = paper.lines[index].pieces[at]
    if label.rest:
        behind = list(_taken(label, label.rest, piece))
        yield from behind
        if behind or not label.colon:
            return
    beside = _beside(paper.lines[index], at, label)
    below = _below(paper, index, piece, label, leave_out)
    if beside and below and label.field not in {Field.BUYER, Field.SUPPLIER}:
        gap = beside[0].piece.left - piece.right
        yield from beside if label.colon or gap < _CLOSE else below
    elif label.field in {Field.BUYER, Field.SUPPLIER}:
        yield from (beside or below) if label.colon else (below or beside)
    else:
        yield from beside or below


def _beside(line: Line, at: int, label: Label) -> list[Candidate]:
    """The value in the next piece, or the one after a lone colon."""
    for piece in line.pieces[at + 1 : at + 3]:
        text = piece.text.lstrip(":= ").strip()
        if not text:
            continue
        if piece.left - line.pieces[at].right > _FAR and not line.grid:
            return []
        if field_label(text) is not None and _is_bare_label(text):
            return []
        return list(_taken(label, text, piece))
    return []


def _below(paper: Paper, index: int, piece: Piece, label: Label, leave_out: Collection[int]) -> list[Candidate]:
    """The value in the nearest piece under the label, aligned with it."""
    line = paper.lines[index]
    for at in range(index + 1, min(index + 1 + _LOOK_DOWN, len(paper.lines))):
        lower = paper.lines[at]
        if at in leave_out or lower.page != line.page or lower.top - piece.bottom > _BELOW_LINES * line.height:
            return []
        under = next((other for other in lower.pieces if _aligned(piece, other)), None)
        if under is None:
            continue
        if _is_bare_label(under.text):
            return []
        found = list(_taken(label, under.text, under))
        if found or label.field not in {Field.BUYER, Field.SUPPLIER}:
            return found
    return []


def _aligned(upper: Piece, lower: Piece) -> bool:
    middle_upper, middle_lower = (upper.left + upper.right) / 2, (lower.left + lower.right) / 2
    return (
        abs(upper.left - lower.left) < _ALIGNED
        or abs(upper.right - lower.right) < _ALIGNED
        or abs(middle_upper - middle_lower) < _ALIGNED
        or min(upper.right, lower.right) - max(upper.left, lower.left) > 0
    )


def _is_bare_label(text: str) -> bool:
    label = field_label(text)
    return label is not None and not any(sign.isdigit() for sign in label.rest) and (not label.rest or label.colon)


def _taken(label: Label, text: str, piece: Piece) -> Iterator[Candidate]:
    """What of a text is a value of the label's field."""
    field, rank = label.field, label.rank
    value: Value = piece.value if text == piece.text and not isinstance(piece.value, str) else ""
    if field is Field.NUMBER or field is Field.CORRECTS:
        number = document_number(text)
        if number:
            yield Candidate(field, rank, number, piece)
    elif field in {Field.DATE, Field.DUE_DATE}:
        written = date_text(text)
        if written or (value != "" and not isinstance(value, (str, int)) and hasattr(value, "isoformat")):
            yield Candidate(field, rank, written, piece, value)
    elif field is Field.PO_NUMBER:
        for number in order_numbers(text):
            yield Candidate(field, rank, number, piece)
    else:
        said = _READ[field](text)
        if said:
            yield Candidate(field, rank, said, piece)


_READ: Final = {
    Field.CURRENCY: currency_code,
    Field.TAX_ID: tax_number,
    Field.BUYER_TAX_ID: tax_number,
    Field.SUPPLIER: name_text,
    Field.BUYER: name_text,
}


def _orders_in_text(paper: Paper, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Order numbers named in a sentence, where no label stands alone."""
    known = {candidate.text for candidate in found if candidate.field is Field.PO_NUMBER}
    for line in paper.lines:
        for said in _ORDER_IN_TEXT.finditer(line.text):
            number = said["number"].rstrip(".,;")
            if number not in known and document_number(number) and not date_text(number):
                known.add(number)
                yield Candidate(Field.PO_NUMBER, 0, number, line.piece_of(line.words))
