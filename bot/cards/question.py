"""The card of a question of the bank: the line, what it may be about, and one button for each answer."""

from typing import Final

from bot.actions import DETAILS, MORE, Pressed, action_id
from bot.cards import parts
from bot.cards.parts import Block, Element, Message
from core.app.choosing_payments import PaymentChoice
from core.app.showing_questions import LineView, QuestionView
from core.app.telling import day
from core.app.wording import Offered
from core.decide.machine import Style
from core.domain.keeping import SubjectKind
from core.domain.questions import QuestionKind

CANDIDATES_SHOWN: Final = 6


def message(view: QuestionView) -> Message:
    """The card as a message in a channel."""
    return Message(parts.escaped(f"{view.id}: {view.line.amount}. {view.state_words}", 300), blocks(view))


def blocks(view: QuestionView) -> list[Block]:
    """The card's blocks."""
    stem = f"question:{view.id}:v{view.version}"
    shown = [parts.header(_title(view), f"{stem}:head"), parts.facts(_facts(view), f"{stem}:facts")]
    if view.line.text:
        shown.append(parts.section(parts.plain(f"The bank says: {view.line.text}", 600), f"{stem}:text"))
    if view.like is not None:
        shown.append(parts.section(parts.ours("*It looks like this line, which is known*"), f"{stem}:like_title"))
        known = f"{view.like_payment}: " if view.like_payment else ""
        shown.append(parts.bullets([(f"{known}{view.like.amount}", _line(view.like))], f"{stem}:like"))
    if view.candidates:
        shown.append(parts.section(parts.ours("*Payments that may be meant*"), f"{stem}:candidates_title"))
        items = [(f"{each.id} · {each.amount}", about(each)) for each in view.candidates[:CANDIDATES_SHOWN]]
        shown.append(parts.bullets(items, f"{stem}:candidates"))
    if view.why:
        shown.append(parts.context(parts.plain(view.why, 600), f"{stem}:why"))
    last = view.history[-1].sentence if view.history else view.state_words
    if not view.offered:
        shown.append(parts.section(parts.plain(last, 600), f"{stem}:result", _menu(view)))
        return shown
    shown.append(parts.context(parts.plain(last, 600), f"{stem}:state"))
    events = sorted(view.offered, key=lambda each: (each.style is Style.DANGER, each.style is not Style.PRIMARY))
    shown.append(parts.actions([*(_button(view, each) for each in events), _menu(view)], f"{stem}:actions"))
    return shown


def _title(view: QuestionView) -> str:
    if view.kind is QuestionKind.RETURN:
        return f"{view.id} · The bank took {view.line.amount} back"
    return f"{view.id} · {view.line.amount}: new money, or seen before?"


def _facts(view: QuestionView) -> list[tuple[str, str]]:
    rows = [("State", view.state_words), ("Date", day(view.line.on)), ("Payer", view.line.payer or "Not named")]
    rows.append(("From", f"{view.line.file}, {view.line.where}"))
    if view.payment_id is not None:
        rows.append(("Payment", view.payment_id))
    elif view.line.account:
        rows.append(("Our account", view.line.account))
    return rows


def _line(line: LineView) -> str:
    return " · ".join(text for text in (day(line.on), line.payer, line.text, f"{line.file}, {line.where}") if text)


def about(each: PaymentChoice) -> str:
    """What tells one payment from another."""
    account = f"account {each.account}" if each.account else ""
    said = (day(each.received_on), each.who, account, each.text, each.state_words.lower())
    return " · ".join(text for text in said if text)


def _button(view: QuestionView, each: Offered) -> Element:
    pressed = Pressed(SubjectKind.QUESTION, view.id, view.version, each.event)
    style = each.style.value if each.style is not Style.PLAIN else ""
    return parts.button(each.label, pressed.action_id, pressed.value, f"{each.label}: question {view.id}", style)


def _menu(view: QuestionView) -> Element:
    details = Pressed(SubjectKind.QUESTION, view.id, view.version, DETAILS)
    return parts.overflow(action_id(SubjectKind.QUESTION, MORE), [("Details and history", details.value)])
