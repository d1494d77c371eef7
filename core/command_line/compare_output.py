"""Rows of `lines.csv`: one for each line of each supplier invoice."""

from typing import Final

from core.app.explaining_lines import because
from core.domain.line_comparison import InvoiceComparison, LineComparison, LinkKind
from core.domain.measures import written
from core.domain.policy import Axis

COLUMNS: Final = (
    "invoice_number", "line", "link", "po_number", "po_line", "confidence", "verdicts", "expected_quantity", "expected_rate",
    "expected_amount", "quantity_difference", "rate_difference", "amount_difference", "because",
)  # fmt: skip
_PLACES: Final = {Axis.QUANTITY: 0, Axis.RATE: 1, Axis.AMOUNT: 2}


def rows_of(compared: InvoiceComparison) -> dict[str, list[str]]:
    """One row a line, by the line's name."""
    return {each.line: _row(compared, each) for each in compared.lines}


def _row(compared: InvoiceComparison, each: LineComparison) -> list[str]:
    link = each.link
    expected, differences = ["", "", ""], ["", "", ""]
    for finding in reversed(each.findings):
        place = _PLACES[finding.axis]
        expected[place] = "" if finding.expected is None else written(finding.expected)
        differences[place] = "" if finding.difference is None else written(finding.difference)
    return [
        compared.invoice_number,
        each.line,
        str(link.kind),
        ";".join([target.po_number for target in link.targets]),
        ";".join([target.line for target in link.targets]),
        f"{link.confidence:.4f}" if link.kind is LinkKind.LINKED else "0",
        ";".join(each.verdicts),
        *expected,
        *differences,
        because(each),
    ]
