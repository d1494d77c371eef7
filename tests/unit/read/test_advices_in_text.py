"""Plain text advices in the shapes that people and payment systems write."""

from collections.abc import Sequence
from datetime import date

import pytest

from core.domain.money import NO_CURRENCY, Money, currency
from core.domain.readings import Reading, ReadRemittance, restated
from core.read.documents import read_document

Lines = Sequence[tuple[str, str | None, str | None, str | None]]


def read(text: str, name: str = "note.txt") -> Reading:
    return read_document(name, text.encode())


def one(text: str, name: str = "note.txt") -> ReadRemittance:
    reading = read(text, name)
    assert reading.unreadable == ()
    (advice,) = reading.remittances
    return advice


def lines(advice: ReadRemittance) -> Lines:
    """Reference, gross, discount, paid."""
    return [(line.reference, plain(line.gross), plain(line.discount), plain(line.paid)) for line in advice.lines]


def plain(amount: Money | None) -> str | None:
    return None if amount is None else amount.text()


def test_an_english_table_laid_out_with_blanks() -> None:
    advice = one(
        "Payment advice from Acme Supply, Inc.\nPayment date: 2025-03-31\nPayment reference: ACH-7\n"
        "Payment amount: 1,166.20 USD\n\n"
        "Invoice    Date             Gross    Discount    Net paid  Comment\n"
        "1042       2025-03-01      690.00       23.80      666.20\n"
        "1043       2025-03-02      595.00                  500.00  LESS 95.00 DED-1 short\n\nAccounts Payable\n"
    )
    assert lines(advice) == [("1042", "690.00", "23.80", "666.20"), ("1043", "595.00", None, "500.00")]
    assert advice.lines[1].reason == "LESS 95.00 DED-1 short"
    assert (advice.payer_name, advice.payment_reference, advice.paid_on) == ("Acme Supply, Inc.", "ACH-7", date(2025, 3, 31))
    assert advice.complete
    assert advice.currency_sure


@pytest.mark.parametrize(
    ("text", "expected", "code"),
    [
        (
            (
                "Zahlungsavis von Muster Werkzeug GmbH\nZahlungsdatum: 14.03.2025\n\n"
                "Rechnungsnr.   Datum        Bruttobetrag     Skonto    Zahlbetrag\n"
                "2025-0117      01.03.2025       1.190,00      23,80      1.166,20\n"
                "2025-0119      02.03.2025         595,00                   595,00\n"
                "Summe                           1.785,00      23,80      1.761,20\nWährung: EUR\n"
            ),
            [("2025-0117", "1190.00", "23.80", "1166.20"), ("2025-0119", "595.00", None, "595.00")],
            "EUR",
        ),
        (
            (
                "AVIS DE PAIEMENT\nDate de paiement : 14/03/2025\nDevise : EUR\n\n"
                "N° facture;Date;Montant brut;Escompte;Montant payé\n"
                "F2025-001;01/03/2025;1 200,00;0,00;1 200,00\nF2025-002;02/03/2025;345,60;0,00;345,60\nTotal;;;;1 545,60\n"
            ),
            [("F2025-001", "1200.00", "0.00", "1200.00"), ("F2025-002", "345.60", "0.00", "345.60")],
            "EUR",
        ),
        (
            (
                "Aviso de pago de Suministros Ejemplo S.A.\nImporte total: 1.545,60 EUR\n\n"
                "Factura        Fecha        Importe\n"
                "FV-10021       01/03/2025   1.200,00\nFV-10022       02/03/2025     345,60\n"
            ),
            [("FV-10021", None, None, "1200.00"), ("FV-10022", None, None, "345.60")],
            "EUR",
        ),
        (
            (
                "Betalingsadvies\nFactuurnummer | Factuurdatum | Bedrag\n2025001 | 01-03-2025 | € 1.200,00\n"
                "2025002 | 02-03-2025 | € 345,60\nTotaal | | € 1.545,60\n"
            ),
            [("2025001", None, None, "1200.00"), ("2025002", None, None, "345.60")],
            "EUR",
        ),
        (
            (
                "Avviso di pagamento da Esempio Forniture Srl\nFattura n.\tData\tImporto EUR\n"
                "1021/A\t01/03/2025\t1.200,00\nTotale\t\t1.200,00\n"
            ),
            [("1021/A", None, None, "1200.00")],
            "EUR",
        ),
        (
            "Zahlungsavis\nRechnung   Betrag CHF\n1042       1'200.50\n1043       300.00\nTotal      1'500.50\n",
            [("1042", None, None, "1200.50"), ("1043", None, None, "300.00")],
            "CHF",
        ),
        (
            "Remittance advice\nPayment amount: JPY 1,234,500\nInvoice   Amount\nJ-1   1,000,000\nJ-2   234,500\n",
            [("J-1", None, None, "1000000"), ("J-2", None, None, "234500")],
            "JPY",
        ),
    ],
    ids=["german", "french", "spanish", "dutch", "italian", "swiss", "yen"],
)
def test_tables_in_the_languages_of_payers(text: str, expected: Lines, code: str) -> None:
    advice = one(text)
    assert lines(advice) == expected
    assert (advice.currency, advice.complete, advice.why) == (code, True, "")


