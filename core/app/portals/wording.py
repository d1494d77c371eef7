"""Words of portals for people: states, troubles with what to do about each, steps, how customers came to be settled."""

from dataclasses import dataclass
from typing import Final

from core.domain.portals import CustomerLink, LinesFrom, LoginState, SyncState
from core.domain.submissions import DraftStep
from core.domain.workflows import SubmissionState as State

SUBMISSION_STATES: Final[dict[State, str]] = {
    State.SUGGESTED: "Suggested",
    State.READY_TO_SUBMIT: "Ready to submit, waits for the robot",
    State.FILLING: "The robot fills the portal's form",
    State.CHECKING: "The portal is being searched for the draft",
    State.PREPARED: "Document written, a second person has to release it: cXML delivers, it makes no draft",
    State.RELEASED: "Released, waits to be sent",
    State.SENDING: "The document is being sent",
    State.STUCK: "Needs a person",
    State.DRAFT_SAVED: "Draft saved, to be checked and submitted in the portal",
    State.SUBMITTED: "Submitted in the portal",
    State.APPROVED: "Approved by the customer",
    State.DISPUTED: "Disputed by the customer",
    State.PAID: "Paid, says the portal",
    State.DISMISSED: "Dismissed",
}
STEPS: Final[dict[DraftStep, str]] = {
    DraftStep.PLANNED: "planned",
    DraftStep.SESSION_READY: "logged in",
    DraftStep.LOOKED_UP: "looked for the number",
    DraftStep.FORM_OPEN: "form opened",
    DraftStep.FILLED: "form filled",
    DraftStep.CALCULATED: "calculated by the portal",
    DraftStep.SAVING: "saving",
    DraftStep.SAVED_UNVERIFIED: "saved, not read back yet",
    DraftStep.VERIFIED: "read back",
}
RULES: Final[dict[str, str]] = {
    "po_number": "by the invoice's own order number",
    "balance": "by what is left on the order",
    "by_hand": "chosen by a person",
    "": "",
}
LINES: Final[dict[LinesFrom, str]] = {
    LinesFrom.ONLY_LINE: "the only line that is open",
    LinesFrom.WHOLE_REST: "all that is left on every line",
    LinesFrom.ONE_FITS: "the one line that can take all of it in whole units",
    LinesFrom.BY_HAND: "as a person chose",
}
LINKS: Final[dict[CustomerLink, str]] = {
    CustomerLink.NONE: "nobody of ours has this name",
    CustomerLink.ASKED: "several of ours may be meant",
    CustomerLink.AUTOMATIC: "by its name",
    CustomerLink.BY_HAND: "by a person",
    CustomerLink.NOT_OURS: "none of ours",
}
LOGINS: Final[dict[LoginState, str]] = {
    LoginState.ACTIVE: "used",
    LoginState.PAUSED: "waits for a person",
    LoginState.RETIRED: "retired",
}
SYNCS: Final[dict[SyncState, str]] = {
    SyncState.RUNNING: "under way",
    SyncState.DONE: "done",
    SyncState.STOPPED: "stopped",
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """A name for a trouble and what a person does about it. `button` is an event of the submission, or `try_login`, or none."""

    title: str
    what_to_do: str
    button: str = ""


_RETRY: Final = "retry"
TRY_LOGIN: Final = "try_login"
_OF_CODES: Final = frozenset({"one_time_code_missing", "one_time_code_refused"})
REMEDIES: Final[dict[str, Remedy]] = {
    "portal_login_refused": Remedy(
        "Wrong credentials", "Enter the right password; an administrator does that once, and what waits goes on.", TRY_LOGIN
    ),
    "portal_password_expired": Remedy(
        "Password expired", "Set a new password in the portal, then enter it here (tieout portal rotate).", TRY_LOGIN
    ),
    "one_time_code_refused": Remedy(
        "One-time code refused",
        "See whether this machine's clock is right and the secret is that of this user; then try the login again.",
        TRY_LOGIN,
    ),
    "one_time_code_missing": Remedy(
        "One-time code needed",
        "Press “Enter a code” when you can receive it, add the one-time secret to the login, or log in in a visible browser.",
        TRY_LOGIN,
    ),
    "captcha_shown": Remedy(
        "The portal wants to see a human",
        "Log in once by hand, in a visible browser on the robot's machine (tieout portal test --visible); then try again.",
        TRY_LOGIN,
    ),
    "portal_sessions_full": Remedy(
        "Too many sessions", "Log one of the three sessions of this user out; the robot ends nobody's session.", _RETRY
    ),
    "portal_changed": Remedy(
        "The portal looks different", "Compare the page with its picture; the robot's driver may have to be changed.", _RETRY
    ),
    "portal_action_needed": Remedy("Something has to be set up in the portal", "Do it there, then try again.", _RETRY),
    "not_invoiceable": Remedy("The order takes no invoice", "Ask the customer to open it, or choose another order.", _RETRY),
    "already_in_portal": Remedy(
        "The number is in the portal already", "Look whether that is this invoice; dismiss it here if it is.", ""
    ),
    "portal_refused_field": Remedy(
        "The portal refused what was typed", "Correct it at the customer, the order or the invoice, then try again.", _RETRY
    ),
    "portal_refused_file": Remedy("The portal refused the file", "Attach another file, then try again.", "attach_file"),
    "portal_total_differs": Remedy(
        "The portal calculates another total", "Choose the lines, or settle tax and prices with the customer.", "choose_lines"
    ),
    "portal_down": Remedy("The portal is not available", "It is tried again by itself; or try now.", _RETRY),
    "portal_busy": Remedy("The login is in use", "It is tried again by itself.", ""),
    "outcome_unknown": Remedy(
        "Nobody knows whether it was saved", "Look in the portal for this number before you try again.", _RETRY
    ),
    "draft_differs": Remedy(
        "The draft is not what we meant", "Look at the differences; correct or delete the draft there, then try again.", _RETRY
    ),
    "draft_gone": Remedy("The draft is gone", "Somebody deleted it in the portal; try again or dismiss it.", _RETRY),
    "turned_down": Remedy("Turned down by the customer", "See the reason in the portal; correct and try again.", _RETRY),
    "not_found": Remedy("Not found", "The order or the invoice is not there any more; choose another order.", "choose_order"),
    "refused": Remedy("Not switched on", "Switch drafts on for this customer, or dismiss it.", _RETRY),
    "order_has_no_room": Remedy("No room on the order", "Choose another order, or ask the customer.", "choose_order"),
    "incomplete": Remedy("Something is missing", "Add it, then try again.", _RETRY),
    "document_changed": Remedy(
        "The document would be another now", "Try again: it is written anew, and a second person looks at it once more.", _RETRY
    ),
    "sums_disagree": Remedy(
        "The lines do not come to the total", "Choose the lines so that they do, then try again.", "choose_lines"
    ),
    "misconfigured": Remedy("A setting is wrong", "An operator has to mend it; then try again.", _RETRY),
    "login_retired": Remedy(
        "The login is retired", "Choose an order of another login, or add the login again.", "choose_order"
    ),
    "bug": Remedy("The robot stumbled", "The log has the reason; the portal is searched before anything is done.", _RETRY),
}
_UNKNOWN: Final = Remedy("Trouble in the portal", "Look in the portal, then try again.", _RETRY)


def remedy(code: str) -> Remedy:
    """The name of a trouble and what to do."""
    return REMEDIES.get(code, _UNKNOWN)


def wants_code(code: str) -> bool:
    """Whether a person can help with this trouble by entering a code that they have."""
    return code in _OF_CODES


def login_address(portal: str, coupa: str) -> str:
    """Where people check and submit drafts: the page of invoices of a portal."""
    return f"{coupa}/invoices" if portal == "coupa" else ""
