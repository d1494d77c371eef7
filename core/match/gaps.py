"""Why money and documents differ: each known reason is tried exactly, none by a wide tolerance.

A tolerance of one unit makes triples of thirty documents ambiguous, so a difference must be *named*: the discount of the terms,
a bank's charge, withheld tax at a usual rate, an amount that the payer wrote down, a part of one named document, too much.
Every reading of a difference carries the logarithm of how often payers do that and how exactly it explains the amount.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from core.domain.evidence import GapKind
from core.domain.money import Currency
from core.domain.policy import MatchPolicy
from core.match.ledger import OpenDocument
from core.match.references import Words
from core.match.subsets import log_density

_TAX_WORDS: Final = re.compile(r"\bWHT\b|WITHH|QUELLENST|\bTDS\b|RITENUTA|RETENCION|TAX DEDUCT|RETENUE")
_CHARGED_WORDS: Final = re.compile(r"WIRE|SWIFT|/ORDP/|/REMI/|CHARGES|\bSHA\b|\bBEN\b|BY ORDER OF|IMAD|INTL")
_DEDUCTED_WORDS: Final = re.compile(
    r"\bLESS|\bDED|CLAIM|ALLOW|SHORT|DAMAGE|RETURNED|PENALT|KUERZ|ABZUG|ABZUEGL|MINUS|REKLAM|RECLAM|REBATE|PROMO|NOT AGREED|"
    r"\./\.|LESS\d|DED\b|DIFFERENCE|NACHLASS|DISCREPANC"
)
_BEFORE: Final = r"(?:LESS|DED(?:UCTION)?|\./\.|MINUS|ABZUG|ABZUEGL\.?|KUERZUNG|-)[.:#]?"
_AFTER: Final = r"(?:DED|SHORT|CLAIM|DAMAGE|PROMO|LATE|FREIGHT|PRICE|ALLOW|RETURN|PENALT|PALLET|ABZUG|REKL)"
_CUT_SUM: Final = re.compile(r"(?:\s-|\./\.|\bLESS|\bDED)\s*(\d+(?:[.,]\d?)?)\s*(?:\||\Z)")
_PARTS: Final = re.compile(
    r"(?<!EXCHANGE )(?<!EXCH )(?<!EXCH\. )(?<!FX )"
    r"\b(?:RATE|INSTALL?MENT|TEILZAHLUNG|TEILBETRAG|ABSCHLAG|ACOMPTE|ECHEANCE|RATA|A CONTO|PART(?:IAL)?(?: PAYMENT| PMT)?)"
    r"\s*(\d{1,2})?\s*(?:OF|/|VON|DE|SUR|DI)?\s*(\d{1,2})?(?!\d)"
)
_ONE_OF: Final = re.compile(r"(?<![\d/])[1-6]/([2-6])(?![\d/])")
_EXCHANGED_WORDS: Final = re.compile(
    r"\b(?:EXCH(?:ANGE)?\.? ?RATE|FX RATE|RATE OF EXCHANGE|CONVERTED|WECHSELKURS|UMGERECHNET|UMRECHNUNG|DEVISENKURS|"
    r"COURS DE CHANGE|TASSO DI CAMBIO|TIPO DE CAMBIO)\b|/EXCH/"
)
_SENT_AS: Final = re.compile(r"/OCMT/([A-Z]{3})")
_FEE_STEP: Final = {0: 10, 2: 25, 3: 10}
_FEE_SCALE: Final = {0: 1.0, 2: 1.0, 3: 4.0}
_DISCOUNTS_TRIED: Final = 10
_SHORTEST_PART: Final = 0.25
_LITTLE: Final = -2.0

_EXACT: Final = math.log(0.75)
_LEFT_DISCOUNT: Final = math.log(0.3)
_ALL_EARNED: Final = math.log(0.4)
_SOME_EARNED: Final = math.log(0.04)
_LATE: Final = math.log(0.03)
_ROUNDING: Final = math.log(0.004)
_FEE: Final = math.log(0.01 / 40)
_FEE_WIRE: Final = math.log(0.08 / 40)
_FEE_LISTED: Final = math.log(0.08)
_CONVERTED: Final = math.log(0.3)
_TAX: Final = math.log(0.0002)
_TAX_SAID: Final = math.log(0.1)
_DEDUCTION: Final = math.log(0.1)
_SHORT: Final = math.log(0.04)
_SHORT_MANY: Final = math.log(0.004)
_OVER: Final = math.log(0.03)
_LOOSE: Final = -4.0
_EQUAL_PART: Final = math.log(0.3)
_OTHER_PART: Final = math.log(0.02)
_MOST_PARTS: Final = 6
_PLACES_SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class Reading:
    """One way in which the amount settles the documents. `placed`: it is certain which document bears the difference."""

    kind: GapKind
    gap: int
    money: tuple[int, ...]
    discounts: tuple[int, ...]
    weight: float
    placed: bool = True


@dataclass(frozen=True, slots=True)
class Setting:
    """What the readings need to know of the payment: its amount, its day, its words, the rules."""

    amount: int
    day: int
    words: Words
    policy: MatchPolicy
    everything: str
    cut: bool = False


def exact(documents: Sequence[OpenDocument], setting: Setting) -> Reading | None:
    """The amount is what the documents ask for, or that less discounts that the terms allow."""
    opens = [document.open for document in documents]
    delta = setting.amount - sum(opens)
    earned = [document.earned(setting.day) for document in documents]
    if delta == 0:
        weight = _EXACT + _LEFT_DISCOUNT * any(earned)
        return Reading(GapKind.NONE, 0, tuple(opens), (0,) * len(opens), weight)
    if delta > 0 or not any(earned):
        return None
    taken = _which(earned, -delta)
    if taken is None:
        return None
    weight = _ALL_EARNED if sum(earned) == -delta else _SOME_EARNED
    return _discounted(GapKind.EARNED_DISCOUNT, delta, opens, taken, weight)


def readings(documents: Sequence[OpenDocument], setting: Setting) -> list[Reading]:
    """Every known reading of the amount against these named documents, the exact one alone where there is one."""
    fits = exact(documents, setting)
    if fits:
        return [fits]
    asked = sum(document.open for document in documents)
    if asked <= 0:
        return []
    delta = setting.amount - asked
    if delta > 0:
        return [*exchanged(documents, setting), *_over(documents, delta, setting)]
    found = [*exchanged(documents, setting)]
    found += [
        reading for read in (_late, _rounded, _fee, _tax, _deducted, _short) for reading in read(documents, -delta, setting)
    ]
    return [
        reading
        for reading in found
        if all(part * document.open > 0 for part, document in zip(reading.money, documents, strict=True))
    ]


def _which(values: Sequence[int], wanted: int) -> tuple[int, ...] | None:
    """The values that add up to `wanted`, others zero: all of them, or the first subset found; None when none does."""
    if sum(values) == wanted:
        return tuple(values)
    if sum(1 for value in values if value) > _DISCOUNTS_TRIED:
        return None
    sums: dict[int, tuple[int, ...]] = {0: ()}
    for at, value in enumerate(values):
        if value:
            for total, chosen in list(sums.items()):
                sums.setdefault(total + value, (*chosen, at))
    chosen_ones = sums.get(wanted)
    return None if chosen_ones is None else tuple(value if at in chosen_ones else 0 for at, value in enumerate(values))


def _discounted(kind: GapKind, delta: int, opens: Sequence[int], taken: Sequence[int], weight: float) -> Reading:
    money = tuple(value - less for value, less in zip(opens, taken, strict=True))
    granted = tuple(taken) if kind is GapKind.EARNED_DISCOUNT else (0,) * len(opens)
    return Reading(kind, delta, money, granted, weight)


def _late(documents: Sequence[OpenDocument], missing: int, setting: Setting) -> list[Reading]:
    grace = setting.policy.late_discount_days
    values = [document.missed(setting.day, grace) or document.earned(setting.day) for document in documents]
    taken = _which(values, missing) if any(values) else None
    if taken is None:
        return []
    return [_discounted(GapKind.LATE_DISCOUNT, -missing, [document.open for document in documents], taken, _LATE)]


def late(document: OpenDocument, setting: Setting) -> Reading | None:
    """The amount is what one document asks for less the discount of its terms, taken some days after the last day."""
    found = _late([document], document.open - setting.amount, setting) if setting.amount < document.open else []
    return found[0] if found and not document.earned(setting.day) else None


def _less_on(documents: Sequence[OpenDocument], at: int, missing: int) -> tuple[int, ...]:
    return tuple(document.open - (missing if k == at else 0) for k, document in enumerate(documents))


def _largest(documents: Sequence[OpenDocument]) -> int:
    return max(range(len(documents)), key=lambda k: (documents[k].open, documents[k].number))


def _reading(kind: GapKind, documents: Sequence[OpenDocument], at: int, missing: int, weight: float) -> Reading:
    return Reading(kind, -missing, _less_on(documents, at, missing), (0,) * len(documents), weight)


def _rounded(documents: Sequence[OpenDocument], missing: int, setting: Setting) -> list[Reading]:
    if missing > setting.policy.rounding_units:
        return []
    return [_reading(GapKind.ROUNDING, documents, _largest(documents), missing, _ROUNDING)]


def fee_limit(policy: MatchPolicy, exponent: int) -> int:
    """The largest usual charge in minor units of a currency."""
    return round(policy.fee_limit * _FEE_SCALE.get(exponent, 1.0))


def is_fee(missing: int, policy: MatchPolicy, exponent: int) -> bool:
    """Whether an amount looks like a bank's charge: small, and of a whole number of steps."""
    return 0 < missing <= fee_limit(policy, exponent) and missing % fee_step(exponent) == 0