@pytest.mark.parametrize(
    "text",
    [
        "Remittance Advice\n\nInvoice 1042 $1,200.00\nInvoice 1043 $300.50\nTotal $1,500.50\n",
        "Hi team,\n\nWe have sent payment today for:\n- 1042: $1,200.00\n- 1043: $300.50\n\nTotal: $1,500.50\nThanks",
        "Remittance\nInvoice No. 1042 dated 2025-02-01 for USD 1,200.00\nInvoice No. 1043 dated 2025-02-03 for USD 300.50\n",
        "Remittance\nInvoice Date Amount\n1042 02/01/2025 $1,200.00\n1043 02/03/2025 $300.50\n",
        "Remittance\n1. 1042 ........ $1,200.00\n2. 1043 ........ $300.50\n",
        "Hej,\n\nvi har betalt 1.500,50 USD for:\n\n1042 à 1.200,00 USD\n* 1043 = 300,50 USD\n\nMvh",
        "Witam,\n\nzapłaciliśmy 1 500,50 USD za faktury:\n\n- 1042: 1 200,00 USD\n1043 à 300,50 USD\n",
    ],
)
def test_lists_of_lines(text: str) -> None:
    advice = one(text)
    assert lines(advice) == [("1042", None, None, "1200.00"), ("1043", None, None, "300.50")]
    assert advice.complete


def test_a_remark_in_brackets_is_no_second_amount() -> None:
    advice = one("Remittance\n1042: 1,200.00 USD (- 104.85 freight not agreed (1042))\n1043: 300.50 USD\n")
    assert lines(advice) == [("1042", None, None, "1200.00"), ("1043", None, None, "300.50")]
    assert "freight not agreed" in advice.lines[0].reason


def test_a_list_of_which_one_line_cannot_be_read_is_not_complete() -> None:
    advice = one("Remittance\n1042: 1,200.00 USD\n1043 somewhere about 300.50 USD\n")
    assert lines(advice) == [("1042", None, None, "1200.00")]
    assert not advice.complete


def test_whole_numbers_count_only_where_the_total_agrees() -> None:
    advice = one("Payment advice\nSI0042287   500\n202511520   1000\nTotal 1500\n")
    assert lines(advice) == [("SI0042287", None, None, "500.00"), ("202511520", None, None, "1000.00")]
    assert advice.complete
    assert read("Payment advice\nSI0042287   500\n202511520   1000\nTotal 1501\n").remittances == ()


def test_a_letter_prefix_belongs_to_the_number() -> None:
    assert [line.reference for line in one("We have paid:\nINV-1042: $5.00\n* INV1043 $6.00\n").lines] == [
        "INV-1042",
        "INV1043",
    ]


def test_a_notice_of_labels_and_values() -> None:
    advice = one(
        "Payment Notification\n\nPayer: Acme Supply LLC\nPayment amount: USD 5,250.00\nPayment reference: ACH-0098812\n"
        "Payment date: 03/14/2025\nInvoice number: 88121\n"
    )
    assert lines(advice) == [("88121", None, None, "5250.00")]
    assert (advice.payer_name, advice.payment_reference, advice.paid_on) == (
        "Acme Supply LLC",
        "ACH-0098812",
        date(2025, 3, 14),
    )
    assert advice.complete


