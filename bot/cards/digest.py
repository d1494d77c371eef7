"""The digest: one message for an import instead of a flood, with what came, what was wrong, and the way to the work."""

from typing import Final

from bot.cards import parts
from bot.cards.home import open_window_block
from bot.cards.parts import Block, Message
from core.app.reporting import Report

LINES_SHOWN: Final = 12
PROBLEMS_SHOWN: Final = 8


def message(report: Report) -> Message:
    """A digest in a channel."""
    blocks = [*body(report), open_window_block()]
    return Message(parts.escaped(f"{report.headline}.", 200), blocks)


def body(report: Report) -> list[Block]:
    """The words of a report."""
    blocks = [parts.header(report.headline, "report:head")]
    if report.lines:
        blocks.append(parts.section(parts.lines(report.lines[:LINES_SHOWN]), "report:lines"))
    if report.problems:
        blocks.append(parts.section(parts.ours("*What was wrong* :warning:"), "report:problems_title"))
        blocks.append(parts.bullets([("", problem) for problem in report.problems[:PROBLEMS_SHOWN]], "report:problems"))
    if report.from_outside:
        blocks.append(parts.context(parts.plain(f"From {report.from_outside}", 300), "report:source"))
    return blocks
