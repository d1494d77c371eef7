"""The page in a real browser: press, confirm, fill in, suggest, and a vendor name that tries to be markup."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect
from slack_bolt import App
from slack_sdk import WebClient

from tests.browser import launch
from tests.sandbox.slack.model import Json
from tests.sandbox.slack.testing import SlackDriver, connected_app
from tests.unit.sandbox_slack.conftest import (
    CONFIRM,
    PAYABLES,
    Inbox,
    actions,
    bolt_app,
    button,
    field,
    modal,
    mrkdwn,
    plain,
    section,
)

pytestmark = pytest.mark.browser

HOSTILE = '<img src=x onerror="window.stolen=1"><script>window.stolen=1</script>'
PAPER: FilePayload = {"name": "n.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
OPTIONS: list[Json] = [{"text": plain(f"PO-{number}"), "value": str(number)} for number in (7731, 7732)]
FORM = modal(
    field("reason", {"type": "static_select", "action_id": "v", "options": [{"text": plain("Price"), "value": "price"}]}),
    field("order", {"type": "external_select", "action_id": "po", "min_query_length": 2}),
    field("note", {"type": "plain_text_input", "action_id": "t", "multiline": True}),
    field("tell", {"type": "checkboxes", "action_id": "c", "options": OPTIONS}, optional=True),
    field("paper", {"type": "file_input", "action_id": "f"}, optional=True),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch() as one:
        yield one


@pytest.fixture
def look(browser: Browser, slack: SlackDriver) -> Iterator[Callable[[str], Page]]:
    """Opens the page for a persona; anything the page complains about fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []

    def open_page(query: str) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.goto(f"{slack.base_url}/?{query}")
        return page

    yield open_page
    context.close()
    assert complaints == []


def post_card(client: WebClient) -> str:
    blocks = [
        {"type": "header", "text": plain("INV-1042")},
        section(f"*Vendor:* {HOSTILE.replace('<', '&lt;').replace('>', '&gt;')} <javascript:alert(1)|terms>"),
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": HOSTILE}]}]},
        actions(button("Post", "post", style="primary", confirm=CONFIRM), button("Dispute", "dispute", style="danger")),
        {"type": "context", "elements": [mrkdwn("from the bank feed")]},
    ]
    return str(client.chat_postMessage(channel=PAYABLES, text="INV-1042 waits", blocks=blocks)["ts"])


def card_of(page: Page) -> Locator:
    return page.get_by_role("article").filter(has_text="INV-1042").first


def test_a_hostile_vendor_name_is_only_text(client: WebClient, look: Callable[[str], Page]) -> None:
    page = look("as=priya&channel=ap-review")
    expect(page.get_by_text("This is not Slack")).to_be_visible()
    post_card(client)
    expect(card_of(page)).to_contain_text("<script>window.stolen=1</script>")
    assert page.evaluate("window.stolen") is None
    assert card_of(page).locator("img, script").count() == 0
    assert card_of(page).get_by_role("link").count() == 0


def test_an_unknown_block_is_shown_as_an_error(slack: SlackDriver, client: WebClient, look: Callable[[str], Page]) -> None:
    slack.rules(validate_blocks=False)
    client.chat_postMessage(channel=PAYABLES, text="INV-1042", blocks=[section("INV-1042"), {"type": "hologram"}])
    page = look("as=priya&channel=ap-review")
    expect(card_of(page).get_by_role("alert")).to_contain_text("hologram")


def test_post_asks_first_and_the_card_changes_on_its_own(
    slack: SlackDriver, client: WebClient, look: Callable[[str], Page]
) -> None:
    app, inbox = bolt_app(slack), Inbox()
    app.action("post")(inbox.listener())
    ts = post_card(client)
    page = look("as=priya&channel=ap-review")
    with connected_app(slack, app):
        card_of(page).get_by_role("button", name="Post").click()
        dialog = page.get_by_role("dialog", name="Sure?")
        expect(dialog).to_contain_text("cannot be taken back")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        assert inbox.bodies == []
        card_of(page).get_by_role("button", name="Post").click()
        dialog.get_by_role("button", name="Yes").click()
        assert inbox.wait()[0]["user"]["id"] == "U0PRIYA001"
    client.chat_update(channel=PAYABLES, ts=ts, text="INV-1042 posted", blocks=[section("INV-1042 posted by Priya")])
    expect(card_of(page)).to_contain_text("posted by Priya")
    expect(card_of(page).get_by_role("button", name="Post")).to_have_count(0)


