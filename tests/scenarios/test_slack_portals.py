"""Invoices for customers' portals in Slack: reviewed on a card, released by a person, told to managers, mended there."""

import json
from dataclasses import replace

from core.app.outcomes import Done
from core.app.portals import logins, saving, sending, syncing
from core.domain.actors import Role
from core.domain.errors import CaptchaShown, PortalRefusedField
from core.domain.events import SubmissionEvent as Event
from core.domain.ids import CustomerId
from core.domain.keeping import EffectKind, Subject, SubjectKind
from core.domain.portal_orders import OrderCursor, OrderSync, PortalCustomer
from core.domain.portals import CustomerLink, LoginState, SubmissionId
from core.domain.submissions import DraftStep
from core.domain.workflows import SubmissionState as State
from portal.delivery import written
from tests.builders import a_customer
from tests.portals import BIRCH, a_customer_order, an_order_line
from tests.sandbox.slack.model import Json
from tests.sandbox.slack.testing import text_of
from tests.slack_portals import CARDS, MANAGERS, SlackPortals

CANARY = "canary-typed-into-slack"
CANARY_CODE = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"


def robot_saves(portals: SlackPortals) -> None:
    """The robot's part, by its stories."""
    submission = portals.of()
    wanted = portals.begin(submission.id)
    for reached in DraftStep:
        saving.step(portals.services, submission.id, "run-1", reached)
    saving.finished(portals.services, submission.id, "run-1", portals.saved(wanted))


def test_a_person_releases_the_draft_and_managers_see_its_picture_once(portals: SlackPortals) -> None:
    portals.suggested()
    card = portals.card(saying="INV-20500")
    assert "2,500.00 USD of 2,500.00 USD" in text_of(card)
    portals.press("priya", "mark_ready")
    portals.told("priya", "not entitled")
    portals.press("ines", "mark_ready")
    portals.card(saying="Ready to submit, waits for the robot")
    assert portals.of().ready_by_name == "Ines Ferreira"
    robot_saves(portals)
    portals.card(saying="Draft saved")
    told = portals.notice("Draft to check: INV-20500")
    assert "Check it and submit it in the portal" in text_of(told)
    picture = next(block for block in told["blocks"] if block["type"] == "image")
    assert picture["slack_file"]["id"].startswith("F")
    # The same pictures are reached from the card, by whoever may see it.
    portals.slack.press("priya", portals.card(), "portals.pictures")
    portals.told("priya", "not entitled to see customers' orders")
    portals.slack.press("ines", portals.card(), "portals.pictures")
    shown = portals.window("ines", "read back")
    pictures = portals.slack.wait_for(lambda: _images(portals.window("ines", "Digest")), what="the pictures")
    assert len(pictures) == 2
    assert "Digest of the proof" in text_of(shown)
    portals.slack.close_view("ines")
    portals.settled()
    assert len([one for one in portals.slack.cards(MANAGERS) if "Draft to check" in text_of(one)]) == 1
    assert "submit" not in {event for event in Event if event.value == "submit"}, "no button of ours submits"


def test_a_notice_whose_answer_was_lost_is_not_told_twice_and_goes_without_a_picture_that_slack_refuses(
    portals: SlackPortals,
) -> None:
    portals.suggested()
    portals.press("ines", "mark_ready")
    portals.card(saying="waits for the robot")
    portals.settled()
    portals.slack.scopes(remove=["files:write"])
    portals.slack.faults.drop_response("chat.postMessage")
    robot_saves(portals)
    portals.notice("Draft to check")
    portals.settled()
    told = [one for one in portals.slack.cards(MANAGERS) if "Draft to check" in text_of(one)]
    assert len(told) == 1
    assert not [block for block in told[0]["blocks"] if block["type"] == "image"]


