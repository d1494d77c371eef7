"""Where a page or sheet asks to be paid: every IBAN with right check digits, with its place; never the buyer's own.

A line that speaks of a debit names the account that the supplier takes the money from.
"""

import re
from collections.abc import Iterator
from typing import Final

from core.domain.bank_accounts import ibans_in
from core.domain.supplier_documents import SaidText
from core.read.supplier_invoices.page import Line, Paper, Printed

_MOST: Final = 20
_DEBITED: Final = re.compile(
    r"\b(?:direct debit|your (?:bank )?account|debited|lastschrift|ihr(?:em|es)? (?:bank)?konto|abgebucht|abbuch\w*|"
    r"prélèvement|votre compte|prélevé\w*|domiciliación|domiciliado|su cuenta|"
    r"adeud\w*|payer(?:'s)? account|buyer(?:'s)? account)\b",
    re.IGNORECASE,
)


def accounts_of(paper: Paper) -> list[tuple[int, SaidText]]:
    """Each account once, with the index of the line that it stands on."""
    found: dict[str, tuple[int, SaidText]] = {}
    for index, line in enumerate(paper.lines):
        for said in _in_line(line):
            if len(found) < _MOST:
                found.setdefault(said.value, (index, said))
    return list(found.values())


def _in_line(line: Line) -> Iterator[SaidText]:
    words, text = line.words, " ".join(word.text for word in line.words)
    if _DEBITED.search(text):
        return
    for account, begin, end in ibans_in(text):
        place = line.piece_of(_between(words, begin, end)).place
        yield SaidText(account, text[begin:end].strip(), place)


def _between(words: tuple[Printed, ...], begin: int, end: int) -> list[Printed]:
    """The words of a text joined by blanks that two places of it fall into."""
    found, at = [], 0
    for word in words:
        if at < end and at + len(word.text) > begin:
            found.append(word)
        at += len(word.text) + 1
    return found
