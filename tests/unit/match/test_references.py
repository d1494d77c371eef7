import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.match import bank_text, references, schemes
from core.match.mentions import MentionKind
from core.match.normal import flat
from tests.unit.match.worlds import ALMA, applied, ask, automatic, document, index, seen

LEDGER = index(
    [
        *(document(f"INV-{number:06d}", f"{number}.11") for number in (386, 387, 388, 389, 753, 1206)),
        document("RE-2025-01206", "77.10", "C2"),
        document("RE-2025-01207", "78.10", "C2", order="PO-38908"),
        *(document(number, "79.10", "C3") for number in ("25-00615", "25-00616", "25-10615", "25-10616")),
        document("41871", "80.10", "C3"),
    ]
)


def named(text: str) -> set[str]:
    found = references.find([flat(text)], LEDGER)
    return {
        doc.number for mention in found.mentions for level, doc in mention.hits if level <= min(hit[0] for hit in mention.hits)
    }


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("INV-000386", {"INV-000386"}),
        ("Inv# inv000386", {"INV-000386"}),
        ("INVOICE INV-386 AND RE-2025-1206", {"INV-000386", "RE-2025-01206"}),
        ("RE 2025 01206", {"RE-2025-01206"}),
        ("re-2025-01 206", {"RE-2025-01206"}),
        ("1NV-0OO386", {"INV-000386"}),
        ("202501206", {"RE-2025-01206"}),
        ("INV-000386INV-000753", {"INV-000386", "INV-000753"}),
        ("PAYMENT OF 41871", {"41871"}),
        ("F/ 25-00615", {"25-00615"}),
        ("INV-000386 - INV-000389", {"INV-000386", "INV-000387", "INV-000388", "INV-000389"}),
        ("INV-000386 thru 000388", {"INV-000386", "INV-000387", "INV-000388"}),
        ("INV-000386/387/389", {"INV-000386", "INV-000387", "INV-000389"}),
        ("INVOICE 25-615ANDRE-2025-1 206TEL457-555-7576", {"25-00615", "RE-2025-01206"}),
        ("25-00615TEL385-555-1206", {"25-00615"}),
        ("FATT 25 00615,25 00616,25 00615", {"25-00615", "25-00616"}),
        ("FATT 00615,25", {"25-00615"}),
        ("25 10615,25 10616", {"25-10615", "25-10616"}),
        ("INV-0007S3", {"INV-000753"}),
        ("INV-00D7S3", set()),
        ("RE-2O25-0I2O6", {"RE-2025-01206"}),
        ("INV-0003B9 / INV-0003B7", {"INV-000389", "INV-000387"}),
        ("INV-00\n0386", {"INV-000386"}),
        ("LESS 1820.4\n8 41871", {"41871"}),
        ("RE-2025-01206/7", {"RE-2025-01206", "RE-2025-01207"}),
        ("INV-00386", {"INV-000386"}),
        ("INV 0000000386", {"INV-000386"}),
        ("RE-2025-001206", {"RE-2025-01206"}),
        ("0041871 0000387", {"41871", "INV-000387"}),
        ("RE 01206-2025", {"RE-2025-01206"}),
        ("RE 01206/25", {"RE-2025-01206"}),
        ("INVOICE NO 01206/25, 01207/25", {"RE-2025-01206", "RE-2025-01207"}),
        ("INVS.386", {"INV-000386"}),
        ("INVS 25/00615", {"25-00615"}),
        ("INV-0007S3 RE-Z025-01206", {"INV-000753", "RE-2025-01206"}),
        ("INV-000386..000389", {"INV-000386", "INV-000387", "INV-000388", "INV-000389"}),
        ("INV-000386 t/m INV-000388", {"INV-000386", "INV-000387", "INV-000388"}),
        ("INV-000386 til 000388", {"INV-000386", "INV-000387", "INV-000388"}),
        ("INV-000386/87/89", {"INV-000386", "INV-000387", "INV-000389"}),
    ],
)
def test_every_way_of_writing_a_number_is_found(text: str, numbers: set[str]) -> None:
    assert named(text) == numbers


