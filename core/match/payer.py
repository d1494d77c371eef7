"""Who sent this money: by account, by confirmed name, by the beginning of a name that a bank cut, by a close spelling.

The answer is a distribution, not a choice: every customer that the shown name and account can mean keeps its share, because
firms share names, parents pay for daughters and agents pay for strangers. Documents and amounts then decide together with it
(`core.match.hypotheses`). A known account outweighs a name; an account that pays for several customers weighs less.
"""

import math
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import fuzz

from core.domain.evidence import Compared, Evidence
from core.domain.ids import CustomerId
from core.domain.parties import AliasKind
from core.match import name_spellings
from core.match.index import MatchIndex
from core.match.normal import compact, full_name_key, name_key

_SHORTEST_CUT: Final = 7
_LONG_CUT: Final = 20
_ACCOUNT: Final = 8.0
_NAME: Final = 6.0
_FULL_NAME: Final = 2.0
_CUT_NAME: Final = 5.0
_CLOSE_NAME: Final = 2.5
_CLOSE_ENOUGH: Final = 90.0
MOST_CLOSE: Final = 200
_ADDRESS_WORDS: Final = 3
_OWN_SHARE: Final = 0.80
_FAMILY_SHARE: Final = 0.17
_STRANGER_SHARE: Final = 0.03
_AGENT_STRANGER_SHARE: Final = 0.4
_STRANGER_SHARES: Final = {"close": 0.25, "other_legal_form": 0.15}


@dataclass(frozen=True, slots=True)
class Payer:
    """Candidates with their shares; `stranger` is the share of all customers that no name or account points to."""

    shares: dict[CustomerId, float] = field(default_factory=dict)
    family: dict[CustomerId, float] = field(default_factory=dict)
    stranger: float = 1.0
    evidence: dict[CustomerId, tuple[Evidence, ...]] = field(default_factory=dict)
    shown: str = ""

    @property
    def known(self) -> bool:
        """Whether the shown name or account points to anybody."""
        return bool(self.shares)

    @property
    def near(self) -> frozenset[CustomerId]:
        """Possible payers and their groups."""
        return frozenset((*self.shares, *self.family))

    def weight(self, customer: CustomerId, customers: int) -> float:
        """Logarithm of the chance that the documents of this customer are meant, before looking at any document."""
        share = self.shares.get(customer, 0.0) + self.family.get(customer, 0.0) + self.stranger / max(1, customers)
        return math.log(share) if share > 0 else -30.0


def find(name: str, account: str, index: MatchIndex) -> Payer:
    """All customers that this name and account can mean; remembered until what is known of customers changes."""
    known = index.remembered(name, account)
    if isinstance(known, Payer):
        return known
    found = _find(name, account, index)
    index.remember_payer(name, account, found)
    return found


def _find(name: str, account: str, index: MatchIndex) -> Payer:
    by_account = index.accounts.get(compact(account), []) if account else []
    by_name, kind = _by_name(name, index)
    weights: dict[CustomerId, float] = {}
    evidence: dict[CustomerId, list[Evidence]] = {}
    for customer in by_account:
        weights[customer] = _ACCOUNT - math.log(len(by_account)) + _judged(AliasKind.PAYER_ACCOUNT, account, customer, index)
        evidence.setdefault(customer, []).append(
            Evidence(Compared.PAYER_ACCOUNT, "same", 8, account, _name_of(customer, index))
        )
    for customer, weight in by_name.items():
        weights[customer] = weights.get(customer, 0.0) + weight + _judged(AliasKind.PAYER_NAME, name, customer, index)
        bears = _name_of(customer, index)
        # Banks leave signs out (`BIRCH BORO` for Birch & Boro); nobody would call that a beginning.
        level = "same" if kind == "cut_off" and compact(name) == compact(bears) else kind
        evidence.setdefault(customer, []).append(Evidence(Compared.PAYER_NAME, level, round(weight), name, bears))
    if not weights:
        return Payer(shown=name)
    stranger = _STRANGER_SHARE if by_account else _STRANGER_SHARES.get(kind, _STRANGER_SHARE)
    if len(_unrelated(by_account, index)) > 1 or len(_unrelated(by_name, index)) > 1:
        stranger = _AGENT_STRANGER_SHARE
    return _distribution(weights, evidence, stranger, name, index)


def _judged(kind: AliasKind, value: str, customer: CustomerId, index: MatchIndex) -> float:
    """What people decided about this value and customer: the expected share after so many decisions, against one in two."""
    confirmed, rejected = index.judged(kind, value, customer)
    return math.log(2 * (confirmed + 1) / (confirmed + rejected + 2)) if confirmed or rejected else 0.0


def _name_of(customer: CustomerId, index: MatchIndex) -> str:
    known = index.customers.get(customer)
    return known.name if known else customer


def _unrelated(customers: Iterable[CustomerId], index: MatchIndex) -> set[CustomerId]:
    """One customer for each family among these whose own name differs: more than one means an agent or a shared account."""
    found: dict[str, CustomerId] = {}
    for customer in customers:
        known = index.customers.get(customer)
        if known is not None:
            found.setdefault(name_key(known.name), known.parent_id or customer)
    return set(found.values())


