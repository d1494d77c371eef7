"""Which customer stands out as the payer of a sum of money, once everything that its documents say is known.

A name or an account points to customers before any document is looked at. What the documents say afterwards changes that: an
answer that fits confirms its owner, and a customer whose few documents were all tried, and none of whose sets fits, is hardly
the payer, because nearly every payment of a customer with few documents can be explained. Nobody is named who does not stand
out. A name that is the customer's own to the last word says more than a trade name, or one that a bank cut; so does one that
people confirmed. A name by itself is never certain: firms share names, a parent pays for a daughter that our records show as
nobody's, and a number of a stranger is often a slip. So where money settles nothing, something besides the name has to agree:
the account, what people confirmed, or that nothing is against it (currency, group, documents that were all tried).
"""

from collections.abc import Sequence
from typing import Final

from core.domain.evidence import Compared, PayerFinding
from core.domain.ids import CustomerId
from core.domain.parties import AliasKind
from core.match.hypotheses import Desk
from core.match.normal import compact, cut_keys, full_name_key, name_key
from core.match.score import Ranked

_NOTHING_TO_PAY: Final = 0.02
_UNEXPLAINED: Final = ((12, 0.06), (22, 0.3))
_UNEXPLAINED_OWN_NAME: Final = ((12, 0.2), (22, 0.5))
_UNEXPLAINED_GROUP: Final = 0.4
_CONTRADICTED: Final = 0.3
_TOLD_APART: Final = 0.7
_MANY_SHARED: Final = 0.02
_OTHER_CURRENCY: Final = 0.2
_TRADE_NAME: Final = 0.5
_ONE_NUMBER: Final = 0.3
_HEAD_OF_GROUP: Final = 0.5


def payer(desk: Desk, ranked: Sequence[Ranked], *, unexplained: bool = False) -> PayerFinding:
    """The customer that stands out: by what the hypotheses agree on, else by name and account alone.

    `unexplained`: every set of its open documents that could be tried was tried, and nothing fits.
    """
    shares: dict[CustomerId, float] = {}
    covered = 0.0
    for each in ranked:
        covered += each.confidence
        meant = _meant(desk, {document.customer for document in each.hypothesis.documents})
        for owner in meant:
            shares[owner] = shares.get(owner, 0.0) + each.confidence / len(meant)
    alone, mass = _alone(desk, unexplained=unexplained)
    for customer, share in alone.items():
        shares[customer] = shares.get(customer, 0.0) + (1.0 - min(1.0, covered)) * share / mass
    if not shares:
        return PayerFinding(None, 0.0)
    order = sorted(shares, key=lambda customer: (-shares[customer], customer))
    best = order[0]
    confidence = min(1.0, shares[best])
    sure = best if confidence >= desk.policy.payer_bar else None
    return PayerFinding(sure, confidence, desk.payer.evidence.get(best, ()), tuple(order[: desk.policy.candidate_customers]))


def _meant(desk: Desk, owners: set[CustomerId]) -> list[CustomerId]:
    """Which owner of these documents pays: the likeliest one; all of them alike where nothing points to any."""
    pointed = {owner: desk.payer.shares.get(owner, 0.0) for owner in owners}
    top = max(pointed.values())
    return [max(owner for owner in owners if pointed[owner] == top)] if top else sorted(owners)


def _alone(desk: Desk, *, unexplained: bool) -> tuple[dict[CustomerId, float], float]:
    """Shares of customers by name, account and named documents that cannot be paid; and the weight of it all, strangers too."""
    named = {document.customer for document in (*desk.settled.values(), *desk.other_currency)}
    alone = dict(desk.payer.shares)
    if named and (not alone or named & set(alone)):
        # One number of somebody whom nothing else points to is as often a slip; two that agree are not.
        slip = 0.0 if alone or len(desk.settled) + len(desk.other_currency) > 1 else _ONE_NUMBER
        alone = dict.fromkeys(sorted(named & set(alone) or named), 1.0)
        return alone, sum(alone.values()) + slip
    if named:
        alone = {customer: share * _CONTRADICTED for customer, share in alone.items()}
    weigh = _silence if unexplained else _unproved
    alone = {customer: share * weigh(desk, customer) * _pays_for_others(desk, customer) for customer, share in alone.items()}
    return alone, sum(alone.values()) + (desk.payer.stranger if alone else 0.0)


