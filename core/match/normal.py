"""One way of writing for names and references, so that equal things compare equal.

Names lose case, accents, punctuation and legal form, and long trade words are written one way, because banks and payables
clerks change exactly these. References keep letters and digits only; letters and digits of one shape (O and 0, I, L and 1)
are made equal on *both* sides, after cutting, so that a prefix such as INV survives as the same key for both.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_LETTERS: Final = str.maketrans(
    {
        "ß": "SS",
        "ẞ": "SS",
        "ø": "O",
        "Ø": "O",
        "ł": "L",
        "Ł": "L",
        "æ": "AE",
        "Æ": "AE",
        "œ": "OE",
        "Œ": "OE",
        "đ": "D",
        "Đ": "D",
    }
    | {"þ": "TH", "Þ": "TH", "ı": "I", "’": "'", "‐": "-", "–": "-", "—": "-", "−": "-", "„": '"', "“": '"', "”": '"'}
)
_TWO_LETTERS: Final = str.maketrans(
    {"ä": "AE", "ö": "OE", "ü": "UE", "Ä": "AE", "Ö": "OE", "Ü": "UE", "å": "AA", "Å": "AA", "ø": "OE", "Ø": "OE"}
)
_SAME_SHAPE: Final = str.maketrans("OIL", "011")
_NOT_KEY: Final = re.compile(r"[^A-Z0-9]+")
_UPPER: Final = bytes(range(256)).upper()
_DROPPED: Final = bytes(code for code in range(256) if not (chr(code).isascii() and chr(code).isalnum()))
"""`_NOT_KEY` for ASCII, several times as fast."""

_INITIALS: Final = re.compile(r"(?<=\b[A-Z])\.(?=[A-Z]\b)")
_SP_ZOO: Final = re.compile(r"\bSP Z O ?O\b")

LEGAL_FORMS: Final = frozenset(
    "INC INCORPORATED LLC LC CORP CORPORATION CO COMPANY COMPANIES LP LLP LTD LIMITED PLC PLLC PC LTEE LTDA PTY PTE PVT "
    "BHD SDN GMBH GGMBH MBH AG KG KGAA EK EKFR EKFM UG HAFTUNGSBESCHRAENKT HAFTUNGSBESCHRANKT OHG OG GBR EV EG SE "
    "SA SAS SASU SARL EURL SNC SCOP BV NV VOF CV CVBA BVBA SRL SPA SAPA SL SLU SLL SAU SC AB HB KB AS ASA APS IS OY OYJ KK "
    "SP ZOO SPZOO DOO SRO KFT ZRT OOO AKTIEBOLAG AKTIENGESELLSCHAFT AKTIESELSKAB OSAKEYHTIO LDA SRLS EIRL IG".split()
)
_ABBREVIATIONS: Final = {
    "MANUFACTURING": "MFG", "INTERNATIONAL": "INTL", "SERVICES": "SVCS", "SERVICE": "SVC", "GROUP": "GRP", "SUPPLY": "SUP",
    "SUPPLIES": "SUP", "DISTRIBUTORS": "DIST", "DISTRIBUTION": "DIST", "DISTRIBUTING": "DIST", "CONSTRUCTION": "CONSTR",
    "EQUIPMENT": "EQUIP", "SYSTEMS": "SYS", "SYSTEM": "SYS", "TECHNOLOGIES": "TECH", "TECHNOLOGY": "TECH", "INDUSTRIAL": "IND",
    "INDUSTRIES": "IND", "PRODUCTS": "PROD", "PRODUCT": "PROD", "MEDICAL": "MED", "MECHANICAL": "MECH", "LOGISTICS": "LOG",
    "BUILDING": "BLDG", "SOLUTIONS": "SOLN", "MANAGEMENT": "MGMT", "ASSOCIATES": "ASSOC", "ASSOCIATION": "ASSOC",
    "DEPARTMENT": "DEPT", "ENGINEERING": "ENGR", "NATIONAL": "NATL", "AMERICAN": "AMER", "ENTERPRISES": "ENT",
    "ENTERPRISE": "ENT", "HOLDINGS": "HLDG", "HOLDING": "HLDG", "LABORATORIES": "LABS", "MATERIALS": "MATL", "SAINT": "ST",
    "BROTHERS": "BROS", "UNIVERSITY": "UNIV", "HOSPITAL": "HOSP", "TRANSPORTATION": "TRANSP", "COMMUNICATIONS": "COMM",
}  # fmt: skip


def flat(text: str) -> str:
    """Upper case letters without accents; everything else stays where it is (`?` marks of lost letters too)."""
    if text.isascii():
        return text.upper()
    folded = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(mark for mark in folded if mark.isascii()).upper()


def flat_two_letters(text: str) -> str:
    """As `flat`, with umlauts written as two letters (ä as AE), which is how many banks transliterate them."""
    return flat(text.translate(_TWO_LETTERS))


@lru_cache(maxsize=65536)
def compact(text: str) -> str:
    """Letters and digits only, upper case, no accents."""
    if text.isascii():
        return text.encode().translate(_UPPER, _DROPPED).decode()
    return _NOT_KEY.sub("", flat(text))


def shape(compacted: str) -> str:
    """A compact reference with look-alike letters and digits made equal. Both sides of a comparison go through here."""
    return compacted.translate(_SAME_SHAPE)


def words_of(flat_text: str) -> list[str]:
    """The words of a flat text as names have them: no punctuation, `&` written out, initials together."""
    text = flat_text.replace("&", " AND ").replace("?", "").replace("'", "")
    if "." in text:
        text = _INITIALS.sub("", text)
    text = _NOT_KEY.sub(" ", text)
    return (_SP_ZOO.sub(" SPZOO", text) if "SP Z" in text else text).split()


def abbreviated(word: str) -> str:
    """A long trade word in its one way of writing; any other word as it is."""
    return _ABBREVIATIONS.get(word, word)


@lru_cache(maxsize=256)
def _own_words(name: str) -> tuple[str, ...]:
    """The words of a name; kept for a moment, because several keys are made of one name, one after the other."""
    return tuple(words_of(flat(name)))


@lru_cache(maxsize=65536)
def name_key(name: str, *, two_letters: bool = False) -> str:
    """The comparable core of a name: words without article and legal form, long trade words abbreviated. Empty for no name."""
    plain = words_of(flat_two_letters(name)) if two_letters else _own_words(name)
    words = [abbreviated(word) for word in plain]
    if len(words) > 1 and words[0] == "THE":
        del words[0]
    while len(words) > 1 and (words[-1] in LEGAL_FORMS or words[-1] == "AND"):
        words.pop()
    return " ".join(words)


@lru_cache(maxsize=65536)
def full_name_key(name: str) -> str:
    """As `name_key`, legal form kept: tells two firms of one name apart where their forms differ."""
    return " ".join(_own_words(name))


def name_keys(name: str) -> tuple[str, ...]:
    """Every key under which a name that we know may come back from a bank."""
    plain = name_key(name)
    if name.isascii():
        return (plain,)
    others = (name_key(name, two_letters=True), name_key("".join(mark for mark in name if mark.isascii())))
    return (plain, *(key for key in dict.fromkeys(others) if key and key != plain))


@lru_cache(maxsize=16384)
def cut_keys(name: str) -> tuple[str, ...]:
    """Compact spellings of the whole name; a name that a bank cut is the beginning of one of them."""
    spellings = (name, name.replace("&", " AND ")) if "&" in name else (name,)
    ways = (flat,) if name.isascii() else (flat, flat_two_letters)
    found = [_NOT_KEY.sub("", write(each)) for each in spellings for write in ways]
    found += [key.replace(" ", "") for key in name_keys(name)]
    return tuple(dict.fromkeys(key for key in found if key))