def test_no_answer_shows_the_warning_mark(client: WebClient, look: Callable[[str], Page]) -> None:
    post_card(client)
    page = look("as=priya&channel=ap-review")
    card_of(page).get_by_role("button", name="Dispute").click()
    expect(card_of(page).get_by_role("status")).to_contain_text("did not respond in time")


def form_app(slack: SlackDriver, inbox: Inbox) -> App:
    app = bolt_app(slack)

    def open_form(ack: Callable[..., None], body: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=FORM)

    def offer(ack: Callable[..., None], payload: Json) -> None:
        ack(options=[one for one in OPTIONS if payload["value"] in one["text"]["text"]])

    app.action("dispute")(open_form)
    app.options("po")(offer)
    app.view("form")(inbox.listener())
    return app


def test_a_form_is_filled_in_with_the_keyboard_and_the_mouse(
    slack: SlackDriver, client: WebClient, look: Callable[[str], Page]
) -> None:
    inbox = Inbox()
    post_card(client)
    page = look("as=priya&channel=ap-review")
    with connected_app(slack, form_app(slack, inbox)):
        card_of(page).get_by_role("button", name="Dispute").click()
        dialog = page.get_by_role("dialog", name="A form")
        expect(dialog.get_by_label("reason")).to_be_focused()
        dialog.get_by_role("button", name="Send").click()
        expect(dialog.get_by_role("alert").first).to_contain_text("complete this required field")
        dialog.get_by_label("note").fill("twenty boxes short")
        dialog.get_by_label("reason").select_option("Price")
        dialog.get_by_label("order", exact=True).fill("77")
        expect(dialog.get_by_role("listbox").get_by_role("option")).to_have_count(2)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(dialog.get_by_role("list", name="Chosen")).to_contain_text("PO-7732")
        dialog.get_by_label("PO-7731").check()
        dialog.get_by_label("paper").set_input_files(PAPER)
        expect(dialog.get_by_text("n.pdf")).to_be_visible()
        expect(dialog.get_by_label("note")).to_have_value("twenty boxes short")
        dialog.get_by_role("button", name="Send").click()
        expect(dialog).to_be_hidden()
    values = inbox.wait()[0]["view"]["state"]["values"]
    assert values["note"]["t"]["value"] == "twenty boxes short"
    assert values["reason"]["v"]["selected_option"]["value"] == "price"
    assert values["order"]["po"]["selected_option"]["value"] == "7732"
    assert [one["value"] for one in values["tell"]["c"]["selected_options"]] == ["7731"]
    assert values["paper"]["f"]["files"][0]["name"] == "n.pdf"


def test_personas_threads_ephemerals_and_home(client: WebClient, look: Callable[[str], Page]) -> None:
    ts = post_card(client)
    client.chat_postMessage(channel=PAYABLES, thread_ts=ts, text="Theo asked why")
    client.views_publish(user_id="U0MARCUS01", view={"type": "home", "blocks": [section("Queue of Marcus")]})
    page = look("as=priya&channel=ap-review")
    expect(card_of(page)).to_be_visible()
    client.chat_postEphemeral(channel=PAYABLES, user="U0PRIYA001", text="psst")
    expect(page.get_by_role("article").filter(has_text="Only visible to you")).to_contain_text("psst")
    page.get_by_role("button", name="1 reply").click()
    expect(page.get_by_role("complementary")).to_contain_text("Theo asked why")
    page.reload()
    expect(card_of(page)).to_be_visible()
    expect(page.get_by_text("psst")).to_have_count(0)
    page.get_by_label("You are").select_option("Marcus (payables manager)")
    page.get_by_role("button", name="Home tab").click()
    expect(page.get_by_role("region", name="Home tab")).to_contain_text("Queue of Marcus")


def test_commands_and_words_from_the_composer(slack: SlackDriver, look: Callable[[str], Page]) -> None:
    app, inbox = bolt_app(slack), Inbox()

    def command(ack: Callable[..., None], body: Json) -> None:
        ack("2 bills")
        inbox.put(body)

    app.command("/tieout")(command)
    page = look("as=priya&channel=ap-review")
    with connected_app(slack, app):
        page.get_by_label("Message #").fill("/tieout list")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("2 bills")).to_be_visible()
        page.get_by_label("Message #").fill("a < b & @tieout")
        page.keyboard.press("Enter")
        expect(page.get_by_text("a < b & @tieout")).to_be_visible()
    assert inbox.wait()[0]["text"] == "list"
    assert slack.messages("ap-review")[-1]["text"] == f"a &lt; b &amp; <@{slack.bot_user_id}>"
