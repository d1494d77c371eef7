"""What stays of a submission is shown where its card is: the pictures of its proof, that of its trouble, the cXML document.

Pictures are given to Slack when somebody asks for them, and shown to that person alone. Slack wants an answer at once, so the
window opens first and is filled when the pictures are there.
"""

import logging
from typing import Final

from bot.desk import Desk, behind, may_look, show_window, tell
from bot.errors import SlackRejected, ViewChanged
from bot.payloads import Interaction
from bot.views import portal_proof as view
from bot.views.memory import carrying
from core.app.portals.showing import submission_view
from core.app.portals.views import SubmissionView
from core.domain.actors import Actor
from core.domain.errors import ProjectError
from core.domain.keeping import SubjectKind
from core.domain.portals import SubmissionId

log = logging.getLogger(__name__)
_MOST: Final = 10


def show(desk: Desk, at: Interaction, actor: Actor) -> None:
    """The window with everything that was kept, for whoever may see the submission."""
    refusal = may_look(desk, actor, SubjectKind.SUBMISSION, at.value)
    if refusal is not None:
        tell(desk, at, refusal.sentence)
        return
    with desk.services.store.read() as unit:
        shown = submission_view(unit, SubmissionId(at.value), desk.zone)
        kept = unit.sources.data(shown.document.source_id) if shown.document is not None else b""
    document = kept.decode("utf-8", "replace")
    opened = show_window(desk, at, view.window(shown, (), document, fetching=True))
    pictures = _given(desk, shown)
    try:
        desk.slack.update_view(opened, carrying(view.window(shown, pictures, document), behind(at)))
    except ViewChanged:
        return
    except SlackRejected:
        # Slack shows a file only once it has looked at it, and some workspaces forbid files of apps.
        log.info("the pictures of %s could not be shown", shown.id)
        desk.slack.update_view(opened, carrying(view.window(shown, (), document), behind(at)))


def _given(desk: Desk, shown: SubmissionView) -> list[tuple[str, str]]:
    """Slack's ids of the pictures, each with what it shows; those that Slack does not take are left out."""
    given = []
    for source, about in view.pictures(shown)[:_MOST]:
        with desk.services.store.read() as unit:
            content = unit.sources.data(source)
        try:
            given.append((desk.slack.keep_picture("portal.png", content, about), about))
        except ProjectError as error:
            log.info("Slack did not take a picture of %s: %s", shown.id, error.code)
    return given