def fee_step(exponent: int) -> int:
    """Charges are whole multiples of so many minor units."""
    return _FEE_STEP.get(exponent, 25)


def _listed_fees(setting: Setting, currency: Currency) -> set[int]:
    """Charges in minor units that the policy names for this currency and the bank whose text this is."""
    text = setting.everything.upper()
    tables = [each for each in setting.policy.bank_fees if each.currency == currency.code and each.bank.upper() in text]
    return {charge * 10**currency.exponent // 100 for table in tables for charge in table.charges}


def _fee(documents: Sequence[OpenDocument], missing: int, setting: Setting) -> list[Reading]:
    exponent = documents[0].currency.exponent
    listed = _listed_fees(setting, documents[0].currency)
    if missing in listed:
        return [_reading(GapKind.BANK_FEE, documents, _largest(documents), missing, _FEE_LISTED - math.log(len(listed)))]
    if not is_fee(missing, setting.policy, exponent) or _cut_deduction(missing, exponent, setting):
        return []
    charged = bool(_CHARGED_WORDS.search(setting.everything)) and not _DEDUCTED_WORDS.search(setting.words.text)
    reading = _reading(GapKind.BANK_FEE, documents, _largest(documents), missing, _FEE_WIRE if charged else _FEE)
    return [reading if charged or len(documents) == 1 else replace(reading, placed=False)]


def _cut_deduction(missing: int, exponent: int, setting: Setting) -> bool:
    """Whether the words end in a deduction that a bank cut off and that begins like what is missing: `- 20.` of 20.50."""
    whole = f"{missing // 10**exponent}.{missing % 10**exponent:0{exponent}}" if exponent else str(missing)
    return any(whole.startswith(hit.group(1).replace(",", ".")) for hit in _CUT_SUM.finditer(setting.words.text))


def _tax(documents: Sequence[OpenDocument], missing: int, setting: Setting) -> list[Reading]:
    said = bool(_TAX_WORDS.search(setting.words.text))
    for rate in setting.policy.tax_rates:
        held = [document.open * rate // 100 for document in documents]
        if sum(held) == missing:
            money = tuple(document.open - part for document, part in zip(documents, held, strict=True))
            weight = _TAX_SAID if said else _TAX
            return [Reading(GapKind.TAX_WITHHELD, -missing, money, (0,) * len(documents), weight, placed=said)]
    return []


def converted(setting: Setting, currency: str) -> bool:
    """Whether the bank's text says that the money was changed into this currency: by a rate, or by what was sent."""
    said, sent = _conversion(setting.everything)
    return said or sent not in {"", currency}


@lru_cache(maxsize=1024)
def _conversion(everything: str) -> tuple[bool, str]:
    """Whether a bank's text speaks of a rate, and the currency that it says was sent."""
    sent = _SENT_AS.search(everything)
    return bool(_EXCHANGED_WORDS.search(everything.upper())), sent.group(1) if sent else ""


def exchanged(documents: Sequence[OpenDocument], setting: Setting) -> list[Reading]:
    """The money differs by what a conversion at the bank may make of it, either way; every amount of the band is as likely."""
    asked = sum(document.open for document in documents)
    delta = setting.amount - asked
    band = asked * setting.policy.exchange_band // 10_000
    if asked <= 0 or not 0 < abs(delta) <= band or not converted(setting, documents[0].currency.code):
        return []
    at = _largest(documents)
    if documents[at].open + min(0, delta) <= 0:
        return []
    money = _less_on(documents, at, max(0, -delta))
    weight = _CONVERTED - math.log(2 * band)
    return [Reading(GapKind.EXCHANGE, delta, money, (0,) * len(documents), weight, placed=len(documents) == 1)]


def _deducted(documents: Sequence[OpenDocument], missing: int, setting: Setting) -> list[Reading]:
    """The payer wrote down exactly the missing amount; the document is the one named with it."""
    place = _written_at(missing, documents[0].currency.exponent, setting)
    if place is None:
        return []
    at, placed = _named_with(documents, place, setting.words)
    if missing >= documents[at].open:
        return []
    if placed:
        return [_reading(GapKind.DEDUCTION, documents, at, missing, _DEDUCTION)]
    return _anywhere(GapKind.DEDUCTION, documents, missing, _DEDUCTION)


def written_down(missing: int, exponent: int, setting: Setting) -> bool:
    """Whether the payer's words in the bank's text say that just this was taken off."""
    return bool(_DEDUCTED_WORDS.search(setting.words.text)) and _written_at(missing, exponent, setting) is not None


def _written_at(missing: int, exponent: int, setting: Setting) -> int | None:
    """Where the payer wrote this amount: as a sum of its own, or glued to words that speak of a deduction."""
    words = setting.words
    wanted = str(missing).zfill(exponent + 1)
    places = [at for digits, at in words.amounts if digits.lstrip("0") == wanted.lstrip("0")]
    if places:
        return places[0]
    if not _DEDUCTED_WORDS.search(words.text):
        return None
    digits = wanted.lstrip("0") if not exponent else f"{wanted[:-exponent]}[.,]{wanted[-exponent:]}"
    glued = re.sub(r"\s", "", words.text)
    hit = re.search(rf"{_BEFORE}0*{digits}(?![\d.,]*\d)|(?<!\d)0*{digits}{_AFTER}", glued)
    if hit is None:
        loose = exponent and re.search(rf"{digits}{_AFTER}|{_BEFORE}\d*{digits}(?!\d)", glued)
        return max(0, _unglued(words.text, loose.start())) if loose else None
    return _unglued(words.text, hit.start())


def _unglued(text: str, place: int) -> int:
    """The place in a text of the character that has so many others before it, blanks and line ends not counted."""
    seen = -1
    for at, mark in enumerate(text):
        seen += not mark.isspace()
        if seen == place:
            return at
    return len(text)


def _named_with(documents: Sequence[OpenDocument], place: int, words: Words) -> tuple[int, bool]:
    """Which document a written deduction belongs to: the only one, or the one that is named a second time beside it."""
    if len(documents) == 1:
        return 0, True
    named: dict[int, list[int]] = {}
    for mention in words.mentions:
        for k, document in enumerate(documents):
            if any(hit is document for _, hit in mention.hits):
                named.setdefault(k, []).append(mention.at)
    twice = [k for k, places in named.items() if len(places) > 1 and min(abs(at - place) for at in places) < _BESIDE]
    return (twice[0], True) if len(twice) == 1 else (_largest(documents), False)


_BESIDE: Final = 60


def _short(documents: Sequence[OpenDocument], missing: int, setting: Setting) -> list[Reading]:
    """Less than asked, for no reason or in parts. With several documents any of them may bear what is missing."""
    at = _largest(documents)
    part = _part(documents, setting)
    little = setting.amount < _SHORTEST_PART * (setting.amount + missing) and not part
    if missing >= documents[at].open or (little and len(documents) > 1):
        return []
    spread = -math.log(max(2.0, 0.6 * (setting.amount + missing)))
    if len(documents) == 1:
        weight = part or (_SHORT + spread + _LITTLE * little)
        reading = _reading(GapKind.SHORT_PAY, documents, 0, missing, weight)
        return [replace(reading, placed=not setting.cut and not little)]
    found = _anywhere(GapKind.SHORT_PAY, documents, missing, _SHORT_MANY + spread)
    claimed = _claimed(documents, setting.words)
    if claimed is None or missing >= documents[claimed].open:
        return found
    return [replace(_reading(GapKind.SHORT_PAY, documents, claimed, missing, _SHORT_MANY + spread), placed=False), *found]


def _claimed(documents: Sequence[OpenDocument], words: Words) -> int | None:
    """The one document that is named twice where a deduction is spoken of, although its amount cannot be read."""
    if not _DEDUCTED_WORDS.search(words.text):
        return None
    counts = [sum(any(hit is each for _, hit in mention.hits) for mention in words.mentions) for each in documents]
    twice = [k for k, count in enumerate(counts) if count > 1]
    return twice[0] if len(twice) == 1 else None


def _part(documents: Sequence[OpenDocument], setting: Setting) -> float:
    """Weight of an announced instalment: one of so many equal parts of the only document named; else zero.

    `1/2` alone announces only half of it; after a word such as rate or part it may be any part.
    """
    if len(documents) != 1:
        return 0.0
    said, bare = _PARTS.search(setting.words.text), _ONE_OF.search(setting.words.text)
    counts = [int(said.group(2))] if said and said.group(2) else range(2, _MOST_PARTS + 1) if said else ()
    if not said and bare:
        counts = [int(bare.group(1))]
    whole = documents[0].amount
    if any(count and abs(setting.amount * count - whole) <= count for count in counts):
        return _EQUAL_PART
    return _OTHER_PART if said else 0.0


def _anywhere(kind: GapKind, documents: Sequence[OpenDocument], missing: int, weight: float) -> list[Reading]:
    """The difference may lie on any document that can bear it; each is an answer, and none of them is certain."""
    able = sorted((k for k, each in enumerate(documents) if each.open > missing), key=lambda k: documents[k].order_key)
    shown = able[:_PLACES_SHOWN]
    each = weight - math.log(max(1, len(able)))
    return [replace(_reading(kind, documents, k, missing, each), placed=False) for k in shown]


def _over(documents: Sequence[OpenDocument], extra: int, setting: Setting) -> list[Reading]:
    """Too much for the documents named. Where words were cut off or not understood, more documents were probably named."""
    money = tuple(document.open for document in documents)
    none = (0,) * len(documents)
    elsewhere = any(
        all(hit is not document for _, hit in mention.hits for document in documents) for mention in setting.words.mentions
    )
    loose = setting.cut or extra * 2 > sum(money) or elsewhere or bool(setting.words.unknown) or bool(setting.words.unread)
    weight = _OVER + log_density(extra) + _LOOSE * loose
    if extra <= setting.policy.rounding_units:
        return [Reading(GapKind.ROUNDING, extra, money, none, _ROUNDING)]
    return [Reading(GapKind.OVERPAYMENT, extra, money, none, weight, placed=not loose)]
