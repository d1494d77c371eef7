"""Which message goes where, and whether it may: finance cards never go to a channel that another company reads too.

Whether a channel is shared is asked of Slack, not remembered: it can change any day. One answer serves for a minute, because an
import publishes many cards and Slack counts questions.
"""

import threading
import time
from typing import Final

from bot.client import Slack
from bot.errors import WAIT_FOR_A_PERSON_S, ChannelClosed
from core.domain.keeping import SubjectKind
from core.settings import Settings

FRESH_S: Final = 60.0
_OF_PORTALS: Final = frozenset({SubjectKind.SUBMISSION, SubjectKind.PORTAL_SYNC})


class Channels:
    """Channels by subject. Safe to use from several threads."""

    def __init__(self, slack: Slack, settings: Settings) -> None:
        self._slack = slack
        self._settings = settings
        self._lock = threading.Lock()
        self._good_until: dict[str, float] = {}

    def of(self, kind: SubjectKind) -> str:
        """The channel for messages about this kind of subject, checked; `ChannelClosed` while it cannot be used."""
        channel = self._chosen(kind)
        if not channel:
            name = "TIEOUT_SLACK_PAYMENTS_CHANNEL"
            raise ChannelClosed(f"No channel is set; set {name}.", after_s=WAIT_FOR_A_PERSON_S)
        self.require_ours(channel)
        return channel

    def _chosen(self, kind: SubjectKind) -> str:
        if kind is SubjectKind.ALERT:
            return self._settings.alerts_channel
        if kind in _OF_PORTALS:
            return self._settings.portal_channel
        of_payables = kind is SubjectKind.SUPPLIER_INVOICE
        return self._settings.payables_channel if of_payables else self._settings.slack_payments_channel

    def managers(self) -> str:
        """Where drafts and troubles in portals are told, checked like `of`."""
        channel = self._settings.managers_channel
        if not channel:
            return self.of(SubjectKind.SUBMISSION)
        self.require_ours(channel)
        return channel

    def require_ours(self, channel: str) -> None:
        """Refuse a channel that people of another company read."""
        with self._lock:
            if self._good_until.get(channel, 0.0) > time.monotonic():
                return
        found = self._slack.channel(channel)
        if found.get("is_ext_shared") or found.get("is_pending_ext_shared"):
            sentence = "The channel is shared with another company; nothing of ours is shown there."
            raise ChannelClosed(sentence, after_s=WAIT_FOR_A_PERSON_S, channel=channel)
        with self._lock:
            self._good_until[channel] = time.monotonic() + FRESH_S

    def forget(self, channel: str) -> None:
        """Ask again next time: Slack said that something about the channel changed."""
        with self._lock:
            self._good_until.pop(channel, None)
