"""What a bank's own line of text holds: the payer's name, the payer's words, and clutter that must not be read as references.

Each bank prints the same few things between marks of its own (SWIFT field codes, ACH field names, the two-digit marks of
field 86). Marks are known formats, not guesses; text without known marks is taken whole as the payer's words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from core.match.normal import flat

_FIELD_86: Final = re.compile(r"\A\d{3}\?\d\d|\?(?:00|10|2\d|3[0-9]|6[0-3])")
_SUBFIELD: Final = re.compile(r"\?(\d\d)")
_NAME_MARKS: Final = (
    re.compile(r"ORIG CO NAME:(.*?)(?=\s*ORIG ID:|\s*DESC DATE:|\Z)", re.DOTALL),
    re.compile(r"\bB/O:\s*(.*?)(?=\s+REF:|\s+OBI=|\s+ORG=|\s+IMAD|\Z)", re.DOTALL),
    re.compile(r"/ORDP/+(?:NAME/)?(.*?)(?=/ADDR/|/REMI/|/ID/|/RFB/|\Z)", re.DOTALL),
    re.compile(r"\bBY ORDER OF\s+(.*?)(?=\s*/RFB/|\s*/REMI/|\s*/OCMT/|\s+CHARGES\b|\Z)", re.DOTALL),
    re.compile(r"\bSEPA CREDIT TRANSFER\s+(.*)\Z", re.DOTALL),
    re.compile(r"\AGUTSCHRIFT\s+(.*)\Z", re.DOTALL),
)
_LABEL_AHEAD: Final = (
    r"(?=\s+(?:ID|REF|RFB|OBI|BNF|BBI|OGB|IMAD|OMAD|SSN|SRF|(?:SND|BNF|RCV) BK|PMT (?:DET|INFO)|DES|DATE|TIME|TRN|SEQ|TRACE)"
    r"\s?[:=#/])"
)
# Less common ones, asked where none of the above is there; a name ends at the next mark, or it is not known where it ends.
_OTHER_NAME_MARKS: Final = (
    re.compile(r"(?<!/BENM/)/NAME/(.{1,140}?)(?=/[A-Z]{3,5}/|\Z)", re.DOTALL),
    re.compile(r"\A(\S[^:\n]{1,40}?)\s+DES:"),
    re.compile(
        r"(?:\A|[\s/,;])(?:ORIGINATOR(?: NAME)?|ORIG|ORG|REMITTER|SENDER|PAYER|DEBTOR)\s?[:=]\s*(?:/\S+\s+)?(.{1,70}?)"
        + _LABEL_AHEAD
    ),
    re.compile(r"\bVIR(?:EMENT)?\b.{0,40}?\bDE\s?:?\s+(.{1,70}?)(?=\s+/?MOTIF\b)", re.DOTALL),
    re.compile(r"\bTRANSFERENCIA DE\s+(.{1,70}?)(?=\s+CONCEPTO\b)", re.DOTALL),
    re.compile(r"\b(?:BONIFICO|BON|ACCREDITO)\b.{0,40}?\bDA\s+(.{1,70}?)(?=\s+(?:PER|CAUSALE)\b)", re.DOTALL),
    re.compile(r"<(?:\w+:)?DBTR>.{0,40}?<(?:\w+:)?NM>(.{1,140}?)</", re.DOTALL),
    re.compile(r"\bDBTR(?:/NM)?\s?[:=]\s*(.{1,140}?)(?=\s*[|;]|\Z)"),
    re.compile(r"\b(?:NADAWCA\s?:|UZNANIE)\s*(.{1,140}?)(?=\s+TYTUL(?:EM)?\b)", re.DOTALL),
    re.compile(r"\bTR(?:AN)?S?F\.?\s+(?:DE|P/)\s+(.{1,70}?)(?=\s+DESCRITIVO\b)", re.DOTALL),
    re.compile(r"\bABWA\+(.{1,70}?)(?=\s*\b(?:SVWZ|EREF|KREF|BREF|IBAN|BIC)\+|\Z)", re.DOTALL),
)
_WORD_MARKS: Final = (
    re.compile(r"\bADDENDA:(.*)\Z", re.DOTALL),
    re.compile(r"\bNTE\*[A-Z]*\*(.*?)(?=[\\~]|\Z)", re.DOTALL),
    re.compile(r"\bRMR\*(?:IV|OI|PO|CM)\*([^*\\~]*)"),
    re.compile(r"\bOBI=(.*?)(?=\s+IMAD|\s+OMAD|\s+BBI=|\Z)", re.DOTALL),
    re.compile(
        r"/REMI/(?:USTD//)?(.*?)(?=/RFB/\d+/?\Z|/(?:OCMT|EREF|KREF|ORDP|BENM|NAME|IBAN|ULTD|PURP|CSID|MARF|ISDT)/|\Z)",
        re.DOTALL,
    ),
    re.compile(r"\bBY ORDER OF\b.*?/RFB/(.*?)(?=\s?/OCMT/|\Z)", re.DOTALL),
    re.compile(r"\bRFB#\s?(?!O/B)(.*?)(?=\s+(?:OBI|BBI|BNF|ORG|SRF|TRN|IMAD|OMAD)\s?[=#:]|\Z)", re.DOTALL),
    re.compile(r"SVWZ\+(.*?)(?=\b(?:ABWA|BREF|RREF|COAM|OAMT)\+|\Z)", re.DOTALL),
    re.compile(r"\bPMT (?:DET|INFO)\s?:(.*)\Z", re.DOTALL),
    re.compile(r"\bMOTIF\b\s?[:/]?(.*?)(?=\s+/?REF(?:DO)?[\s:/]|\Z)", re.DOTALL),
    re.compile(r"\b(?:CONCEPTO|CAUSALE|DESCRITIVO|TYTUL(?:EM)?|MELDING|VIESTI)\b\s?:?(.*)\Z", re.DOTALL),
    re.compile(r"<(?:\w+:)?USTRD>(.*?)</", re.DOTALL),
    re.compile(r"\bUSTRD\s?[:=](.*?)(?=\s[|]\sDBTR|;DBTR|\Z)", re.DOTALL),
)
# Fields of an ACH line that are the bank's: names, ids, dates and traces. Whatever else such a line says, the payer said.
_ACH_FIELD: Final = re.compile(
    r"\b(ORIG CO NAME|ORIG ID|CO ID|DESC DATE|EED|TRACE ?#|TRN|SEC|CO ENTRY DESCR|IND ID|IND NAME|INDN|DES)\s?:", re.DOTALL
)
_BANKS_OWN: Final = frozenset({"ORIG CO NAME", "ORIG ID", "CO ID", "DESC DATE", "EED", "TRACE#", "TRACE #", "TRN", "SEC"})
_EXTRA_REFERENCE: Final = re.compile(r"\sREF (\d{7,12})\s*\Z")
_CLUTTER: Final = re.compile(
    r"(?<=\d)TEL[.:]?\s*[\d\-]+|"
    r"\b(?:REMOTE DEPOSIT CHECK|LOCKBOX|BATCH|ITEM|CK|TRACE#?:?|CHECK NO\.?|CUST|CUSTOMER NO\.?|KD-?NR\.?|A/C|TEL\.?|TEL:"
    r"|(?:E|K|M|C)REF\+)\s*#?\s*[\d\-]+|\b(?:FED|SRF|TRN|SSN|SEQ|FITID) ?# ?\d+|"
    r"\b(?:LIEFERSCHEIN|DELIVERY NOTE|BON DE LIVRAISON|DDT|VERTRAG|CONTRACT|CONTRATTO|CONTRATO)[\s:]+\d+|\bE2E-[0-9A-Z]+|"
    r"\b(?:VENDOR|SUPPLIER|CREDITOR|KREDITOR|LIEFERANT|FOURNISSEUR|LEV\.?|KUNDEN|CUSTOMER|ACCOUNT|ACCT)[\s.\-]{0,2}"
    r"(?:NO|NR|NUMBER|NUMMER|ID|#)[.:#]?\s*\d+",
)
_LEADING: Final = re.compile(r"\A(?:KD-?NR|CUST|A/C)\.?\s*\d+\s?")
_ON_ACCOUNT: Final = re.compile(
    r"PREPAY|PRE-PAY|DEPOSIT (?:FOR|QUOTE|ORDER)|ANZAHLUNG|VORKASSE|VORAUS|PROFORMA|PRO FORMA|ACOMPTE|ANTICIPO|ADVANCE P"
)
_KEPT_WIDTHS: Final = frozenset({35, 60, 70, 80, 105, 140})
# The reference for the beneficiary is the payer's where it has words or a list; a bare number there is the bank's.
_FOR_BENEFICIARY: Final = re.compile(r"/RFB/(.*?)(?=/(?:REMI|OCMT|EREF|KREF|ORDP|BENM|NAME|IBAN)/|\Z)", re.DOTALL)
_WORDED: Final = re.compile(r"[A-Z#]|\d[\s,;+&/]+\d")
_SHORT_REFERENCE: Final = 18
_OPEN_END: Final = re.compile(r"(?:[-,;+&/#]|\b(?:AND|UND|ET|Y|E))\s*\Z")


@dataclass(frozen=True, slots=True)
class BankWords:
    """The payer as the text names it, and the segments in which the payer speaks; `cut` marks segments a bank cut off."""

    name: str
    segments: tuple[str, ...]
    cut: bool
    everything: str
    on_account: bool = False


def _subfields(text: str) -> tuple[str, str]:
    """(payer, words) of a German field 86: ?20 to ?29 and ?60 to ?63 are the words, ?32 and ?33 the payer."""
    parts = _SUBFIELD.split(text)
    words, name = [], []
    for mark, value in zip(parts[1::2], parts[2::2], strict=False):
        if mark in {"32", "33"}:
            name.append(value)
        elif mark[0] in "26" and mark != "10":
            words.append(value)
    return "".join(name).strip(), "".join(words)


def _shown_name(marks: tuple[re.Pattern[str], ...], text: str) -> str:
    hits = (pattern.search(text) for pattern in marks)
    return next((hit.group(1) for hit in hits if hit), "")


def _spoken(text: str) -> str:
    """What the first known mark says, as often as it stands there: a payment order of X12 has a segment for each document."""
    for pattern in _WORD_MARKS:
        said: list[str] = pattern.findall(text)
        if said:
            return ", ".join([*said, *_for_us(text, said)])
    return ""


def _for_us(text: str, said: Sequence[str]) -> list[str]:
    """What stands under `/RFB/` beside `/REMI/` and is the payer's own: words or a list."""
    if "/REMI/" not in text or "/RFB/" not in text:
        return []
    found = [each.strip("/ ") for each in _FOR_BENEFICIARY.findall(text)]
    return [each for each in found if each and each not in said and _WORDED.search(each)]


