"""The words of a mail: its own text without what it quotes, text out of HTML, and wording that people must see.

A reply quotes the mail it answers; amounts in the quotation are old news (the readers know that too). The lists of words are
short on purpose: a hit shows a finding to a person, it decides nothing.
"""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from core.domain.bank_accounts import check_digits_hold

_MOST_TAGS: Final = 50_000
_BREAKS: Final = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "blockquote", "hr"})
_SILENT: Final = frozenset({"script", "style", "head", "title"})

_ORIGINAL: Final = (
    "original message|ursprüngliche nachricht|message d'origine|mensaje original|messaggio originale|oorspronkelijk bericht"
)
_WROTE: Final = "wrote|schrieb.{0,60}|a écrit|escribió|ha scritto|schreef.{0,60}"
_QUOTE_BEGINS: Final = re.compile(
    rf"^(?:-{{2,}} ?(?:{_ORIGINAL}) ?-{{2,}}|_{{10,}}|(?:on|am|le|el|il|op) .{{6,120}}(?:{_WROTE}) ?:"
    r"|from: .{3,200}|von: .{3,200}|de ?: .{3,200}@.{3,100})$",
    re.IGNORECASE | re.MULTILINE,
)

# One row a language: the thing (bank details, account, IBAN) and the change; they count in either order, close together.
# Every repetition has a limit, because the text may have been written to make us search for ever.
_END: Final = r"\w{0,14}"
_CHANGED_WORDS: Final = (
    (
        "bank(?:ing)? (?:details?|account|information)|(?:remittance|account) details|account number|iban|routing number",
        f"chang{_END}|updat{_END}|new|no longer|replac{_END}|moved|revised|effective immediately",
    ),
    (
        "bank ?(?:verbindung|daten|konto)|kontoverbindung|kontonummer|kontodaten",
        f"änder{_END}|geändert{_END}|neue{_END}|aktualisiert{_END}|nicht mehr",
    ),
    ("coordonnées bancaires|compte bancaire|rib", f"chang{_END}|nouve{_END}|modifi{_END}"),
    ("datos bancarios|cuenta bancaria|número de cuenta", f"cambi{_END}|nuev{_END}|actualiz{_END}"),
    ("coordinate bancarie|conto (?:bancario|corrente)", f"cambi{_END}|nuov{_END}|modific{_END}|aggiornat{_END}"),
    ("bank(?:gegevens|rekening)|rekeningnummer", f"gewijzigd{_END}|wijzig{_END}|nieuw{_END}"),
    ("dados bancários|conta bancária", f"alter{_END}|nov[oa]s?|mud{_END}|atualiz{_END}"),
    ("dane bankowe|numer rachunku|rachunek bankowy", f"zmian{_END}|zmieni{_END}|now[ya]{_END}"),
)
_CHANGED: Final = tuple(
    re.compile(rf"\b(?:{thing})\b[^.\n]{{0,60}}\b(?:{change})\b|\b(?:{change})\b[^.\n]{{0,40}}\b(?:{thing})\b", re.IGNORECASE)
    for thing, change in _CHANGED_WORDS
)

_DISPUTE: Final = re.compile(
    r"\b(?:disput\w{0,8}|short[- ]?(?:paid|pay|shipped|shipment)|deduct\w{0,8}|charge ?back|damaged|not received"
    r"|wrong (?:price|quantity|amount)|reklam\w{0,12}|abzug\w{0,8}|gekürzt|beschädigt\w{0,4}|litige|contest\w{0,10}"
    r"|déduction|retenue|reclam\w{0,10}|deducci\w{0,6})\b",
    re.IGNORECASE,
)

_IBAN: Final = re.compile(r"\b([A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?)\b")
_LABELLED_ACCOUNT: Final = re.compile(
    r"(?:account|acct|a/c|konto|compte|cuenta|conto|rekening)[ .:]{0,3}(?:number|no|nr|nummer|num|numéro|número)?[ .:#]{0,3}"
    r"([0-9][0-9 -]{6,22}[0-9])\b",
    re.IGNORECASE,
)
_IBAN_LENGTHS: Final = range(15, 35)
_MOST_NUMBERS: Final = 50
_SAID: Final = 8000


@dataclass(frozen=True, slots=True)
class Wording:
    """What in the words of a mail people should see: an announced change of bank details, a dispute, account numbers.

    `said` is the beginning of the sender's own new text, for whoever the mail answers.
    """

    bank_details: str = ""
    dispute: str = ""
    accounts: tuple[str, ...] = ()
    said: str = ""


class _Text(HTMLParser):
    """Text with separators: stripping tags alone would turn two cells `INV-1` and `5` into one number."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = 0
        self._tags = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._tags += 1
        self._silent += tag in _SILENT
        self.found.append("\n" if tag in _BREAKS else "\t" if tag in {"td", "th"} else "")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        self.found.append("\n" if tag in _BREAKS else "")

    def handle_data(self, data: str) -> None:
        if not self._silent and self._tags < _MOST_TAGS:
            self.found.append(data)


def plain_from_html(html: str) -> str:
    """The text of some HTML, roughly as a person reads it."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split(" ")).strip() for line in "".join(parser.found).replace("\xa0", " ").splitlines())
    return "\n".join(line for line in lines if line)


def new_text(text: str) -> str:
    """What the sender wrote this time: up to the first quotation, without lines that begin with `>`."""
    begins = _QUOTE_BEGINS.search(text)
    # A mail that begins with the quotation is a forward: its text is the message.
    own = text[: begins.start()] if begins and text[: begins.start()].strip() else text
    return "\n".join(line for line in own.splitlines() if not line.lstrip().startswith(">"))


def wording(subject: str, text: str) -> Wording:
    """What the subject and the mail's own new text say; account numbers are looked for in the quoted text too."""
    said = new_text(text)
    own = f"{subject}\n{said}"
    changed = next((found[0] for pattern in _CHANGED if (found := pattern.search(own))), "")
    disputed = _DISPUTE.search(own)
    numbers = account_numbers(text)[:_MOST_NUMBERS]
    return Wording(" ".join(changed.split())[:120], disputed[0] if disputed else "", numbers, said.strip()[:_SAID])


def account_numbers(text: str) -> tuple[str, ...]:
    """IBANs with right check digits, and numbers that stand behind a word for account; without spaces, in order."""
    ibans = [iban for found in _IBAN.finditer(text) if (iban := _iban_in(found[1]))]
    others = [re.sub(r"[ -]", "", found[1]) for found in _LABELLED_ACCOUNT.finditer(text)]
    return tuple(dict.fromkeys([*ibans, *others]))


def _iban_in(spaced: str) -> str:
    """The IBAN at the start of a run of groups: the words behind it may look like further groups."""
    groups = spaced.split(" ")
    for count in range(len(groups), 0, -1):
        compact = "".join(groups[:count])
        if len(compact) in _IBAN_LENGTHS and check_digits_hold(compact):
            return compact
    return ""