def _vouched(desk: Desk, customer: CustomerId) -> bool:
    """Whether people confirmed more often than not that this name or account means this customer."""
    shown = ((AliasKind.PAYER_NAME, desk.payer.shown), (AliasKind.PAYER_ACCOUNT, desk.money.payer_account))
    counts = [desk.index.judged(kind, value, customer) for kind, value in shown if value]
    return any(confirmed > rejected for confirmed, rejected in counts)


def _own_account(desk: Desk, customer: CustomerId) -> bool:
    return any(record.compared is Compared.PAYER_ACCOUNT for record in desk.payer.evidence.get(customer, ()))


def _own_name(desk: Desk, customer: CustomerId) -> str:
    known = desk.index.customers.get(customer)
    return full_name_key(known.name) if known else ""


def _trade_name(desk: Desk, customer: CustomerId) -> bool:
    """The shown name is none that our own record of the customer bears, in full, cut off, or with a town after it."""
    known = desk.index.customers.get(customer)
    shown = compact(desk.payer.shown)
    if known is None or not shown:
        return bool(shown)
    key = name_key(desk.payer.shown).replace(" ", "")
    plain = compact(known.name)
    if plain and (plain.startswith((shown, key)) or shown.startswith(plain)):
        # The first of the spellings below, and nearly always enough.
        return False
    bearing = {spelling for name in (known.name, *known.aliases) for spelling in cut_keys(name)}
    return not any(own.startswith((shown, key)) or shown.startswith(own) for own in bearing)


def _pays_for_others(desk: Desk, customer: CustomerId) -> float:
    """The head of a group pays for daughters, and seldom do our records know them all: its name and account say less."""
    known = desk.index.customers.get(customer)
    heads = known is not None and known.parent_id is None and len(desk.index.family(customer)) > 1
    return _HEAD_OF_GROUP if heads and not _vouched(desk, customer) else 1.0


def _unproved(desk: Desk, customer: CustomerId) -> float:
    """How far name and account are to be believed where no document was tried, compared with a stranger of the same name."""
    if _vouched(desk, customer) or _own_account(desk, customer):
        return 1.0
    known = desk.index.customers.get(customer)
    elsewhere = known is not None and known.currency not in {None, desk.currency}
    factor = _OTHER_CURRENCY if elsewhere and not desk.index.count_of(customer, desk.currency, desk.day) else 1.0
    return factor * (_TRADE_NAME if _trade_name(desk, customer) else 1.0)


def _silence(desk: Desk, customer: CustomerId) -> float:
    """How often a payment of this customer cannot be explained, compared with one of a stranger of the same name."""
    documents = desk.index.of_customer(customer, desk.currency, desk.day)
    if _vouched(desk, customer):
        return _TOLD_APART
    own = full_name_key(desk.payer.shown) == _own_name(desk, customer)
    if sum(document.open for document in documents) < desk.setting.amount:
        silence = _NOTHING_TO_PAY
    else:
        table = _UNEXPLAINED_OWN_NAME if own else _UNEXPLAINED
        silence = next((silence for most, silence in table if len(documents) <= most), 1.0)
    if not own:
        if silence > _TRADE_NAME and not _own_account(desk, customer) and _trade_name(desk, customer):
            # It stays one however many documents there are: who bears it pays for others too, and seldom only once.
            silence = _TRADE_NAME
        return silence * (_UNEXPLAINED_GROUP if len(desk.index.family(customer)) > 1 else 1.0)
    # Where hardly two customers share a name, a stranger of the same name is hardly to be expected.
    apart = max(0.0, 1.0 - desk.index.shared_names / _MANY_SHARED)
    return silence + max(0.0, _TOLD_APART - silence) * apart
