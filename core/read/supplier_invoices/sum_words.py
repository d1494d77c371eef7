"""The vocabulary of sums and titles: what stands below the lines of an invoice, and what calls a document by its kind.

In folded form, as all of `words.py`.
"""

from typing import Final

from core.read.supplier_invoices.words import Sum

SUMS: Final = {
    Sum.LINES: """
        subtotal, sub total, lines total, total lines, goods total, total goods, merchandise total, merchandise, item total,
        items total, sum of lines, goods value, total of goods, zwischensumme, positionssumme, summe positionen, warenwert,
        summe der positionen, sous total, total lignes, total des lignes, total brut ht, total marchandises, subtotal lineas,
        total lineas, suma lineas, total articulos, importe bruto, suma
    """,
    Sum.NET: """
        net total, total net, net, net amount, net invoice total, total net amount, amount before tax, total before tax,
        total before vat, total excluding tax, total excl tax, total ex vat, total excl vat, total excluding vat,
        amount excl vat, net value, taxable amount, taxable total, total taxable, invoice net, net invoice amount,
        total without vat, subtotal excl vat, sub total excl vat, subtotal ex vat, subtotal net, nettobetrag, nettosumme,
        netto, summe netto, gesamt netto, netto gesamt, gesamtbetrag netto, nettogesamtbetrag, netto gesamtbetrag,
        rechnungsbetrag netto, gesamtsumme netto, zwischensumme netto, netto summe, netto betrag, nettowarenwert, entgelt,
        total ht, total hors taxe, total hors taxes, montant ht, montant total ht, total net ht, net ht, montant hors taxe,
        sous total ht, base ht, base imponible, total neto, importe neto, neto, total sin iva, total antes de impuestos,
        suma neta, subtotal neto
    """,
    Sum.TAX: """
        vat, tax, sales tax, vat amount, tax amount, total tax, total vat, vat total, tax total, gst, hst, pst, gst hst,
        value added tax, state tax, county tax, state sales tax, local tax, includes vat, including vat, incl vat,
        vat included, of which vat, plus vat, add vat, output vat, use tax, sales and use tax, mwst, ust, umsatzsteuer,
        mehrwertsteuer, zzgl mwst, zzgl ust, zuzuglich mwst, zuzgl mwst, zzgl umsatzsteuer, zzgl mehrwertsteuer, plus mwst,
        mwst betrag, ust betrag, steuer, steuerbetrag, gesamt mwst, summe mwst, summe ust, enthaltene mwst, enthaltene ust,
        darin enthaltene mwst, inkl mwst, inkl ust, davon mwst, zuzuglich umsatzsteuer, gesetzliche mwst, gesetzl mwst,
        zzgl gesetzl mwst, zzgl gesetzlicher mwst, umsatzsteuerbetrag, tva, montant tva, total tva, montant de la tva,
        dont tva, tva a, t v a, taxe, taxes, montant total tva, total taxes, iva, total iva, importe iva, cuota iva, cuota,
        mas iva, i v a, igic, impuestos, total impuestos, impuesto, city tax
    """,
    Sum.GROSS: """
        grand total, invoice total, total invoice, total incl vat, total incl tax, total including vat, total including tax,
        total inc vat, total inc tax, gross total, total gross, gross amount, gross, total invoice amount, invoice amount,
        total amount incl vat, total amount including vat, invoice value, total invoice value, amount incl vat, credit total,
        total credit, gesamtbetrag brutto, brutto, bruttobetrag, rechnungsbetrag, rechnungssumme, rechnungsbetrag brutto,
        gesamt brutto, gesamtsumme brutto, bruttosumme, summe brutto, endbetrag brutto, gesamtbetrag inkl mwst,
        brutto gesamt, gesamt inkl mwst, rechnungsendbetrag, gesamtrechnungsbetrag, gutschriftsbetrag, gutschriftbetrag,
        summe inkl mwst, rechnungstotal, total ttc, montant ttc, montant total ttc, total toutes taxes comprises, ttc,
        total general ttc, total general, montant de la facture, total facture, total avoir, total factura, total con iva,
        total iva incluido, importe total factura, total general con iva, importe factura, total bruto, total abono
    """,
    Sum.TOTAL: """
        total, total amount, totals, sum, sum total, total price, total value, gesamt, gesamtbetrag, gesamtsumme, summe,
        endbetrag, endsumme, total eur, totalbetrag, gesamtpreis, montant total, montant, importe total, importe,
        total a facturar, suma total, total final, total cost
    """,
    Sum.DUE: """
        amount due, balance due, total due, due, amount payable, total payable, payable, balance, please pay,
        total amount due, net payable, payable amount, amount to pay, total to pay, to pay, pay this amount, payment due,
        outstanding, balance owing, amount outstanding, invoice balance, zahlbetrag, zu zahlen, zu zahlender betrag, fallig,
        offener betrag, restbetrag, zahlungsbetrag, zu zahlen bis, betrag fallig, noch zu zahlen, net a payer, reste a payer,
        a payer, montant a payer, montant du, total a payer, solde a payer, solde, net a payer ttc, total a pagar,
        importe a pagar, liquido a pagar, a pagar, saldo pendiente, pendiente de pago, liquido, total amount payable
    """,
    Sum.PAID: """
        paid, amount paid, less deposit, less deposit received, deposit received, deposit, prepaid, prepayment,
        less prepayment, payments, payment received, down payment, advance, less payments, less paid, already paid,
        deposit paid, advance payment, bezahlt, bereits gezahlt, anzahlung, abzuglich anzahlung, abzgl anzahlung,
        bereits bezahlt, geleistete anzahlung, vorauszahlung, acompte, acompte verse, deja regle, acomptes, deja paye,
        acompte recu, anticipo, pagado, a cuenta, anticipos, ya pagado
    """,
    Sum.ROUNDING: "rounding, rounding adjustment, round off, rundung, rundungsdifferenz, arrondi, redondeo, penny rounding",
    Sum.FREIGHT: """
        freight, shipping, shipping and handling, shipping handling, s h, delivery, delivery charge, delivery charges,
        carriage, freight charge, freight charges, postage, postage and packing, p p, shipping cost, shipping costs,
        shipping charge, shipping charges, transport, transport cost, courier, shipping fee, delivery fee, delivery cost,
        freight cost, freight out, freight and handling, inbound freight, fracht, versand, versandkosten, frachtkosten,
        lieferkosten, porto, versand und verpackung, porto und verpackung, verpackung und versand, versandkostenpauschale,
        transportkosten, frachtpauschale, frachtkostenanteil, lieferpauschale, versandpauschale, frais de port, port,
        frais de transport, frais de livraison, livraison, transport et livraison, port et emballage, frais d expedition,
        frais d envoi, portes, gastos de envio, transporte, envio, flete, gastos de transporte, gastos envio
    """,
    Sum.DISCOUNT: """
        discount, less discount, trade discount, rebate, allowance, discounts, volume discount, total discount, less rebate,
        promotional discount, loyalty discount, customer discount, quantity discount, special discount, project discount,
        rabatt, nachlass, abzuglich rabatt, abzgl rabatt, mengenrabatt, gesamtrabatt, kundenrabatt, sonderrabatt,
        treuerabatt, projektrabatt, bonus, remise, rabais, ristourne, remise globale, remise commerciale,
        remise exceptionnelle, remise fidelite, descuento, descuento comercial, descuento global, bonificacion, dto,
        descuento por volumen, dto comercial
    """,
    Sum.CHARGE: """
        handling, handling fee, packaging, packing, insurance, surcharge, fuel surcharge, energy surcharge, small order fee,
        service fee, pallet deposit, pallets, admin fee, administration fee, minimum order surcharge, restocking fee,
        setup fee, environmental fee, recycling fee, customs, duty, eco fee, other charges, handling charge, packing charge,
        crating, verpackung, verpackungskosten, versicherung, zuschlag, mindermengenzuschlag, energiezuschlag,
        bearbeitungsgebuhr, palettenpfand, pfand, dieselzuschlag, maut, mautzuschlag, legierungszuschlag, teuerungszuschlag,
        kleinmengenzuschlag, zoll, emballage, frais d emballage, assurance, frais de dossier, frais de gestion,
        eco participation, eco contribution, surcharge carburant, consigne, embalaje, seguro, recargo, gastos de gestion,
        manipulacion, recargo combustible
    """,
    Sum.CARRIED: """
        carried forward, carry forward, brought forward, balance brought forward, continued, page total, total this page,
        amount carried forward, c f, b f, carried over, subtotal carried forward, ubertrag, uebertrag, seitensumme,
        zwischenubertrag, summe seite, ubertrag auf seite, ubertrag von seite, vortrag, a reporter, report, total page,
        total a reporter, report page precedente, suma y sigue, suma anterior, total pagina, subtotal pagina,
        a deducir pagina
    """,
    Sum.OTHER: """
        total weight, total quantity, total qty, total units, total pieces, total hours, exchange rate, credit limit,
        total discount savings, you saved, account balance, previous balance, old balance, total in words, gesamtgewicht,
        gesamtmenge, anzahl positionen, wechselkurs, skonto, skontobetrag, poids total, quantite totale, escompte,
        peso total, total unidades, total items, number of items, cash discount, discount if paid, early payment discount,
        if paid by, total cartons, total pallets, share capital, stammkapital, capital social, au capital de
    """,
}

