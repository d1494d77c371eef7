"""The card of a payment: the one message that stands for it, drawn anew with every version.

Buttons are those of the state table. One of them is primary, five at most are visible, the rest is behind the menu; what cannot
be taken back asks first. When several answers are equally good, each stands there with its own button and nobody is preferred.
"""

from collections.abc import Sequence
from typing import Final

from bot.actions import DETAILS, MORE, Pressed, action_id
from bot.cards import parts
from bot.cards.parts import Block, Element, Message
from core.app.showing import DocumentView, PaymentView, RemittanceView, SuggestionView
from core.app.telling import day
from core.app.wording import FindingView, Offered, amount_words
from core.decide.draft_payment import SPECS
from core.decide.machine import Style
from core.domain.events import PaymentEvent
from core.domain.evidence import FindingKind
from core.domain.keeping import SubjectKind
from core.domain.payments import PaymentState
from core.domain.receivables import DocumentKind

VISIBLE: Final = 5
DOCUMENTS_SHOWN: Final = 8
RIVAL_DOCUMENTS_SHOWN: Final = 4
RIVALS_NAMED: Final = 2
FINDINGS_SHOWN: Final = 6
REMITTANCES_SHOWN: Final = 3


def message(view: PaymentView) -> Message:
    """The card as a message in a channel."""
    return Message(fallback(view), blocks(view))


def fallback(view: PaymentView) -> str:
    """What a phone's lock screen shows: whose, how much, what to do. Nothing that a bank wrote."""
    whose = view.customer or "an unknown payer"
    return parts.escaped(f"{view.id}: {view.amount} from {whose}. {view.state_words}.", 300)


def blocks(view: PaymentView, *, full: bool = False) -> list[Block]:
    """The card's blocks. `full` keeps, on a payment that is done, what was to be looked at before it was."""
    name = _Names(view)
    whose = view.customer or view.payer or "an unknown payer"
    shown = [parts.header(f"{view.id} · {view.amount} from {whose}", name("head"))]
    shown.append(parts.facts(_facts(view), name("facts")))
    if full or not view.done:
        shown += _findings(view.findings, name)
    shown += _documents(view, name)
    shown += [_remittance(each, name(f"remittance{place}")) for place, each in enumerate(view.remittances[:REMITTANCES_SHOWN])]
    if view.done:
        shown.append(parts.section(parts.plain(view.state_line or view.state_words), name("result"), _menu(view, [])))
        return shown
    if view.state_line:
        shown.append(parts.context(parts.plain(view.state_line, 600), name("state")))
    shown.append(parts.actions(_buttons(view), name("actions")))
    return shown


class _Names:
    """Block ids: unique in the message, and new with every version, so that nothing typed sticks to an old card."""

    def __init__(self, view: PaymentView) -> None:
        self._stem = f"payment:{view.id}:v{view.version}"

    def __call__(self, part: str) -> str:
        return f"{self._stem}:{part}"


def _facts(view: PaymentView) -> list[tuple[str, str]]:
    received = day(view.received_on) + (f", {view.method}" if view.method else "")
    return [
        ("State", view.state_words),
        ("Received" if view.money_is_here else "Announced for", received),
        ("Payer", view.payer or "Not named"),
        ("Customer", view.customer or "Not known yet"),
    ]


def _findings(findings: Sequence[FindingView], name: _Names) -> list[Block]:
    if not findings:
        return []
    ranked = sorted(findings, key=lambda finding: not finding.grave)
    items = [("Careful:" if finding.grave else "", finding.sentence) for finding in ranked[:FINDINGS_SHOWN]]
    if len(ranked) > FINDINGS_SHOWN:
        items.append(("", f"… and {len(ranked) - FINDINGS_SHOWN} more; see the details."))
    mark = " :warning:" if any(finding.grave for finding in findings) else ""
    return [
        parts.section(parts.ours(f"*Look at this first*{mark}"), name("findings_title")),
        parts.bullets(items, name("findings")),
    ]


def _documents(view: PaymentView, name: _Names) -> list[Block]:
    """What it pays, or may pay, and why."""
    if view.applications:
        return _applied(view, name)
    if view.tied:
        return _rivals(view, name)
    if view.best:
        return _suggested(view.best[0], view, name)
    said = view.why or view.rest_words
    shown = [parts.section(parts.plain(said), name("why"))] if said else []
    if view.why and view.rest_words:
        shown.append(parts.context(parts.plain(view.rest_words, 600), name("rest")))
    return shown


def _applied(view: PaymentView, name: _Names) -> list[Block]:
    shown = [
        parts.section(parts.ours("*Applied to*"), name("applied_title")),
        parts.bullets(_items(view.applications, DOCUMENTS_SHOWN, open_too=not view.done), name("applied")),
    ]
    because = f"Because: {view.because}" if view.because else ""
    # What the ledger said stands with the findings.
    why = "" if any(finding.kind is FindingKind.LEDGER_REFUSED for finding in view.findings) else view.why
    words = " ".join(text for text in (because, view.gap, view.rest_words, why) if text)
    if words:
        shown.append(parts.context(parts.plain(words, 1200), name("rest")))
    return shown


def _suggested(suggestion: SuggestionView, view: PaymentView, name: _Names) -> list[Block]:
    shown = [
        parts.section(parts.ours("*Suggested*"), name("suggested_title")),
        parts.bullets(_items(suggestion.documents, DOCUMENTS_SHOWN), name("suggested")),
    ]
    because = f"Because: {suggestion.why}" if suggestion.why else ""
    more = _also_possible([each for each in view.suggestions if each is not suggestion])
    left = f"Left to a person: {view.why}" if view.why else ""
    words = " ".join(text for text in (because, suggestion.gap, more, left) if text)
    if words:
        shown.append(parts.context(parts.plain(words, 1200), name("because")))
    return shown


