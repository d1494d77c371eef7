from datetime import date

import pytest

from core.domain.payments import Direction
from core.domain.readings import Reading
from core.read.documents import read_document

ROOTS = {
    "053": ("BkToCstmrStmt", "Stmt"),
    "052": ("BkToCstmrAcctRpt", "Rpt"),
    "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}

SINGLE = """<Ntry><NtryRef>7</NtryRef><Amt Ccy="EUR">120.50</Amt><CdtDbtInd>CRDT</CdtDbtInd>{status}
<BookgDt><Dt>2025-03-27</Dt></BookgDt><ValDt><Dt>2025-03-28</Dt></ValDt><AcctSvcrRef>BANK-1</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>E2E-9</EndToEndId></Refs>
<RltdPties><Dbtr>{debtor}</Dbtr><DbtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></DbtrAcct>
<Cdtr><Nm>Example Components</Nm></Cdtr></RltdPties>
<RmtInf><Ustrd>RE 1042</Ustrd><Ustrd>RE 1043</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""

BATCH = """<Ntry><Amt Ccy="CHF">300.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><ValDt><Dt>2025-03-28</Dt></ValDt>
<AcctSvcrRef>BATCH-1</AcctSvcrRef><NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>
<TxDtls><Refs><AcctSvcrRef>D-1</AcctSvcrRef><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
<AmtDtls><TxAmt><Amt Ccy="CHF">100.00</Amt></TxAmt></AmtDtls>
<RmtInf><Strd><CdtrRefInf><Ref>210000000003139471430009017</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>
<TxDtls><Refs><AcctSvcrRef>D-2</AcctSvcrRef></Refs><Amt Ccy="CHF">{second}</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>
</NtryDtls></Ntry>"""

LISTED = """<Ntry><Amt Ccy="USD">970.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<ValDt><Dt>2025-03-28</Dt></ValDt><NtryDtls><TxDtls><Refs><EndToEndId>RUN-5</EndToEndId></Refs>
<RltdPties><Dbtr><Pty><Nm>Bright Mills Inc</Nm></Pty></Dbtr></RltdPties>
<RmtInf><Strd><RfrdDocInf><Nb>1042</Nb></RfrdDocInf><RfrdDocAmt><DuePyblAmt Ccy="USD">1000.00</DuePyblAmt>
<DscntApldAmt><Amt Ccy="USD">10.00</Amt></DscntApldAmt><RmtdAmt Ccy="USD">990.00</RmtdAmt></RfrdDocAmt></Strd>
<Strd><RfrdDocInf><Nb>CM-7</Nb></RfrdDocInf><RfrdDocAmt><CdtNoteAmt Ccy="USD">20.00</CdtNoteAmt>
<AdjstmntAmtAndRsn><Amt Ccy="USD">20.00</Amt>
<AddtlInf>returned goods</AddtlInf></AdjstmntAmtAndRsn></RfrdDocAmt></Strd></RmtInf>
</TxDtls></NtryDtls></Ntry>"""


def message(*entries: str, kind: str = "053", version: str = "08", prefix: str = "") -> bytes:
    root, statement = ROOTS[kind]
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version}"><{root}>'
        f"<GrpHdr><MsgId>M</MsgId><CreDtTm>2025-03-29T06:00:00</CreDtTm></GrpHdr><{statement}><Id>1</Id>"
        f"<CreDtTm>2025-03-29T06:00:00</CreDtTm><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>"
        f"{''.join(entries)}</{statement}></{root}></Document>"
    )
    if prefix:
        text = text.replace("xmlns=", f"xmlns:{prefix}=")
        text = text.replace("</", f"<\0{prefix}:").replace("<?", "\1").replace("<", f"<{prefix}:").replace("\1", "<?")
        text = text.replace(f"<{prefix}:\0{prefix}:", f"</{prefix}:")
    return text.encode()


def single(status: str = "<Sts>BOOK</Sts>", debtor: str = "<Nm>Muster Werkzeug GmbH</Nm>") -> str:
    return SINGLE.format(status=status, debtor=debtor)


def read(data: bytes) -> Reading:
    return read_document("statement.dat", data)


@pytest.mark.parametrize("kind", ["052", "053", "054"])
@pytest.mark.parametrize("version", ["02", "04", "06", "08", "10", "12"])
def test_every_kind_and_version_is_read_alike(kind: str, version: str) -> None:
    entry = single(
        status="<Sts>BOOK</Sts>" if version < "08" else "<Sts><Cd>BOOK</Cd></Sts>",
        debtor="<Nm>Muster Werkzeug GmbH</Nm>" if version < "07" else "<Pty><Nm>Muster Werkzeug GmbH</Nm></Pty>",
    )
    reading = read(message(entry, kind=kind, version=version))
    (line,) = reading.bank_lines
    assert (reading.format, reading.problems, reading.unreadable) == ("camt", (), ())
    assert (line.amount.text(), line.amount.currency.code, line.direction) == ("120.50", "EUR", Direction.CREDIT)
    assert (line.account, line.value_date, line.bank_id) == ("DE89370400440532013000", date(2025, 3, 28), "BANK-1")
    assert (line.payer_name, line.payer_account) == ("Muster Werkzeug GmbH", "DE02120300000000202051")
    assert (line.references, line.text, line.method) == (("E2E-9",), "RE 1042\nRE 1043", "transfer")


def test_prefixed_names_are_read_alike() -> None:
    assert read(message(single(), prefix="ns2")).bank_lines == read(message(single())).bank_lines


def test_a_batch_gives_its_details_and_not_itself() -> None:
    reading = read(message(BATCH.format(second="200.00")))
    assert [(line.bank_id, line.amount.text(), line.entry) for line in reading.bank_lines] == [
        ("D-1", "100.00", "BATCH-1"),
        ("D-2", "200.00", "BATCH-1"),
    ]
    assert reading.bank_lines[0].references == ("210000000003139471430009017",)
    assert reading.problems == ()


def test_details_that_do_not_add_up_are_a_problem() -> None:
    reading = read(message(BATCH.format(second="150.00")))
    assert len(reading.bank_lines) == 2
    assert "add up to 250.00, the entry is 300.00" in reading.problems[0].why


def test_details_without_amounts_leave_the_entry_as_one_line() -> None:
    entry = BATCH.format(second="200.00").replace('<Amt Ccy="CHF">100.00</Amt>', "").replace('<Amt Ccy="CHF">200.00</Amt>', "")
    reading = read(message(entry))
    assert [line.amount.text() for line in reading.bank_lines] == ["300.00"]
    assert reading.problems


def test_an_entry_without_details_is_the_line() -> None:
    entry = (
        "<Ntry><Amt "
        'Ccy="EUR">5.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><ValDt><DtTm>2025-03-28T10:00:00</DtTm></ValDt>'
        "<AddtlNtryInf>FEES</AddtlNtryInf></Ntry>"
    )
    (line,) = read(message(entry)).bank_lines
    assert (line.direction, line.text, line.entry, line.value_date) == (Direction.DEBIT, "FEES", "", date(2025, 3, 28))


def test_a_pending_entry_is_no_money_and_is_said() -> None:
    reading = read(message(single(status="<Sts>PDNG</Sts>"), single()))
    assert len(reading.bank_lines) == 1
    assert "not booked" in reading.problems[0].why


def test_a_reversed_credit_is_a_debit_with_the_old_payer_and_a_return_code() -> None:
    entry = single().replace("CRDT", "DBIT").replace("</CdtDbtInd>", "</CdtDbtInd><RvslInd>true</RvslInd>")
    entry = entry.replace("<RmtInf>", "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf><RmtInf>")
    (line,) = read(message(entry)).bank_lines
    assert (line.direction, line.reversal, line.return_code) == (Direction.DEBIT, True, "AC04")
    assert line.payer_name == "Muster Werkzeug GmbH"


def test_structured_remittance_information_is_an_advice() -> None:
    reading = read(message(LISTED))
    (advice,) = reading.remittances
    assert [
        (line.reference, line.gross and line.gross.text(), line.paid and line.paid.text(), line.reason) for line in advice.lines
    ] == [
        ("1042", "1000.00", "990.00", ""),
        ("CM-7", "-20.00", "-20.00", "returned goods"),
    ]
    assert advice.complete
    assert (advice.total and advice.total.text(), advice.payer_name, advice.payment_reference) == (
        "970.00",
        "Bright Mills Inc",
        "RUN-5",
    )


def test_a_list_that_does_not_add_up_is_not_complete() -> None:
    reading = read(message(LISTED.replace("970.00", "960.00")))
    assert not reading.remittances[0].complete
    assert "970.00, the payment is 960.00" in reading.remittances[0].why


def test_an_entry_without_currency_or_date_is_unreadable_and_spoils_no_other() -> None:
    bad = single().replace(' Ccy="EUR"', "")
    reading = read(message(bad, single()))
    assert len(reading.bank_lines) == 1
    assert reading.unreadable[0].where.startswith("entry 1")


def test_more_digits_than_the_currency_has_are_unreadable() -> None:
    assert not read(message(single().replace("120.50", "120.505"))).bank_lines


def test_a_message_that_breaks_off_keeps_what_was_whole() -> None:
    data = message(single(), single())
    reading = read(data[: len(data) - 300])
    assert len(reading.bank_lines) == 1
    assert "breaks off" in reading.unreadable[0].why


def test_a_document_type_is_refused_before_parsing() -> None:
    data = message(single()).replace(b"<Document", b'<!DOCTYPE x [<!ENTITY a "b">]><Document', 1)
    reading = read(data)
    assert not reading.bank_lines
    assert "document type" in reading.unreadable[0].why


def test_an_empty_statement_says_so() -> None:
    assert "without booked entries" in read(message()).unreadable[0].why
