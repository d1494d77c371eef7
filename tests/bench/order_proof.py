"""What can be known of an invoice's order from the files alone? The careful expert who writes the truth of a made world.

It looks at one invoice and one order at a time, with patterns, and never at the plan. Kinds: `answer` (one order follows; with
a `doubt` a person should still be asked), `tie` (several orders, or several invoices for one), `unanswerable`.

- Clear: the whole field is the number (label, separators, leading zeros, look-alike signs, one prefix left off or added), or
  the number stands in the text by itself: first, behind a word for an order, or too long to be anything else. A number behind a
  word for something else (requisition, box, room) names no order, nor do digits of several numbers.
- Weak: digits beside other letters or glued to words, a number behind any other word, one slip.
- Room: some of the invoices that clearly name the order may be counted by the portal; there is room when they can be split so
  that the counted ones are not more than was invoiced and the others not more than is left. All splits are tried.
- Without a number: the sum is what is left on one open order of this customer, by one of these splits.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import Final

Row = dict[str, str]

_LABEL: Final = (
    r"(?:(?:YOUR|CUSTOMER|IHRE)?[\W_]*(?:P[\W_]*O(?:RDER)?|PURCHASE[\W_]*ORDER|ORDER|BESTELLUNG|COMMANDE|PEDIDO)(?![A-Z])[\W_]*"
    r"(?:(?:NUMBER|NUM|NO|NR)(?![A-Z]))?[\W_]*)"
)
_FIRST_LABEL: Final = re.compile("^" + _LABEL)
_LAST_LABEL: Final = re.compile(_LABEL + "$")
_LEGAL: Final = {"INC", "LLC", "LTD", "GMBH", "SA", "AB", "OY"}
_ELSE: Final = {
    "REQ", "REQUISITION", "PR", "QUOTE", "QUOTATION", "CONTRACT", "RFQ", "OFFER", "BOX", "BUILDING", "TEL", "ROOM", "FLOOR",
    "SUITE", "JOB", "NOTE", "PROJECT", "LOT", "TICKET",
}  # fmt: skip
_LONG: Final = 8
_SHORT: Final = 4
_MOST_SPLIT: Final = 12
_MOST_SLIPS: Final = 3


def key(portal: str, customer: str, number: str) -> str:
    """An order's name in the truth."""
    return f"{portal}|{customer}|{number}"


def cents(text: str) -> int:
    """Money of a file."""
    return int(Decimal(text) * 100)


def _shape(text: str) -> str:
    return text.upper().replace("O", "0").replace("I", "1").replace("L", "1")


@dataclass(slots=True, eq=False)
class _Order:
    row: Row
    owners: tuple[str, ...]
    runs: list[str] = field(default_factory=list)
    claims: list[tuple[str, int]] = field(default_factory=list)
    plain: str = ""
    digits: str = ""
    whole: re.Pattern[str] = re.compile("")
    standing: re.Pattern[str] = re.compile("")
    loose: re.Pattern[str] = re.compile("")

    def __post_init__(self) -> None:
        runs = re.findall(r"[A-Z]+|\d+", self.row["po_number"].upper())
        self.runs = runs[1:] if runs[0] == "PO" and len(runs) > 1 else runs
        self.plain = "".join(self.runs)
        self.digits = "".join(run for run in self.runs if run.isdigit()).lstrip("0")
        self.whole = re.compile(f"(?:{self._spread()}|{re.escape(self.row['po_number'].upper())})")
        self.standing = re.compile(self._standing())
        self.loose = re.compile(rf"(?P<label>ORDERNO\W*)?(?:PO\W*)?{self._spread()}(?=[A-Z])")

    @property
    def name(self) -> str:
        return key(self.row["portal"], self.row["portal_customer"], self.row["po_number"])

    @property
    def letters(self) -> list[str]:
        return [run for run in self.runs if run.isalpha()]

    @property
    def total(self) -> int:
        return cents(self.row["total"])

    @property
    def invoiced(self) -> int:
        """What was invoiced; nothing is known where the portal does not say, and then nothing is held against it."""
        return cents(self.row["invoiced"]) if self.row["invoiced"] else 0

    def _spread(self) -> str:
        """The number as a pattern that allows separators between all signs and zeros before its first digits."""
        first, rest = next(at for at, run in enumerate(self.runs) if run.isdigit()), list(self.runs)
        rest[first] = rest[first].lstrip("0") or "0"
        parts = [r"[\W_]*".join(run) for run in rest]
        parts[first] = "0*" + parts[first]
        return r"[\W_]*".join(parts)

    def _standing(self) -> str:
        """The number as a pattern for looking into a text: separators between its runs only."""
        first, rest = next(at for at, run in enumerate(self.runs) if run.isdigit()), list(self.runs)
        rest[first] = "0*" + (rest[first].lstrip("0") or "0")
        return r"(?<![A-Z0-9])(?:PO)?" + r"[\W_]{0,2}".join(rest) + r"(?![A-Z0-9])"