def test_a_notice_with_several_documents() -> None:
    advice = one(
        "Remittance notification\nTotal payment: USD 30.00\nInvoice: A-1\nAmount paid: 10.00\n"
        "Invoice: A-2\nGross amount: 21.00\nDiscount: 1.00\nAmount paid: 20.00\n"
    )
    assert lines(advice) == [("A-1", None, None, "10.00"), ("A-2", "21.00", "1.00", "20.00")]
    assert advice.complete


def test_a_sentence_about_one_document_says_what_it_gets() -> None:
    advice = one("Hello,\n\nwe have paid invoice 1042 today, USD 1,200.00 by wire on 2025-03-31.\n\nRegards")
    assert lines(advice) == [("1042", None, None, "1200.00")]
    assert advice.paid_on == date(2025, 3, 31)
    assert advice.complete


@pytest.mark.parametrize(
    "text",
    [
        "we have sent 1,250.00 EUR on 2025-03-31 for invoices 117, 119. On 119 we took off 50.00 (short delivery).",
        "Guten Tag,\nwir haben heute 1.250,00 EUR für Ihre Rechnungen 117 und 119 überwiesen.",
        "Bonjour, nous avons payé les factures 117 et 119, soit 1 250,00 EUR au total.",
    ],
)
def test_a_sentence_about_several_documents_leaves_their_amounts_open(text: str) -> None:
    advice = one(text)
    assert [(line.reference, line.paid) for line in advice.lines] == [("117", None), ("119", None)]
    assert advice.total is not None
    assert advice.total.text() == "1250.00"
    assert not advice.complete
    assert "no amount for each" in advice.why


def test_a_reason_in_a_sentence_stands_on_its_document() -> None:
    advice = one("we have sent 1,250.00 EUR for invoices 117, 119. On 119 we took off 50.00 (short delivery).")
    assert [line.reason for line in advice.lines] == ["", "short delivery"]


@pytest.mark.parametrize("text", ["(200.00)", "200.00-", "-200.00", "200.00 CR"])
def test_a_credit_taken_is_negative_however_it_is_written(text: str) -> None:
    advice = one(
        f"Remittance Advice\nInvoice No   Amount Paid USD\n1042         1,000.00\nCM-77        {text}\nTotal        800.00\n"
    )
    assert lines(advice)[1] == ("CM-77", None, None, "-200.00")
    assert advice.complete


def test_an_ambiguous_column_stays_open_when_the_total_does_not_decide() -> None:
    advice = one("Remittance Advice\nInvoice   Amount\n1042      1,234\n1043      2,000\nTotal     3,234\n")
    assert lines(advice) == [("1042", None, None, None), ("1043", None, None, None)]
    assert not advice.complete
    assert "two ways" in advice.why


@pytest.mark.parametrize(("total", "first"), [("3,234.00", "1234"), ("3,234.00 USD", "1234")])
def test_the_total_decides_an_ambiguous_column(total: str, first: str) -> None:
    advice = one(f"Remittance Advice\nInvoice   Amount\n1042      1,234\n1043      2,000\nTotal     {total}\n")
    assert advice.complete
    paid = advice.lines[0].paid
    assert paid is not None
    assert paid.decimal() == int(first)


def test_sums_that_do_not_tie_are_said() -> None:
    advice = one("Remittance Advice\nInvoice   Amount\n1042      100.00\n1043      200.00\nTotal     310.00\n")
    assert not advice.complete
    assert "add up to 300.00, the stated total is 310.00" in advice.why


def test_an_amount_without_a_document_stops_completeness_only() -> None:
    advice = one("Remittance\nInvoice,Amount\n1042,100.00\n,20.00\n1043,50.00\nTotal,170.00\n")
    assert lines(advice) == [("1042", None, None, "100.00"), ("1043", None, None, "50.00")]
    assert not advice.complete
    assert "row 4" in advice.why


def test_a_sum_without_a_word_is_a_total() -> None:
    advice = one("Vendor Invoice #\tInvoice Date\tNet Paid\n1042\t3/1/2025\t$980.00\n1043\t3/15/2025\t$50.00\n\t\t$1,030.00\n")
    assert advice.complete
    assert advice.total is not None
    assert advice.total.text() == "1030.00"


