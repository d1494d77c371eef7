"""Values of elements with their paths: what UBL and CII have in common. A value that is none is a finding, never a guess."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from lxml import etree

from core.domain.bank_accounts import account_key
from core.domain.errors import Malformed
from core.domain.money import Currency, Money, currency
from core.domain.readings import unstated_currency
from core.domain.supplier_documents import (
    PlaceInDocument,
    ReadSupplierInvoiceLine,
    SaidDate,
    SaidMoney,
    SaidNumber,
    SaidText,
    SupplierFinding,
    SupplierFindingKind,
)
from core.read.notes import shown
from core.read.xml_tree import children, name_of

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})\Z")
_DAY: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_MOST_TEXT: Final = 500
_MOST_FINDINGS: Final = 200
_MOST_LINES: Final = 20_000

Element = etree._Element  # noqa: SLF001  The stubs name the class so.
Path = Sequence[str]


def paths_below(root: Element) -> dict[Element, str]:
    """Every element with its path: `/Invoice/InvoiceLine[2]/Price/PriceAmount`; local names, counted where one stands again."""
    paths = {root: f"/{name_of(root)}"}
    for parent in root.iter():
        names = [name_of(child) for child in parent]
        many = Counter(names)
        seen: Counter[str] = Counter()
        for child, name in zip(parent, names, strict=True):
            seen[name] += 1
            paths[child] = f"{paths[parent]}/{name}" + (f"[{seen[name]}]" if many[name] > 1 else "")
    return paths


def found_at(element: Element | None, *paths: str) -> Element | None:
    """The first element with text along one of several paths of local names, `/` between steps."""
    if element is None:
        return None
    for path in paths:
        for found in children(element, *path.split("/")):
            if (found.text or "").strip() or len(found):
                return found
    return None


def accounts_once(said: Sequence[SaidText | None]) -> tuple[SaidText, ...]:
    """Each bank account once, where it stands first, however it is written."""
    found: dict[str, SaidText] = {}
    for one in said:
        if one is not None:
            found.setdefault(account_key(one.value), one)
    return tuple(found.values())


class Fields:
    """Takes values out of one document and keeps what could not be taken."""

    def __init__(self, root: Element) -> None:
        self.findings: list[SupplierFinding] = []
        self.unit: Currency = unstated_currency()
        # One walk for all of them: counting twins anew for each field of thousands of lines would not end.
        self.paths = paths_below(root)

    def place(self, element: Element, attribute: str = "") -> PlaceInDocument:
        """Where an element, or an attribute of it, stands."""
        return PlaceInDocument(self.paths[element] + (f"/@{attribute}" if attribute else ""))

    def find(self, kind: SupplierFindingKind, why: str, name: str = "", at: Element | None = None) -> None:
        """Something that a person should look at."""
        if len(self.findings) < _MOST_FINDINGS:
            place = self.place(at) if at is not None else PlaceInDocument("")
            self.findings.append(SupplierFinding(kind, why, name, place))

    def lines(
        self, elements: Sequence[Element], read: Callable[[Element], ReadSupplierInvoiceLine]
    ) -> tuple[ReadSupplierInvoiceLine, ...]:
        """The lines that some elements hold, up to a limit that no invoice reaches."""
        if len(elements) > _MOST_LINES:
            why = f"The document has more than {_MOST_LINES:,} lines; the rest was not read."
            self.find(SupplierFindingKind.NOT_READ, why, "lines", elements[_MOST_LINES])
        return tuple(read(element) for element in elements[:_MOST_LINES])

    def text(self, element: Element | None, *paths: str) -> SaidText | None:
        """Words, blanks unified."""
        found = found_at(element, *paths)
        raw = (found.text or "").strip() if found is not None else ""
        value = " ".join(raw.split())[:_MOST_TEXT]
        return SaidText(value, value, self.place(found)) if found is not None and value else None

    def currency(self, said: SaidText | None) -> SaidText | None:
        """The document's currency, which its amounts then are in."""
        if said is None:
            return None
        try:
            self.unit = currency(said.value.upper())
        except Malformed:
            self.find(SupplierFindingKind.NOT_READ, f"“{shown(said.value, 12)}” is not a currency.", "currency")
            return None
        return SaidText(self.unit.code, said.raw, said.place)

    def day(self, element: Element | None, name: str, *paths: str) -> SaidDate | None:
        """A date as `2026-02-01` or `20260201`."""
        found = found_at(element, *paths)
        raw = (found.text or "").strip() if found is not None else ""
        if found is None or not raw:
            return None
        match = _DAY.match(raw)
        try:
            value = date(int(match[1]), int(match[2]), int(match[3])) if match else None
        except ValueError:
            value = None
        if value is None:
            self.find(SupplierFindingKind.NOT_READ, f"“{shown(raw, 30)}” is not a date.", name, found)
        return SaidDate(value, shown(raw, 30), self.place(found))

    def number(self, element: Element | None, name: str, *paths: str) -> SaidNumber | None:
        """An exact decimal number."""
        found = found_at(element, *paths)
        return None if found is None else self._decimal(found, name)

    def _decimal(self, found: Element, name: str) -> SaidNumber | None:
        raw = (found.text or "").strip()
        place = self.place(found)
        if not raw:
            return None
        if not _NUMBER.match(raw):
            self.find(SupplierFindingKind.NOT_READ, f"“{shown(raw, 30)}” is not a number.", name, found)
            return SaidNumber(None, shown(raw, 30), place)
        return SaidNumber(Decimal(raw), raw, place)

    def money(self, element: Element | None, name: str, *paths: str, negative: bool = False) -> SaidMoney | None:
        """An amount in the document's currency, `negative` where it is taken off."""
        found = found_at(element, *paths)
        said = None if found is None else self.amount(found, name)
        if said is None or said.value is None or not negative:
            return said
        return SaidMoney(-said.value, said.raw, said.place)

    def amount(self, found: Element, name: str) -> SaidMoney | None:
        """The amount in an element; one in another currency, or with too many digits, is a finding and has no value."""
        said = self._decimal(found, name)
        if said is None:
            return None
        named = found.get("currencyID") or self.unit.code
        if named.upper() != self.unit.code:
            why = f"{shown(said.raw, 30)} is in {shown(named, 12)}, while the document is in {self.unit.code}."
            self.find(SupplierFindingKind.OPEN, why, name, found)
            return SaidMoney(None, said.raw, said.place)
        if said.value is None:
            return SaidMoney(None, said.raw, said.place)
        try:
            return SaidMoney(Money.of(said.value, self.unit), said.raw, said.place)
        except Malformed as error:
            self.find(SupplierFindingKind.NOT_READ, error.sentence, name, found)
            return SaidMoney(None, said.raw, said.place)

    def summed(self, amounts: Sequence[SaidMoney | None], first: SaidMoney | None) -> SaidMoney | None:
        """Several amounts of one line as one; the place is that of the first."""
        known = [amount.value for amount in amounts if amount is not None and amount.value is not None]
        if not known or first is None:
            return None
        total = Money.zero(self.unit)
        for amount in known:
            total += amount
        return SaidMoney(total, " + ".join(amount.raw for amount in amounts if amount is not None), first.place)
