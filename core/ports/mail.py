"""What the mail surface needs from the store: a desk that takes mails exactly once and remembers what became of them.

Every function is one transaction. The order that loses and doubles nothing is: fetch without marking, `take` (raw bytes,
sighting and cursor together), and only then whatever is done on the server for people's eyes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.domain.actors import Actor
from core.domain.ids import MailId
from core.domain.keeping import Effect
from core.domain.mails import Arrival, Cursor, MailOutcome, MailSummary, Sighting, StoredMail


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer to `take`: which mail this is, and whether it was seen for the first time anywhere."""

    mail_id: MailId
    is_new: bool


class MailDesk(Protocol):
    """Mails in the store. Safe to call from several threads and processes."""

    def hold_folder(self, account: str, folder: str, holder: str, for_s: float) -> bool:
        """Take or renew the lease on a folder: True if `holder` now has it alone for `for_s`."""

    def release_folder(self, account: str, folder: str, holder: str) -> None:
        """Give the lease back, if `holder` has it."""

    def cursor(self, account: str, folder: str) -> Cursor | None:
        """How far this folder was taken; None for a folder of which nothing was taken."""

    def take(self, arrival: Arrival) -> Taken:
        """Store mail, sighting and cursor in one transaction. Asking twice with one sighting, or content, is asking once."""

    def take_unfetchable(self, sighting: Sighting, why: str) -> MailId:
        """Record a message that the server lists and will not give, as a shunted mail without content; moves the cursor."""

    def pass_over(self, sighting: Sighting) -> None:
        """Move the cursor past a message that was gone from the server before it could be fetched."""

    def checked(self, account: str, folder: str) -> None:
        """Note a successful look into the folder, as the heartbeat `mailbox:<account>/<folder>`."""

    def last_check(self, account: str, folder: str) -> datetime | None:
        """When the folder was last looked into with success."""

    def next_to_read(self, for_s: float, most_attempts: int) -> StoredMail | None:
        """Lease the oldest mail to read, counting the attempt first.

        A mail whose readers died `most_attempts` times is shunted here instead of killing another one.
        """

    def finish(self, mail: StoredMail, outcome: MailOutcome) -> bool:
        """Record what became of the mail; False if the lease was lost meanwhile and nothing was recorded."""

    def put_back(self, mail: StoredMail, for_s: float) -> None:
        """Give the lease back without a result, until `for_s` have passed; the attempt does not count."""

    def shunt(self, mail: StoredMail, why: str) -> None:
        """Set a mail aside that broke its reader; a person may replay it."""

    def shunted(self, most: int = 100) -> Sequence[MailSummary]:
        """Mails that wait for a person to replay them, oldest first."""

    def recent(self, most: int = 100) -> Sequence[MailSummary]:
        """The newest mails, in whatever state."""

    def show(self, mail_id: MailId) -> tuple[MailSummary, MailOutcome | None]:
        """One mail, and what became of it; `NotFound`."""

    def raw(self, mail_id: MailId) -> bytes | None:
        """The mail as it came; None where the server never gave it."""

    def replay(self, mail_id: MailId, actor: Actor) -> MailSummary:
        """Queue a mail again with its attempts forgotten; refused while it is still waiting or has no content."""

    def drop(self, mail_id: MailId, actor: Actor, reason: str) -> MailSummary:
        """Give a shunted mail up, with the reason; it stays on record and may still be replayed. Refused in other states."""

    def has_message_id(self, message_id: str, sender: str, other_than: MailId) -> bool:
        """Whether another finished mail of this sender carries the same Message-ID."""

    def reply(self, effect: Effect, sender: str, most: int) -> bool:
        """Ask for a reply to `sender`, unless `most` were sent to that address today or this one was asked for before."""