def test_orders_that_fit_equally_are_chosen_with_a_button_and_lines_and_file_in_forms(portals: SlackPortals) -> None:
    portals.switch_on()
    lines = (an_order_line(), an_order_line("2", "180.00", None, "0.00", "Delivery"))
    portals.invoices(portals.invoice(amount="2680.00", po=""), files=False)
    portals.sync(a_customer_order(lines=lines), a_customer_order("GG80700993", lines=lines))
    card = portals.card(saying="Which order is it?")
    stem = f"submission:PS-1001:v{portals.of().version}"
    portals.slack.press("ines", card, "submission.choose_order", block_id=f"{stem}:candidate1")
    portals.card(saying="GG80700993 (Issued)")
    portals.press("ines", "choose_lines")
    portals.window("ines", "Line 2: Delivery")
    wrong = portals.slack.submit_view("ines", {"main": "2,000.00", "line1": "180.00"})
    assert wrong["errors"]["main"] == "The lines come to 2,180.00 USD, the invoice to 2,680.00 USD."
    assert "is not an amount" in portals.slack.submit_view("ines", {"main": "much"})["errors"]["main"]
    portals.slack.submit_view("ines", {"main": "2500.00", "line1": "180.00"})
    portals.card(saying="this invoice takes 180.00 USD")
    portals.press("ines", "attach_file")
    portals.window("ines", "The invoice as a PDF")
    portals.slack.submit_view("ines", {"main": [portals.slack.upload("ines", "INV-20500.pdf", b"%PDF-1.4 hello")]})
    portals.card(saying="INV-20500.pdf (14 bytes)")
    portals.press("ines", "choose_order")
    form = portals.window("ines", "Purchase order")
    found = portals.slack.suggestions("ines", form, "submission.order", "0992")
    assert [one["text"]["text"] for one in found] == ["GG80700992"]
    portals.slack.close_view("ines")
    portals.press("ines", "dismiss")
    portals.window("ines", "Why?")
    portals.slack.submit_view("ines", {"main": "Sent by mail"})
    portals.until(lambda: portals.get(SubmissionId("PS-1001")).state is State.DISMISSED, "it to be dismissed")


def test_a_trouble_has_its_name_and_its_button(portals: SlackPortals) -> None:
    portals.suggested()
    portals.press("ines", "mark_ready")
    portals.card(saying="waits for the robot")
    submission = portals.of()
    portals.begin(submission.id)
    error = PortalRefusedField(
        "The portal refused the date.", field="Invoice date", text="Invoice Date cannot be in the future"
    )
    saving.failed(portals.services, submission.id, "run-1", error)
    card = portals.card(saying="The portal refused what was typed")
    assert "Invoice Date cannot be in the future" in text_of(card)
    portals.notice("The portal refused what was typed: INV-20500")
    portals.press("ines", "retry")
    portals.card(saying="waits for the robot")
    assert len(portals.asked(EffectKind.SAVE_DRAFT)) == 2


def test_administrators_add_logins_without_a_secret_being_shown_or_kept_anywhere(portals: SlackPortals) -> None:
    portals.slack.slash("ines", "/tieout portal")
    window = portals.window("ines", "robot@example.com")
    assert "Add portal login" not in text_of(window)
    portals.slack.slash("theo", "/tieout portal")
    window = portals.window("theo", "robot@example.com")
    portals.slack.press("theo", window, "portals.add")
    portals.window("theo", "One-time secret")
    typed = {"portal": "coupa", "main": "second@example.com", "password": CANARY, "code": "not a secret"}
    assert "This is no one-time secret" in portals.slack.submit_view("theo", typed)["errors"]["main"]
    portals.slack.submit_view("theo", {**typed, "code": CANARY_CODE, "dates": "mm/dd/yyyy", "mark": "."})
    portals.window("theo", "is kept, sealed, and is being tried")
    with portals.store.read() as unit:
        added = next(one for one in unit.portal_logins.all() if one.login == "second@example.com")
    assert (added.has_code_secret, added.date_form, added.state) == (True, "mm/dd/yyyy", LoginState.ACTIVE)
    assert portals.services.vault is not None
    with portals.store.read() as unit:
        opened = portals.services.vault.open_credential(added.id, unit.portal_logins.sealed(added.id))
        kept = [repr(row.entry) for row in unit.audit.of(Subject(SubjectKind.PORTAL_LOGIN, added.id))]
    assert (opened.password, opened.one_time_secret) == (CANARY, CANARY_CODE)
    said = json.dumps(portals.slack.calls(), default=str) + " ".join(kept)
    assert CANARY not in said
    assert CANARY_CODE not in said


def test_what_needs_an_administrator_is_shown_with_what_to_do(portals: SlackPortals) -> None:
    portals.suggested()
    logins.troubled(portals.services, portals.login, CaptchaShown("The portal wants to see a human."))
    portals.slack.slash("theo", "/tieout portal")
    window = portals.window("theo", "The portal wants to see a human")
    before = len(portals.asked(EffectKind.TEST_LOGIN))
    portals.slack.press("theo", window, "portals.try")
    portals.window("theo", "is being tried")
    assert len(portals.asked(EffectKind.TEST_LOGIN)) == before + 1