@dataclass(slots=True)
class _Read:
    """How one text reads as one order: 4 the whole field, 3 clear, 2 clear but to be asked, 1 weak; and where it stands."""

    order: _Order
    strength: int
    span: tuple[int, int] = (0, 10**6)
    doubt: str = ""
    whole: bool = False


@dataclass(slots=True)
class _Text:
    """What stands in the invoice's field, taken apart once."""

    written: str
    plain: str = ""
    bare: str = ""
    shaped: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    own_words: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.plain = self.written.upper().strip(" .")
        self.bare = _FIRST_LABEL.sub("", _FIRST_LABEL.sub("", self.plain))
        signs = [re.sub(r"[^A-Z0-9]", "", text) for text in (self.plain, self.bare, re.sub("^P[O0]", "", self.plain))]
        self.shaped = frozenset(_shape(each).lstrip("0") for each in signs)
        self.words = tuple(re.findall(r"[A-Z]+", self.plain))
        self.own_words = tuple(re.findall(r"[A-Z]+", self.bare))
        self.runs = tuple(re.findall(r"\d+", self.plain))


def reads(text: _Text, order: _Order) -> _Read | None:
    """How the text names this order, if it does."""
    if order.whole.fullmatch(text.bare) or order.whole.fullmatch(text.plain):
        return _Read(order, 4, whole=True)
    if _shape(order.plain).lstrip("0") in text.shaped:
        return _Read(order, 3, whole=True)
    return _prefixed(text, order) or _inside(text.plain, order) or _weak(text, order)


def _inside(plain: str, order: _Order) -> _Read | None:
    found = order.standing.search(plain) if len(order.plain) >= _SHORT else None
    if found is None:
        return None
    ahead = plain[: found.start()]
    before = re.findall(r"[A-Z]+", ahead)
    if before and before[-1] in {"NO", "NR"}:
        before.pop()
    if before and before[-1] in _ELSE:
        return None
    leads = not ahead.strip() or _LAST_LABEL.search(ahead) or found.group().startswith("PO")
    sure = leads or len(order.plain) >= _LONG or len(order.runs) > 1
    return _Read(order, 3 if sure else 2, found.span(), "" if sure else "unlabelled")


def _prefixed(text: _Text, order: _Order) -> _Read | None:
    """One run of letters stands on one side only, and all digits agree."""
    words, letters = text.own_words, [run for run in order.runs if run.isalpha()]
    if len(order.digits) <= _SHORT or "".join(text.runs).lstrip("0") != order.digits or len(words) + len(letters) > 1:
        return None
    if re.search(r"\d[^A-Z]*[A-Z]+[^A-Z]*\d", text.bare):
        return None
    if words and (words[0] in _ELSE or len(words[0]) > _SHORT):
        return None
    return _Read(order, 3)


def _weak(text: _Text, order: _Order) -> _Read | None:
    if set(text.words) & _ELSE:
        return None
    longest = max((run for run in order.runs if run.isdigit()), key=len)
    glued = order.loose.match(text.plain)
    if glued and len(order.digits) > _SHORT:
        return _Read(order, 3) if glued.group("label") else _Read(order, 1, doubt="digits")
    telling = {order.digits} | ({longest.lstrip("0")} if len(longest) > _SHORT else set())
    if len(order.digits) >= _SHORT and {run.lstrip("0") for run in text.runs} & telling:
        return _Read(order, 1, doubt="digits")
    wanted = _shape(order.plain).lstrip("0")
    if any(len(each) >= _SHORT + 2 and _one_apart(each, wanted) for each in text.shaped):
        return _Read(order, 1, doubt="slip")
    return None


def _one_apart(one: str, other: str) -> bool:
    """One sign wrong, missing or too many, or two neighbours exchanged."""
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rests = one[at:], other[at:]
    swapped = rests[0][1::-1] == rests[1][:2] and rests[0][2:] == rests[1][2:]
    return one != other and (rests[0][1:] == rests[1][1:] or rests[0][1:] == rests[1] or rests[0] == rests[1][1:] or swapped)


# --- whose ---------------------------------------------------------------------------------------------------------------


def _core(name: str) -> str:
    words = re.findall(r"[A-Z0-9]+", name.upper())
    while len(words) > 1 and words[-1] in _LEGAL:
        words.pop()
    return " ".join(words)


