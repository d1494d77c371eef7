"""The window of portals: logins, customers that somebody has to settle, switches; and the forms behind its buttons.

What is typed into a form for secrets is in no memory of a window, and no form ever shows a secret again.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.actions import ENTER_CODE
from bot.cards import parts
from bot.cards.parts import Block, Element
from bot.cards.portal_submission import portal_name
from bot.payloads import Interaction, picked, typed
from core.app.portals.cxml_words import party, units
from core.app.portals.views import ListedCustomerView, LoginView
from core.app.portals.waiting import PortalDesk
from core.app.portals.wording import wants_code
from core.domain.ids import CustomerId
from core.domain.parties import Customer
from core.domain.portals import (
    DATE_FORMS,
    KNOWN_PORTALS,
    Channel,
    CustomerLink,
    CxmlTerms,
    PortalCustomerId,
    PortalLoginId,
)
from core.domain.submissions import FilePlace

DESK: Final = "portals.desk"
ADD: Final = "portals.add"
ROTATE: Final = "portals.rotate"
CUSTOMER: Final = "portals.customer"
ENABLE: Final = "portals.enable"
CXML: Final = "portals.cxml"
TRY: Final = "portals.try"
SYNC: Final = "portals.sync"
SWITCH: Final = "portals.switch"
ANEW: Final = "portals.anew"
RETIRE: Final = "portals.retire"
PICK: Final = "portals.pick_customer"
FIND: Final = "portals.find_customer"
FIELD: Final = "portals.field"
MAIN: Final = "main"
LOGINS_SHOWN: Final = 12
CUSTOMERS_SHOWN: Final = 12
_WRONG_SECRETS: Final = frozenset({"portal_login_refused", "portal_password_expired", "one_time_code_refused"})
_NOT_OURS: Final = "not_ours"
_USES: Final = "uses"
_SUBMIT: Final = "submit"
_TEST: Final = "test"
_CHANNELS: Final = {
    Channel.FORM: "As a draft in the portal, which a person submits there",
    Channel.CXML: "By cXML, delivered once a second person releases it",
}
_PLACES: Final = {
    FilePlace.IMAGE_SCAN: "With the draft, as the invoice's picture",
    FilePlace.NONE: "Not at all: the portal makes the legal invoice",
}


def window(desk: PortalDesk, *, may_log_in: bool, may_settle: bool, said: str = "") -> Block:
    """Everything at a glance, with the buttons that this person may press."""
    shown = [parts.notice(said, "said", "success")] if said else []
    shown.append(parts.section(parts.plain(_glance(desk)), "glance"))
    shown.append(parts.actions(_tools(desk, may_log_in=may_log_in, may_settle=may_settle), "tools"))
    if may_settle and desk.customers:
        shown.append(parts.section(parts.plain("A customer's switches, file and tax code:"), "find", _finder()))
    for login in desk.logins[:LOGINS_SHOWN]:
        shown += _login(login, may_log_in=may_log_in)
    if desk.to_settle:
        shown.append(parts.section(parts.ours("*Customers that somebody has to settle*"), "settle"))
    for customer in desk.to_settle[:CUSTOMERS_SHOWN]:
        shown += _customer(customer, may_settle=may_settle)
    return parts.modal("Customers' portals", DESK, shown)


def _glance(desk: PortalDesk) -> str:
    on = "Drafts are saved in portals" if desk.submits else "No drafts are saved in portals: the company's switch is off"
    customers = f"{desk.customers:,} customer{'' if desk.customers == 1 else 's'}"
    return f"{on}. {customers} in portals with {desk.orders:,} order{'' if desk.orders == 1 else 's'}."


def _tools(desk: PortalDesk, *, may_log_in: bool, may_settle: bool) -> list[Element]:
    tools = [parts.button("Sync now", SYNC, "sync", "Read all portals now")]
    if may_log_in:
        tools.append(parts.button("Add portal login …", ADD, "add", "Add a login of a portal"))
        tools.append(parts.button("Customer by cXML …", CXML, "cxml", "Enter the cXML account of a customer"))
    if may_settle:
        tools.append(parts.button("Switch customers on …", ENABLE, "enable", "Save drafts for customers of a list"))
        turn = ("off", "Stop saving drafts", "danger") if desk.submits else ("on", "Save drafts in portals", "")
        element = parts.button(turn[1], SWITCH, turn[0], f"{turn[1]}, for the whole company", turn[2])
        question = "For the whole company: no draft is saved while this is off." if desk.submits else "For the whole company."
        tools.append(parts.asking_first(element, f"{turn[1]}?", question, turn[1]))
    return tools


def _finder() -> Element:
    """Any customer of a portal, by its name there."""
    return {"type": "external_select", "action_id": FIND, "min_query_length": 0, "placeholder": parts.plain("Find a customer")}


def found(customers: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Customers of portals to choose from: id and name there."""
    return [parts.option(name, number, number) for number, name in customers]


