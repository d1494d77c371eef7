"""The card of a remittance advice that needs a person: what was read, where reading stopped, what can be done."""

from typing import Final

from bot.actions import DETAILS, MORE, Pressed, action_id
from bot.cards import parts
from bot.cards.parts import Block, Element, Message
from core.app.showing import RemittanceLineView, RemittanceView
from core.app.telling import day
from core.app.wording import Offered, amount_words
from core.decide.machine import Style
from core.domain.keeping import SubjectKind

LINES_SHOWN: Final = 8
FINDINGS_SHOWN: Final = 6


def message(view: RemittanceView) -> Message:
    """The card as a message in a channel."""
    return Message(fallback(view), blocks(view))


def fallback(view: RemittanceView) -> str:
    """What a phone's lock screen shows."""
    amount = f" of {amount_words(view.total)}" if view.total is not None else ""
    return parts.escaped(f"Remittance {view.id}{amount}: {view.state_words.lower()}.", 300)


def blocks(view: RemittanceView) -> list[Block]:
    """The card's blocks."""
    stem = f"remittance:{view.id}:v{view.version}"
    amount = f"{amount_words(view.total)} " if view.total is not None else ""
    whose = view.customer or view.payer or view.sender or "an unknown sender"
    shown = [parts.header(f"Remittance {view.id}: {amount}from {whose}", f"{stem}:head")]
    shown.append(parts.facts(_facts(view), f"{stem}:facts"))
    if view.findings:
        ranked = sorted(view.findings, key=lambda finding: not finding.grave)[:FINDINGS_SHOWN]
        mark = " :warning:" if ranked[0].grave else ""
        shown.append(parts.section(parts.ours(f"*Look at this first*{mark}"), f"{stem}:findings_title"))
        items = [("Careful:" if finding.grave else "", finding.sentence) for finding in ranked]
        shown.append(parts.bullets(items, f"{stem}:findings"))
    if view.why:
        shown.append(parts.section(parts.plain(view.why, 600), f"{stem}:why"))
    if view.lines:
        shown.append(parts.bullets(items_of(view.lines, LINES_SHOWN), f"{stem}:lines"))
    last = view.history[-1].sentence if view.history else view.state_words
    if not view.offered:
        shown.append(parts.section(parts.plain(last, 600), f"{stem}:result", _menu(view)))
        return shown
    shown.append(parts.context(parts.plain(last, 600), f"{stem}:state"))
    events = sorted(view.offered, key=lambda each: (each.style is Style.DANGER, each.style is not Style.PRIMARY))
    elements = [_button(view, each) for each in events[:5]]
    shown.append(parts.actions([*elements, _menu(view)], f"{stem}:actions"))
    return shown


def _facts(view: RemittanceView) -> list[tuple[str, str]]:
    rows = [
        ("State", view.state_words),
        ("Payer", view.payer or "Not named"),
        ("Sender", view.sender or "Not known"),
    ]
    if view.paid_on is not None:
        rows.append(("Paid on", day(view.paid_on)))
    if view.payment_id is not None:
        rows.append(("Payment", view.payment_id))
    return rows


def items_of(lines: tuple[RemittanceLineView, ...], most: int) -> list[tuple[str, str]]:
    """Lines of an advice as a list."""
    items = [(line.reference or "No reference", _line(line)) for line in lines[:most]]
    return items if len(lines) <= most else [*items, ("", f"… and {len(lines) - most} more; see the details.")]


def _line(line: RemittanceLineView) -> str:
    said = [amount_words(line.paid) if line.paid is not None else "no amount"]
    if line.discount:
        said.append(f"discount {amount_words(line.discount)}")
    if line.reason:
        said.append(line.reason)
    return " · ".join(said)


def _button(view: RemittanceView, each: Offered) -> Element:
    pressed = Pressed(SubjectKind.REMITTANCE, view.id, view.version, each.event)
    style = each.style.value if each.style is not Style.PLAIN else ""
    return parts.button(each.label, pressed.action_id, pressed.value, f"{each.label}: remittance {view.id}", style)


def _menu(view: RemittanceView) -> Element:
    details = Pressed(SubjectKind.REMITTANCE, view.id, view.version, DETAILS)
    return parts.overflow(action_id(SubjectKind.REMITTANCE, MORE), [("Details and history", details.value)])
