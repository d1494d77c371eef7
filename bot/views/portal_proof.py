"""The window of a submission's proof: its pictures with their times and digests, and the cXML document."""

from collections.abc import Sequence
from typing import Final

from bot.cards import parts
from bot.cards import portal_submission as card
from bot.cards.parts import Block
from core.app.portals.views import SubmissionView
from core.domain.ids import SourceId

CALLBACK: Final = "portals.proof"
_TEXT: Final = 2800


def pictures(view: SubmissionView) -> list[tuple[SourceId, str]]:
    """Every picture that was kept, with what it shows."""
    shots = view.draft.pictures if view.draft is not None else ()
    found = [(shot.source_id, f"The portal, {shot.step_words}, {shot.at_words}") for shot in shots]
    if view.trouble is not None and view.trouble.picture is not None:
        found.append((view.trouble.picture, f"The portal's page: {view.trouble.title}"))
    return found


def window(view: SubmissionView, shown: Sequence[tuple[str, str]], document: str = "", *, fetching: bool = False) -> Block:
    """`shown` are Slack's ids of the pictures with their words; `document` is the text of the cXML document."""
    blocks = [parts.section(parts.plain(f"{view.id}, invoice {view.invoice_number}, {view.total}"), "proof:subject")]
    for place, (file, about) in enumerate(shown):
        words = parts.safe(about, 300)
        blocks.append(parts.section(parts.plain(about), f"proof:about{place}"))
        blocks.append({"type": "image", "block_id": f"proof:{place}", "slack_file": {"id": file}, "alt_text": words})
    if fetching and pictures(view):
        blocks.append(parts.section(parts.plain("The pictures are being fetched …"), "proof:wait"))
    elif not shown and pictures(view):
        items = [("", about) for _, about in pictures(view)]
        blocks.append(parts.titled("Slack does not show these pictures; they are kept", "", items, "proof:kept"))
    if view.draft is not None and view.draft.digest:
        blocks.append(parts.titled("Digest of the proof", "", [("", view.draft.digest)], "proof:digest"))
    if view.document is not None:
        blocks += card.document_blocks(view.document, "proof")
        for place, start in enumerate(range(0, min(len(document), 4 * _TEXT), _TEXT)):
            blocks.append(parts.section(parts.plain(document[start : start + _TEXT], _TEXT), f"proof:text{place}"))
    return parts.modal("Pictures and proof", CALLBACK, blocks)
