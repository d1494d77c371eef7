"""How rightly `tieout orders` answers: `python -m tests.bench.order_quality --seed 7 [--world hard] [--by-class] [--shares]`.

Makes worlds (`order_world`), runs the command on their files, and scores what it wrote against the truth that `order_proof`
decided. Two plain rules stand beside it. Report seeds that nobody looked at; `--shares` draws other shares of all classes.
"""

import argparse
import csv
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.bench import order_proof, order_world, worlds

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of an invoice: `match` (certain), `suggest` or `none`; orders by `order_proof.key` without the customer."""

    decision: str
    orders: tuple[str, ...] = ()
    rule: str = ""


@dataclass(slots=True)
class Score:
    """Counts; `shares` makes the figures of them."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, truth: Row, answer: Answer) -> None:
        """One invoice."""
        meant = {bare(one) for one in truth["orders"].split(";") if one}
        said, is_certain = set(answer.orders), answer.decision == "match"
        one = len(said) == 1
        doubt = bool(truth["doubt"])
        self.counts.update({truth["kind"]: 1, f"said {answer.decision} {answer.rule}": 1})
        right = truth["kind"] == "answer" and said == meant
        is_tie = truth["kind"] == "tie" and answer.decision == "suggest" and said == meant
        self.counts[f"right {answer.decision} {answer.rule}"] += right or is_tie
        self.counts["certain right"] += is_certain and right
        self.counts["certain and to be asked"] += is_certain and right and doubt
        self.counts["certain wrong"] += is_certain and not right
        self.counts["wrong order"] += one and truth["kind"] != "unanswerable" and not said <= meant
        if is_certain and truth["planned"]:
            self.counts["certain planned"] += 1
            self.counts["certain as planned"] += said == {bare(truth["planned"])}
        if truth["kind"] == "answer":
            self.counts["clear"] += not doubt
            self.counts["clear certain"] += not doubt and is_certain and right
            self.counts["first"] += right
            self.counts["first three"] += bool(meant & set(answer.orders[:3]))
        elif truth["kind"] == "tie":
            self.counts["tie kept"] += answer.decision == "suggest" and meant <= said
            self.counts["tie exact"] += answer.decision == "suggest" and meant == said
        else:
            self.counts["nothing certain"] += is_certain
            self.counts["nothing suggested"] += answer.decision == "suggest"

    def shares(self) -> dict[str, float | int | None]:
        """The figures, each a share of what it is over, or a count."""
        counts = self.counts
        certain = counts["certain right"] + counts["certain wrong"]
        return {
            "invoices": counts["answer"] + counts["tie"] + counts["unanswerable"],
            "answerable": counts["answer"],
            "certain": certain,
            "certain_precision": _share(counts["certain right"], certain),
            "certain_precision_strict": _share(counts["certain right"] - counts["certain and to be asked"], certain),
            "certain_wrong": counts["certain wrong"],
            "certain_to_be_asked": counts["certain and to be asked"],
            "certain_as_it_happened": _share(counts["certain as planned"], counts["certain planned"]),
            "clear_found_certain": _share(counts["clear certain"], counts["clear"]),
            "found_first": _share(counts["first"], counts["answer"]),
            "found_top3": _share(counts["first three"], counts["answer"]),
            "wrong_orders": counts["wrong order"],
            "ties": counts["tie"],
            "tie_kept": _share(counts["tie kept"], counts["tie"]),
            "tie_exact": _share(counts["tie exact"], counts["tie"]),
            "unanswerable": counts["unanswerable"],
            "unanswerable_certain": counts["nothing certain"],
            "unanswerable_suggested": _share(counts["nothing suggested"], counts["unanswerable"]),
            "right_of_match": _share(counts["right match po_number"], counts["said match po_number"]),
            "right_of_suggested_by_number": _share(counts["right suggest po_number"], counts["said suggest po_number"]),
            "right_of_suggested_by_sum": _share(counts["right suggest balance"], counts["said suggest balance"]),
        }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def bare(name: str) -> str:
    """Portal and number: what `orders.csv` says of an order."""
    portal, _, number = name.split("|")
    return f"{portal}|{number}"


def rows(path: Path) -> list[Row]:
    """A file."""
    with path.open(newline="", encoding="utf-8") as found:
        return list(csv.DictReader(found))


def command(world: Path) -> list[str]:
    """The command on a world's files, but for where it writes."""
    names = dict(zip(("--customers", "--invoices", "--portal-orders"), order_world.FILES, strict=True))
    words = [word for option, name in names.items() for word in (option, str(world / name))]
    return [sys.executable, "-c", "from core.cli import main; raise SystemExit(main())", "orders", *words]


def tieout(world: Path) -> list[Answer]:
    """What the command says."""
    subprocess.run([*command(world), "--out", str(world / "out")], cwd=worlds.ROOT, check=True)
    return [
        Answer(
            row["decision"],
            tuple(f"{a}|{b}" for a, b in zip(row["portal"].split(";"), row["po_number"].split(";"), strict=True) if b),
            row["rule"],
        )
        for row in rows(world / "out" / "orders.csv")
    ]