def test_customers_are_settled_and_switched_on_in_windows(portals: SlackPortals) -> None:
    with portals.store.write() as unit:
        unit.ledger.put_customers([a_customer("C2", "Calloway Marine Inc"), a_customer("C3", "Calloway Marine LLC")])
    portals.sync(customer="Calloway Marine")
    portals.slack.slash("theo", "/tieout portal")
    window = portals.window("theo", "Perhaps Calloway Marine Inc (C2) or Calloway Marine LLC (C3)")
    portals.slack.press("theo", window, "portals.customer")
    form = portals.window("theo", "Our customer")
    assert portals.slack.suggestions("theo", form, "portals.pick_customer", "LLC")
    portals.slack.choose_suggestion("theo", form, "portals.pick_customer", "LLC", "C3")
    portals.slack.submit_view("theo", {"switches": []})
    portals.window("theo", "Saved")
    with portals.store.read() as unit:
        assert not unit.portal_orders.setting(CustomerId("C3")).uses_portal
    portals.slack.close_view("theo", every=True)
    portals.slack.slash("theo", "/tieout portal")
    window = portals.window("theo", "A customer's switches")
    portals.slack.choose_suggestion("theo", window, "portals.find_customer", "callo", "Calloway Marine")
    portals.window("theo", "Uses this portal")
    portals.slack.submit_view("theo", {"switches": ["uses", "submit"]})
    portals.window("theo", "Saved")
    with portals.store.read() as unit:
        listed = next(one for one in unit.portal_orders.customers() if one.name == "Calloway Marine")
        assert (listed.link, listed.customer_id) == (CustomerLink.BY_HAND, "C3")
        assert unit.portal_orders.setting(CustomerId("C3")).submit
    portals.slack.close_view("theo", every=True)
    portals.slack.slash("theo", "/tieout portal")
    window = portals.window("theo", "A customer's switches")
    portals.slack.choose_suggestion("theo", window, "portals.find_customer", "callo", listed.id)
    portals.window("theo", "Save drafts for this customer")
    portals.slack.close_view("theo", every=True)
    portals.slack.slash("theo", "/tieout portal enable C1; Nobody GmbH; Calloway Marine")
    said = portals.told("theo", "1 switched on now")
    assert "Nobody GmbH" in said
    portals.slack.slash("theo", "/tieout portal on")
    portals.told("theo", "Drafts are saved in portals")
    portals.slack.slash("ines", "/tieout portal off")
    portals.told("ines", "not entitled")


def test_home_and_commands_show_what_waits_and_one_message_shows_a_sync(portals: SlackPortals) -> None:
    portals.suggested()
    portals.card()
    portals.slack.open_home("ines")
    home = portals.slack.wait_for(lambda: portals.slack.home("ines") or {}, what="the Home tab")
    assert "To review (1)" in text_of(home)
    assert "2,500.00 USD of 2,500.00 USD left" in text_of(home)
    portals.slack.press("ines", home, "submission.open")
    portals.window("ines", "Why this order")
    portals.slack.close_view("ines")
    portals.slack.slash("ines", "/tieout portal ready PS-1001")
    portals.told("ines", "PS-1001: ready to submit, waits for the robot")
    portals.slack.slash("priya", "/tieout show PS-1001")
    portals.told("priya", "not entitled to see customers' orders")
    portals.slack.slash("ines", "/tieout portal find 8070")
    portals.told("ines", "GG80700992")
    portals.slack.slash("priya", "/tieout portal find 8070")
    portals.until(lambda: len(portals.slack.ephemerals("priya")) == 2, "the second refusal")
    assert "GG80700992" not in " ".join(map(text_of, portals.slack.ephemerals("priya")))
    portals.slack.open_home("priya")
    theirs = portals.slack.wait_for(lambda: portals.slack.home("priya") or {}, what="the Home tab of somebody else")
    assert "customers' portals" not in text_of(theirs)
    before = len(portals.asked(EffectKind.SYNC_PORTAL))
    portals.slack.slash("ines", "/tieout portal sync")
    portals.until(lambda: len(portals.asked(EffectKind.SYNC_PORTAL)) == before + 1, "a sync to be asked for")
    run = syncing.start(portals.services, portals.login, "asked", "Ines Ferreira")
    portals.slack.wait_for(lambda: _syncs(portals, "under way"), what="the message of a sync")
    run, listed = syncing.customers_seen(portals.services, run, [PortalCustomer(BIRCH)])
    assert listed
    syncing.finish(portals.services, run)
    portals.slack.wait_for(lambda: _syncs(portals, ": done"), what="the message to be changed")
    assert len(_syncs(portals, "")) == 1


