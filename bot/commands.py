"""`/tieout` for people who type: every button has a command, every answer is private.

A typed command acts on the payment as it is now: there is no card with an older version that the person looked at. What cannot
be taken back (`post`) is typed in full, so it asks no second time.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot import approval_rules, home, invoice_commands, limits, portals_commands, uploads
from bot.cards import home as home_card
from bot.cards import parts
from bot.cards import payment as payment_card
from bot.cards import question as question_card
from bot.cards import remittance as remittance_card
from bot.cards.parts import Message
from bot.desk import LOOKING, Desk, entity_of, may, tell
from bot.payloads import Interaction
from core.app import act_on_remittance, choosing, shunting
from core.app.act_on_payment import act
from core.app.commands import ActOnPayment, ActOnRemittance
from core.app.outcomes import AlreadyDone, Done, Outcome
from core.app.showing import payment_view, remittance_view
from core.app.showing_questions import question_view
from core.app.waiting import Queue, entities_of
from core.app.wording import STATE_WORDS
from core.domain.actors import Actor, Permission
from core.domain.errors import Incomplete
from core.domain.events import PaymentEvent, RemittanceEvent
from core.domain.ids import CustomerId, InvoiceNumber, OutboxId, PaymentId, RemittanceId
from core.domain.keeping import SubjectKind
from core.domain.money import Money
from core.domain.payments import Application, DraftPayment
from core.domain.questions import QuestionId

HELP: Final = (
    ("list [confirm|identify|apply|post|read|returned|asked|expected|posting|posted|aside]", "what waits, as a list"),
    ("show P-1042", "a payment with its buttons; R-1001 shows a remittance, Q-1001 a question of the bank"),
    ("invoices [decide|answer|approve|route|post|others]", "supplier invoices that wait for you"),
    ("upload", "hand in supplier invoices; or write to Tieout with the files"),
    ("show SI-1001", "a supplier invoice with its buttons"),
    ("accept SI-1001 2 3", "accept lines; so also “await”, “recall”, “unlink” and “new”"),
    ("dispute SI-1001 2 why", "dispute a line, with the reason; so also “reject SI-1001 2 why”"),
    ("received SI-1001 2 40", "say that 40 of line 2 arrived"),
    ("approve SI-1001", "approve; so also “send”, “mark-approved”, “hold”, “recall”, “post”, “rerun”, “delete SI-1001”"),
    ("reject SI-1001 why", "reject the invoice, with the reason"),
    ("limits", "propose limits for supplier invoices and see what they would have done; for the owner of the policy"),
    ("approval", "set who approves supplier invoices, and how; for the owner of the policy"),
    *portals_commands.HELP,
    ("find words", "payments by payer, customer, reference or number"),
    ("confirm P-1042", "take the suggestion; “confirm P-1042 2” takes the second of equally good ones"),
    ("apply P-1042 INV-1=100.00 INV-2", "apply to documents; without an amount, what is open, as far as the money goes"),
    ("identify P-1042 Northwind", "say whose money it is, by name or number"),
    ("unapply P-1042", "take the application back"),
    ("post P-1042", "post to the ledger"),
    ("aside P-1042 why", "set aside, with the reason; “restore P-1042” brings it back"),
    ("dismiss P-1042 why", "take the suggestion away, or an expected payment"),
    ("reverse P-1042", "reverse in the ledger what the bank took back"),
    ("link R-1001 P-1042", "say which payment a remittance explains; “unlink R-1001” takes it back"),
    ("shunted, replay 12", "for operators: deliveries that were set aside, and another attempt"),
)
_PAYMENT: Final = re.compile(r"[Pp]-?([0-9]{1,12})")
_REMITTANCE: Final = re.compile(r"[Rr]-?([0-9]{1,12})")
_QUESTION: Final = re.compile(r"[Qq]-?([0-9]{1,12})")
_FOUND: Final = 10


@dataclass(frozen=True, slots=True)
class Typed:
    """A command: its verb is gone, `words` are the rest."""

    desk: Desk
    at: Interaction
    actor: Actor
    words: tuple[str, ...]

    @property
    def rest(self) -> str:
        """Everything after the payment."""
        return " ".join(self.words[1:])


def run(desk: Desk, at: Interaction, actor: Actor) -> None:
    """Do what was typed; what nobody understands is answered with the help."""
    verb, *words = at.value.split() or ["help"]
    invoice = invoice_commands.named(words)
    if invoice is not None or verb.lower() == "invoices":
        invoice_commands.run(desk, at, actor, verb.lower(), words)
        return
    submission = portals_commands.named(words)
    if verb.lower() == "portal":
        portals_commands.run(desk, at, actor, words)
        return
    if submission is not None and verb.lower() == "show":
        portals_commands.show(desk, at, actor, submission)
        return
    command = _VERBS.get(verb.lower())
    if command is None:
        _say(desk, at, _help(f"“{parts.safe(verb, 40)}” is no command."))
        return
    command(Typed(desk, at, actor, tuple(words)))


def _say(desk: Desk, at: Interaction, message: Message) -> None:
    desk.slack.respond(at.response_url, message)


def _help(said: str = "What you can type after /tieout") -> Message:
    blocks = [parts.section(parts.plain(said), "help"), parts.bullets(list(HELP), "commands")]
    return Message(parts.escaped(said, 200), blocks)


def _show_help(typed: Typed) -> None:
    _say(typed.desk, typed.at, _help())


def _list(typed: Typed) -> None:
    name = typed.words[0].lower() if typed.words else ""
    if name and name not in set(Queue):
        raise Incomplete(f"There is no list “{parts.safe(name, 40)}”. Lists: {', '.join(Queue)}.")
    view = home.build(typed.desk, typed.actor, f"{name}:0" if name else "")
    if view is None:
        tell(typed.desk, typed.at, LOOKING)
        return
    # Pages are turned in the window; a private message cannot be changed.
    blocks = [block for block in home_card.blocks(view) if block["type"] != "actions"]
    _say(typed.desk, typed.at, Message("What waits in Tieout", [*blocks, home_card.open_window_block()]))


def _show(typed: Typed) -> None:
    word = typed.words[0] if typed.words else ""
    advice = _REMITTANCE.fullmatch(word)
    with typed.desk.services.store.read() as unit:
        question = _QUESTION.fullmatch(word)
        kind = SubjectKind.QUESTION if question else SubjectKind.REMITTANCE if advice else SubjectKind.PAYMENT
        allowed = may(unit, typed.actor, Permission.SEE_PAYMENTS)
        if not allowed or not may(unit, typed.actor, Permission.SEE_PAYMENTS, entity_of(unit, kind, _number(word))):
            tell(typed.desk, typed.at, LOOKING)
            return
        if question:
            shown = question_card.message(question_view(unit, QuestionId(f"Q-{question[1]}"), typed.desk.zone))
        elif advice:
            shown = remittance_card.message(remittance_view(unit, RemittanceId(f"R-{advice[1]}"), typed.desk.zone))
        else:
            shown = payment_card.message(payment_view(unit, _payment_id(word), typed.desk.zone))
    _say(typed.desk, typed.at, shown)


def _number(word: str) -> str:
    """The id that was typed, as it is written: `r1001` is `R-1001`; what names no payment is refused."""
    found = _REMITTANCE.fullmatch(word) or _QUESTION.fullmatch(word)
    return f"{word[0].upper()}-{found[1]}" if found else _payment_id(word)


def _find(typed: Typed) -> None:
    with typed.desk.services.store.read() as unit:
        if not may(unit, typed.actor, Permission.SEE_PAYMENTS):
            tell(typed.desk, typed.at, LOOKING)
            return
        mine = entities_of(unit, typed.actor)
        found = [each for each in unit.payments.search(" ".join(typed.words), _FOUND) if not mine or each.entity in mine]
    items = [(str(payment.id), f"{payment.amount} · {STATE_WORDS[payment.state].lower()}") for payment in found]
    said = f"{len(found)} found" if found else "Nothing found"
    blocks = [parts.section(parts.plain(said), "found"), *([parts.bullets(items, "payments")] if items else [])]
    _say(typed.desk, typed.at, Message(said, blocks))


def _payment_id(word: str) -> PaymentId:
    found = _PAYMENT.fullmatch(word)
    if found is None:
        raise Incomplete("Please name a payment, such as P-1042.")
    return PaymentId(f"P-{found[1]}")


def _present(typed: Typed) -> DraftPayment:
    with typed.desk.services.store.read() as unit:
        return unit.payments.get(_payment_id(typed.words[0] if typed.words else ""))


def _simple(event: PaymentEvent) -> Callable[[Typed], None]:
    """A command that needs nothing but the payment, or a reason after it."""

    def command(typed: Typed) -> None:
        payment = _present(typed)
        asked = ActOnPayment(payment.id, payment.version, event, typed.actor, reason=typed.rest, cause=typed.at.cause)
        _ended(typed, payment, act(typed.desk.services, asked))

    return command


def _ended(typed: Typed, payment: DraftPayment, outcome: Outcome) -> None:
    typed.desk.wake()
    if isinstance(outcome, Done):
        with typed.desk.services.store.read() as unit:
            state = unit.payments.get(payment.id).state
        tell(typed.desk, typed.at, f"{payment.id}, {payment.amount}: {STATE_WORDS[state].lower()}. {outcome.sentence}".strip())
        return
    sentence = outcome.sentence if not isinstance(outcome, AlreadyDone) else f"{payment.id}: {outcome.sentence}"
    tell(typed.desk, typed.at, sentence)


def _confirm(typed: Typed) -> None:
    payment = _present(typed)
    choice = None
    if typed.rest:
        best = [place for place, suggestion in enumerate(payment.suggestions) if suggestion.rank == 1]
        if not typed.rest.isdigit() or not 1 <= int(typed.rest) <= len(best):
            raise Incomplete(f"{payment.id} has {len(best)} equally good answers; please name one by its number.")
        choice = best[int(typed.rest) - 1]
    asked = ActOnPayment(payment.id, payment.version, PaymentEvent.CONFIRM, typed.actor, choice=choice, cause=typed.at.cause)
    _ended(typed, payment, act(typed.desk.services, asked))


def _identify(typed: Typed) -> None:
    payment = _present(typed)
    with typed.desk.services.store.read() as unit:
        if not may(unit, typed.actor, Permission.APPLY_PAYMENTS, payment.entity):
            found = []
        else:
            exact = unit.ledger.customer(CustomerId(typed.rest))
            found = [exact] if exact is not None else list(unit.ledger.search_customers(typed.rest, 6)) if typed.rest else []
    if len(found) > 1:
        names = ", ".join(f"{customer.name} ({customer.id})" for customer in found[:5])
        raise Incomplete(f"Several customers fit: {names}. Please type the number.")
    customer_id = found[0].id if found else None
    asked = ActOnPayment(
        payment.id, payment.version, PaymentEvent.IDENTIFY_CUSTOMER, typed.actor, customer_id=customer_id, cause=typed.at.cause
    )
    _ended(typed, payment, act(typed.desk.services, asked))


def _apply(typed: Typed) -> None:
    payment = _present(typed)
    named = dict(_document(word) for word in typed.words[1:])
    with typed.desk.services.store.read() as unit:
        allowed = may(unit, typed.actor, Permission.APPLY_PAYMENTS, payment.entity)
        known = choosing.documents(unit, payment, list(named)) if allowed else {}
    missing = [number for number in named if number not in known] if allowed else []
    if missing:
        raise Incomplete(f"Nothing is open for this payment on {', '.join(missing[:5])}.")
    zero = Money.zero(payment.amount.currency)
    given = {
        number: choosing.Share(Money.parse(amount, payment.amount.currency), zero) for number, amount in named.items() if amount
    }
    shares = choosing.proposed(payment, list(known.values()), given)
    applications = tuple(
        Application(number, document.customer_id, shares[number].applied, shares[number].discount, zero)
        for number, document in known.items()
    )
    asked = ActOnPayment(
        payment.id, payment.version, PaymentEvent.APPLY, typed.actor, applications=applications, cause=typed.at.cause
    )
    _ended(typed, payment, act(typed.desk.services, asked))


def _document(word: str) -> tuple[InvoiceNumber, str]:
    """`INV-1=100.00`, or a number alone."""
    number, _, amount = word.partition("=")
    return InvoiceNumber(number), amount


def _link(event: RemittanceEvent) -> Callable[[Typed], None]:
    """Bring a remittance and a payment together, or apart."""

    def command(typed: Typed) -> None:
        named = _REMITTANCE.fullmatch(typed.words[0] if typed.words else "")
        if named is None:
            raise Incomplete("Please name a remittance, such as R-1001.")
        linking = event is RemittanceEvent.PAYMENT_FOUND
        payment_id = _payment_id(typed.words[1] if len(typed.words) > 1 else "") if linking else None
        with typed.desk.services.store.read() as unit:
            advice = unit.remittances.get(RemittanceId(f"R-{named[1]}"))
        asked = ActOnRemittance(advice.id, advice.version, event, typed.actor, payment_id=payment_id, cause=typed.at.cause)
        outcome = act_on_remittance.act(typed.desk.services, asked)
        typed.desk.wake()
        tell(typed.desk, typed.at, outcome.sentence or f"{advice.id} is not linked to a payment any more.")

    return command


def _shunted(typed: Typed) -> None:
    with typed.desk.services.store.read() as unit:
        if not may(unit, typed.actor, Permission.OPERATE):
            tell(typed.desk, typed.at, "You are not entitled to operate Tieout.")
            return
        items = shunting.set_aside(unit)
    said = f"{len(items)} set aside" if items else "Nothing is set aside."
    rows = [
        (str(item.id), f"{item.effect.kind.value.replace('_', ' ')} {item.effect.subject.id}: {item.last_error}")
        for item in items
    ]
    blocks = [parts.section(parts.plain(said), "shunted"), *([parts.bullets(rows[:40], "items")] if rows else [])]
    _say(typed.desk, typed.at, Message(said, blocks))


def _upload(typed: Typed) -> None:
    uploads.open_window(typed.desk, typed.at, typed.actor)


def _limits(typed: Typed) -> None:
    limits.open_form(typed.desk, typed.at, typed.actor)


def _approval(typed: Typed) -> None:
    approval_rules.open_form(typed.desk, typed.at, typed.actor)


def _replay(typed: Typed) -> None:
    word = typed.words[0] if typed.words else ""
    if not (word.isascii() and word.isdigit()):
        raise Incomplete("Please name the number of a delivery; “shunted” lists them.")
    outcome = shunting.replay(typed.desk.services, OutboxId(int(word)), typed.actor, typed.at.cause)
    typed.desk.wake()
    tell(typed.desk, typed.at, outcome.sentence)


_VERBS: Final[Mapping[str, Callable[[Typed], None]]] = {
    "help": _show_help,
    "list": _list,
    "queue": _list,
    "show": _show,
    "find": _find,
    "confirm": _confirm,
    "identify": _identify,
    "apply": _apply,
    "unapply": _simple(PaymentEvent.UNAPPLY),
    "post": _simple(PaymentEvent.POST),
    "aside": _simple(PaymentEvent.SET_ASIDE),
    "reverse": _simple(PaymentEvent.REVERSE),
    "restore": _simple(PaymentEvent.RESTORE),
    "dismiss": _simple(PaymentEvent.DISMISS),
    "link": _link(RemittanceEvent.PAYMENT_FOUND),
    "unlink": _link(RemittanceEvent.UNLINK),
    "upload": _upload,
    "limits": _limits,
    "approval": _approval,
    "shunted": _shunted,
    "replay": _replay,
}


def verbs() -> Sequence[str]:
    """Everything that can be typed first."""
    return tuple(_VERBS)