@pytest.mark.parametrize(
    ("text", "first", "besides"),
    [
        ("INV-000386, 87 & 89", "INV-000386", [{"INV-000387"}, {"INV-000389"}]),
        ("INV-000386; -87, -89", "INV-000386", [{"INV-000387"}, {"INV-000389"}]),
        ("INV 386 87 AND 89", "INV-000386", [{"INV-000387"}, {"INV-000389"}]),
        ("INV-000386-88", "INV-000386", [{"INV-000387", "INV-000388"}]),
        ("INV-000386..88", "INV-000386", [{"INV-000387", "INV-000388"}]),
        ("INV-000386 bis 88", "INV-000386", [{"INV-000387", "INV-000388"}]),
        ("0000386/9", "INV-000386", [{"INV-000389"}]),
        ("0000386+87", "INV-000386", [{"INV-000387"}]),
        ("INV-000386, 14 DAYS", "INV-000386", []),
        ("INV-000386, 25 00615", "INV-000386", [{"25-00615"}]),
    ],
)
def test_last_digits_behind_a_number_may_be_further_ones_of_its_customer(
    text: str, first: str, besides: list[set[str]]
) -> None:
    found = [{doc.number for _, doc in mention.hits} for mention in references.find([flat(text)], LEDGER).mentions]
    assert first in found[0]
    assert found[1:] == besides


@given(
    st.lists(
        st.sampled_from(
            [
                "INV-",
                "RE",
                "0",
                "00386",
                "387",
                "41871",
                "INV-0007S3",
                "INV-0003O",
                "S",
                "B",
                "/",
                "-",
                ",",
                "&",
                " ",
                " AND ",
                "TO",
                "7",
                "88",
            ]
        )
    )
)
def test_whatever_stands_around_numbers_is_read(parts: list[str]) -> None:
    found = references.find([flat("".join(parts))], LEDGER)
    assert all(mention.hits for mention in found.mentions)


def test_such_digits_count_where_the_amount_says_so_and_only_there() -> None:
    ledger = index([document(f"INV-{number:06d}", "100.00") for number in range(380, 400)])
    listed = ask(seen("300.00", text="INV-000386, 87 AND 89", name=ALMA.name), ledger)
    assert set(applied(listed)) == {"INV-000386", "INV-000387", "INV-000389"}
    assert automatic(listed)
    alone = ask(seen("100.00", text="INV-000386, 87 PALLETS", name=ALMA.name), ledger)
    assert set(applied(alone)) == {"INV-000386"}


@pytest.mark.parametrize(
    "text",
    [
        "1,206.00 USD",
        "12.06.2025",
        "12-06-2025",
        "DATED 01-20-2025",
        "OF 12 JUN 2025",
        "12-Jun-25",
        "Q1/2025",
        "LIEFERSCHEIN 41871",
        "1206.00",
        "NET OF 15 PCT",
        "CUST 41871",
        "TEL 386-555-1206",
        "LOCKBOX 753 BATCH 386 CK 41871",
        "2/3",
    ],
)
def test_amounts_dates_and_clutter_are_no_references(text: str) -> None:
    assert named(text) == set()


@pytest.mark.parametrize("text", ["LESS 1820.4\n8 PROMO", "LESS 182\n0.48 PROMO", "LESS 1820.\n48", "DED 1820. 48FREIGHT"])
def test_a_sum_that_a_line_end_cuts_is_one_sum_and_no_number(text: str) -> None:
    found = references.find([flat(text)], index([document("F25/18204", "9.00"), document("INV-000182", "9.00")]))
    assert [digits for digits, _ in found.amounts] == ["182048"]
    assert found.mentions == ()


def test_a_bare_number_may_mean_any_document_that_ends_so() -> None:
    found = references.find(["INV 1206"], LEDGER)
    assert {doc.number for _, doc in found.mentions[0].hits} >= {"INV-001206", "RE-2025-01206"}


def test_an_order_number_means_all_documents_of_the_order() -> None:
    found = references.find(["P.O. PO-38908"], LEDGER)
    assert found.mentions[0].kind is MentionKind.ORDER


def test_what_looks_like_our_number_and_is_none_is_said() -> None:
    assert references.find(["RE-2025-09999"], LEDGER).unknown == ("RE202509999",)


def test_a_number_at_a_cut_end_is_doubtful() -> None:
    found = references.find(["INV-000753, INV-386"], LEDGER, cut=True)
    assert [mention.doubtful for mention in found.mentions] == [False, True]