def _also_possible(others: Sequence[SuggestionView]) -> str:
    """The two strongest rivals by their documents, and how many more there are."""
    if not others:
        return ""
    said = []
    for each in others[:RIVALS_NAMED]:
        numbers = [str(document.number) for document in each.documents]
        rest = len(numbers) - RIVAL_DOCUMENTS_SHOWN
        listed = ", ".join(numbers[:RIVAL_DOCUMENTS_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
        said.append(f"{listed} of {each.customer}")
    more = len(others) - RIVALS_NAMED
    tail = f", or {more} more in the details" if more > 0 else ""
    return f"Also possible: {'; or '.join(said)}{tail}."


def _rivals(view: PaymentView, name: _Names) -> list[Block]:
    """Equally good answers, each with its own button: a tie is a question, never a choice by place in a list."""
    title = f"*{len(view.best)} answers are equally good. Which one is right?*"
    shown = [parts.section(parts.ours(title), name("tie_title"))]
    for number, rival in enumerate(view.best, 1):
        label = f"{SPECS[PaymentEvent.CONFIRM].label} {number}"
        pressed = Pressed(SubjectKind.PAYMENT, view.id, view.version, PaymentEvent.CONFIRM, rival.place)
        spoken = f"{label}: {', '.join(document.number for document in rival.documents[:2])} for {view.id}"
        element = parts.button(label, pressed.action_id, pressed.value, spoken)
        shown.append(parts.section(parts.plain(f"{number}. {rival.customer}", 200), name(f"rival{number}"), element))
        shown.append(parts.bullets(_items(rival.documents, RIVAL_DOCUMENTS_SHOWN), name(f"rival{number}_documents")))
        if rival.why:
            shown.append(parts.context(parts.plain(f"Because: {rival.why}", 500), name(f"rival{number}_because")))
    return shown


def _items(documents: Sequence[DocumentView], most: int, *, open_too: bool = True) -> list[tuple[str, str]]:
    items = [(str(document.number), document_words(document, open_too=open_too)) for document in documents[:most]]
    if len(documents) > most:
        items.append(("", f"… and {len(documents) - most} more; see the details."))
    return items or [("", "Nothing")]


def document_words(document: DocumentView, *, open_too: bool = True) -> str:
    """The numbers that decide: the money meant for it, what is open on it, when it is due."""
    said = [str(document.applied)]
    if document.discount:
        said.append(f"discount {document.discount}")
    if document.write_off:
        said.append(f"written off {document.write_off}")
    if document.kind is DocumentKind.CREDIT_MEMO:
        said.append("credit memo")
    if open_too:
        said.append("not among our documents" if document.open is None else f"open {document.open}")
    if document.due is not None:
        said.append(f"due {day(document.due)}")
    if document.reason:
        said.append(document.reason)
    return " · ".join(said)


def _remittance(advice: RemittanceView, block_id: str) -> Block:
    count = len(advice.lines)
    said = [f"Remittance {advice.id}", f"{count} line{'' if count == 1 else 's'}"]
    if advice.total is not None:
        said.append(amount_words(advice.total))
    if advice.sender:
        said.append(f"from {advice.sender}")
    said.append(advice.state_words.lower())
    return parts.context(parts.plain(" · ".join(said), 300), block_id)


def _buttons(view: PaymentView) -> list[Element]:
    """The table's buttons: the one to press first, the plain ones, the dangerous one last; beyond five, the menu."""
    confirms_by_rival = view.tied and not view.applications
    events = [each for each in view.offered if not (confirms_by_rival and each.event == PaymentEvent.CONFIRM)]
    events.sort(key=lambda each: _rank(view, each))
    primary = next((each for each in events if _rank(view, each) == 0), None)
    elements = [_button(view, each, primary is each) for each in events[:VISIBLE]]
    return [*elements, _menu(view, events[VISIBLE:])]


def _rank(view: PaymentView, each: Offered) -> int:
    if each.style is Style.DANGER:
        return 3
    if each.event == PaymentEvent.POST and view.state is PaymentState.UNAPPLIED:
        # Posting with nothing applied is allowed and seldom meant.
        return 2
    return 0 if each.style is Style.PRIMARY else 1


def _button(view: PaymentView, each: Offered, primary: bool) -> Element:
    pressed = Pressed(SubjectKind.PAYMENT, view.id, view.version, each.event)
    style = "primary" if primary else "danger" if each.style is Style.DANGER else ""
    spoken = f"{each.label}: payment {view.id}, {view.amount}"
    element = parts.button(each.label, pressed.action_id, pressed.value, spoken, style)
    if not each.confirm:
        return element
    return parts.asking_first(element, f"{each.label} {view.id}?", f"{_at_stake(view)} {each.confirm}", each.label)


def _at_stake(view: PaymentView) -> str:
    whose = parts.safe(view.customer or "an unknown payer", 60)
    applied = f"{view.applied} applied" if view.applications else "nothing applied"
    return f"{view.amount} from {whose}, {applied}, {view.unapplied} unapplied."


def _menu(view: PaymentView, events: Sequence[Offered]) -> Element:
    options = [(each.label, Pressed(SubjectKind.PAYMENT, view.id, view.version, each.event).value) for each in events]
    details = ("Details and history", Pressed(SubjectKind.PAYMENT, view.id, view.version, DETAILS).value)
    return parts.overflow(action_id(SubjectKind.PAYMENT, MORE), [*options, details])