TITLES: Final = """
    invoice, tax invoice, commercial invoice, sales invoice, vat invoice, bill, credit note, credit memo, rechnung,
    schlussrechnung, teilrechnung, abschlagsrechnung, sammelrechnung, gutschrift, rechnungskorrektur, stornorechnung,
    facture, facture de vente, avoir, facture d avoir, note de credit, factura, factura de venta, factura rectificativa,
    abono, nota de credito, nota de abono, corrective invoice, invoice credit note, original invoice, service invoice,
    final invoice, korrekturrechnung, ausgangsrechnung, einzelrechnung, monatsrechnung, facture commerciale,
    factura comercial
"""

CREDIT_TITLES: Final = """
    credit note, credit memo, gutschrift, rechnungskorrektur, stornorechnung, avoir, facture d avoir, note de credit,
    factura rectificativa, abono, nota de credito, nota de abono, korrekturrechnung, tax credit note, adjustment note
"""

OTHER_TITLES: Final = {
    "quotation": "quotation, quote, offer, proposal, angebot, kostenvoranschlag, devis, offre, oferta, presupuesto, estimate",
    "order confirmation": """
        order confirmation, order acknowledgement, order acknowledgment, sales order, auftragsbestatigung,
        bestellbestatigung, confirmation de commande, accuse de reception de commande, confirmacion de pedido
    """,
    "delivery note": """
        delivery note, packing slip, packing list, despatch note, dispatch note, lieferschein, bon de livraison, albaran,
        nota de entrega
    """,
    "purchase order": "purchase order, bestellung, bon de commande, orden de compra, pedido",
    "pro forma invoice": """
        pro forma, proforma, pro forma invoice, proforma invoice, proforma rechnung, proformarechnung, pro forma rechnung,
        facture pro forma, facture proforma, factura proforma, factura pro forma
    """,
    "statement or reminder": """
        statement, statement of account, account statement, reminder, payment reminder, mahnung, zahlungserinnerung,
        kontoauszug, releve de compte, relance, rappel, extracto de cuenta, recordatorio, dunning notice, overdue notice,
        final notice, recordatorio de pago, estado de cuenta
    """,
}
"""What looks like an invoice and is none, by its title."""

NET_TAILS: Final = """
    excl vat, excluding vat, ex vat, excl tax, ex tax, excluding tax, net of vat, before tax, before vat, ohne mwst,
    exkl mwst, zzgl mwst, netto, ohne ust, hors taxe, hors taxes, hors tva, ht, sin iva, net, without vat, excl gst, ex gst,
    o mwst, exkl ust
"""
GROSS_TAILS: Final = """
    incl vat, including vat, inc vat, incl tax, inc tax, including tax, gross, with vat, inkl mwst, inkl ust, brutto,
    mit mwst, ttc, tva comprise, toutes taxes comprises, con iva, iva incluido, iva incl, incl gst, inc gst, einschl mwst
"""