def _owners(customers: Sequence[Row], shown: str) -> tuple[str, ...]:
    """Who a portal's name can mean: by the whole name, else without legal form."""
    for read in (lambda name: " ".join(re.findall(r"[A-Z0-9]+", name.upper())), _core):
        found = [
            one["customer_id"]
            for one in customers
            if read(shown) in {read(name) for name in (one["name"], one["aliases"]) if name}
        ]
        if found:
            return tuple(found)
    return ()


# --- the answer ----------------------------------------------------------------------------------------------------------


def fits(order: _Order) -> bool:
    """Whether the invoices that name it can be split into counted ones and others with room for both."""
    amounts = sorted(amount for _, amount in order.claims)
    if not order.row["invoiced"]:
        return sum(amounts) <= order.total
    return any(
        sum(part) <= order.invoiced and sum(amounts) - sum(part) <= order.total - order.invoiced for part in _parts(amounts)
    )


def _parts(amounts: Sequence[int]) -> Iterable[tuple[int, ...]]:
    """What the portal may have counted: every part of the invoices; of very many nothing, the first ones, and so on."""
    if len(amounts) <= _MOST_SPLIT:
        return (part for size in range(len(amounts) + 1) for part in combinations(amounts, size))
    return (tuple(amounts[:size]) for size in range(len(amounts) + 1))


def _rests(order: _Order) -> set[int]:
    amounts = [amount for _, amount in order.claims]
    room = order.total - order.invoiced
    if not order.row["invoiced"]:
        return {room - sum(amounts)}
    return {room - (sum(amounts) - sum(part)) for part in _parts(amounts) if sum(part) <= order.invoiced}


class _Expert:
    def __init__(self, customers: Sequence[Row], orders: Sequence[Row]) -> None:
        owners = {shown: _owners(customers, shown) for shown in {row["portal_customer"] for row in orders}}
        self.parents = {one["customer_id"]: one["parent_customer_id"] for one in customers}
        self.own: dict[str, list[_Order]] = defaultdict(list)
        self.group: dict[str, list[_Order]] = defaultdict(list)
        self.nobodys: list[_Order] = []
        self.exact: dict[str, list[_Order]] = defaultdict(list)
        for row in orders:
            order = _Order(row, owners[row["portal_customer"]])
            self.exact[re.sub(r"[^A-Z0-9]", "", row["po_number"].upper())].append(order)
            for owner in order.owners:
                self.own[owner].append(order)
            for root in {self.root(owner) for owner in order.owners}:
                self.group[root].append(order)
            if not order.owners:
                self.nobodys.append(order)

    def root(self, customer: str) -> str:
        while parent := self.parents.get(customer):
            customer = parent
        return customer

    def read(self, invoice: Row) -> tuple[str, list[_Read]]:
        """Whose orders the number names (`own`, `group`, `nobody`, `stranger`, or nothing), and which."""
        text, customer = _Text(invoice["po_number"]), invoice["customer_id"]
        if invoice["kind"] == "credit_memo" or not cents(invoice["open_amount"]):
            return "closed", []
        if not text.runs:
            return "", []
        own = [found for order in self.own[customer] if (found := reads(text, order))]
        for whose, orders in (("own", []), ("group", self.group[self.root(customer)]), ("nobody", self.nobodys)):
            heard = own if whose == "own" else [each for order in orders if (each := reads(text, order))]
            clear = _outermost([each for each in heard if each.strength > 1])
            if clear:
                return whose, clear
        if any(each.doubt == "digits" for each in own):
            return "own", [each for each in own if each.doubt == "digits"]
        if self.exact.get(re.sub(r"[^A-Z0-9]", "", text.plain)):
            return "stranger", []
        # Of a run of numbers every second one is a slip away: that says nothing.
        return ("own", own) if 0 < len(own) <= _MOST_SLIPS else ("", [])

    def siblings(self, order: _Order, customer: str) -> list[_Order]:
        """Other orders whose number is this one's with more digits behind it."""
        number = order.row["po_number"]
        return [one for one in self.own[customer] if re.fullmatch(re.escape(number) + r"\W\d+", one.row["po_number"])]


def _outermost(found: list[_Read]) -> list[_Read]:
    """The strongest; within a text, those that lie in no longer one."""
    for whole in ([each for each in found if each.strength == 4], [each for each in found if each.whole]):
        if whole:
            return whole
    return [
        each
        for each in found
        if not any(o.span[0] <= each.span[0] and each.span[1] <= o.span[1] and o.span != each.span for o in found)
    ]


