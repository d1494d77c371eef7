"""Every error of Tieout, grouped by what the reader of it must do.

    ProjectError                      code, sentence fit for a user, details fit for a log
     +- Refused                       the business said no; nothing is wrong; tell the actor
     +- Unreadable                    we could not understand what we were given; show the document
     +- NeedsPerson                   only a human can go on; a card to the owner's channel
     +- Unavailable                   try later; bounded retry
     +- Misconfigured                 refuse to start and name the setting
    anything else (assert, KeyError)  a bug: apology with a reference number, log with trace, shunt

Pure functions return a refusal as a value (`core.decide.machine.Denied`); the shell raises only at its edge.
"""

from collections.abc import Mapping


class ProjectError(Exception):
    """Root of all errors that Tieout raises on purpose.

    `sentence` is plain words for the person who acted and never holds a secret; `details` is for the log.
    """

    code: str = "error"

    def __init__(self, sentence: str, **details: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details: Mapping[str, object] = details


class Refused(ProjectError):
    """The business said no. Nothing is wrong, nothing is retried; the actor is told why."""

    code = "refused"


class NotPermitted(Refused):
    """The actor may not do this: unknown, wrong kind of actor, or the permission is missing."""

    code = "not_permitted"


class IllegalMove(Refused):
    """The state table has no row for this event in this state."""

    code = "illegal_move"


class StaleVersion(Refused):
    """Somebody changed the subject since the actor looked at it."""

    code = "stale_version"


class LinesUnresolved(Refused):
    """A line of the supplier invoice still waits for a decision."""

    code = "lines_unresolved"


class SumsDisagree(Refused):
    """Applied and unapplied amounts do not add up to the payment."""

    code = "sums_disagree"


class ExceedsOpenBalance(Refused):
    """More would be applied to a document than is open on it."""

    code = "exceeds_open_balance"


class CurrencyDiffers(Refused):
    """Two amounts of different currencies were brought together; a person must decide."""

    code = "currency_differs"


class OrderHasNoRoom(Refused):
    """The customer's purchase order cannot take this invoice."""

    code = "order_has_no_room"


class BatchChanged(Refused):
    """A posting batch is not what we wrote any more, or a known key came with other content; nothing of it is believed."""

    code = "batch_changed"


class NotFound(Refused):
    """The subject does not exist (any more)."""

    code = "not_found"


class Incomplete(Refused):
    """The actor left something out that this action needs (a reason, a customer, an amount)."""

    code = "incomplete"


class NotInvoiceable(Refused):
    """The customer's portal takes no invoice for this order: closed, on hold, stopped, or the button cannot be pressed."""

    code = "not_invoiceable"


class AlreadyInPortal(Refused):
    """The portal has an invoice with this number that is not our draft; nothing was saved."""

    code = "already_in_portal"


class PortalRefusedField(Refused):
    """The portal refused what was typed: `field` names it, `text` is the portal's own sentence. Nothing was saved."""

    code = "portal_refused_field"

    def __init__(self, sentence: str, *, field: str, text: str, **details: object) -> None:
        super().__init__(sentence, field=field, text=text, **details)
        self.field = field
        self.text = text


class PortalRefusedFile(PortalRefusedField):
    """The portal, or its known rules, refused the file of the invoice: kind or size. Nothing was saved."""

    code = "portal_refused_file"


class PortalTotalDiffers(Refused):
    """The portal calculates another total than our invoice has; nothing was saved."""

    code = "portal_total_differs"


class Unreadable(ProjectError):
    """We could not understand what we were given. `where` names the line, record, cell or element."""

    code = "unreadable"

    def __init__(self, sentence: str, *, where: str = "", **details: object) -> None:
        super().__init__(sentence, where=where, **details)
        self.where = where


class UnknownFormat(Unreadable):
    """No reader knows this kind of document."""

    code = "unknown_format"


class Malformed(Unreadable):
    """The document is of a known kind and broken at `where`."""

    code = "malformed"


class PasswordProtected(Unreadable):
    """The document is encrypted and we have no key."""

    code = "password_protected"


class TotalDisagrees(Unreadable):
    """The document's own total does not equal the sum of its parts."""

    code = "total_disagrees"


class TooBig(Unreadable):
    """The document is over a limit of size, depth, time or memory."""

    code = "too_big"


class NeedsPerson(ProjectError):
    """Only a human can go on."""

    code = "needs_person"


class PortalLoginRefused(NeedsPerson):
    """A portal refused the credential."""

    code = "portal_login_refused"


class PortalPasswordExpired(PortalLoginRefused):
    """A portal wants a new password before it lets us in."""

    code = "portal_password_expired"


class OneTimeCodeRefused(PortalLoginRefused):
    """A portal refused a one-time code; a second one is never tried without a person, because accounts get locked."""

    code = "one_time_code_refused"


class OneTimeCodeMissing(NeedsPerson):
    """A portal asks for a one-time code that we cannot make."""

    code = "one_time_code_missing"


class CaptchaShown(NeedsPerson):
    """A portal wants to see a human."""

    code = "captcha_shown"


class DocumentChanged(NeedsPerson):
    """What would be sent is not what was released."""

    code = "document_changed"


class PortalChanged(NeedsPerson):
    """A portal's page is not the one we know; the evidence says what was seen."""

    code = "portal_changed"


class PortalActionNeeded(NeedsPerson):
    """A portal wants something done that only a person may do: set up a legal entity, accept terms, choose between several."""

    code = "portal_action_needed"


class OutcomeUnknown(NeedsPerson):
    """A call to the outside was cut off: it may or may not have happened. Look it up by key before any retry."""

    code = "outcome_unknown"


class Unavailable(ProjectError):
    """Try later. `after_s` is the receiver's own wish where it named one."""

    code = "unavailable"

    def __init__(self, sentence: str, *, after_s: float | None = None, **details: object) -> None:
        super().__init__(sentence, after_s=after_s, **details)
        self.after_s = after_s


class SlackRateLimited(Unavailable):
    """Slack answered 429; `after_s` is its Retry-After."""

    code = "slack_rate_limited"


class SlackDown(Unavailable):
    """Slack did not answer."""

    code = "slack_down"


class LedgerDown(Unavailable):
    """The ledger (ERP) did not answer or its folder cannot be written."""

    code = "ledger_down"


class MailboxDown(Unavailable):
    """The mailbox did not answer, or refused our login for now."""

    code = "mailbox_down"


class PortalDown(Unavailable):
    """A portal did not answer or is in maintenance."""

    code = "portal_down"


class PortalSessionsFull(Unavailable):
    """A login would end somebody else's session in the portal; we step back instead."""

    code = "portal_sessions_full"


class PortalBusy(Unavailable):
    """Other work of ours, or another person, uses this portal login now."""

    code = "portal_busy"


class Misconfigured(ProjectError):
    """A setting is missing or wrong. Refuse to start; `setting` names it."""

    code = "misconfigured"

    def __init__(self, sentence: str, *, setting: str, **details: object) -> None:
        super().__init__(sentence, setting=setting, **details)
        self.setting = setting
