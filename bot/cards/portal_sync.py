"""One message for one sync of a portal: how far it is while it runs, what it brought when it is over."""

from bot.cards import parts
from bot.cards.parts import Block, Message
from bot.cards.portal_submission import portal_name
from core.app.portals.views import SyncView
from core.domain.portals import SyncState

TENTHS = 10


def message(view: SyncView) -> Message:
    """The message, drawn anew at each version of the sync."""
    return Message(parts.escaped(f"{_title(view)}. {_counts(view)}", 300), blocks(view))


def blocks(view: SyncView) -> list[Block]:
    """Title, progress in words and as a bar, trouble."""
    name = f"portal_sync:{view.id}:v{view.version}"
    shown = [parts.header(_title(view), f"{name}:head"), parts.section(parts.lines(_said(view)), f"{name}:said")]
    if view.trouble is not None:
        texts = [view.trouble.title, view.trouble.sentence, view.trouble.what_to_do]
        shown.append(parts.section(parts.lines([text for text in texts if text], each=500), f"{name}:trouble"))
    if view.troubled_customers:
        items = [("", customer) for customer in view.troubled_customers[:10]]
        shown.append(parts.titled("Somebody has to look at", "", items, f"{name}:customers"))
    asked = f"asked for by {view.asked_by}, " if view.asked_by else ""
    ended = f", ended {view.ended_words}" if view.ended_words else ""
    shown.append(parts.context(parts.plain(f"{view.id}, {asked}began {view.started_words}{ended}"), f"{name}:when"))
    return shown


def _title(view: SyncView) -> str:
    what = "First sync, with all history," if view.is_first else "Sync"
    return f"{what} of {portal_name(view.portal)} ({view.user}): {view.state_words}"


def _said(view: SyncView) -> list[str]:
    if view.state is not SyncState.RUNNING:
        return [_counts(view)]
    told = [f"{_bar(view)} {view.customers_done} of {view.customers} customers"]
    if view.now_at:
        waits = f", {_many(view.to_read, 'order')} to read" if view.to_read else ""
        told.append(f"Now: {view.now_at}{waits}")
    return [*told, _counts(view)]


def _counts(view: SyncView) -> str:
    seen, lines = _many(view.orders_seen, "order"), _many(view.lines_read, "line")
    return f"{seen} seen, {view.orders_read:,} new or changed, with {lines}."


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _bar(view: SyncView) -> str:
    done = TENTHS * view.customers_done // view.customers if view.customers else 0
    return "■" * done + "□" * (TENTHS - done)
