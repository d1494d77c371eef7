"""`tieout read PATH...`: say what bank files, remittances, supplier invoices and mails hold, as a table or as JSON lines.

Every document is read in a throw-away process. Exit status: 0 all was read; 1 some input was refused and is listed; 2 nothing
was read.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from core.command_line.read_supplier_invoices import about_invoice, as_json, line_rows
from core.command_line.saying import DONE, NOTHING_DONE, SOME_REFUSED, plural, printable
from core.domain.errors import Misconfigured
from core.domain.money import NO_CURRENCY, Money
from core.domain.readings import ReadBankLine, Reading, ReadRemittance
from core.read.limits import DOCUMENT_BYTES
from core.read.notes import refused
from core.read.throw_away import SandboxedReader

_PROGRESS_FROM: Final = 5


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder to read with all that is below it")
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead of a table")


def run(options: argparse.Namespace) -> int:
    """Read every path; the exit status."""
    files = list(_files([Path(path) for path in options.paths]))
    read = refusals = 0
    with SandboxedReader() as reader:
        for number, path in enumerate(files, 1):
            _progress(number, len(files), path)
            reading = _read(reader, path)
            read += bool(reading.bank_lines or reading.remittances or reading.supplier_invoices)
            refusals += bool(reading.unreadable)
            for line in _json_lines(reading) if options.json else _table(reading):
                sys.stdout.write(f"{line}\n")
    _progress(0, len(files), None)
    sys.stdout.flush()
    if not read:
        return NOTHING_DONE
    return SOME_REFUSED if refusals else DONE


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files named, and those below the folders named, in sorted order; names that begin with a point are left out."""
    for path in paths:
        if path.is_dir():
            below = (found for found in path.rglob("*") if found.is_file())
            yield from sorted(
                found for found in below if not any(part.startswith(".") for part in found.relative_to(path).parts)
            )
        elif path.exists():
            yield path
        else:
            raise Misconfigured(f"There is no file or folder {path}.", setting="PATH")


def _read(reader: SandboxedReader, path: Path) -> Reading:
    try:
        if path.stat().st_size > DOCUMENT_BYTES:
            return refused(str(path), "too big", f"The document is larger than {DOCUMENT_BYTES // 2**20} MB and was not read.")
        return reader.read(str(path), path.read_bytes())
    except OSError as error:
        return refused(str(path), "failed", f"The file could not be opened: {error.strerror}.")


def _progress(number: int, count: int, path: Path | None) -> None:
    """One line on stderr that overwrites itself, when somebody looks at it and it takes a while."""
    if count >= _PROGRESS_FROM and sys.stderr.isatty():
        text = f"reading {number} of {count}: {path.name[:50]}" if path else ""
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


def _json_lines(reading: Reading) -> Iterator[str]:
    for line in reading.bank_lines:
        yield _dumped(_bank_line(reading, line))
    for remittance in reading.remittances:
        yield _dumped(_remittance(reading, remittance))
    for invoice in reading.supplier_invoices:
        yield _dumped(as_json(reading.source, invoice))
    for kind, notes in (("problem", reading.problems), ("unreadable", reading.unreadable)):
        for note in notes:
            yield _dumped({"kind": kind, "source": reading.source, "where": note.where, "why": note.why})


def _dumped(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _bank_line(reading: Reading, line: ReadBankLine) -> dict[str, object]:
    value: dict[str, object] = {
        "kind": "bank_line",
        "source": reading.source,
        "where": line.where,
        "account": line.account,
        "bank_id": line.bank_id,
        "value_date": line.value_date.isoformat(),
        "amount": line.amount.text(),
        "currency": line.amount.currency.code,
        "direction": line.direction.value,
        "payer_name": line.payer_name,
        "payer_account": line.payer_account,
        "references": list(line.references),
        "text": line.text,
    }
    optional = {"method": line.method, "entry": line.entry, "reversal": line.reversal, "return_code": line.return_code}
    value.update({key: said for key, said in optional.items() if said})
    if line.ordinal > 1:
        value["ordinal"] = line.ordinal
    return value


def _remittance(reading: Reading, remittance: ReadRemittance) -> dict[str, object]:
    value: dict[str, object] = {
        "kind": "remittance",
        "source": reading.source,
        "where": remittance.where,
        "payer_name": remittance.payer_name,
        "total": _text(remittance.total),
        "currency": remittance.currency,
        "payment_reference": remittance.payment_reference,
        "paid_on": remittance.paid_on.isoformat() if remittance.paid_on else None,
        "lines": [
            {
                "invoice_number": line.reference,
                "gross": _text(line.gross),
                "discount": _text(line.discount),
                "paid": _text(line.paid),
                "reason": line.reason,
            }
            for line in remittance.lines
        ],
        "complete": remittance.complete,
    }
    if remittance.why:
        value["why"] = remittance.why
    return value


def _text(amount: Money | None) -> str | None:
    return None if amount is None else amount.text()


def _table(reading: Reading) -> Iterator[str]:
    """For people: what was found, aligned, every amount with its currency."""
    yield f"{printable(reading.source)}: {_summary(reading)}"
    if reading.bank_lines:
        rows = [
            (
                line.value_date.isoformat(),
                line.direction.value,
                _money(line.amount),
                line.payer_name or "-",
                " ".join(line.references) or line.text or "-",
            )
            for line in reading.bank_lines
        ]
        yield from _aligned(("date", "direction", "amount", "payer", "reference or text"), rows, right={2})
    for remittance in reading.remittances:
        yield printable(f"  {_about(remittance)}")
        lines = [
            (line.reference, _money(line.gross), _money(line.discount), _money(line.paid), line.reason or "-")
            for line in remittance.lines
        ]
        yield from _aligned(("invoice", "gross", "discount", "paid", "reason"), lines, right={1, 2, 3})
    for invoice in reading.supplier_invoices:
        yield from (printable(f"  {line}") for line in about_invoice(invoice))
        yield from _aligned(*line_rows(invoice), right={3, 5, 6})
    for word, notes in (("problem", reading.problems), ("not read", reading.unreadable)):
        for note in notes:
            yield printable(f"  {word}: {f'{note.where}: ' if note.where else ''}{note.why}")


def _summary(reading: Reading) -> str:
    counts = (
        (len(reading.bank_lines), "bank line"),
        (len(reading.remittances), "remittance"),
        (len(reading.supplier_invoices), "supplier invoice"),
    )
    found = ", ".join(plural(count, word) for count, word in counts if count)
    return f"{found or 'nothing read'} ({reading.format})"


def _about(remittance: ReadRemittance) -> str:
    said = [remittance.payer_name or "payer not named"]
    if remittance.total is not None:
        said.append(f"total {_money(remittance.total)}")
    if remittance.paid_on:
        said.append(f"paid on {remittance.paid_on.isoformat()}")
    if remittance.payment_reference:
        said.append(f"reference {remittance.payment_reference}")
    said.append("complete" if remittance.complete else f"not complete: {remittance.why}")
    return "; ".join(said)


def _money(amount: Money | None) -> str:
    if amount is None:
        return "-"
    return str(amount) if amount.currency.code != NO_CURRENCY else f"{amount.decimal():,f} (no currency)"


def _aligned(titles: Sequence[str], rows: Sequence[Sequence[str]], *, right: set[int]) -> Iterator[str]:
    cells = [[printable(cell)[:60] for cell in row] for row in (titles, *rows)]
    widths = [max(len(row[index]) for row in cells) for index in range(len(titles))]
    for row in cells:
        padded = (
            cell.rjust(width) if index in right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield f"    {'  '.join(padded)}".rstrip()
