"""What can go wrong on order. Each fault is a switch; those with a step strike only there, and as often as asked."""

import threading
from dataclasses import dataclass, field
from typing import Literal

STEPS = {
    "home": "the page after logging in",
    "orders": "the page of the shell that frames the orders",
    "invoices": "the page of the shell that frames the invoices",
    "choose_customer": "choosing the customer",
    "order_list": "the table of orders",
    "line_list": "the table of order lines",
    "export": "the file of order lines",
    "order": "one order",
    "form": "the empty invoice form",
    "calculate": "Calculate",
    "save": "Save as Draft",
    "invoice_list": "the table of invoices",
    "invoice": "one invoice",
    "delete": "deleting a draft",
    "cxml": "an invoice by cXML",
}
KINDS = {
    "slow": "The page takes `seconds`.",
    "oops": "The page is an error page (500, “Oops!”).",
    "maintenance": "The page says that the portal is closed for maintenance (503).",
    "cut": "The connection is closed without an answer.",
    "drop_session": "The session is gone.",
    "switch_customer": "Another session of the same user chose customer `to`.",
    "notation": "Another session of the same user has dates and numbers written as in `to` (ymd-comma).",
    "close_order": "The buyer closes the order `to`.",
    "steal_number": "Somebody saves an invoice with the number `to`.",
    "no_flash": "The page that follows says nothing of having saved.",
    "renamed_class": "Test hooks (classes that start with s-) have other names.",
    "renamed_label": "Buttons and labels have other words; only `to`, where given.",
    "extra_column": "Tables have a column more.",
    "missing_column": "Tables lack the column `to`.",
    "empty_table": "Tables are empty.",
    "overlay": "A tour and an announcement cover the page.",
    "captcha": "The login wants to see a human.",
    "upload_refused": "The portal refuses the file, because of `to`: size or type.",
    "export_mailed": "The export is mailed instead of being sent at once.",
    "coins_create": "Opening the form already makes an empty draft.",
    "greyed_out": "Create Invoice cannot be pressed.",
    "altered": "The portal keeps another price than the one that was typed.",
    "lost_file": "The portal keeps the draft without its file.",
    "no_details": "There is no legal entity to choose.",
    "clock": "The portal's clock is `seconds` ahead.",
    "sessions_full": "Three other sessions of the same user are open.",
    "new_language": "The pages come in another language (`to`).",
}
# These strike at a step; the others hold as long as they are switched on.
AT_A_STEP = {
    "slow",
    "oops",
    "maintenance",
    "cut",
    "drop_session",
    "switch_customer",
    "notation",
    "close_order",
    "steal_number",
}


@dataclass
class Fault:
    kind: str
    step: str = ""
    when: Literal["before", "after"] = "before"
    spared: int = 0
    times: int = 1
    seconds: float = 0.0
    to: str = ""
    hits: int = 0


@dataclass
class Faults:
    """All that are switched on."""

    on: list[Fault] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def add(self, fault: Fault) -> None:
        if fault.kind not in KINDS or (fault.step and fault.step not in STEPS):
            raise ValueError(f"no fault {fault.kind} at {fault.step}")
        if fault.kind in AT_A_STEP and not fault.step:
            raise ValueError(f"{fault.kind} needs a step")
        with self.lock:
            self.on.append(fault)

    def clear(self) -> None:
        with self.lock:
            self.on.clear()

    def holds(self, kind: str, step: str = "") -> Fault | None:
        """A lasting fault that is switched on, everywhere or for this step."""
        with self.lock:
            for fault in self.on:
                if fault.kind == kind and fault.step in {"", step}:
                    fault.hits += 1
                    return fault
        return None

    def strike(self, step: str, when: str) -> list[Fault]:
        """The faults that hit this request; each is used up by what it hits."""
        hitting = []
        with self.lock:
            for fault in list(self.on):
                if fault.kind not in AT_A_STEP or fault.step != step or fault.when != when:
                    continue
                if fault.spared > 0:
                    fault.spared -= 1
                    continue
                fault.hits += 1
                fault.times -= 1
                if fault.times <= 0:
                    self.on.remove(fault)
                hitting.append(fault)
        return hitting
