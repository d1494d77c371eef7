"""Links the lines of one supplier invoice to order lines: one joint best answer, ties kept as ties, with evidence.

    link_lines(invoice, book) -> Linked

The answer depends on the invoice, the supplier's orders, receipts, units and what was learned, and on nothing else: not on the
order of lines or files, not on what came before.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.domain.line_comparison import LineLink, LinkEvidence, LinkKind, OrderNamed
from core.domain.payables import OrderLineRef, SupplierInvoice
from core.match.lines import assignment, joint
from core.match.lines.book import OrderBook, Spot
from core.match.lines.calibration import confidence_of
from core.match.lines.candidates import HOPELESS, Candidate, by_line
from core.match.lines.evidence import evidence_for, evidence_of_nothing
from core.match.lines.joint import Choice, Option, Weighed
from core.match.lines.thinning import restored, thinned

TIE: Final = 150
"""Options whose best answers are this close are equals: a person chooses."""
SURE: Final = 0.75
"""A line whose best option has less of the weight of all answers than this is a question, however far behind each rival is."""
MOST_OPTIONS: Final = 24
MOST_TIED: Final = 10
_NOTABLE: Final = 0.1


@dataclass(slots=True)
class Linked:
    """The links of an invoice by line, and how its order numbers were read."""

    links: Mapping[str, LineLink]
    orders: tuple[OrderNamed, ...]


def link_lines(invoice: SupplierInvoice, book: OrderBook) -> Linked:
    """One link for every line of the invoice."""
    lines = sorted(invoice.lines, key=lambda line: (not line.line.isdigit(), line.line.zfill(12), line.line))
    reach, candidates = by_line(lines, invoice, book)
    choices = [joint.options_of(line, _worth(candidates[line.line]), MOST_OPTIONS) for line in lines]
    weighed: dict[str, Weighed] = {}
    for component in _components(choices):
        for each in _weighed(component):
            weighed[each.choice.line.line] = each
    tied = {name: _tied(each) for name, each in weighed.items()}
    placed = _interchangeable(weighed, tied)
    links = {line.line: _link(weighed[line.line], tied[line.line], placed, reach.named) for line in lines}
    return Linked(links, reach.named)


def _weighed(component: Sequence[Choice]) -> list[Weighed]:
    """Every answer weighed where that is possible, with dull options standing for each other; else the optimal assignment."""
    if len(component) == 1 or math.prod([len(choice.options) for choice in component]) <= joint.MOST_ANSWERS:
        return joint.weigh(component)
    thin = thinned(component, joint.MOST_ANSWERS)
    return restored(joint.weigh(thin), component) if thin else assignment.weigh(component)


def _worth(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Without those so far behind the best that no other line can bring them back."""
    if len(candidates) < 2:  # noqa: PLR2004  One is the best.
        return candidates
    least = max([each.points + each.alone for each in candidates]) - HOPELESS
    kept = [each for each in candidates if each.points + each.alone >= least]
    if len(kept) < 2:  # noqa: PLR2004  One is in order.
        return kept
    return sorted(kept, key=lambda each: (-each.points - each.alone, each.order))


def _components(choices: Sequence[Choice]) -> list[list[Choice]]:
    """Lines that compete for an order line, directly or through others."""
    if len(choices) == 1:
        return [list(choices)]
    wanted = [{candidate.spot for option in choice.options for candidate in option.candidates} for choice in choices]
    if len(set().union(*wanted)) == sum(map(len, wanted)):
        return [[choice] for choice in choices]
    owner: dict[Spot, int] = {}
    parent = list(range(len(choices)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for place, spots in enumerate(wanted):
        for spot in spots:
            first = owner.setdefault(spot, place)
            if first != place:
                parent[root(place)] = root(first)
    found: dict[int, list[Choice]] = {}
    for place, choice in enumerate(choices):
        found.setdefault(root(place), []).append(choice)
    return list(found.values())


def _tied(weighed: Weighed) -> list[Option]:
    """The options that are as good as the best one, the best first; more of them where the best has too little weight."""
    top = max(weighed.best)
    close = [place for place, best in enumerate(weighed.best) if best >= top - TIE]
    if len(close) == 1 and weighed.share[close[0]] < SURE:
        close = [
            place for place, share in enumerate(weighed.share) if share >= weighed.share[close[0]] * _NOTABLE or place in close
        ]
    if len(close) > 1:
        close.sort(key=lambda place: (-weighed.best[place], place))
    return [weighed.choice.options[place] for place in close]


def _interchangeable(weighed: Mapping[str, Weighed], ties: Mapping[str, Sequence[Option]]) -> set[str]:
    """Lines that are tied between order lines which they take all of, as many lines as order lines: nothing is left to choose.

    Two equal lines for two equal order lines give the same whichever way round, so they go in their order.
    """
    groups: dict[frozenset[OrderLineRef], list[Weighed]] = {}
    for name, each in weighed.items():
        tied = ties[name]
        if len(tied) > 1 and all(len(option.candidates) == 1 for option in tied):
            groups.setdefault(frozenset(option.spots[0].ref for option in tied), []).append(each)
    found: set[str] = set()
    for refs, members in groups.items():
        facts = {
            (each.choice.line.quantity, each.choice.line.rate, each.choice.line.amount, each.choice.line.uom)
            for each in members
        }
        chosen = {each.choice.options[each.chosen].spots for each in members}
        if len(members) == len(refs) == len(chosen) and len(facts) == 1:
            found.update(each.choice.line.line for each in members)
    return found


def _link(weighed: Weighed, tied: Sequence[Option], placed: set[str], named: Sequence[OrderNamed]) -> LineLink:
    line = weighed.choice.line
    if line.line in placed:
        tied = [weighed.choice.options[weighed.chosen]]
    best = tied[0]
    if not best.candidates:
        # Nothing is as likely as the best that there is: it is not linked, and the near ones are told.
        return LineLink(line.line, LinkKind.UNLINKED, evidence=evidence_of_nothing(weighed, named))
    evidence: tuple[LinkEvidence, ...] = evidence_for(weighed, best, named)
    share = next(share for option, share in zip(weighed.choice.options, weighed.share, strict=True) if option is best)
    rivals = [option for option in tied if option.candidates]
    if len(rivals) == 1:
        return LineLink(line.line, LinkKind.LINKED, _refs(best), confidence_of(share, placed=line.line in placed), evidence)
    members = sorted({ref for option in rivals[:MOST_TIED] for ref in _refs(option)})
    return LineLink(line.line, LinkKind.TIE, tuple(members), round(share, 4), evidence)


def _refs(option: Option) -> tuple[OrderLineRef, ...]:
    if len(option.candidates) == 1:
        return (option.candidates[0].spot.ref,)
    return tuple(sorted(spot.ref for spot in option.spots))
