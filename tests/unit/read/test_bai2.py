from datetime import date

import pytest
from bai2 import bai2 as oracle

from core.domain.payments import Direction
from core.domain.readings import ReadBankLine, Reading
from core.read.bank.payer_text import payer_name, references
from core.read.documents import read_document

FILE = """01,071000013,9988776655,250331,0730,77,80,,2/
02,9988776655,071000013,1,250328,,USD,2/
03,1234500001,USD,010,150000,,,015,512345,,,100,373655,4,/
16,165,120000,Z,BR-1001,CR-77,ORIG CO NAME:ACME SUPPLY      ORIG ID:1112223334 DESC DATE:250328
88,CO ENTRY DESCR:VENDOR PMT SEC:CCD IND NAME:EXAMPLE COMPONENTS
16,195,250000,V,250329,1405,WIRE-9,,WIRE IN ORIG:BRIGHT MILLS INC ID:00123 PMT DET:INV 1042/1043
16,115,3000,S,1000,1500,500,LB-7,,LOCKBOX 42
16,475,1345,,CHK-1,,CHECK 1001
49,1410345,7/
98,1410345,1,9/
99,1410345,1,11/
"""


def read(text: str, name: str = "statement.txt") -> Reading:
    return read_document(name, text.encode())


def only(text: str) -> ReadBankLine:
    (line,) = read(text).bank_lines
    return line


def file_of(*records: str, account: str = "03,1,USD,,,,/", group: str = "02,B,A,1,250328,,,/") -> str:
    return "\n".join(["01,A,B,250331,0730,1,,,2/", group, account, *records])


def test_a_whole_file_with_right_totals() -> None:
    reading = read(FILE)
    assert reading.format == "bai2"
    assert reading.problems == ()
    assert reading.unreadable == ()
    first, wire, lockbox, check = reading.bank_lines
    assert (first.amount.text(), first.value_date, first.account) == ("1200.00", date(2025, 3, 28), "1234500001")
    assert (first.bank_id, first.references, first.payer_name, first.method) == ("BR-1001", ("CR-77",), "ACME SUPPLY", "ach")
    assert first.text == (
        "ORIG CO NAME:ACME SUPPLY      ORIG ID:1112223334 DESC DATE:250328\n"
        "CO ENTRY DESCR:VENDOR PMT SEC:CCD IND NAME:EXAMPLE COMPONENTS"
    )
    assert (wire.value_date, wire.bank_id, wire.payer_name, wire.method) == (
        date(2025, 3, 29),
        "WIRE-9",
        "BRIGHT MILLS INC",
        "wire",
    )
    assert wire.references == ("INV 1042/1043",)
    assert (lockbox.bank_id, lockbox.text, lockbox.method) == ("LB-7", "LOCKBOX 42", "lockbox")
    assert (check.direction, check.amount.text(), check.where) == (Direction.DEBIT, "13.45", "line 8")


def test_the_public_library_agrees() -> None:
    expected = [
        (str(transaction.amount), transaction.type_code.code, transaction.bank_reference or "")
        for group in oracle.parse_from_string(FILE).children
        for account in group.children
        for transaction in account.children
    ]
    mine = [(str(line.amount.minor), line.bank_id) for line in read(FILE).bank_lines]
    assert mine == [(amount, reference) for amount, _, reference in expected]


def test_wrong_totals_and_counts_are_problems_and_lose_no_line() -> None:
    reading = read(FILE.replace("49,1410345,7/", "49,999,6/"))
    assert len(reading.bank_lines) == 4
    assert [problem.where for problem in reading.problems] == ["line 9", "line 9"]
    assert "999" in reading.problems[0].why
    assert "should have 6 records and has 7" in reading.problems[1].why


@pytest.mark.parametrize(
    ("code", "direction"),
    [("199", "credit"), ("399", "credit"), ("400", "debit"), ("699", "debit"), ("931", "credit"), ("977", "debit")],
)
def test_an_unknown_code_has_the_direction_of_its_range(code: str, direction: str) -> None:
    assert only(file_of(f"16,{code},100,Z,,,X")).direction.value == direction


@pytest.mark.parametrize("code", ["720", "010", "99", "ABC"])
def test_a_code_of_no_range_is_unreadable_with_its_line(code: str) -> None:
    reading = read(file_of(f"16,{code},100,Z,,,X", "16,165,200,Z,,,GOOD"))
    assert [line.text for line in reading.bank_lines] == ["GOOD"]
    assert reading.unreadable[0].where == "line 4"
    assert code in reading.unreadable[0].why


def test_text_keeps_commas_and_slashes() -> None:
    assert only(file_of("16,165,100,Z,,,INV 1/2, and 3/4, thanks")).text == "INV 1/2, and 3/4, thanks"


def test_continuation_lines_with_and_without_slash_stay_apart() -> None:
    line = only(file_of("16,165,100,Z,,,ONE/", "88,TWO, 2/3", "88,THREE"))
    assert line.text == "ONE\nTWO, 2/3\nTHREE"


def test_a_continuation_line_may_bring_the_missing_fields() -> None:
    line = only(file_of("16,115,100,S,50/", "88,25,25,BREF,CREF,SOME TEXT"))
    assert (line.bank_id, line.references, line.text) == ("BREF", ("CREF",), "SOME TEXT")


def test_a_continuation_line_with_words_is_text_though_fields_are_missing() -> None:
    line = only(file_of("16,165,100,Z,BREF/", "88,INV 1042, INV 1043"))
    assert (line.bank_id, line.references, line.text) == ("BREF", (), "INV 1042, INV 1043")