def _login(login: LoginView, *, may_log_in: bool) -> list[Block]:
    name = f"login:{login.id}:v{login.version}"
    rows = [
        (portal_name(login.portal), f"{login.user} ({login.id}), {login.state_words}"),
        ("One-time codes", "Made by Tieout" if login.has_code_secret else "No secret kept"),
        ("Last sync", login.synced_words or "Never"),
        ("Customers", str(login.customers)),
    ]
    shown = [parts.divider(f"{name}:rule"), parts.facts(rows, f"{name}:facts")]
    if login.trouble is not None:
        texts = [login.trouble.title, login.trouble.sentence, login.trouble.what_to_do]
        shown.append(parts.section(parts.lines([text for text in texts if text], each=500), f"{name}:trouble"))
    if may_log_in:
        wrong = login.trouble is not None and login.trouble.code in _WRONG_SECRETS
        asked = login.trouble is not None and wants_code(login.trouble.code)
        first, second = ("", "primary") if wrong else ("primary" if login.trouble is not None else "", "")
        buttons = [
            parts.button("Try the login", TRY, login.id, f"Try the login {login.user}", first),
            *([parts.button("Enter a code …", ENTER_CODE, login.id, f"Enter a code for {login.user}")] if asked else []),
            parts.button("Other secrets …", ROTATE, login.id, f"Enter other secrets for {login.user}", second),
        ]
        retire = parts.button("Retire", RETIRE, login.id, f"Retire the login {login.user}", "danger")
        question = f"The secrets of {parts.safe(login.user, 80)} are destroyed; what waits for it stays where it is."
        shown.append(parts.actions([*buttons, parts.asking_first(retire, "Retire?", question, "Retire")], f"{name}:actions"))
    return shown


def _customer(customer: ListedCustomerView, *, may_settle: bool) -> list[Block]:
    name = f"customer:{customer.id}:v{customer.version}"
    said = [f"{customer.name} ({portal_name(customer.portal)}), {customer.orders} orders: {customer.link_words}"]
    if customer.candidates:
        said.append("Perhaps " + " or ".join(f"{other} ({number})" for number, other in customer.candidates[:4]))
    if customer.trouble is not None:
        said += [customer.trouble.sentence, customer.trouble.what_to_do]
    button = parts.button("Settle …", CUSTOMER, customer.id, f"Say who {parts.safe(customer.name, 40)} is")
    block = parts.section(parts.lines(said, each=400), f"{name}:said", button if may_settle else None)
    if customer.trouble is None or not may_settle:
        return [block]
    anew = parts.button("It is right: read it anew", ANEW, customer.id, "What the portal lists is right; read all of it")
    return [block, parts.actions([anew], f"{name}:actions")]


def add_form() -> Block:
    """A new login."""
    portals: Element = _select([(portal_name(name), name) for name in KNOWN_PORTALS], KNOWN_PORTALS[0])
    blocks = [
        _warning(),
        parts.entry("Portal", portals, "portal"),
        parts.entry(
            "User name (e-mail address)", _input(), MAIN, hint="A user of its own for the robot, with English as language."
        ),
        *_secrets(optional_code="The code below the QR image, where this user logs in with an authenticator app."),
        *_notation(),
    ]
    return parts.modal("Add portal login", ADD, blocks, submit="Keep it sealed")


def rotate_form(login: LoginView) -> Block:
    """Other secrets for a login that is there; what is kept is never shown."""
    said = f"{login.user} ({portal_name(login.portal)}). What is kept now is replaced, and cannot be shown."
    blocks = [parts.section(parts.plain(said), "whose"), _warning()]
    blocks += _secrets(optional_code="Leave it empty to keep the one that is there.")
    memory = f'{{"login":"{login.id}"}}'
    return parts.modal("Other secrets", ROTATE, blocks, submit="Keep them sealed", memory=memory)


