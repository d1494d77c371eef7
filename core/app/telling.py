"""Audit rows to sentences: every name of the vocabulary has one. No prose is stored, so wording can improve for old rows too.

A sentence reads "Priya Raman confirmed the suggestion, 2 Mar 10:42." The zone is the company's; the year is written only where
it is not the present one.
"""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final

from core.domain.events import AuditName
from core.domain.keeping import AuditRow

DID: Final[dict[AuditName, str]] = {
    AuditName.PAYMENT_CREATED: "entered this payment",
    AuditName.PAYMENT_MONEY_SEEN: "found the money on the bank account",
    AuditName.PAYMENT_MONEY_RECORDED: "recorded how the money came",
    AuditName.PAYMENT_DISMISSED: "dismissed what was suggested",
    AuditName.PAYMENT_IDENTIFIED: "identified the customer",
    AuditName.PAYMENT_SET_ASIDE: "set this aside",
    AuditName.PAYMENT_AUTO_APPLIED: "applied this without asking, because exactly one answer fits",
    AuditName.PAYMENT_SUGGESTED: "suggested what this pays",
    AuditName.PAYMENT_JOINED: "joined this to the payment that brought the money",
    AuditName.PAYMENT_NOTHING_FOUND: "took the suggestion back, because it no longer fits",
    AuditName.PAYMENT_APPLIED: "chose the documents",
    AuditName.PAYMENT_CONFIRMED: "confirmed the suggestion",
    AuditName.PAYMENT_UNAPPLIED: "took the application back",
    AuditName.PAYMENT_POSTING: "pressed Post",
    AuditName.PAYMENT_POSTED: "heard from the ledger that this is posted",
    AuditName.PAYMENT_REFUSED_BY_LEDGER: "heard from the ledger that it refuses this",
    AuditName.PAYMENT_OUTCOME_UNKNOWN: "did not hear from the ledger and asks it again",
    AuditName.PAYMENT_RESTORED: "restored this",
    AuditName.PAYMENT_RETURNED: "saw the bank take the money back",
    AuditName.PAYMENT_NOT_RETURNED: "said that the bank did not take this back",
    AuditName.PAYMENT_REVERSING: "asked the ledger to reverse this",
    AuditName.PAYMENT_REVERSED: "heard from the ledger that this is reversed",
    AuditName.PAYMENT_FLAGGED: "noticed something that somebody should see",
    AuditName.PAYMENT_LOOKED_AT: "looked for what this pays and kept what was found",
    AuditName.PAYMENT_HANDED_OVER: "handed this over to the ledger",
    AuditName.PAYMENT_ACTION_REFUSED: "tried something without being entitled to it",
    AuditName.REMITTANCE_RECEIVED: "received this remittance",
    AuditName.REMITTANCE_READ: "read this remittance",
    AuditName.REMITTANCE_COULD_NOT_BE_READ: "could not read this remittance",
    AuditName.REMITTANCE_TYPED_IN: "typed this remittance in",
    AuditName.REMITTANCE_DISMISSED: "dismissed this remittance",
    AuditName.REMITTANCE_LINKED: "linked this remittance to its payment",
    AuditName.REMITTANCE_WAITING: "let this remittance wait for its money",
    AuditName.REMITTANCE_UNLINKED: "unlinked this remittance from the payment",
    AuditName.REMITTANCE_CLOSED: "closed this remittance, because its payment is posted",
    AuditName.REMITTANCE_ACTION_REFUSED: "tried something with this remittance without being entitled to it",
    AuditName.QUESTION_ASKED: "asks about this bank line",
    AuditName.QUESTION_ANSWERED: "found the payment that the bank took back",
    AuditName.QUESTION_COUNTED: "said that this is new money",
    AuditName.QUESTION_SAME: "said that this deposit was seen before",
    AuditName.QUESTION_DISMISSED: "said that this is no payment of ours",
    AuditName.QUESTION_ASKED_AGAIN: "opened this question again",
    AuditName.QUESTION_ACTION_REFUSED: "tried to answer this without being entitled to it",
    AuditName.LINE_ACCEPTED: "accepted the line",
    AuditName.LINE_AWAITING_RECEIPT: "let the line wait for its receipt",
    AuditName.LINE_DISPUTED: "disputed the line",
    AuditName.LINE_REJECTED: "rejected the line",
    AuditName.LINE_RECALLED: "recalled the decision on the line",
    AuditName.LINE_RECEIPT_SEEN: "compared the line again with its receipt",
    AuditName.LINE_RELINKED: "linked the line again",
    AuditName.LINE_ADDED_NEW: "added the line as a new one, without an order",
    AuditName.LINE_LINKED: "linked the line to an order line",
    AuditName.LINE_UNLINKED: "unlinked the line from its order line",
    AuditName.LINE_UNIT_CONFIRMED: "confirmed the pack size of the line",
    AuditName.LINE_RECEIVED: "said that the goods of the line were received",
    AuditName.LINE_COMPARED_AGAIN: "compared the line again, because its facts changed",
    AuditName.LINE_DISPUTE_SETTLED: "opened the line again, because its dispute is settled",
    AuditName.LINE_WAITS_LONG: "reported that the line waits long for its receipt",
    AuditName.SUPPLIER_INVOICE_TAKEN: "entered the invoice",
    AuditName.SUPPLIER_INVOICE_COMPARED: "compared the invoice with its orders",
    AuditName.SUPPLIER_INVOICE_EDITED: "edited the invoice",
    AuditName.SUPPLIER_INVOICE_RERUN: "re-ran the line linking of the invoice",
    AuditName.SUPPLIER_INVOICE_LINES_REOPENED: "took the invoice back to review, because a line has to be decided again",
    AuditName.SUPPLIER_INVOICE_HANDED_OVER: "handed the invoice over to the ledger",
    AuditName.SUPPLIER_INVOICE_ACTION_REFUSED: "tried something with the invoice without being entitled to it",
    AuditName.SUPPLIER_INVOICE_LINES_CLEARED: "found all lines clear",
    AuditName.SUPPLIER_INVOICE_REVIEWED: "reviewed the invoice",
    AuditName.SUPPLIER_INVOICE_APPROVERS_SET: "named the approvers",
    AuditName.SUPPLIER_INVOICE_MARKED_APPROVED: "marked the invoice approved",
    AuditName.SUPPLIER_INVOICE_SENT_FOR_APPROVAL: "sent the invoice for approval",
    AuditName.SUPPLIER_INVOICE_APPROVED: "approved the invoice",
    AuditName.SUPPLIER_INVOICE_REJECTED: "rejected the invoice",
    AuditName.SUPPLIER_INVOICE_HELD: "put the invoice on hold",
    AuditName.SUPPLIER_INVOICE_RECALLED: "recalled the invoice",
    AuditName.SUPPLIER_INVOICE_POSTING: "pressed Post on the invoice",
    AuditName.SUPPLIER_INVOICE_POSTED: "heard from the ledger that the invoice is posted",
    AuditName.SUPPLIER_INVOICE_REFUSED_BY_LEDGER: "heard from the ledger that it refuses the invoice",
    AuditName.SUPPLIER_INVOICE_OUTCOME_UNKNOWN: "did not hear from the ledger about the invoice",
    AuditName.SUPPLIER_INVOICE_DELETED: "deleted the invoice",
    AuditName.SUBMISSION_MARKED_READY: "marked the submission ready",
    AuditName.SUBMISSION_DISMISSED: "dismissed the submission",
    AuditName.SUBMISSION_RECALLED: "recalled the submission",
    AuditName.SUBMISSION_BEGUN: "began to fill the portal's form",
    AuditName.SUBMISSION_DRAFT_SAVED: "saved the draft in the portal",
    AuditName.SUBMISSION_DOCUMENT_WRITTEN: "wrote the cXML document",
    AuditName.SUBMISSION_RELEASED: "released the cXML document, to be delivered",
    AuditName.SUBMISSION_SENDING: "began to send the cXML document",
    AuditName.SUBMISSION_DELIVERED: "delivered the invoice to the customer's system",
    AuditName.SUBMISSION_PORTAL_UNAVAILABLE: "could not reach the portal",
    AuditName.SUBMISSION_NEEDS_PERSON: "asks for a person's help with the portal",
    AuditName.SUBMISSION_INTERRUPTED: "was interrupted in the portal",
    AuditName.SUBMISSION_DRAFT_FOUND: "found the draft in the portal",
    AuditName.SUBMISSION_NO_DRAFT: "found no draft in the portal",
    AuditName.SUBMISSION_RETRIED: "asked for another attempt",
    AuditName.SUBMISSION_SUBMITTED: "saw the invoice submitted in the portal",
    AuditName.SUBMISSION_GONE: "no longer finds the draft in the portal",
    AuditName.SUBMISSION_SUGGESTED: "suggested which order the invoice belongs to",
    AuditName.SUBMISSION_ORDER_CHOSEN: "chose the order",
    AuditName.SUBMISSION_LINES_CHOSEN: "chose the lines of the order",
    AuditName.SUBMISSION_FILE_ATTACHED: "attached the invoice's PDF",
    AuditName.SUBMISSION_COMPARED_AGAIN: "looked again, because the order or the invoice changed",
    AuditName.SUBMISSION_NOT_NEEDED: "dropped the suggestion, because it is not needed any more",
    AuditName.SUBMISSION_APPROVED: "saw the invoice approved in the portal",
    AuditName.SUBMISSION_DISPUTED: "saw the invoice disputed in the portal",
    AuditName.SUBMISSION_PAID: "saw the invoice paid in the portal",
    AuditName.SUBMISSION_TURNED_DOWN: "saw the invoice turned down in the portal",
    AuditName.SUBMISSION_ACTION_REFUSED: "tried something with the submission without being entitled to it",
    AuditName.PORTAL_LOGIN_ADDED: "added the portal login",
    AuditName.PORTAL_LOGIN_ROTATED: "entered other secrets for the portal login",
    AuditName.PORTAL_LOGIN_RESEALED: "sealed the portal login with another key",
    AuditName.PORTAL_LOGIN_TESTED: "tried the portal login",
    AuditName.PORTAL_LOGIN_ANSWERED: "handed the robot a code that the portal asks for",
    AuditName.PORTAL_LOGIN_PAUSED: "stopped using the portal login until a person helps",
    AuditName.PORTAL_LOGIN_RESUMED: "uses the portal login again",
    AuditName.PORTAL_LOGIN_RETIRED: "retired the portal login and destroyed its secrets",
    AuditName.PORTAL_CUSTOMER_LINKED: "said which customer of ours this is",
    AuditName.PORTAL_CUSTOMER_UNLINKED: "said that this is none of our customers, or not that one",
    AuditName.PORTAL_SETTING_CHANGED: "changed what is done in portals",
    AuditName.PORTAL_SYNC_ASKED: "asked for a sync of the portal",
    AuditName.PORTAL_SYNC_STARTED: "began a sync of the portal",
    AuditName.PORTAL_SYNC_STOPPED: "stopped the sync of the portal",
    AuditName.PORTAL_SYNC_ENDED: "finished the sync of the portal",
    AuditName.DISPUTE_OPENED: "opened a dispute",
    AuditName.DISPUTE_ACTION_REFUSED: "tried something with the dispute without being entitled to it",
    AuditName.DISPUTE_TOLD: "told the counterparty of the dispute",
    AuditName.DISPUTE_ANSWERED: "received an answer to the dispute",
    AuditName.DISPUTE_ASKED_AGAIN: "asked the counterparty again",
    AuditName.DISPUTE_SETTLED: "settled the dispute",
    AuditName.DISPUTE_WITHDRAWN: "withdrew the dispute",
    AuditName.OUTBOX_LEASED: "began a delivery",
    AuditName.OUTBOX_SENT: "finished a delivery",
    AuditName.OUTBOX_FAILED: "failed to deliver and will try again",
    AuditName.OUTBOX_SHUNTED: "set a delivery aside that could not be made",
    AuditName.OUTBOX_LEASE_EXPIRED: "took a delivery over that was not finished",
    AuditName.OUTBOX_REPLAYED: "asked for a delivery again",
    AuditName.OUTBOX_DROPPED: "gave a delivery up",
    AuditName.SOURCE_TAKEN: "took this document",
    AuditName.SOURCE_SEEN_AGAIN: "was given this document again",
    AuditName.SOURCE_REFUSED: "could not read this document",
    AuditName.BANK_LINE_SEEN_AGAIN: "saw this bank line again",
    AuditName.MAIL_TAKEN: "took this mail",
    AuditName.MAIL_DECIDED: "decided what to do with this mail",
    AuditName.MAIL_SHUNTED: "set this mail aside, because reading it broke",
    AuditName.MAIL_REPLAYED: "asked for this mail to be read again",
    AuditName.LEDGER_SYNCED: "took customers and documents from the ledger",
    AuditName.BATCH_WRITTEN: "wrote a batch for the ledger",
    AuditName.BATCH_REFUSED: "refused a batch",
    AuditName.BATCH_ACKNOWLEDGED: "took the ledger's acknowledgement",
    AuditName.RECEIPT_REPLACED: "found the ledger's own receipt in place of ours",
    AuditName.ALIAS_CONFIRMED: "confirmed whose name or account this is",
    AuditName.ALIAS_REJECTED: "rejected whose name or account this was said to be",
    AuditName.PERSON_CHANGED: "changed this person",
    AuditName.POLICY_CHANGED: "changed the policy",
    AuditName.ACCESS_REFUSED: "was refused access",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened, in words. `sentence` holds who, what and when; `reason` is what the person typed."""

    sentence: str
    name: AuditName
    by: str
    at: datetime
    reason: str = ""


def day(of: date) -> str:
    """A date as people write it: 27 Feb 2026."""
    return f"{of.day} {of:%b %Y}"


def moment(at: datetime, zone: tzinfo, now: datetime) -> str:
    """An instant in the company's zone: 2 Mar 10:42, with the year where it is another one."""
    local = at.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f" {local.year}"
    return f"{local.day} {local:%b}{year} {local:%H:%M}"


def sentence(name: AuditName, by: str, at: datetime, zone: tzinfo, now: datetime) -> str:
    """Who did what, and when."""
    return f"{by} {DID[name]}, {moment(at, zone, now)}."


def tell(row: AuditRow, zone: tzinfo, now: datetime) -> Told:
    """An audit row in words."""
    entry = row.entry
    by = entry.actor.name or "Somebody"
    return Told(sentence(entry.name, by, row.at, zone, now), entry.name, by, row.at, entry.reason)