def _distribution(
    weights: dict[CustomerId, float],
    evidence: dict[CustomerId, list[Evidence]],
    stranger: float,
    shown: str,
    index: MatchIndex,
) -> Payer:
    top = max(weights.values())
    raw = {customer: math.exp(weight - top) for customer, weight in weights.items()}
    mass = sum(raw.values())
    shares = {customer: value / mass for customer, value in raw.items()}
    family: dict[CustomerId, float] = {}
    for customer, share in shares.items():
        members = [member for member in index.family(customer) if member not in shares]
        for member in members:
            family[member] = family.get(member, 0.0) + share * _FAMILY_SHARE / len(members)
    own = 1.0 - stranger - sum(family.values())
    return Payer(
        shares={customer: share * own for customer, share in shares.items()},
        family=family,
        stranger=stranger,
        evidence={customer: tuple(records) for customer, records in evidence.items()},
        shown=shown,
    )


def _by_name(name: str, index: MatchIndex) -> tuple[dict[CustomerId, float], str]:
    key = name_key(name) if name else ""
    if not key:
        return {}, ""
    exact = index.names.get(key, ())
    if exact:
        full = {*index.full_names.get(full_name_key(name), ()), *index.beginning_with(compact(name))} & set(exact)
        kind = "same" if full or full_name_key(name) == key else "other_legal_form"
        cut = _cut_words(name, key, exact, full, index)
        sure = {customer for customer in full if not cut or index.judged(AliasKind.PAYER_NAME, name, customer)[0]}
        return {
            **dict.fromkeys(cut, _CUT_NAME if full else _NAME),
            **{customer: _NAME + (_FULL_NAME if customer in sure else 0.0) for customer in exact},
        }, kind
    return (
        _cut_off(name, key, index)
        or _turned(key, index)
        or _with_address(name, index)
        or _dressed(name, index)
        or (_close(key, index), "close")
    )


def _cut_words(
    name: str, key: str, exact: Sequence[CustomerId], full: Container[CustomerId], index: MatchIndex
) -> Sequence[CustomerId]:
    """Whose name a bank may have cut to just this one.

    What looks like another legal form may be the beginning of a word; and a short name that was seen once with a customer
    (`HERNANDEZ & SONS`), and is not in our own record of it, is as well the beginning of the names of others.
    """
    short = compact(name)
    if len(short) < _SHORTEST_CUT or (full and any(_bears(customer, key, index) for customer in exact)):
        return ()
    return index.beginning_with(short)


def _bears(customer: CustomerId, key: str, index: MatchIndex) -> bool:
    known = index.customers.get(customer)
    return known is not None and any(name_key(each) == key for each in (known.name, *known.aliases))


def _with_address(name: str, index: MatchIndex) -> tuple[dict[CustomerId, float], str] | None:
    """Banks print a town after the name on one line: leave up to three words off the end, if that makes a known name."""
    words = name.split()
    for drop in range(1, min(_ADDRESS_WORDS, len(words) - 1) + 1):
        shorter = " ".join(words[:-drop])
        exact = index.names.get(name_key(shorter))
        if exact:
            return dict.fromkeys(exact, _CUT_NAME), "same"
        cut = index.beginning_with(compact(shorter)) if len(compact(shorter)) >= _LONG_CUT else ()
        if cut and drop > 1:
            return dict.fromkeys(cut, _CUT_NAME), "cut_off"
    return None


def _pools(key: str, index: MatchIndex) -> list[list[str]]:
    """Names that share a word with this one, those of the rarest word first."""
    return sorted((pool for word in key.split() if (pool := index.words.get(word))), key=len)


def _turned(key: str, index: MatchIndex) -> tuple[dict[CustomerId, float], str] | None:
    """The words of a known name in another order, as files sorted by surname print them."""
    pools = _pools(key, index) if " " in key else []
    names = name_spellings.same_words(key, pools[0][:MOST_CLOSE]) if pools else []
    return ({owner: _CUT_NAME for other in names for owner in index.names[other]}, "same") if names else None


def _dressed(name: str, index: MatchIndex) -> tuple[dict[CustomerId, float], str] | None:
    """Firma Alma Steel, Alma Steel trading as Brightway: a name with other words around it."""
    for plain in name_spellings.undecorated(name):
        key = name_key(plain)
        exact = index.names.get(key)
        found = (
            (dict.fromkeys(exact, _CUT_NAME), "same") if exact else _cut_off(plain, key, index) or _with_address(plain, index)
        )
        if found:
            return found
    return None


def _cut_off(name: str, key: str, index: MatchIndex) -> tuple[dict[CustomerId, float], str] | None:
    for short in dict.fromkeys((compact(name), key.replace(" ", ""))):
        cut = index.beginning_with(short) if len(short) >= _SHORTEST_CUT else ()
        if cut:
            return dict.fromkeys(cut, _CUT_NAME), "cut_off"
    return None


def _close(key: str, index: MatchIndex) -> dict[CustomerId, float]:
    """Names one slip away: candidates share their rarest word, the spelling decides; several equally close stay several."""
    pools = _pools(key, index)
    best: dict[CustomerId, float] = {}
    top = _CLOSE_ENOUGH
    for pool in pools[:2]:
        for other in pool[:MOST_CLOSE]:
            score = fuzz.ratio(key, other, score_cutoff=top - 1)
            if score > top + 1:
                best = {}
            if score >= _CLOSE_ENOUGH and score >= top - 1:
                top = max(top, score)
                best.update(dict.fromkeys(index.names[other], _CLOSE_NAME))
    return best
