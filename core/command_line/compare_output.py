"""Rows of `lines.csv`: one for each line of each supplier invoice."""

from decimal import Decimal
from typing import Final

from core.app.explaining_lines import because
from core.domain.line_comparison import InvoiceComparison, LineComparison, LinkKind
from core.domain.measures import plain
from core.domain.policy import Axis

COLUMNS: Final = (
    "invoice_number", "line", "link", "po_number", "po_line", "confidence", "verdicts", "expected_quantity", "expected_rate",
    "expected_amount", "quantity_difference", "rate_difference", "amount_difference", "because",
)  # fmt: skip


def rows_of(compared: InvoiceComparison) -> dict[str, list[str]]:
    """One row a line, by the line's name."""
    return {each.line: _row(compared, each) for each in compared.lines}


def _row(compared: InvoiceComparison, each: LineComparison) -> list[str]:
    link = each.link
    expected = [_shown(each, axis, "expected") for axis in (Axis.QUANTITY, Axis.RATE, Axis.AMOUNT)]
    differences = [_shown(each, axis, "difference") for axis in (Axis.QUANTITY, Axis.RATE, Axis.AMOUNT)]
    return [
        compared.invoice_number,
        each.line,
        link.kind.value,
        ";".join(target.po_number for target in link.targets),
        ";".join(target.line for target in link.targets),
        f"{link.confidence:.4f}" if link.kind is LinkKind.LINKED else "0",
        ";".join(each.verdicts),
        *expected,
        *differences,
        because(each),
    ]


def _shown(each: LineComparison, axis: Axis, what: str) -> str:
    finding = each.finding(axis)
    value: Decimal | None = None if finding is None else getattr(finding, what)
    return "" if value is None else f"{plain(value):f}"