def _payers_fields(text: str) -> str:
    """What the payer's own fields of an ACH line say; nothing where the line has no such fields."""
    parts = _ACH_FIELD.split(text)
    return " ".join(value.strip() for mark, value in zip(parts[1::2], parts[2::2], strict=True) if mark not in _BANKS_OWN)


def without_clutter(text: str) -> str:
    """Numbers that name a cheque, a customer or a telephone taken out."""
    return _CLUTTER.sub(" ", text)


def _segments(reference: str, text: str) -> tuple[str, list[str]]:
    if _FIELD_86.search(text):
        name, words = _subfields(text)
        spoken = _spoken(words) or words
        return name, [reference, spoken]
    usual = _shown_name(_NAME_MARKS, text)
    name = _EXTRA_REFERENCE.sub("", usual or _shown_name(_OTHER_NAME_MARKS, text)).strip()
    spoken = _spoken(text)
    if not spoken and name:
        spoken = _payers_fields(text)
    if not spoken and not usual:
        spoken = text
    extra = _EXTRA_REFERENCE.search(text)
    if extra and spoken:
        spoken = spoken.removesuffix(extra.group(0))
    return name, [reference, spoken]


@lru_cache(maxsize=4096)
def read(reference: str, text: str) -> BankWords:
    """Payer name and words of one bank line; equal segments (a bank often prints the words twice) are kept once."""
    name, segments = _segments(flat(reference), flat(text))
    kept: list[str] = []
    for segment in segments:
        stripped = segment.strip()
        if stripped and not any(stripped in other for other in kept):
            kept = [other for other in kept if other not in stripped]
            kept.append(stripped)
    # A file's cell may have lost the blank at which its field was cut.
    widths = [*(len(segment) for segment in segments), len(reference), len(reference) + 1]
    widths += [len(_LEADING.sub("", segment)) for segment in segments]
    cut = (
        len(reference) == _SHORT_REFERENCE
        or any(width in _KEPT_WIDTHS for width in widths)
        or any(_OPEN_END.search(segment) for segment in kept)
    )
    said = any(_ON_ACCOUNT.search(segment) for segment in kept) or bool(_ON_ACCOUNT.search(flat(reference)))
    return BankWords(name, tuple(kept), cut, f"{reference} {text}", said)