def prove(customers: Sequence[Row], invoices: Sequence[Row], orders: Sequence[Row]) -> list[Row]:
    """A row of truth for every invoice, in order."""
    expert = _Expert(customers, orders)
    heard = [expert.read(invoice) for invoice in invoices]
    for invoice, (_, found) in zip(invoices, heard, strict=True):
        if len(found) == 1 and found[0].strength > 1 and found[0].order.row["currency"] == invoice["currency"]:
            found[0].order.claims.append((invoice["invoice_number"], cents(invoice["amount"])))
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for invoice, (whose, _) in zip(invoices, heard, strict=True):
        if not whose:
            sums[invoice["customer_id"], invoice["currency"], invoice["amount"]] += 1
    rows = []
    for invoice, (whose, found) in zip(invoices, heard, strict=True):
        kind, named, doubt = _named(expert, invoice, whose, found) if whose else _by_sum(expert, invoice, sums)
        rows.append(
            {"invoice_number": invoice["invoice_number"], "kind": kind, "orders": ";".join(sorted(named)), "doubt": doubt}
        )
    return rows


def _named(expert: _Expert, invoice: Row, whose: str, found: list[_Read]) -> tuple[str, list[str], str]:
    if not found:
        return "unanswerable", [], whose
    if len(found) > 1:
        return "tie", [each.order.name for each in found], "several"
    (read,) = found
    order = read.order
    siblings = expert.siblings(order, invoice["customer_id"]) if read.strength < 4 else []
    behind = re.findall(r"\d+", invoice["po_number"].upper()[read.span[1] :])
    releases = [one for one in siblings if one.runs[-1] in behind]
    if releases:
        return "tie", [order.name, *(one.name for one in releases)], "release"
    doubts = [read.doubt] if read.doubt else []
    doubts += ["release"] if siblings and behind else []
    doubts += [whose] if whose != "own" else []
    doubts += ["shared name"] if len(order.owners) > 1 and not read.whole else []
    doubts += ["closed"] if order.row["status"] != "Issued" else []
    doubts += ["other number"] if _names_another(invoice["po_number"], read) else []
    if order.row["currency"] != invoice["currency"]:
        doubts.append("currency")
    elif read.strength > 1:
        room = order.total - order.invoiced
        doubts += ["room"] if cents(invoice["amount"]) > room or not fits(order) else []
    elif read.doubt == "slip" and cents(invoice["amount"]) > max(order.total - order.invoiced, order.invoiced):
        return "unanswerable", [], "slip without room"
    return "answer", [order.name], ", ".join(doubts)


def _names_another(text: str, read: _Read) -> bool:
    """Whether the rest of the text holds a number of the same make."""
    rest = text.upper()[: read.span[0]] + " " + text.upper()[read.span[1] :] if read.span[1] < 10**6 else ""
    rest = re.sub(r"\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d\d-\d\d", " ", rest)
    make = [len(run) if run.isdigit() else run for run in read.order.runs]
    for token in re.findall(r"[A-Z0-9][A-Z0-9\-]*", rest):
        runs = re.findall(r"[A-Z]+|\d+", token.removeprefix("PO-").removeprefix("PO"))
        if [len(run) if run.isdigit() else run for run in runs] == make and sum(map(len, runs)) >= _SHORT:
            return True
    return False


def _by_sum(expert: _Expert, invoice: Row, sums: dict[tuple[str, str, str], int]) -> tuple[str, list[str], str]:
    customer, unit, amount = invoice["customer_id"], invoice["currency"], cents(invoice["amount"])
    equal = [
        order
        for order in expert.own[customer]
        if order.owners == (customer,)
        and order.row["status"] == "Issued"
        and order.row["currency"] == unit
        and amount in _rests(order)
    ]
    if not equal:
        return "unanswerable", [], "nothing fits"
    text = _Text(invoice["po_number"])
    if text.runs and any(_same_make(text.plain, order) for order in expert.own[customer]):
        equal = [order for order in equal if any(_one_apart(each, _shape(order.plain)) for each in text.shaped)]
        if not equal:
            return "unanswerable", [], "names an order that no portal lists"
    names = [order.name for order in equal]
    if len(equal) > 1 or sums[customer, unit, invoice["amount"]] > 1:
        return "tie", names, "sum"
    return "answer", names, "sum"


def _same_make(text: str, order: _Order) -> bool:
    runs = re.findall(r"[A-Z]+|\d+", text.removeprefix("PO-").removeprefix("PO"))
    return [len(run) if run.isdigit() else run for run in runs] == [len(run) if run.isdigit() else run for run in order.runs]
