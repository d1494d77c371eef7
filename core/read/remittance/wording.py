"""Sentences that say money was sent, that it will not be, or that it should be; and words in front of document numbers.

A price list, a reminder and a dispute name documents and amounts too; only these words tell them from an advice. Patterns
look at a bounded stretch of text at a time, so that no input makes them slow.
"""

import re
from collections.abc import Sequence
from typing import Final

_MOST_TEXT: Final = 200_000
_LABEL_WORDS: Final = (
    "invoices?", r"inv\.?", "bill", "rechnung(?:en)?", r"rechnungs?nr\.?", "rechnungsnummern?", r"rg\.?", r"re\.?-?nr\.?",
    "factures?", "facturas?", "facturen", "factuur", r"factuurnr\.?", "factuurnummers?", "fatture", "fattura",
    "credit memo", "credit note", "gutschrift", "avoir", "documents?", "belege?", r"fra\.?", r"fatt\.?",
    r"fact\.?", r"fakturan?r\.?", "faktura(?:nummer)?", "fakturor", "fakturaer", "faktury", "fakturę", "faktur",
    "faturas?", "laskut?",
)  # fmt: skip
LABEL: Final = (
    rf"(?:(?:(?:your|our|ihre|notre|votre)\s)?(?:{'|'.join(_LABEL_WORDS)})(?=[\s#:.°]|(?<=\.)\d)"
    r"\s*(?:no\.?s?|nr\.?n?|num(?:ber|bers|mer|mern)?\.?|n°|nº|#|id)?\s*[:#.]?\s*)"
)
"""What stands in front of a document's number."""

# Who or what, how far apart at most, and what was done.
_PAID: Final = (
    (
        "we|i|has|have|had|been|was|were|is|just|today|payment|wire|ach|transfer|cheque|check",
        60,
        "paid|sent|remitted|transferred|wired|released|processed|initiated|settled|mailed|issued|made",
    ),
    (
        "haben|wurden?|ist|sind",
        90,
        "überwiesen|ueberwiesen|bezahlt|gezahlt|angewiesen|beglichen|veranlasst",
    ),
    ("avons", 60, "payé|paye|réglé|regle|viré|vire|effectué|effectue|versé|transféré"),
    ("hemos", 60, "pagado|transferido|realizado|abonado|enviado|efectuado"),
    ("hebben|is|zijn", 90, "betaald|overgemaakt|voldaan|overgeboekt"),
    ("abbiamo", 60, "pagato|saldato|bonificato|effettuato|disposto|inviato"),
    ("har|er|blev|ble", 60, "betalt|betalat|overført|överfört|udbetalt|utbetalt|indbetalt|innbetalt"),
    ("olemme|on", 60, "maksaneet|maksettu"),
    ("zapłaciliśmy|opłaciliśmy|przelaliśmy|zapłacono|uregulowaliśmy", 90, r"faktur\w*|kwot\w*|PLN|EUR|USD"),
    ("pagámos|pagamos|liquidámos|liquidamos|transferimos|efetuámos|efetuamos", 90, "faturas?|valor|montante|pagamento"),
    (
        r"this payment|the payment|our payment|today'?s payment|following payment|attached payment",
        60,
        "for|covers?|settles?|includes?",
    ),
)
_AGAINST: Final = (
    r"cannot|can't|can not|will not|won't|unable to|not (?:yet )?(?:be )?(?:paid|pay|paying|released?)",
    r"before we (?:pay|release)|refuse|dispute[ds]?|on hold|please pay|kindly pay|overdue|past due",
    r"outstanding balance|payment is due|reminder|statement of account",
    r"nicht (?:be)?zahlen|können .{0,30}nicht|mahnung|zahlungserinnerung|bitte (?:be)?zahlen",
    r"rykker|betalningspåminnelse|betalingspåminnelse|purring|förfallen|maksumuistutus|kan ikke betale|kan inte betala",
    r"wezwanie do zapłaty|przypomnienie|prosimy o zapłatę|nie możemy zapłacić|lembrete|em atraso|queira pagar",
    r"relance|ne pouvons pas|no podemos|recordatorio|kunnen .{0,30}niet|herinnering|non possiamo|sollecito",
)


def _either(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_STEMS: Final = re.compile(
    r"\b(?:pay|paid|pmt|pymt|remit|settle|wire|ach\b|eft\b|bacs|sepa|transfer|check|cheque|advice|discount|zahl|gezahlt|bezahlt|"
    r"auszahl|überweis|ueberweis|avis|beglich|skonto|paie|règl|regl|vire|escompte|pag(?:o|a[dmrt])|abon|descuento|betal|betaal|"
    r"overgemaakt|korting|bonific|sconto|saldat|zapłac|zaplac|płatnoś|platnos|przelew|awizo|maksu|maksettu|udbetal|utbetal|liquid)|"
    r"zahlung|zahlbetrag",
    re.IGNORECASE,
)
_PAID_WORDS: Final = _either([rf"\b(?:{who})\b(?:[^.\n]|\.(?=\S)){{0,{gap}}}?\b(?:{done})\b" for who, gap, done in _PAID])
_NOT_PAID: Final = _either([rf"\b(?:{words})\b" for words in _AGAINST])


def speaks_of_payment(text: str) -> bool:
    """Whether a text says that money was sent, and not that it will not be, or that it should be."""
    looked_at = text[:_MOST_TEXT]
    return bool(_PAID_WORDS.search(looked_at)) and not _NOT_PAID.search(looked_at)


def mentions_payment(text: str) -> bool:
    """Whether any word has to do with paying: enough for a table, too little for a list or a sentence."""
    return bool(_STEMS.search(text[:_MOST_TEXT]))


def speaks_against(text: str) -> bool:
    """Whether a text asks for money or refuses it."""
    return bool(_NOT_PAID.search(text[:_MOST_TEXT]))