def test_lines_as_long_as_the_file_says_were_cut_in_mid_word() -> None:
    text = (
        f"01,A,B,250331,0730,1,40,,2/\n02,B,A,1,250328,,,/\n03,1,USD,,,,/\n16,165,100,Z,,,FIRST\n"
        f"88,{'A' * 33}INVO\n88,ICE 1042\n"
    )
    assert only(text).text == f"FIRST\n{'A' * 33}INVOICE 1042"


def test_several_records_on_one_line() -> None:
    transactions = "16,165,100,Z,,,X/16,165,200,Z,,,Y/"
    flat = f"01,A,B,250331,0730,1,,,2/02,B,A,1,250328,,,/03,1,USD,,,,/{transactions}49,300,4/98,300,1,6/99,300,1,8/"
    reading = read(flat)
    assert [(line.amount.text(), line.text) for line in reading.bank_lines] == [("1.00", "X"), ("2.00", "Y")]
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("code", "amount"), [("USD", "1234.56"), ("", "1234.56"), ("JPY", "123456"), ("KWD", "123.456"), ("EUR", "1234.56")]
)
def test_implied_decimals_follow_the_currency_and_none_means_usd(code: str, amount: str) -> None:
    line = only(file_of("16,165,123456,Z,,,X", account=f"03,1,{code},,,,/"))
    assert (line.amount.text(), line.amount.currency.code) == (amount, code or "USD")


def test_the_currency_of_the_group_holds_for_its_accounts() -> None:
    assert only(file_of("16,165,500,,,,X", account="03,1,,,,,/", group="02,B,A,1,250328,,CAD,/")).amount.currency.code == "CAD"


def test_a_distributed_availability_has_its_own_fields() -> None:
    line = only(file_of("16,165,300,D,2,0,100,1,200,BREF,CREF,TEXT"))
    assert (line.bank_id, line.references, line.text) == ("BREF", ("CREF",), "TEXT")


def test_an_amount_that_is_no_number_spoils_only_its_line() -> None:
    reading = read(file_of("16,165,12x,Z,,,BAD", "16,165,100,Z,,,GOOD"))
    assert [line.text for line in reading.bank_lines] == ["GOOD"]
    assert "12x" in reading.unreadable[0].why


def test_a_negative_credit_is_a_debit_that_reverses() -> None:
    line = only(file_of("16,165,-100,Z,,,TAKEN BACK"))
    assert (line.direction, line.amount.text(), line.reversal) == (Direction.DEBIT, "1.00", True)


def test_a_deposit_and_the_items_that_add_up_to_it_are_not_counted_twice() -> None:
    reading = read(file_of("16,115,300,,LB1,,LOCKBOX", "16,116,100,,I1,,A", "16,116,200,,I2,,B"))
    assert [(line.bank_id, line.entry) for line in reading.bank_lines] == [("I1", "LB1"), ("I2", "LB1")]


def test_items_that_do_not_add_up_are_all_listed_and_said() -> None:
    reading = read(file_of("16,115,300,,LB1,,LOCKBOX", "16,116,100,,I1,,A"))
    assert len(reading.bank_lines) == 2
    assert any("do not add up" in problem.why for problem in reading.problems)


def test_a_file_that_breaks_off_says_so_and_keeps_its_lines() -> None:
    reading = read(FILE[: FILE.index("16,115")])
    assert len(reading.bank_lines) == 2
    assert {problem.where for problem in reading.problems} == {"end of file"}


def test_a_date_that_is_none_falls_back_with_a_word() -> None:
    reading = read(file_of("16,165,100,V,259999,,B,C,X"))
    assert reading.bank_lines[0].value_date == date(2025, 3, 28)
    assert any("259999" in problem.why for problem in reading.problems)


def test_a_line_without_a_code_is_text_of_the_record_before_it() -> None:
    reading = read(file_of("16,165,100,Z,,,FIRST", "SECOND LINE"))
    assert reading.bank_lines[0].text == "FIRST\nSECOND LINE"
    assert "no record code" in reading.problems[0].why


def test_twins_have_ordinals() -> None:
    reading = read(file_of("16,165,100,Z,,,SAME", "16,165,100,Z,,,SAME", "16,165,100,Z,,,OTHER"))
    assert [line.ordinal for line in reading.bank_lines] == [1, 2, 1]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ORIG CO NAME:ACME SUPPLY      ORIG ID:111 DESC", "ACME SUPPLY"),
        ("ACME SUPPLY CORP DES:PAYMENT ID:12345 INDN:EXAMPLE COMPONENTS CO ID:1234567890 CCD", "ACME SUPPLY CORP"),
        ("FEDWIRE CREDIT B/O: BRIGHT MILLS INC REF: X", "BRIGHT MILLS INC"),
        ("INCOMING TRANSFER BY ORDER OF NORTH PIER LTD /RFB/123", "NORTH PIER LTD"),
        ("ORG=HILL & DALE LLC OBI=INV 1", "HILL & DALE LLC"),
        ("/ORDP//NAME/Muster Werkzeug GmbH/ADDR/X", "Muster Werkzeug GmbH"),
        ("166?00GUTSCHRIFT?20SVWZ+RE 1?32Muster Werkzeug?33 GmbH", "Muster Werkzeug GmbH"),
        ("INDN:EXAMPLE COMPONENTS CO ID:1", ""),
        ("REMOTE DEPOSIT CHECK 1234", ""),
    ],
)
def test_the_payer_is_named_only_where_a_label_names_it(text: str, name: str) -> None:
    assert payer_name(text) == name


def test_references_stand_behind_their_labels() -> None:
    assert references("EREF+PAY-1 X RMR*IV*INV-1042**100.00\\ TRN*1*778899\\") == ("PAY-1", "INV-1042", "778899")
    assert references("EREF+NOTPROVIDED") == ()