def test_columns_of_the_payment_part_a_run_into_payments() -> None:
    reading = read(
        "Payment Date,Check Number,Invoice Number,Discount,Amount Paid\n03/14/2025,10021,A-1,0.00,100.00\n"
        "03/14/2025,10021,A-2,0.00,50.00\n03/14/2025,10022,A-3,0.00,70.00\n",
        "run.csv",
    )
    assert [(advice.payment_reference, len(advice.lines)) for advice in reading.remittances] == [("10021", 2), ("10022", 1)]


def test_more_than_one_currency_is_for_a_person() -> None:
    advice = one("Remittance\nInvoice   Amount\n1042      100.00 USD\n1043      50.00 EUR\n")
    assert not advice.complete
    assert "More than one currency" in advice.why


def test_an_unnamed_currency_is_no_currency_and_may_be_said_later() -> None:
    advice = one("Remittance\nInvoice   Amount\n1042      100.00\n")
    assert (advice.currency, advice.currency_sure) == ("", False)
    assert advice.lines[0].paid is not None
    assert advice.lines[0].paid.currency.code == NO_CURRENCY
    changed = restated(advice, currency("CAD"))
    assert changed.lines[0].paid is not None
    assert str(changed.lines[0].paid) == "100.00 CAD"


def test_a_dollar_sign_is_usd_until_the_money_says_otherwise_and_a_code_beside_it_wins() -> None:
    bare = one("Remittance\nInvoice   Amount\n1042      $100.00\n")
    coded = one("Remittance\nCurrency: CAD\nInvoice   Amount\n1042      $100.00\n")
    assert (bare.currency, bare.currency_sure) == ("USD", False)
    assert (coded.currency, coded.currency_sure) == ("CAD", True)


def test_a_payment_date_that_can_be_read_in_two_ways_is_left_out_with_a_word() -> None:
    reading = read("Remittance\nPayment date: 03/04/2025\nInvoice   Amount\n1042      100.00\n")
    assert reading.remittances[0].paid_on is None
    assert "two ways" in reading.problems[0].why


def test_a_short_payment_without_a_reason_is_a_problem_and_complete() -> None:
    reading = read("Remittance\nInvoice   Gross    Paid\n1042      100.00   90.00\nTotal              90.00\n")
    assert reading.remittances[0].complete
    assert "without a reason" in reading.problems[0].why


def test_header_words_of_narrow_columns_go_by_their_order() -> None:
    advice = one(
        "Remittance advice\nInvoice Date Gross Discount Net\n1042 2025-03-01 100.00 2.00 98.00\n"
        "1043 2025-03-02 50.00 0.00 50.00\nTotal 148.00 USD\n"
    )
    assert lines(advice) == [("1042", "100.00", "2.00", "98.00"), ("1043", "50.00", "0.00", "50.00")]
    assert advice.complete


def test_narrow_columns_with_a_hole_are_not_guessed() -> None:
    advice = one(
        "Remittance advice\nInvoice Date Gross Discount Net\n1042 2025-03-01 100.00 2.00 98.00\n1043 2025-03-02 50.00 50.00\n"
    )
    assert not advice.complete
    assert "fewer or more cells" in advice.why


@pytest.mark.parametrize(
    "text",
    [
        "STATEMENT OF ACCOUNT\nInvoice   Date   Amount   Balance\n1042   2025-01-01   100.00   100.00\n",
        "The following invoices are past due. Please pay at once.\n\nInvoice   Amount\n1042      100.00\n1043      200.00\n",
        (
            "Hello, we cannot pay INV-1042: the goods arrived damaged. Please send a credit note before we "
            "release payment of 100.00."
        ),
        "Could you send us an open item list as of month end? We cannot find two of your invoices.",
        "Join 4021 finance teams. Plans from 49.00 a month. Webinar INV-2025 on the 14th.",
        "kindly note our bank account changed. New account 1234567890. Confirm pending payment of 50000.00 today.",
        "I am out of the office until Monday. For urgent matters please call 555 0100.",
        "Could you send us copies of these documents?\n\nInvoice   Amount\n1042      100.00\n1043      200.00\n",
        "Price list\nItem 1001   5.00\nItem 1002   7.50\n",
    ],
)
def test_what_is_no_advice_gives_none_and_one_sentence(text: str) -> None:
    reading = read(text)
    assert reading.remittances == ()
    assert len(reading.unreadable) == 1
