"""Advices in lines without columns: "Invoice 1042 $1,200.00", and in sentences that name documents and one sum.

Both need words that speak of a payment made; a price list, a reminder or a dispute has documents and amounts too.
"""

import re
from typing import Final

from core.read.dates import read_date
from core.read.notes import shown
from core.read.numbers import read_amount
from core.read.remittance.advice import Advice, Head, Item, is_money, is_reference
from core.read.remittance.head import head_of_line
from core.read.remittance.labels import Role, column_role, folded, is_subtotal, is_total, segmented

_LABEL: Final = (
    r"(?:(?:your |our |ihre |notre |votre )?(?:invoices?|inv\.?|bill|rechnung(?:en|s?nr\.?|snummern?)?|rg\.?|re\.?-?nr\.?|factures?|facturas?|facturen|factuur(?:nr\.?|nummers?)?|"
    r"fatture|fattura|credit (?:memo|note)|gutschrift|avoir|documents?|belege?)(?=[\s#:.°\d-])\s*(?:no\.?s?|nr\.?n?|num(?:ber|bers|mer|mern)?\.?|n°|nº|#|id)?\s*[:#.]?\s*)"
)
_MARKED: Final = re.compile(rf"^[\s>*•·\-–\d.)]{{0,8}}?{_LABEL}", re.IGNORECASE)
_BULLET: Final = re.compile(r"^\s*(?:[-*•·–>]\s+|\(?\d{1,2}[.)]\s+)?")
_FILLER: Final = frozenset(
    "- – — : = = | dated from of for in the amount amt paid über uber vom von de du le of per za date datum betrag montant importe bedrag importo with -> =>".split()
)
_LEADERS: Final = re.compile(r"\.{2,}|_{2,}|·{2,}")
_PAID_WORDS: Final = re.compile(
    r"\b(?:we|i|has|have|had|been|was|were|is|just|today|payment|wire|ach|transfer|cheque|check)\b[^.\n]{0,60}?\b(?:paid|sent|remitted|transferred|wired|released|processed|initiated|settled|mailed|issued|made)\b|"
    r"\b(?:haben|wurden?|ist|sind)\b[^.\n]{0,90}?\b(?:überwiesen|ueberwiesen|bezahlt|gezahlt|angewiesen|beglichen|veranlasst)\b|"
    r"\bavons\b[^.\n]{0,60}?\b(?:payé|paye|réglé|regle|viré|vire|effectué|effectue|versé|transféré)\b|"
    r"\bhemos\b[^.\n]{0,60}?\b(?:pagado|transferido|realizado|abonado|enviado|efectuado)\b|\b(?:hebben|is|zijn)\b[^.\n]{0,90}?\b(?:betaald|overgemaakt|voldaan|overgeboekt)\b|"
    r"\babbiamo\b[^.\n]{0,60}?\b(?:pagato|saldato|bonificato|effettuato|disposto|inviato)\b|"
    r"\b(?:this|the|our|today'?s|following|attached|see|please find)\b[^.\n]{0,40}?\bpayment\b[^.\n]{0,60}?\b(?:for|covers?|settles?|includes?)\b",
    re.IGNORECASE,
)
_NOT_PAID: Final = re.compile(
    r"\b(?:cannot|can't|can not|will not|won't|unable to|not (?:yet )?(?:be )?(?:paid|pay|paying|released?)|before we (?:pay|release)|refuse|dispute[ds]?|on hold|please pay|kindly pay|overdue|past due|"
    r"outstanding balance|payment is due|reminder|statement of account|nicht (?:be)?zahlen|können .{0,30}nicht|mahnung|zahlungserinnerung|bitte (?:be)?zahlen|relance|ne pouvons pas|no podemos|"
    r"kunnen .{0,30}niet|non possiamo|sollecito|herinnering|recordatorio)\b",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(rf"\b{_LABEL}(?P<list>[^\n.;]*(?:\.(?=\S)[^\n.;]*)*)", re.IGNORECASE)
_BETWEEN: Final = re.compile(
    r"\s*(?:,|;|&|\+|/(?=\s)|\band\b|\bund\b|\bet\b|\by\b|\ben\b|\be\b|\bsowie\b)\s*|\s+", re.IGNORECASE
)
_DATE_IN_TEXT: Final = re.compile(
    r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{1,2}\.? [A-Z][a-zä]{2,8}\.? \d{4}\b|\b[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}\b"
)
_TOKEN: Final = re.compile(r"\S+")
_MAX_LINES: Final = 5_000


def speaks_of_payment(text: str) -> bool:
    """Whether a text says that money was sent, and not that it will not be, or that it should be."""
    return bool(_PAID_WORDS.search(text)) and not _NOT_PAID.search(text)


def speaks_against(text: str) -> bool:
    """Whether a text asks for money or refuses it."""
    return bool(_NOT_PAID.search(text))


def advice_in_lines(text: str, where: str) -> Advice | None:
    """Lines that each hold a document number and amounts, with or without a label."""
    advice = Advice(where)
    order: list[Role] = []
    for number, line in enumerate(text.split("\n")[:_MAX_LINES], 1):
        place = f"line {number}"
        if len(line) > 400 or not line.strip():  # noqa: PLR2004  A line of a list is short.
            continue
        header = _header_in_words(line)
        if header:
            order = header
        elif not _total_line(line, advice):
            _item_line(line, place, advice, order)
    return advice if advice.items else None


def _header_in_words(line: str) -> list[Role]:
    """The roles of a header whose words are one blank apart, or nothing."""
    words = line.split()
    if len(words) > 24 or any(sign.isdigit() for sign in line):  # noqa: PLR2004  Headers are short.
        return []
    roles = [said[0] for start, end in segmented(words) if (said := column_role(" ".join(words[start:end])))]
    amounts = {Role.PAID, Role.GROSS, Role.AMOUNT}
    return roles if len(roles) > 1 and {Role.REFERENCE, Role.OTHER_REFERENCE} & set(roles) and amounts & set(roles) else []


def _total_line(line: str, advice: Advice) -> bool:
    head = Head()
    label = re.split(r"[:=]|\s{2,}|\s(?=[^\s]*\d)", line.strip(), maxsplit=1)[0]
    if is_subtotal(label):
        return True
    if is_total(label) and head_of_line(line, head, bare=True) and head.total != "":
        if advice.items:
            advice.totals.append(head.total)
        return True
    return head_of_line(line, head)


def _item_line(line: str, place: str, advice: Advice, order: list[Role]) -> None:
    marked = _MARKED.match(line)
    rest = line[marked.end() :] if marked else _BULLET.sub("", line, count=1)
    words = _LEADERS.sub(" ", rest).replace("|", " ").split()
    if not words:
        return
    reference = words[0].rstrip(":;,")
    if not is_reference(reference) or (not marked and not _clear(reference)):
        return
    amounts, dates, reason = _tail(words[1:])
    if not amounts or (not marked and not any(is_money(amount) for amount in amounts)):
        return
    item = Item(place, reference, reason=reason)
    if _put(item, amounts, order):
        advice.items.append(item)
        advice.dates += dates
    else:
        advice.stops.append(f"{place}: “{shown(line)}” has amounts that we cannot tell apart.")


def _clear(reference: str) -> bool:
    """A number without a label must be long enough, or have letters, to be one."""
    digits = sum(sign.isdigit() for sign in reference)
    return digits >= 3 or (digits >= 2 and any(sign.isalpha() for sign in reference))  # noqa: PLR2004  "Q3" is no document.


def _tail(words: list[str]) -> tuple[list[str], list[str], str]:
    """Amounts and dates behind a reference, and the words after them."""
    amounts: list[str] = []
    dates: list[str] = []
    index = 0
    while index < len(words):
        pair = " ".join(words[index : index + 2])
        if words[index].strip("(),").lower() in _FILLER and not read_amount(words[index]):
            index += 1
        elif index + 1 < len(words) and (amount := read_amount(pair.rstrip(",;."))) and amount.currency:
            amounts.append(pair.rstrip(",;."))
            index += 2
        elif read_amount(words[index].rstrip(",;.")) and not (words[index].isdigit() and len(words[index]) == 8):  # noqa: PLR2004
            amounts.append(words[index].rstrip(",;."))
            index += 1
        elif read_date(words[index].strip("(),")):
            dates.append(words[index].strip("(),"))
            index += 1
        else:
            break
    return amounts, dates, " ".join(words[index:]).strip(" -–()") if amounts else ""


def _put(item: Item, amounts: list[str], order: list[Role]) -> bool:
    """Amounts to their meaning: by the header, or gross, discount, paid where the arithmetic says so."""
    roles = [role for role in order if role in {Role.GROSS, Role.DISCOUNT, Role.PAID, Role.AMOUNT}]
    if len(roles) == len(amounts) and len(set(roles)) == len(roles):
        for role, amount in zip(roles, amounts, strict=True):
            _set(item, role, amount)
        return True
    if len(amounts) == 1:
        item.paid = amounts[0]
        return True
    if len(amounts) == 3:  # noqa: PLR2004  Gross, discount, paid.
        for mark in (".", ","):
            values = [found.value(mark) if (found := read_amount(amount)) else None for amount in amounts]
            gross, discount, paid = values
            if gross is not None and discount is not None and paid is not None and gross - abs(discount) == paid:
                item.gross, item.discount, item.paid = amounts
                return True
    if len(amounts) == 2 and amounts[0] == amounts[1]:  # noqa: PLR2004  Gross and paid.
        item.gross, item.paid = amounts
        return True
    return False


def _set(item: Item, role: Role, amount: str) -> None:
    if role is Role.GROSS:
        item.gross = amount
    elif role is Role.DISCOUNT:
        item.discount = amount
    else:
        item.paid = amount


def advice_in_prose(text: str, where: str) -> Advice | None:
    """A sentence that says a sum was paid for named documents: the documents, the sum, and no amount for each of several."""
    if not speaks_of_payment(text):
        return None
    advice = Advice(where, only_named=True)
    for found in _NAMED.finditer(text[:100_000]):
        for reference in _listed(found["list"]):
            if all(reference != item.reference for item in advice.items):
                advice.items.append(Item("", reference))
    if not advice.items:
        return None
    sums = _sums(text)
    if sums:
        advice.head.total = sums[0]
    elif len(advice.items) > 0:
        return None
    dates = [found[0] for found in _DATE_IN_TEXT.finditer(_sentence_of_sum(text, sums[0]))]
    advice.head.paid_on = dates[0] if len(dates) == 1 else ""
    _deductions(text, advice)
    if len(advice.items) == 1:
        advice.items[0].paid = sums[0]
    return advice


def _listed(text: str) -> list[str]:
    """The document numbers of a list, up to the first word that is none."""
    result = []
    for piece in _BETWEEN.split(text.strip(" :#")):
        word = piece.strip(" :()#")
        if not word:
            continue
        if not is_reference(word.rstrip(".,")) or " " in word:
            break
        result.append(word.rstrip(".,"))
    return result


def _sums(text: str) -> list[str]:
    """Amounts with a currency, in the sentence that speaks of payment; then any with decimals."""
    tokens = [match[0].strip("(),;:") for match in _TOKEN.finditer(text[:100_000])]
    with_currency = []
    plain = []
    for index, token in enumerate(tokens):
        pairs = (
            f"{tokens[index - 1]} {token}" if index else "",
            f"{token} {tokens[index + 1]}" if index + 1 < len(tokens) else "",
        )
        cleaned = token.rstrip(".")
        named = next(
            (pair.rstrip(".") for pair in pairs if pair and (amount := read_amount(pair.rstrip("."))) and amount.currency), ""
        )
        single = read_amount(cleaned)
        if single and (single.currency or named):
            with_currency.append(cleaned if single.currency else named)
        elif single and re.search(r"[.,]\d{2}$", cleaned):
            plain.append(cleaned)
    return with_currency or plain


def _sentence_of_sum(text: str, amount: str) -> str:
    """The sentence around an amount."""
    at = text.find(amount.split()[0])
    start = max(text.rfind("\n\n", 0, at), text.rfind(". ", 0, at))
    ends = [end for end in (text.find("\n\n", at), text.find(". ", at)) if end > 0]
    return text[max(start, 0) : min(ends, default=len(text))]


_DEDUCTED: Final = re.compile(
    r"\bon\s+(?P<ref>\S+)\s+we\s+(?:took off|deducted|withheld|short[- ]paid)\s+(?P<amount>[^()\n]{1,30}?)\s*\((?P<reason>[^()\n]{1,120})\)|"
    r"\b(?:deducted|took off|withheld)\s+(?P<amount2>\S+(?: [A-Z]{3})?)\s+(?:on|from|off)\s+(?:invoice\s+)?(?P<ref2>\S+?)\s+(?:for|because of|due to)\s+(?P<reason2>[^.\n]{1,120})",
    re.IGNORECASE,
)


def _deductions(text: str, advice: Advice) -> None:
    """Reasons given in a sentence, put on the document that they name."""
    for found in _DEDUCTED.finditer(text[:100_000]):
        reference = (found["ref"] or found["ref2"] or "").rstrip(".,")
        reason = found["reason"] or found["reason2"] or ""
        for item in advice.items:
            if folded(item.reference) == folded(reference):
                item.reason = reason.strip()
