"""`tieout explain PAYMENT`: every explanation of one payment that was weighed, as a table, with what speaks for and against it.

tieout explain P-1042                                               a payment of this installation, as things stand now
tieout explain P000214 --customers F --invoices F --bank F...       a line of a bank file, as `tieout apply` meets it
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import Final

from core import bootstrap, settings
from core.app.matching import Matcher
from core.command_line import apply_files
from core.command_line.console import Console
from core.command_line.saying import DONE, NOTHING_DONE, plural, say
from core.decide.automatic import No, automatic_under, may_apply
from core.domain.errors import NotFound
from core.domain.evidence import Suggestion
from core.domain.families import family_of
from core.domain.ids import CustomerId, PaymentId
from core.domain.policy import MatchPolicy
from core.match.batch import Ledger
from core.match.batch import run as run_batch
from core.match.engine import Explained, explain_all
from core.match.explain import sentence

_MOST: Final = 20
_DOCUMENTS: Final = 12
_PAYERS: Final = 5

NameOf = Callable[[CustomerId], str]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("payment", metavar="PAYMENT", help="the payment's id, such as P-1042")
    apply_files.arguments(parser, needed=False)


def run(options: argparse.Namespace) -> int:
    """Weigh it again and print; nothing is stored."""
    wanted = PaymentId(options.payment)
    if apply_files.given(options):
        console = Console(sys.stderr.isatty())
        files = apply_files.load(options, console)
        if files is None:
            return NOTHING_DONE
        names = {customer.id: customer.name for customer in files.customers}
        _print(_of_files(wanted, files), files.policy, lambda customer: names.get(customer, ""))
        return DONE
    with bootstrap.store(settings.load()) as store, store.read() as unit:
        matcher = Matcher(MatchPolicy())
        explained = matcher.explained(unit, unit.payments.get(wanted))
        names = {customer.id: customer.name for customer in unit.ledger.customers()}
        _print(explained, matcher.policy(unit), lambda customer: names.get(customer, ""))
    return DONE


def _of_files(wanted: PaymentId, files: apply_files.Files) -> Explained:
    """One line with the balances of its morning: everything of earlier days is applied first, as `tieout apply` does."""
    money = next((each for each in files.monies if each.id == wanted), None)
    if money is None:
        raise NotFound(f"No bank line of these files is called {wanted}.")
    ledger: Ledger = files.ledger()
    before = [each for each in files.monies if each.value_date < money.value_date]
    for _ in run_batch(before, ledger, automatic_under(ledger.policy)):
        pass
    return explain_all(money, ledger.index, ledger.book.near(money), ledger.policy)


def _print(explained: Explained, policy: MatchPolicy, name_of: NameOf) -> None:
    for line in lines(explained, policy, name_of):
        say(line)


def lines(explained: Explained, policy: MatchPolicy, name_of: NameOf) -> Iterator[str]:
    """The page: the money, who may have sent it, what is done, then every explanation with its reasons."""
    money = explained.outcome.money
    yield f"{money.id}: {money.amount} on {money.value_date}, from {money.payer_name or 'an unnamed payer'}"
    for label, text in (("account", money.payer_account), ("reference", money.reference), ("text", money.text)):
        if text:
            yield f"  {label:<10} {text}"
    for customer, share in explained.payers[:_PAYERS]:
        yield f"  may be      {customer} {name_of(customer)}  {share:.1%} by name and account alone"
    answer = may_apply(explained.outcome, policy)
    yield f"  decision   {'left to a person: ' + answer.sentence if isinstance(answer, No) else 'applied without asking'}"
    yield ""
    for place, each in enumerate(explained.answers[:_MOST], 1):
        yield from _answer(place, each)
    more = len(explained.answers) - _MOST
    if more > 0:
        yield f"{plural(more, 'more explanation')}, none likelier than {explained.answers[_MOST].confidence:.2%}."
    yield f"{explained.unlisted:>7.2%}  sets of documents that add up too and were counted, not listed"
    yield f"{explained.something_else:>7.2%}  something else: on account, paid twice, no customer's money"


def _answer(place: int, each: Suggestion) -> Iterator[str]:
    yield f"{each.confidence:>7.2%}  {place}. {family_of(each)}"
    for item in each.applications[:_DOCUMENTS]:
        discount = f", discount {item.discount}" if item.discount else ""
        yield f"           {item.invoice_number:<18} {item.customer_id:<10} {item.applied!s:>18}{discount}"
    if len(each.applications) > _DOCUMENTS:
        yield f"           and {len(each.applications) - _DOCUMENTS} more"
    for record in each.evidence:
        told = sentence(record, len(each.applications))
        if not told and record.level == "named":
            told = f"“{record.left}” names {record.right}."
        if told:
            yield f"           {record.weight:>+4}  {told}"