def test_a_text_ending_in_the_first_letters_of_a_number_was_cut() -> None:
    assert references.find(["INV-000753, RE"], LEDGER).cut
    assert not references.find(["INV-000753, THANKS"], LEDGER).cut


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("ORIG CO NAME:ALMA STEEL ORIG ID:123 DESC DATE:250101 TRACE#:99 ADDENDA:INV 42", "ALMA STEEL", ("INV 42",)),
        ("FEDWIRE CREDIT VIA: X/1 B/O: ALMA STEEL REF: CHI RFB=O/B 7 OBI=INV 42 IMAD: 0101B1", "ALMA STEEL", ("INV 42",)),
        ("166?00GUTSCHRIFT?109310?20EREF+1?21SVWZ+RE 20?22250042?32Alma?33 Steel", "ALMA STEEL", ("RE 20250042",)),
        ("/ORDP//NAME/ALMA STEEL/ADDR/Lyon/REMI/USTD//FACT 42/RFB/123/", "ALMA STEEL", ("FACT 42",)),
        ("INCOMING TRANSFER BY ORDER OF ALMA STEEL /RFB/FV 42 /OCMT/EUR1.00/ CHARGES SHA", "ALMA STEEL", ("FV 42",)),
        ("CCD+ RMR*IV*INV 42**100.00\\RMR*IV*INV 43**7.50\\", "", ("INV 42, INV 43",)),
        ("TRN*1*99~RMR*IV*INV 42**100.00~RMR*CM*CM 7**-5.00~", "", ("INV 42, CM 7",)),
        ("/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA04171643/NAME/ALMA STEEL BV/REMI/FACT 42/EREF/1", "ALMA STEEL BV", ("FACT 42",)),
        ("/EREF/77/REMI/INV 42/ORDP//NAME/ALMA STEEL", "ALMA STEEL", ("INV 42",)),
        ("/BENM//NAME/HARBOR PINE/REMI/INV 42", "", ("INV 42",)),
        ("WIRE IN TRN:2026 ORIG:ALMA STEEL ID:123 SND BK:X ID:021 PMT DET:INV 42", "ALMA STEEL", ("INV 42",)),
        ("ORG=/9912 ALMA STEEL OGB=BANK OBI=INV 42 IMAD=2026", "ALMA STEEL", ("INV 42",)),
        ("ALMA STEEL DES:PAYMENT ID:INV42 INDN:HARBOR CO ID:99 CCD", "ALMA STEEL", ("PAYMENT ID:INV42 HARBOR",)),
        ("VIR SEPA RECU DE: ALMA STEEL MOTIF: FACT 42 REF: 99", "ALMA STEEL", ("FACT 42",)),
        ("TRANSFERENCIA DE ALMA STEEL SL CONCEPTO FACT 42", "ALMA STEEL SL", ("FACT 42",)),
        ("BONIFICO A VOSTRO FAVORE DA ALMA STEEL SRL CAUSALE FATT 42", "ALMA STEEL SRL", ("FATT 42",)),
        ("VIR RECU DE ALMA STEEL FACT 42", "", ("VIR RECU DE ALMA STEEL FACT 42",)),
        ("Thank you for INV 42", "", ("THANK YOU FOR INV 42",)),
    ],
)
def test_bank_lines_are_taken_apart_by_their_own_marks(text: str, name: str, words: tuple[str, ...]) -> None:
    read = bank_text.read("", text)
    assert (read.name, read.segments) == (name, words)


def test_a_number_in_the_payers_own_fields_of_an_ach_line_is_heard() -> None:
    read = bank_text.read("", "ORIG CO NAME:BIRCH BORO FURNITURE ORIG ID:4471 TRACE#:9912 IND NAME:HARBOR PINE\nINV-20433")
    assert read.name == "BIRCH BORO FURNITURE"
    assert any("INV-20433" in segment for segment in read.segments)
    assert not any("4471" in segment or "9912" in segment for segment in read.segments)


@pytest.mark.parametrize("number", ["INV-٣", "INV-１２", "é7", "٣", "", "-", "RE٣-0012"])
def test_any_number_has_keys_whatever_its_signs(number: str) -> None:
    """A ledger may hold digits of other scripts: such a number is known by what is left of it, and nothing fails."""
    assert schemes.keys(number)