def code_form(login: LoginView) -> Block:
    """The code that a portal asks for; the robot logs in meanwhile and waits for it."""
    said = (
        f"Tieout logs {login.user} in now. When {portal_name(login.portal)} has sent the code, or your app shows one, type it"
        " here. The robot waits for some minutes, tries it once, and goes on by itself."
    )
    blocks = [
        parts.section(parts.plain(said), "whose"),
        parts.entry("Code", _input(), MAIN, hint="It is sealed at once, used once and kept nowhere."),
    ]
    memory = f'{{"login":"{login.id}"}}'
    return parts.modal("Enter a code", ENTER_CODE, blocks, submit="Hand it over", memory=memory)


def _warning() -> Block:
    said = (
        "Slack carries what you type here to Tieout. It is sealed at once, is never shown again, and stands in no log. "
        "“tieout portal add” on the machine takes it without Slack."
    )
    return parts.notice(said[:200], "warning")


def _secrets(*, optional_code: str) -> list[Block]:
    return [
        parts.entry("Password", _input(), "password"),
        parts.entry("One-time secret", _input(), "code", hint=optional_code, optional=True),
    ]


def _notation() -> list[Block]:
    forms = _select([(form, form) for form in DATE_FORMS])
    marks = _select([("Point: 4,873.26", "."), ("Comma: 4.873,26", ",")])
    hint = "As this user's settings in the portal say. Left open, pages that can be read in two ways are refused."
    return [
        parts.entry("Dates there", forms, "dates", hint=hint, optional=True),
        parts.entry("Decimal mark there", marks, "mark", optional=True),
    ]


def _input(initial: str = "", *, multiline: bool = False) -> Element:
    made: Element = {"type": "plain_text_input", "action_id": FIELD, "max_length": 3000 if multiline else 200}
    if multiline:
        made["multiline"] = True
    return {**made, "initial_value": initial} if initial else made


def _select(choices: list[tuple[str, str]], initial: str = "") -> Element:
    options = [parts.option(label, value) for label, value in choices]
    made: Element = {"type": "static_select", "action_id": FIELD, "options": options}
    chosen = next((option for option in options if option["value"] == initial), None)
    return {**made, "initial_option": chosen} if chosen is not None else made


def cxml_form() -> Block:
    """What a customer gave us so that it takes our cXML."""
    ours: Element = {"type": "external_select", "action_id": PICK, "min_query_length": 1}
    parties = "Domain and identity with a colon between them, such as DUNS:079928354."
    test = parts.option("For testing: the customer does not pay it", _TEST)
    blocks = [
        parts.notice("cXML knows no draft: what a second person releases is delivered. The secret is sealed.", "warning"),
        parts.entry("Our customer", ours, MAIN, hint="Type a name or a number."),
        parts.entry("Address (https)", _input(), "endpoint", hint="Such as https://customer.coupahost.com/cxml/invoices."),
        parts.entry("We are", _input(), "supplier", hint=parties),
        parts.entry("The customer is", _input(), "buyer", hint=parties),
        parts.entry("Shared secret", _input(), "secret", optional=True, hint="Left empty, the one that is kept stays."),
        parts.entry("Codes of units", _input(), "units", optional=True, hint="Such as board=PCE, pair=PR."),
        parts.entry("Mode", {"type": "checkboxes", "action_id": FIELD, "options": [test]}, "test", optional=True),
    ]
    return parts.modal("Customer by cXML", CXML, blocks, submit="Keep it sealed")


def cxml_terms(at: Interaction) -> CxmlTerms:
    """What was typed; `Malformed` where a party or a unit is not one."""
    return CxmlTerms(
        field(at, "endpoint"),
        party(field(at, "supplier")),
        party(field(at, "buyer")),
        _TEST in picked(at.values, "test", FIELD),
        units(field(at, "units")),
    )


def enable_form() -> Block:
    """A list of customers to switch on."""
    said = "A customer a line, by number or name. What means nobody, or several, is told and left alone."
    blocks = [parts.entry("Customers", _input(multiline=True), MAIN, hint=said)]
    return parts.modal("Switch customers on", ENABLE, blocks, submit="Save drafts for them")


def enabled(switched: int, were: int, unknown: tuple[str, ...], several: tuple[str, ...]) -> Block:
    """What came of the list."""
    blocks = [parts.section(parts.plain(f"{switched} switched on now, {were} were on already."), "done")]
    for title, words, name in (("Nobody of ours", unknown, "unknown"), ("May mean several", several, "several")):
        if words:
            left = [("", f"… and {len(words) - 30} more")] if len(words) > 30 else []  # noqa: PLR2004  A window's list.
            blocks.append(parts.titled(title, "", [*(("", word) for word in words[:30]), *left], name))
    return parts.modal("Switch customers on", "notice", blocks)


