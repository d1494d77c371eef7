"""What the titles of a bank's own export mean, in six languages, in their folded form."""

from enum import StrEnum
from typing import Final


class Field(StrEnum):
    """What a column of a bank export holds."""

    VALUE_DATE = "value date"
    BOOKED = "booking date"
    AMOUNT = "amount"
    DEBIT = "debit"
    CREDIT = "credit"
    SIDE = "side"
    CURRENCY = "currency"
    BALANCE = "balance"
    NAME = "name"
    OTHER_ACCOUNT = "other account"
    ACCOUNT = "account"
    TEXT = "text"
    REFERENCE = "reference"
    BANK_ID = "bank id"


TITLES: Final = {
    Field.VALUE_DATE: """
        value date, valuta, valutadatum, wertstellung, wertstellungsdatum, date valeur, date de valeur, fecha valor, f
        valor, rentedatum, data valuta, valuedate, effective date
    """,
    Field.BOOKED: """
        booking date, posting date, post date, posted date, transaction date, trans date, date, posted, buchungstag,
        buchungsdatum, buchung, datum, date operation, date de l operation, date d operation, date comptable, fecha,
        fecha operacion, fecha de operacion, f operacion, boekdatum, transactiedatum, data, data contabile, data
        operazione, completed date, as of date, entry date
    """,
    Field.AMOUNT: """
        amount, transaction amount, net amount, betrag, umsatz, montant, importe, bedrag, importo, betrag eur, amount
        in account currency, bedrag eur
    """,
    Field.DEBIT: """
        debit, debits, debit amount, withdrawal, withdrawals, money out, paid out, soll, belastung, ausgang, debit
        eur, cargo, cargos, debe, af, afschrijving, addebiti, addebito, dare, uscite, withdrawal amt
    """,
    Field.CREDIT: """
        credit, credits, credit amount, deposit, deposits, money in, paid in, haben, gutschrift, eingang, abono,
        abonos, haber, bij, bijschrijving, accrediti, accredito, avere, entrate, deposit amt
    """,
    Field.SIDE: """
        debit credit, credit debit, dr cr, cr dr, d c, c d, s h, soll haben, sign, dc, debit credit indicator, credit
        debit indicator, direction, cdt dbt, af bij, sens, kennzeichen, d h
    """,
    Field.CURRENCY: """
        currency, ccy, curr, wahrung, waehrung, devise, moneda, divisa, munt, valuta code, divisa conto, currency
        code, account currency
    """,
    Field.BALANCE: """
        balance, running balance, ledger balance, saldo, kontostand, solde, saldo na boeking, saldo na mutatie,
        account balance, saldo nach buchung, saldo contabile, closing balance, available balance, saldo eur
    """,
    Field.NAME: """
        payer, payer name, counterparty, counterparty name, name, beneficiary payer, payee, payor, originator,
        auftraggeber, beguenstigter zahlungspflichtiger, beguenstigter, auftraggeber empfanger, auftraggeber
        beguenstigter, name zahlungsbeteiligter, name des partners, zahlungspflichtiger, empfanger
        zahlungspflichtiger, beguenstigter auftraggeber, tiers, contrepartie, nom, ordenante, beneficiario,
        tegenpartij, naam, naam tegenpartij, controparte, ordinante, begunstigter auftraggeber, auftraggeber
        begunstigter, begunstigter zahlungspflichtiger, merchant, customer name
    """,
    Field.OTHER_ACCOUNT: """
        counterparty account, counterparty iban, payer account, payer iban, iban counterparty, kontonummer iban, iban
        zahlungsbeteiligter, kontonummer, iban des partners, gegenkonto, iban gegenkonto, tegenrekening, tegenrekening
        iban, tegenrekening iban bban, compte contrepartie, iban contrepartie, cuenta contrapartida, iban controparte,
        sender account
    """,
    Field.ACCOUNT: """
        account, account number, account no, account iban, own account, iban, auftragskonto, iban auftragskonto,
        konto, eigenes konto, compte, numero de compte, cuenta, rekening, rekeningnummer, conto, iban bban, ihr konto
    """,
    Field.TEXT: """
        description, details, transaction details, narrative, memo, text, payment details, remittance information,
        transaction description, detail, particulars, verwendungszweck, buchungstext, vorgang verwendungszweck, zweck,
        libelle, libelle operation, communication, concepto, descripcion, observaciones, omschrijving, mededelingen,
        mededeling, naam omschrijving, descrizione, causale, descrizione operazione, additional information, remarks,
        information, notes
    """,
    Field.REFERENCE: """
        reference, customer reference, payment reference, ref, end to end id, endtoendid, end to end reference,
        kundenreferenz, kundenreferenz end to end, referenz, mandatsreferenz, reference client, referencia, kenmerk,
        betalingskenmerk, riferimento, check number, cheque number, check or slip, check no
    """,
    Field.BANK_ID: """
        bank reference, transaction id, transaction reference, bank ref, transaction number, id, fitid, unique id,
        trace number, bankreferenz, reference banque, numero operation, transactie id, transactiereferentie, volgnr,
        trn, entry reference
    """,
}

FIELD_OF: Final = {" ".join(title.split()): field for field, titles in TITLES.items() for title in titles.split(",")}