def exact_only(world: Path) -> list[Answer]:
    """The number as it is, among the orders of customers of exactly that name."""
    return _plain(world, by_sum=False)


def exact_else_sum(world: Path) -> list[Answer]:
    """The number as it is, else the one order of the customer with exactly that sum left, taken as certain too."""
    return _plain(world, by_sum=True)


def _plain(world: Path, *, by_sum: bool) -> list[Answer]:
    ids: dict[str, list[str]] = defaultdict(list)
    customers, invoices, orders = (rows(world / name) for name in order_world.FILES)
    for one in customers:
        for name in filter(None, (one["name"], one["aliases"])):
            ids[name.casefold()].append(one["customer_id"])
    numbers: dict[tuple[str, str], list[str]] = defaultdict(list)
    sums: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for row in orders:
        for customer in ids.get(row["portal_customer"].casefold(), ()):
            name = f"{row['portal']}|{row['po_number']}"
            numbers[customer, row["po_number"]].append(name)
            left = order_proof.cents(row["total"]) - order_proof.cents(row["invoiced"] or "0")
            sums[customer, row["currency"], left].append(name)
    found = []
    for invoice in invoices:
        customer = invoice["customer_id"]
        named = numbers.get((customer, invoice["po_number"]), [])
        if not named and by_sum:
            named = sums.get((customer, invoice["currency"], order_proof.cents(invoice["amount"])), [])
        decision = "match" if len(named) == 1 else "suggest" if named else "none"
        found.append(Answer(decision, tuple(named), "po_number" if named else ""))
    return found


MATCHERS: Final[Mapping[str, Callable[[Path], list[Answer]]]] = {
    "tieout": tieout,
    "exact number": exact_only,
    "exact number, else sum": exact_else_sum,
}


def scored(world: Path, answers: Iterable[Answer]) -> tuple[Score, dict[str, Score]]:
    """Everything, and by class."""
    every, classes = Score(), defaultdict[str, Score](Score)
    for truth, answer in zip(rows(world / "truth.csv"), answers, strict=True):
        every.add(truth, answer)
        classes[truth["class"]].add(truth, answer)
    return every, dict(classes)


def shown(value: float | None) -> str:
    """A figure for a table."""
    return "-" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)


def wrong_ones(world: Path, answers: Sequence[Answer]) -> list[str]:
    """Certain answers that are wrong or should have been asked about, for looking into."""
    cells = rows(world / "invoices.csv")
    return [
        f"{truth['class']:14} “{cell['po_number']}” -> {', '.join(answer.orders)}; "
        f"truth {truth['kind']} {truth['orders']} ({truth['doubt']})"
        for cell, truth, answer in zip(cells, rows(world / "truth.csv"), answers, strict=True)
        if answer.decision == "match"
        and (truth["kind"] != "answer" or truth["doubt"] or {bare(truth["orders"])} != set(answer.orders))
    ]


def main(words: Sequence[str] | None = None) -> int:
    """Make, run, score, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.order_quality", description=__doc__)
    parser.add_argument("--world", nargs="+", default=list(order_world.SHARES), choices=list(order_world.SHARES))
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("--invoices", type=int, default=10_000)
    parser.add_argument("--shares", action="store_true", help="other shares, by the seed")
    parser.add_argument("--by-class", action="store_true")
    parser.add_argument("--wrong", action="store_true", help="certain answers that are wrong, one by one")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write the worlds there and keep them")
    options = parser.parse_args(words)
    for name in options.world:
        for seed in options.seed:
            with tempfile.TemporaryDirectory() as folder:
                shares = order_world.other_shares(name, seed) if options.shares else None
                out = options.keep / f"{name}-{seed}" if options.keep else Path(folder)
                world = order_world.write(order_world.make(name, seed, options.invoices, shares), out)
                answers = {each: answer(world) for each, answer in MATCHERS.items()}
                columns = {each: scored(world, found)[0].shares() for each, found in answers.items()}
                print(
                    f"\n{name}, seed {seed}{', other shares' if options.shares else ''}\n{'':30}"
                    + "".join(f"{each:>24}" for each in columns)
                )
                for figure in columns["tieout"]:
                    print(f"{figure:30}" + "".join(f"{shown(each[figure]):>24}" for each in columns.values()))
                if options.by_class:
                    print("\n".join(by_class(scored(world, answers["tieout"])[1])))
                if options.wrong:
                    print("\n".join(wrong_ones(world, answers["tieout"])))
    return 0


def by_class(classes: Mapping[str, Score]) -> list[str]:
    """One line a class."""
    columns = (
        "invoices", "answerable", "certain", "certain_wrong", "certain_to_be_asked", "clear_found_certain", "found_first",
        "found_top3", "tie_kept", "unanswerable_suggested",
    )  # fmt: skip
    lines = [f"{'class':15}" + "".join(f"{name[:15]:>16}" for name in columns)]
    for name, score in sorted(classes.items()):
        figures = score.shares()
        lines.append(f"{name:15}" + "".join(f"{shown(figures[column]):>16}" for column in columns))
    return lines


if __name__ == "__main__":
    raise SystemExit(main())