def customer_form(customer: ListedCustomerView) -> Block:
    """Who a portal's customer is, and what is done for it."""
    ours: Element = {"type": "external_select", "action_id": PICK, "min_query_length": 1}
    if customer.customer_id is not None:
        ours["initial_option"] = parts.option(customer.customer, customer.customer_id)
    boxes = [
        parts.option("It is none of our customers", _NOT_OURS),
        parts.option("Uses this portal: suggest orders for its invoices", _USES),
        parts.option("Save drafts for this customer", _SUBMIT),
    ]
    element: Element = {"type": "checkboxes", "action_id": FIELD, "options": boxes}
    setting = customer.setting
    ticked = [boxes[0]] if customer.link is CustomerLink.NOT_OURS else []
    ticked += [boxes[1]] if customer.link is not CustomerLink.NOT_OURS and (setting is None or setting.uses_portal) else []
    ticked += [boxes[2]] if setting is not None and setting.submit else []
    if ticked:
        element["initial_options"] = ticked
    place = setting.file_place if setting is not None else FilePlace.IMAGE_SCAN
    channel = setting.channel if setting is not None else Channel.FORM
    blocks = [
        parts.section(parts.plain(_who(customer)), "who"),
        parts.entry("Our customer", ours, MAIN, optional=True, hint=_perhaps(customer)),
        parts.entry("What is done", element, "switches", optional=True),
        parts.entry("Invoices go", _select([(said, each.value) for each, said in _CHANNELS.items()], channel.value), "channel"),
        parts.entry("The PDF goes", _select([(words, each.value) for each, words in _PLACES.items()], place.value), "file"),
        parts.entry(
            "Our legal entity there", _input(setting.legal_entity if setting else ""), "entity", optional=True,
            hint="As the portal names it, where it offers several.",
        ),
        parts.entry(
            "Tax code of every line", _input(setting.tax_code if setting else ""), "tax", optional=True,
            hint="Where this customer wants one.",
        ),
    ]  # fmt: skip
    memory = f'{{"customer":"{customer.id}"}}'
    return parts.modal("Portal customer", CUSTOMER, blocks, submit="Save", memory=memory)


def _who(customer: ListedCustomerView) -> str:
    return f"“{customer.name}” in {portal_name(customer.portal)}, {customer.orders} orders: {customer.link_words}."


def _perhaps(customer: ListedCustomerView) -> str:
    if not customer.candidates:
        return "Type a name or a number."
    return "Perhaps " + " or ".join(f"{name} ({number})" for number, name in customer.candidates[:4])


def customer_options(found: list[Customer]) -> list[dict[str, Any]]:
    """Customers of ours, to be chosen."""
    return [parts.option(customer.name, customer.id, customer.id) for customer in found if len(customer.id) <= 75]  # noqa: PLR2004


# --- what was typed ------------------------------------------------------------------------------------------------------


def field(at: Interaction, block: str) -> str:
    """A text or choice of a form."""
    return typed(at.values, block, FIELD).strip()


def secret(at: Interaction, block: str) -> str:
    """As it was typed, blanks and all: they may belong to a password."""
    return typed(at.values, block, FIELD)


def remembered(memory: Mapping[str, Any], name: str) -> str:
    """An id that a form was opened for."""
    return str(memory.get(name) or "")


def login_id(text: str) -> PortalLoginId:
    """A login's id, checked by whoever looks it up."""
    return PortalLoginId(text[:40])


def portal_customer(text: str) -> PortalCustomerId:
    """A portal customer's id."""
    return PortalCustomerId(text[:40])


def chosen_customer(at: Interaction) -> CustomerId | None:
    """The customer of ours that was chosen; None for nobody."""
    found = typed(at.values, MAIN, PICK)
    return CustomerId(found) if found else None


def is_none_of_ours(at: Interaction) -> bool:
    """Whether the box is ticked."""
    return _NOT_OURS in picked(at.values, "switches", FIELD)


def uses_portal(at: Interaction) -> bool:
    """Whether the box is ticked."""
    return _USES in picked(at.values, "switches", FIELD)


def saves_drafts(at: Interaction) -> bool:
    """Whether the box is ticked."""
    return _SUBMIT in picked(at.values, "switches", FIELD)
