"""Payer names and references in the text of a bank line, only where the bank's own labels say what is what.

The text itself is kept as it came; this is reading after the fact. `INDN:` is the receiver of an ACH entry (us), never the
payer; the originator stands before `DES:` or behind `ORIG CO NAME:`, `CO NAME:`, `B/O:`, `ORG=` and their like.
"""

import re
from typing import Final

_LABEL_AHEAD: Final = (
    r"(?=\s+(?:ORIG\s?ID|ORIG(?:INATOR)? ID|DESC DATE|CO ENTRY|CO ID|COMPANY ID|ENTRY DESC\w*|SEC|TRACE|EED|IND(?:N| ID| NAME)|"
    r"ID|REF|RFB|OBI|BNF|IMAD|SND BK|BNF BK|PMT DET|DES|DATE|TIME|TRN|SEQ|ADDENDA|ACCT|BBI|OGB|RECEIVED)\s?[:=#/*]|"
    r"\s+/|/[A-Z]{3,4}/|\s{2,}|\n|$)"
)
_NAMES: Final = tuple(
    re.compile(rf"(?:^|[\s/,;]){label}\s*(?P<name>[^\n]{{2,70}}?){_LABEL_AHEAD}", re.IGNORECASE)
    for label in (
        r"ORIG(?:INATING)?\.? CO(?:MPANY)?\.? NAME\s*[:=]",
        r"(?:CO|COMPANY) NAME\s*[:=]",
        r"ORIGINATOR(?: NAME)?\s*[:=]",
        r"BY ORDER OF\s*[:=]?",
        r"B/O\s*[:=]",
        r"ORG\s*[:=]",
        r"ORIG\s*[:=]",
        r"(?:REMITTER|SENDER|PAYER|DEBTOR)(?: NAME)?\s*[:=]",
    )
)
_BEFORE_DES: Final = re.compile(r"\A\s*(?P<name>\S[^\n:]{1,40}?)\s+DES:")
_MT_NAME: Final = re.compile(r"\?32(?P<name>[^?]{1,27})(?:\?33(?P<more>[^?]{1,27}))?")
_ORDERING: Final = re.compile(r"/(?:ORDP|ORD)//?NAME/(?P<name>[^/\n]{2,70})")
_REFERENCES: Final = (
    re.compile(r"(?:EREF|KREF)[:+](?P<ref>[^\s?/]{2,35})"),
    re.compile(r"RMR\*(?:IV|OI|PO)\*(?P<ref>[^*\\~\n]{1,50})"),
    re.compile(r"\bTRN\*1\*(?P<ref>[^*\\~\s]{1,50})"),
    re.compile(r"\bPMT DET:\s*(?P<ref>\S[^\n]{0,139})"),
)
_SAYS_NOTHING: Final = frozenset({"NOTPROVIDED", "NOTAVAILABLE", "NONREF", "NONE", "UNKNOWN", "N/A", "NA"})
_LONGEST: Final = 20_000


def payer_name(text: str) -> str:
    """The originator's name where a label names it, else nothing."""
    looked_at = text[:_LONGEST]
    for pattern in (*_NAMES, _ORDERING, _BEFORE_DES):
        found = pattern.search(looked_at)
        if found:
            name = " ".join(found["name"].split()).strip(" ,;:/")
            if any(sign.isalpha() for sign in name) and says_something(name):
                return name
    coded = _MT_NAME.search(looked_at)
    return " ".join(((coded["name"] or "") + (coded["more"] or "")).split()) if coded else ""


def references(text: str) -> tuple[str, ...]:
    """References behind labels that mean one, in order, each once."""
    looked_at = text[:_LONGEST]
    found = [match["ref"].strip() for pattern in _REFERENCES for match in pattern.finditer(looked_at)]
    return tuple(dict.fromkeys(ref for ref in found if says_something(ref)))


def says_something(reference: str) -> bool:
    """Whether a reference is more than a filler (`NOTPROVIDED`, zeros)."""
    flat = reference.strip().upper()
    return bool(flat.strip("0 .-")) and flat not in _SAYS_NOTHING
