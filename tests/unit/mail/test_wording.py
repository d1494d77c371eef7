import pytest

from mail.wording import account_numbers, new_text, plain_from_html, wording


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("Please note that our bank details have changed.", True),
        ("We have updated our banking information, see below", True),
        ("Our new IBAN is attached", True),
        ("effective immediately use this account number", True),
        ("Unsere Bankverbindung hat sich geändert", True),
        ("Bitte verwenden Sie ab sofort unsere neue Kontoverbindung", True),
        ("Nos coordonnées bancaires ont changé", True),
        ("Hemos cambiado nuestra cuenta bancaria", True),
        ("Le nostre coordinate bancarie sono cambiate", True),
        ("Onze bankgegevens zijn gewijzigd", True),
        ("Os nossos dados bancários mudaram", True),
        ("Nasz numer rachunku zmienił się", True),
        ("Paid to your account number 1234 on Monday", False),
        ("Payment of 4 invoices, remittance attached", False),
        ("We have a new colleague in accounts payable", False),
        ("", False),
    ],
)
def test_wording_about_changed_bank_details(text: str, hits: bool) -> None:
    assert bool(wording("Remittance", text).bank_details) is hits


def test_the_subject_counts_and_the_quotation_does_not() -> None:
    assert wording("New bank details", "").bank_details
    quoted = "Thanks, paid.\n\nOn Mon, 2 Mar 2026 Seller wrote:\n> our bank details have changed\n"
    assert not wording("Re: invoice", quoted).bank_details


@pytest.mark.parametrize(
    "quote",
    [
        "-----Original Message-----",
        "----- Ursprüngliche Nachricht -----",
        "On Mon, 2 Mar 2026 at 10:00, Seller <ar@seller.example> wrote:",
        "Am 02.03.2026 um 10:00 schrieb Seller:",
        "Le lun. 2 mars 2026 à 10:00, Seller a écrit :",
        "From: Seller <ar@seller.example>",
        "________________________________",
    ],
)
def test_text_ends_where_the_quotation_begins(quote: str) -> None:
    assert new_text(f"We dispute this.\n\n{quote}\nsomething old\n").strip() == "We dispute this."


def test_a_mail_that_is_nothing_but_a_forward_is_its_own_text() -> None:
    assert "Invoice 7" in new_text("From: Buyer <ap@buyer.example>\nInvoice 7 paid\n")


@pytest.mark.parametrize(
    "text", ["We dispute line 2", "short-paid because 3 were damaged", "Wir haben gekürzt", "Nous avons un litige"]
)
def test_wording_of_a_dispute(text: str) -> None:
    assert wording("", text).dispute


def test_account_numbers_need_right_check_digits_or_a_word_before_them() -> None:
    assert account_numbers("IBAN DE89 3704 0044 0532 0130 00 PLEASE PAY") == ("DE89370400440532013000",)
    assert account_numbers("IBAN DE88 3704 0044 0532 0130 00") == ()
    assert account_numbers("Account number: 1234-5678-90") == ("1234567890",)
    assert account_numbers("Invoice 1234567890") == ()


def test_cells_of_a_table_stay_apart_and_silent_parts_stay_silent() -> None:
    html = "<head><title>t</title></head><table><tr><td>INV-1</td><td>5</td></tr></table><script>x()</script>after<br>line"
    assert plain_from_html(html).split() == ["INV-1", "5", "after", "line"]


@pytest.mark.parametrize(
    "piece", ["bank details ", "changchang", "new iban ", "account 1 1 1 ", "-", "_", "DE89 AAAA ", "on a wrote ", "de : @"]
)
@pytest.mark.timeout(100)
def test_no_text_makes_us_search_for_ever(piece: str) -> None:
    text = (piece * 300_000)[:256_000]
    # A pattern whose work grows with the square of the text would need hours here; the limit on the test is what fails.
    wording(text[:500], text)
