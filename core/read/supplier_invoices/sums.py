"""Sums with their labels: in a column of labels and amounts, in a strip of titles over amounts, or in a table of taxes."""

from collections.abc import Collection, Sequence
from typing import Final

from core.read.numbers import read_amount
from core.read.supplier_invoices.labels import column_of, percent_in, sum_of
from core.read.supplier_invoices.page import Line, Paper, Piece
from core.read.supplier_invoices.values import currency_code
from core.read.supplier_invoices.words import Column, Sum
from core.read.supplier_invoices.written import WrittenSum

_STRIP_LINES: Final = 3.0
_MOST_TAXES: Final = 12
_TAX_COLUMNS: Final = {
    Column.TAX_PERCENT: Sum.TAX,
    Column.TAX_AMOUNT: Sum.TAX,
    Column.GROSS_AMOUNT: Sum.GROSS,
}


def sums_of(paper: Paper, leave_out: Collection[int]) -> list[WrittenSum]:
    """All labelled sums outside the lines to leave out, in the order of the document."""
    found: list[WrittenSum] = []
    used: set[int] = set()
    for index, line in enumerate(paper.lines):
        if index in leave_out or index in used:
            continue
        strip = _strip(paper, index, leave_out)
        if strip:
            found += strip
            used.update(written.index for written in strip)
        else:
            found += _in_line(line, index) or _beside_wrapped(paper, index, leave_out)
    return found


def _beside_wrapped(paper: Paper, index: int, leave_out: Collection[int]) -> list[WrittenSum]:
    """An amount alone on its line, whose label is wrapped and stands half a line above and below."""
    line = paper.lines[index]
    if len(line.pieces) != 1 or not _amount_piece(line.pieces[0]) or line.grid:
        return []
    label = [
        piece
        for near in (index - 1, index + 1)
        if 0 <= near < len(paper.lines) and near not in leave_out
        for piece in paper.lines[near].pieces[-1:]
        if paper.lines[near].page == line.page
        and abs((piece.top + piece.bottom) - (line.top + line.bottom)) < 2 * line.height
        and piece.right < line.pieces[0].left
        and not read_amount(piece.text)
    ]
    return _closed(label, line.pieces, index)


def _in_line(line: Line, index: int) -> list[WrittenSum]:
    """Label and amount on one line, as often as it has them: `Net 100.00   VAT 20% 20.00   Total 120.00`."""
    found: list[WrittenSum] = []
    label: list[Piece] = []
    amounts: list[Piece] = []
    for piece in line.pieces:
        own = _label_with_amount(piece, line)
        if own is not None:
            found += _closed(label, amounts, index)
            label, amounts = [], []
            found += _closed([own[0]], [own[1]], index)
        elif _amount_piece(piece):
            if label:
                amounts.append(piece)
        elif amounts and any(sign.isalpha() for sign in piece.text) and not currency_code(piece.text):
            found += _closed(label, amounts, index)
            label, amounts = [piece], []
        elif not currency_code(piece.text) or len(piece.text) > 3:  # noqa: PLR2004  A code between label and amount.
            label.append(piece)
    return found + _closed(label, amounts, index)


def _closed(label: Sequence[Piece], amounts: Sequence[Piece], index: int) -> list[WrittenSum]:
    """The sum that a label and its amounts make: the last amount is meant, one before it is what a tax was taken of."""
    if not label or not amounts:
        return []
    texts = [piece.text for piece in label]
    for begin in range(len(texts)):
        text = " ".join(texts[begin:])
        role = sum_of(text)
        if role is not None:
            break
    else:
        role = sum_of(texts[-1])
        text = texts[-1]
    if role is None:
        return []
    percent = percent_in(text) or next((percent_in(piece.text) for piece in amounts if percent_in(piece.text)), "")
    plain = [piece for piece in amounts if not percent_in(piece.text)]
    if not plain:
        return []
    base = plain[-2] if len(plain) > 1 else None
    inside = _amount_inside(text, percent) if role is Sum.TAX and base is None else ""
    return [
        WrittenSum(role, text, plain[-1].value, plain[-1], index, percent, base.value if base else inside, base or label[-1])
    ]


def _amount_inside(label: str, percent: str) -> str:
    """The base in a label such as `19 % MwSt. auf 1.000,00`."""
    words = [word for word in label.split() if word.strip("%()") != percent and any(sign.isdigit() for sign in word)]
    return next((word for word in words if read_amount(word) and any(mark in word for mark in ".,")), "")


