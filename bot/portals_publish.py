"""The managers' channel hears of drafts and troubles in portals, once, with the picture that says most.

The picture is given to Slack first and shown by the message; where Slack does not take it, the notice goes without, for people
wait for the words. An attempt whose outcome is unknown is settled by looking for the key in the message's metadata.
"""

import logging
from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from bot.cards import portal_notice
from bot.channels import Channels
from bot.client import Slack
from bot.errors import SlackRejected
from bot.publish import LOOK_BACK_FOR_A_CARD_S, metadata_of
from core.app.outbox import Performer
from core.app.portals.showing import submission_view
from core.app.portals.views import SubmissionView
from core.app.portals.wording import login_address
from core.app.services import Services
from core.domain.errors import ProjectError, SlackRateLimited
from core.domain.events import AuditName
from core.domain.keeping import EffectKind, OutboxItem
from core.domain.portals import SubmissionId
from core.settings import Settings

log = logging.getLogger(__name__)
_NAME: Final = "portal.png"


class Notices:
    """The performer of notices to managers."""

    def __init__(self, services: Services, settings: Settings, slack: Slack, channels: Channels) -> None:
        self._services = services
        self._settings = settings
        self._slack = slack
        self._channels = channels
        self._zone = ZoneInfo(settings.time_zone)

    def performers(self) -> Mapping[EffectKind, Performer]:
        """One kind of effect."""
        return {EffectKind.NOTIFY_MANAGERS: self}

    def __call__(self, item: OutboxItem) -> str:
        """Tell them; the receipt is the message's timestamp."""
        channel = self._channels.managers()
        key = item.effect.key
        if item.tried_before:
            ts = self._slack.find(channel, key, item.created_at.timestamp() - LOOK_BACK_FOR_A_CARD_S)
            if ts:
                return ts
        with self._services.store.read() as unit:
            view = submission_view(unit, SubmissionId(item.effect.subject.id), self._zone)
        name = AuditName(str(item.effect.payload["name"]))
        address = login_address(view.portal, self._settings.portal.coupa_address)
        file = self._picture(view)
        try:
            return self._slack.post(channel, portal_notice.message(view, name, address, file), metadata_of(key))
        except SlackRejected:
            if not file:
                raise
            # Slack shows a file only once it has looked at it, and some workspaces forbid files of apps.
            log.info("the picture of %s could not be shown; the notice goes without", view.id)
            return self._slack.post(channel, portal_notice.message(view, name, address), metadata_of(key))

    def _picture(self, view: SubmissionView) -> str:
        """Slack's id of the picture; empty where there is none, or Slack does not take it."""
        wanted = portal_notice.picture(view)
        if wanted is None:
            return ""
        source, about = wanted
        with self._services.store.read() as unit:
            content = unit.sources.data(source)
        try:
            return self._slack.keep_picture(_NAME, content, about)
        except SlackRateLimited:
            raise
        except ProjectError as error:
            log.info("Slack did not take a picture of %s: %s", view.id, error.code)
            return ""