def test_the_first_sync_shows_how_far_it_is(portals: SlackPortals) -> None:
    """All history, part by part: one message says how many orders are still to be read, until it is done."""
    run = syncing.start(portals.services, portals.login, "first")
    run, (listed, _) = syncing.customers_seen(portals.services, run, [PortalCustomer(BIRCH), PortalCustomer("Calloway")])
    first, second = (a_customer_order(number) for number in ("GG80700992", "GG80700993"))
    for orders, left in (((first,), 40), ((second,), 39)):
        part = OrderSync(PortalCustomer(BIRCH), orders, (), OrderCursor("{}"), 0, 42, left)
        run = syncing.take_part(portals.services, run, listed, part)
        said = portals.slack.wait_for(lambda n=left: _history(portals, f"{n} orders to read"), what="the progress")  # type: ignore[misc]
        assert "First sync, with all history" in said[0]
        assert f"Now: {BIRCH}" in said[0]
    run = syncing.customer_done(portals.services, run, listed, replace(part, changed=(first, second), to_read=0))
    portals.slack.wait_for(lambda: _history(portals, "1 of 2 customers"), what="a customer to be through")
    syncing.finish(portals.services, run)
    (done,) = portals.slack.wait_for(lambda: _history(portals, ": done"), what="the end")
    assert "2 new or changed" in done
    assert len(_history(portals, "")) == 1


def _history(portals: SlackPortals, words: str) -> list[str]:
    return [text_of(one) for one in portals.slack.cards(CARDS) if "all history" in text_of(one) and words in text_of(one)]


def test_a_customer_by_cxml_is_entered_and_its_document_released_by_a_second_person(portals: SlackPortals) -> None:
    portals.slack.slash("theo", "/tieout portal")
    portals.slack.press("theo", portals.window("theo", "robot@example.com"), "portals.cxml")
    form = portals.window("theo", "Shared secret")
    portals.slack.choose_suggestion("theo", form, "portals.pick_customer", "birch", "C1")
    typed = {"endpoint": "https://birch.example/cxml", "supplier": "DUNS:1", "buyer": "DUNS", "secret": CANARY}
    assert "colon between them" in portals.slack.submit_view("theo", typed)["errors"]["main"]
    portals.slack.submit_view("theo", {**typed, "buyer": "DUNS:2", "units": "board=PCE"})
    portals.window("theo", "delivered once a second person releases it")
    portals.slack.close_view("theo", every=True)
    portals.switch_on()
    portals.invoices(portals.invoice())
    portals.sync(a_customer_order(lines=(replace(an_order_line(), part_number="OB-20", unit="Board"),)))
    portals.card(saying="INV-20500")
    portals.press("ines", "mark_ready")
    portals.until(lambda: portals.of().state is State.READY_TO_SUBMIT, "it to be ready")
    sending.write(portals.services, portals.of().id, written)
    portals.card(saying="a second person has to release it")
    portals.notice("To release, cXML delivers at once: INV-20500")
    portals.press("ines", "release")
    portals.told("ines", "not entitled")
    with portals.store.write() as unit:
        unit.people.put(replace(portals.administrator, roles=frozenset({Role.PORTAL_MANAGER, Role.ADMINISTRATOR})))
    portals.press("theo", "release")
    portals.card(saying="Released, waits to be sent")
    assert len(portals.asked(EffectKind.SEND_CXML)) == 1
    portals.slack.press("ines", portals.card(), "portals.pictures")
    portals.window("ines", "InvoiceDetailRequest")
    assert CANARY not in json.dumps(portals.slack.calls(), default=str)


def _images(window: Json) -> list[Json]:
    return [block for block in window["blocks"] if block["type"] == "image"]


def _syncs(portals: SlackPortals, words: str) -> list[str]:
    return [text_of(one) for one in portals.slack.cards(CARDS) if "asked for by Ines" in text_of(one) and words in text_of(one)]


def test_an_old_card_changes_nothing(portals: SlackPortals) -> None:
    portals.suggested()
    portals.press("ines", "details")
    old = portals.window("ines", "Why this order")
    assert isinstance(portals.act(portals.of().id, Event.MARK_READY), Done)
    portals.slack.press("ines", old, "submission.mark_ready")
    portals.window("ines", "lready")
    assert len(portals.asked(EffectKind.SAVE_DRAFT)) == 1
