"""`tieout portal …`: logins of customers' portals, syncs, whose customers they list, and for whom drafts are saved.

Secrets are typed at a prompt, never given as words of a command: those stand in histories and lists of processes.
"""

import argparse
import getpass
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core import bootstrap, settings
from core.app.outcomes import Done, Outcome, Refusal
from core.app.portals import customers, logins, waiting
from core.app.portals.commands import AddLogin, LinkCustomer, LoginSecrets, RotateLogin, SetCustomer, SetCxml
from core.app.portals.cxml_words import party, units
from core.app.portals.showing import customer_view, login_view
from core.app.portals.views import ListedCustomerView, LoginView
from core.app.services import Services
from core.command_line.saying import DONE, NOTHING_DONE, SOME_REFUSED, operator, plural, say, zone_of
from core.domain.errors import Incomplete, Misconfigured
from core.domain.ids import CustomerId
from core.domain.portals import DATE_FORMS, KNOWN_PORTALS, CxmlTerms, PortalCustomerId, PortalLoginId
from core.domain.submissions import FilePlace
from core.settings import Settings

_LOGIN: Final = "a login, such as PL-1001"
_LONGEST_S: Final = 900.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs below `portal`."""
    verbs = parser.add_subparsers(dest="portal_verb", metavar="VERB", required=True)
    verbs.add_parser("list", help="the logins, and how they are")
    new = verbs.add_parser("add", help="a login of a portal; its secrets are asked for, and it is tried at once")
    new.add_argument("portal", choices=KNOWN_PORTALS)
    new.add_argument("user", help="the user name, for most portals an e-mail address")
    turn = verbs.add_parser("rotate", help="other secrets for a login, tried at once")
    turn.add_argument("login", metavar="ID", help=_LOGIN)
    for sub in (new, turn):
        sub.add_argument(
            "--date-form", default=None, metavar="FORM", help=f"this user's, in the portal: {', '.join(DATE_FORMS)}"
        )
        sub.add_argument("--decimal-mark", default=None, choices=(".", ","), help="this user's, in the portal")
        sub.add_argument("--no-test", action="store_true", help="do not try it now; the portal process does")
    test = verbs.add_parser("test", help="log in once, now")
    test.add_argument("login", metavar="ID", help=_LOGIN)
    test.add_argument("--visible", action="store_true", help="in a window where a person logs in by hand (a captcha)")
    verbs.add_parser("retire", help="use a login no more, and destroy its secrets").add_argument(
        "login", metavar="ID", help=_LOGIN
    )
    verbs.add_parser("reseal", help="seal all logins with the newest key, so that an older one can be thrown away")
    verbs.add_parser("sync", help="ask the portal process to sync now").add_argument(
        "logins", nargs="*", metavar="ID", help=f"{_LOGIN}; all of them when left out"
    )
    record = verbs.add_parser("recon", help="record what the portal's pages look like: read-only, texts masked")
    record.add_argument("login", metavar="ID", help=_LOGIN)
    record.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder, to be read before it is shared")
    record.add_argument("--pictures", action="store_true", help="take pictures too, which are not masked")
    _customer_arguments(verbs)


def _customer_arguments(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    whose = verbs.add_parser("customers", help="whose customers the portals list; with names, say who one of them is")
    whose.add_argument("customer", nargs="?", metavar="ID", help="a portal's customer, such as PC-1001")
    whose.add_argument("--is", dest="is_customer", metavar="CUSTOMER", help="our customer's number; “none” for nobody of ours")
    whose.add_argument("--read-anew", action="store_true", help="what it lists now is right, although it is much less")
    enable = verbs.add_parser("enable", help="save drafts for customers; without any, for the company as a whole")
    enable.add_argument("customers", nargs="*", metavar="CUSTOMER", help="numbers or names")
    enable.add_argument("--list", dest="file", type=Path, metavar="FILE", help="a customer a line, by number or name")
    enable.add_argument("--file-place", choices=[place.value for place in FilePlace], help="where the PDF goes")
    enable.add_argument("--legal-entity", help="ours, as the portal names it, where it offers several")
    enable.add_argument("--tax-code", help="for every line, where the customer wants one; empty for none")
    cxml = verbs.add_parser("cxml", help="a customer takes cXML, which delivers; a second person releases each document")
    cxml.add_argument("customer", metavar="CUSTOMER", help="our customer's number")
    cxml.add_argument("--endpoint", help="such as https://customer.coupahost.com/cxml/invoices")
    cxml.add_argument("--supplier", metavar="DOMAIN:IDENTITY", help="who we are, such as DUNS:079928354")
    cxml.add_argument("--buyer", metavar="DOMAIN:IDENTITY", help="who the customer is")
    cxml.add_argument("--units", default="", metavar="NAME=CODE,…", help="this customer's codes of units, such as board=PCE")
    cxml.add_argument("--test", action="store_true", help="documents say that they are for testing")
    cxml.add_argument("--off", action="store_true", help="drafts in the portal's form again; the secret is destroyed")
    disable = verbs.add_parser("disable", help="save no drafts for customers; without any, for nobody")
    disable.add_argument("customers", nargs="*", metavar="CUSTOMER", help="numbers")
    disable.add_argument("--altogether", action="store_true", help="they use no portal: no orders are suggested either")


def run(options: argparse.Namespace) -> int:
    """Do what the words say."""
    found = settings.load()
    if options.portal_verb == "test":
        return _tried(options.login, visible=options.visible)
    if options.portal_verb == "recon":
        pictures = ["--pictures"] if options.pictures else []
        return _in_the_portal_process("recon", options.login, "--out", str(options.out), *pictures)
    with bootstrap.running(found) as services:
        status, to_test = _VERBS[options.portal_verb](found, services, options)
    return _tried(to_test) if to_test else status


Answer = tuple[int, str]
"""The exit status, and a login to try once the database is closed."""


def _said(outcome: Outcome) -> Answer:
    if isinstance(outcome, Refusal):
        say(outcome.sentence)
        return NOTHING_DONE, ""
    say(outcome.sentence or "Done.")
    return DONE, ""


def _tried(login: str, *, visible: bool = False) -> int:
    return _in_the_portal_process("test", login, *(["--visible"] if visible else []))


def _in_the_portal_process(*words: str) -> int:
    """In a process of its own, because the core knows no edge."""
    command = [sys.executable, "-m", "portal", *words]
    try:
        ended = subprocess.run(command, check=False, timeout=_LONGEST_S, stdin=subprocess.DEVNULL)  # noqa: S603  Our own process.
    except subprocess.TimeoutExpired as error:
        raise Misconfigured(f"It took longer than {_LONGEST_S:.0f} s.", setting="portal") from error
    return DONE if ended.returncode == 0 else SOME_REFUSED


def _asked() -> LoginSecrets:
    """Typed unseen; from a pipe, a line each, for whoever automates this with a secret store."""
    password = _secret("Password: ")
    if not password:
        raise Incomplete("A login needs a password.")
    return LoginSecrets(password, _secret("One-time secret (the code below the QR image; empty for none): "))


def _secret(prompt: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().rstrip("\n")


def _add(_found: Settings, services: Services, options: argparse.Namespace) -> Answer:
    command = AddLogin(options.portal, options.user, _asked(), operator(), options.date_form or "", options.decimal_mark or "")
    return _to_test(logins.add(services, command), options)


def _rotate(_found: Settings, services: Services, options: argparse.Namespace) -> Answer:
    command = RotateLogin(PortalLoginId(options.login), _asked(), operator(), options.date_form, options.decimal_mark)
    return _to_test(logins.rotate(services, command), options)


def _to_test(outcome: Outcome, options: argparse.Namespace) -> Answer:
    if not isinstance(outcome, Done):
        return _said(outcome)
    say(f"{outcome.subject_id} is kept, sealed.")
    return DONE, "" if options.no_test else outcome.subject_id


def _list(found: Settings, services: Services, _options: argparse.Namespace) -> Answer:
    with services.store.read() as unit:
        views = [login_view(unit, login, zone_of(found)) for login in unit.portal_logins.all()]
        submits = unit.portal_orders.submits()
    if not views:
        say("No login is kept. Add one: tieout portal add coupa robot@example.com")
    for view in views:
        _show_login(view)
    say(f"Drafts are {'saved where customers are switched on' if submits else 'switched off for the company'}.")
    return DONE, ""


def _show_login(view: LoginView) -> None:
    code = "with one-time codes" if view.has_code_secret else "without one-time codes"
    synced = f"synced {view.synced_words}" if view.synced_words else "not synced yet"
    say(
        f"{view.id:<9}{view.portal:<8}{view.user:<36}{view.state_words}; {code}; {synced}; {plural(view.customers, 'customer')}"
    )
    if view.trouble is not None:
        say(f"         {view.trouble.title}: {view.trouble.sentence} {view.trouble.what_to_do}")


def _retire(_found: Settings, services: Services, options: argparse.Namespace) -> Answer:
    return _said(logins.retire(services, operator(), PortalLoginId(options.login)))


def _reseal(_found: Settings, services: Services, _options: argparse.Namespace) -> Answer:
    say(f"{plural(logins.reseal(services, operator()), 'secret')} sealed with the newest key.")
    return DONE, ""


def _sync(_found: Settings, services: Services, options: argparse.Namespace) -> Answer:
    return _said(logins.sync_now(services, operator(), [PortalLoginId(each) for each in options.logins]))


def _customers(found: Settings, services: Services, options: argparse.Namespace) -> Answer:
    if options.customer and options.read_anew:
        return _said(customers.read_anew(services, operator(), PortalCustomerId(options.customer)))
    if options.customer and options.is_customer:
        ours = None if options.is_customer.casefold() == "none" else CustomerId(options.is_customer)
        return _said(customers.link(services, LinkCustomer(PortalCustomerId(options.customer), ours, operator())))
    with services.store.read() as unit:
        views = [customer_view(unit, one, zone_of(found)) for one in unit.portal_orders.customers()]
        orders = waiting.desk(unit, zone_of(found)).orders
    for view in views:
        if not options.customer or options.customer == view.id:
            _show_customer(view)
    say(f"{plural(len(views), 'customer')}, {plural(orders, 'order')}.")
    return DONE, ""


def _show_customer(view: ListedCustomerView) -> None:
    who = f"{view.customer_id} {view.customer}" if view.customer_id else "?"
    drafts = "drafts on" if view.setting is not None and view.setting.submit else "drafts off"
    drafts += ", by cXML" if view.setting is not None and view.setting.takes_cxml else ""
    say(f"{view.id:<9}{view.name:<36}{who:<36}{view.link_words}; {plural(view.orders, 'order')}; {drafts}")
    for number, name in view.candidates:
        say(f"         may be {number} {name}: tieout portal customers {view.id} --is {number}")
    if view.trouble is not None:
        say(f"         {view.trouble.title}: {view.trouble.sentence}")


def _enable(_found: Settings, services: Services, options: argparse.Namespace) -> Answer:
    words = list(options.customers)
    if options.file is not None:
        try:
            words += options.file.read_text(encoding="utf-8-sig").splitlines()
        except OSError as error:
            raise Misconfigured(f"{options.file} cannot be read: {error.strerror}.", setting="--list") from error
    if not words:
        return _said(customers.switch(services, operator(), on=True))
    done = customers.enable(services, operator(), words)
    if isinstance(done, Refusal):
        return _said(done)
    for customer in (*done.switched, *done.were):
        if options.file_place or options.legal_entity is not None or options.tax_code is not None:
            command = SetCustomer(
                CustomerId(customer),
                operator(),
                file_place=options.file_place,
                legal_entity=options.legal_entity,
                tax_code=options.tax_code,
            )
            customers.set_customer(services, command)
    say(f"Drafts are saved for {plural(len(done.switched), 'customer')} more; {len(done.were)} were switched on already.")
    for word in done.unknown:
        say(f"Nobody of ours is called “{word}”.")
    for word in done.several:
        say(f"Several of ours are called “{word}”; use the number.")
    return (SOME_REFUSED if done.unknown or done.several else DONE), ""


def _cxml(_found: Settings, services: Services, options: argparse.Namespace) -> Answer:
    customer = CustomerId(options.customer)
    if options.off:
        return _said(customers.drop_cxml(services, operator(), customer))
    if not (options.endpoint and options.supplier and options.buyer):
        raise Incomplete("A cXML account needs --endpoint, --supplier and --buyer.")
    terms = CxmlTerms(options.endpoint, party(options.supplier), party(options.buyer), options.test, units(options.units))
    secret = _secret("Shared secret (empty keeps the one that is there): ")
    return _said(customers.set_cxml(services, SetCxml(customer, terms, operator(), secret)))


def _disable(_found: Settings, services: Services, options: argparse.Namespace) -> Answer:
    if not options.customers:
        return _said(customers.switch(services, operator(), on=False))
    uses = False if options.altogether else None
    answers = [
        _said(customers.set_customer(services, SetCustomer(CustomerId(each), operator(), uses_portal=uses, submit=False)))
        for each in options.customers
    ]
    return max(answers)


_VERBS: Final[dict[str, Callable[[Settings, Services, argparse.Namespace], Answer]]] = {
    "list": _list,
    "add": _add,
    "rotate": _rotate,
    "retire": _retire,
    "reseal": _reseal,
    "sync": _sync,
    "customers": _customers,
    "enable": _enable,
    "disable": _disable,
    "cxml": _cxml,
}