def _label_with_amount(piece: Piece, line: Line) -> tuple[Piece, Piece] | None:
    """A piece that holds label and amount: `Total: EUR 119.00`."""
    words = piece.words
    if len(words) < 2 or piece.grid:  # noqa: PLR2004
        return _split_cell(piece) if piece.grid else None
    for begin in range(1, len(words)):
        behind = line.piece_of(words[begin:])
        if read_amount(behind.text) and any(sign.isalpha() for sign in line.piece_of(words[:begin]).text):
            label = line.piece_of(words[:begin])
            return (label, behind) if sum_of(label.text) is not None and not percent_in(behind.text) else None
    return None


def _split_cell(piece: Piece) -> tuple[Piece, Piece] | None:
    """In a grid the cell itself is the place of both."""
    label, found, amount = piece.text.partition(":")
    if not found or sum_of(label) is None or read_amount(amount) is None:
        return None
    one = piece.words[0]
    parts = [type(one)(text.strip(), one.left, one.right, one.top, one.bottom, text.strip()) for text in (label, amount)]
    return piece.of(parts[:1]), piece.of(parts[1:])


def _amount_piece(piece: Piece) -> bool:
    return read_amount(piece.text) is not None or (bool(percent_in(piece.text)) and not _lettered(piece.text))


def _lettered(text: str) -> bool:
    return any(sign.isalpha() for sign in text)


def _strip(paper: Paper, index: int, leave_out: Collection[int]) -> list[WrittenSum]:
    """Titles on one line and amounts below them; several rows are the breakdown of the tax."""
    line = paper.lines[index]
    if len(line.pieces) < 2 or any(read_amount(piece.text) for piece in line.pieces):  # noqa: PLR2004
        return []
    roles = [_strip_role(piece.text) for piece in line.pieces]
    known = [role for role in roles if role is not None]
    if len(known) < 2 or len(known) < len(roles) - 1:  # noqa: PLR2004
        return []
    rows: list[tuple[int, Line]] = []
    before = line
    for below in range(index + 1, min(index + 1 + _MOST_TAXES, len(paper.lines))):
        row = paper.lines[below]
        apart = row.top - before.bottom > _STRIP_LINES * before.height and not row.grid
        if below in leave_out or row.page != line.page or apart or not any(_amount_piece(piece) for piece in row.pieces):
            break
        if any(sum_of(piece.text) in {Sum.LINES, Sum.NET, Sum.GROSS, Sum.DUE, Sum.TOTAL} for piece in row.pieces):
            break
        rows.append((below, row))
        before = row
    return _strip_rows(line.pieces, roles, rows)


def _strip_role(title: str) -> Sum | str | None:
    if "%" in title:
        return "percent"
    said = sum_of(title)
    column = column_of(title)
    if said is None and column is not None and column[0] is Column.TAX_PERCENT:
        return "percent"
    return said or (_TAX_COLUMNS.get(column[0]) if column else None)


def _strip_rows(
    titles: Sequence[Piece], roles: Sequence[Sum | str | None], rows: Sequence[tuple[int, Line]]
) -> list[WrittenSum]:
    found: list[WrittenSum] = []
    for index, row in rows:
        under: dict[Sum | str, Piece] = {}
        for piece in row.pieces:
            at = min(range(len(titles)), key=lambda number, piece=piece: _apart(titles[number], piece))  # type: ignore[misc]
            role = roles[at]
            if role is not None and (_amount_piece(piece) or role == "percent"):
                under.setdefault(role, piece)
        percent = under.pop("percent", None)
        said = percent_in(percent.text) or percent.text if percent else ""
        net, tax = under.get(Sum.NET), under.get(Sum.TAX)
        # One row of a breakdown says the base and the tax at one percentage; without a percentage it is the sum of all.
        if tax is not None and (len(rows) > 1 or said) and Sum.TAX in under:
            base = net.value if net else ""
            found.append(WrittenSum(Sum.TAX, "tax", tax.value, tax, index, said if percent else "", base, net))
            if said and len(rows) > 1:
                continue
        found += [
            WrittenSum(role, str(role), piece.value, piece, index)
            for role, piece in under.items()
            if isinstance(role, Sum) and not (role is Sum.TAX and (len(rows) > 1 or said))
        ]
    return found


def _apart(title: Piece, piece: Piece) -> float:
    overlap = min(title.right, piece.right) - max(title.left, piece.left)
    if overlap > 0:
        return -overlap
    return min(abs(title.right - piece.right), abs(title.left - piece.left))
