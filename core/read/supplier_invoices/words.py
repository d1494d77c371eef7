"""The vocabulary of invoices in English, German, French and Spanish: column titles, labels of fields, labels of sums.

Everything stands in its folded form (lower case, no accents, no punctuation), because that is how it is looked up. A title is
looked up whole; there is no fuzzy matching, because a column taken for another one is wrong money.
"""

from enum import StrEnum
from typing import Final


class Column(StrEnum):
    """What a column of the item table holds. The last four say in each row what usually stands in the heading."""

    POSITION = "position"
    ITEM = "item"
    CODE = "code"
    OUR_CODE = "our_code"
    DESCRIPTION = "description"
    QUANTITY = "quantity"
    UOM = "uom"
    RATE = "rate"
    PER = "per"
    DISCOUNT = "discount"
    TAX_PERCENT = "tax_percent"
    TAX_AMOUNT = "tax_amount"
    AMOUNT = "amount"
    GROSS_AMOUNT = "gross_amount"
    PO_NUMBER = "po_number"
    PO_LINE = "po_line"
    OTHER = "other"
    NUMBER = "number"
    DATE = "date"
    CURRENCY = "currency"
    SUPPLIER = "supplier"


class Field(StrEnum):
    """What a label in the heading says of the value beside or below it."""

    NUMBER = "number"
    DATE = "date"
    DUE_DATE = "due_date"
    PO_NUMBER = "po_number"
    CURRENCY = "currency"
    SUPPLIER = "supplier"
    BUYER = "buyer"
    TAX_ID = "tax_id"
    BUYER_TAX_ID = "buyer_tax_id"
    CORRECTS = "corrects"
    OTHER = "other"


class Sum(StrEnum):
    """What a label says of the amount behind it, below the lines."""

    LINES = "lines"
    NET = "net"
    TAX = "tax"
    TOTAL = "total"
    GROSS = "gross"
    DUE = "due"
    PAID = "paid"
    ROUNDING = "rounding"
    FREIGHT = "freight"
    DISCOUNT = "discount"
    CHARGE = "charge"
    CARRIED = "carried"
    OTHER = "other"


# In all tables "#" begins wordings that give way to those before them.
COLUMNS: Final = {
    Column.POSITION: """
        pos, position, no, nr, line, line no, line number, ln, item line, lfd nr, zeile, ligne, n, num, linea, s no, sr no,
        sl no, row, posten, pos nr, positionsnr, n ligne, line item no
    """,
    Column.ITEM: "item, artikel, article, articulo, product, produkt, produit, producto, ware, goods, leistung, line item",
    Column.CODE: """
        item code, item no, item number, item id, sku, part no, part number, part, product code, product no, product id,
        product number, article no, article number, article code, material, material no, material number, stock code,
        catalog no, catalogue no, code, ref, reference, model, artikelnr, artikelnummer, artikel nr, artikel no, art nr,
        artnr, best nr, bestellnr artikel, materialnr, materialnummer, produktnr, produktnummer, produkt nr, teilenummer,
        sachnummer, ref article, reference article, code article, code produit, reference produit, codigo, codigo articulo,
        cod, cod articulo, referencia, ref articulo, codigo producto, our item no, our part no, seller item, vendor item,
        supplier item, supplier part no, mfr part no, manufacturer part no, ean, gtin, upc, item ref, product ref,
        unsere art nr
    """,
    Column.OUR_CODE: """
        your item, your item no, your item code, your part no, your material, your code, your article no, your ref,
        customer item, customer item no, customer part no, customer material, buyer item, buyer item code, buyer part no,
        buyer code, ihre artikelnr, ihre artikelnummer, ihre art nr, ihre materialnummer, ihre materialnr, ihre nr,
        kundenmaterial, kundenmaterialnummer, kunden art nr, kundenartikel, votre reference, votre ref, votre code,
        votre article, ref client, reference client, su referencia, su codigo, ref cliente, codigo cliente
    """,
    Column.DESCRIPTION: """
        description, item description, product description, description of goods, goods description, material description,
        details, detail, particulars, item details, item name, product name, service, services, service description,
        work performed, task, activity, text, item and description, description of services, description of work,
        product service, item service, goods and services, name, charge description, bezeichnung, beschreibung,
        artikelbezeichnung, artikelbeschreibung, leistungsbeschreibung, produktbezeichnung, warenbezeichnung, artikeltext,
        materialbezeichnung, tatigkeit, designation, libelle, description des produits, prestation, prestations, intitule,
        nature, detail des prestations, descripcion, concepto, detalle, descripcion del producto, denominacion,
        descripcion del articulo, servicio
    """,
    Column.QUANTITY: """
        invoiced qty, invoiced quantity, qty invoiced, quantity invoiced, billed qty, billed quantity, qty billed,
        quantity billed, shipped qty, qty shipped, quantity shipped, ship qty, delivered qty, qty delivered,
        quantity delivered, shipped, delivered, gelieferte menge, berechnete menge, liefermenge, qte livree, qte facturee,
        quantite livree, quantite facturee, cantidad facturada, cantidad entregada, #qty, quantity, qnty, quant, units,
        hours, hrs, pcs, pieces, no of units, number, count, menge, anzahl, anz, stuckzahl, stunden, std, stuck, stk, qte,
        quantite, nombre, nb, qt, heures, cantidad, cant, ctd, uds, unidades, horas, qty hrs, hours qty, qty hours,
        #ordered qty, qty ordered, quantity ordered, ordered, order qty, bestellmenge, bestellte menge, qte commandee,
        cantidad pedida
    """,
    Column.UOM: """
        uom, u m, um, unit, unit of measure, units of measure, measure, einheit, einh, me, mengeneinheit, eh, unite, u, un,
        ud, unidad, unidad de medida, unite de mesure, packaging, pack unit
    """,
    Column.RATE: """
        net price, net unit price, unit price net, price net, nettopreis, netto preis, einzelpreis netto, netto einzelpreis,
        nettoeinzelpreis, prix net, prix unitaire net, prix unitaire ht, pu ht, p u ht, prix ht, pu net, precio neto,
        precio unitario neto, #unit price, price per unit, price unit, unit cost, unit rate, rate, price each, each,
        cost per unit, price ea, unit value, hourly rate, rate hr, price item, einzelpreis, e preis, ep, stuckpreis,
        preis pro einheit, preis einheit, preis je einheit, preis stk, preis stuck, preis me, einheitspreis, stundensatz,
        vk preis, prix unitaire, p u, pu, prix unit, prix u, tarif, taux horaire, precio unitario, precio unit, p unit,
        p unitario, precio ud, precio u, tarifa, precio por unidad, #price, preis, prix, precio, cost, #list price,
        gross price, gross unit price, listenpreis, bruttopreis, prix brut, prix public, tarif public, precio bruto,
        precio lista
    """,
    Column.PER: """
        per, price unit qty, price basis, price base, base qty, per qty, pe, preiseinheit, preis einh, preis per, par,
        base de prix, por, base precio, price per qty
    """,
    Column.DISCOUNT: """
        discount, disc, discount percent, disc percent, rebate, rabatt, nachlass, rab, skonto, remise, rem, rabais,
        descuento, dto, desc, dcto, discount amount, trade discount
    """,
    Column.TAX_PERCENT: """
        vat, vat rate, vat percent, tax, tax rate, tax percent, gst, gst rate, sales tax, tax code, vat code, mwst, ust,
        mwst satz, ust satz, steuersatz, steuer, st satz, mwst code, st, tva, taux tva, taux de tva, taux, iva, tipo iva,
        tipo, impuesto, hst, gst hst, taxes, code tva, taxed, taxable
    """,
    Column.TAX_AMOUNT: """
        vat amount, tax amount, gst amount, amount of vat, mwst betrag, ust betrag, steuerbetrag, montant tva,
        montant de la tva, importe iva, cuota iva, cuota
    """,
    Column.AMOUNT: """
        net amount, line net, net line amount, net value, amount net, total net, net total, net, taxable amount,
        taxable value, net line total, nettobetrag, netto, nettowert, betrag netto, gesamt netto, summe netto, netto betrag,
        gesamtpreis netto, montant ht, total ht, ht, montant net, total hors taxe, montant hors taxe, montant hors taxes,
        total net ht, importe neto, base imponible, neto, base, total neto, #amount, line amount, line total, line value,
        total amount, total price, total, extended price, extended amount, extended, ext price, ext amount, extension, ext,
        value, amt, sum, subtotal, item total, price total, amount due, total cost, betrag, gesamtpreis, gesamt,
        gesamtbetrag, summe, wert, positionsbetrag, g preis, gp, zeilenbetrag, pos betrag, positionswert, zeilensumme,
        positionssumme, montant, montant total, prix total, total ligne, montant ligne, sous total, importe, importe total,
        total linea, monto, valor, precio total
    """,
    Column.GROSS_AMOUNT: """
        gross amount, gross, gross total, total gross, gross value, amount gross, bruttobetrag, brutto, gesamt brutto,
        summe brutto, betrag brutto, montant ttc, total ttc, ttc, importe bruto, total con iva, total iva incluido,
        amount incl vat
    """,
    Column.PO_NUMBER: """
        po, po no, po number, purchase order, purchase order no, purchase order number, your order, your order no, your po,
        customer po, order no, order number, order, bestellung, bestellnr, bestellnummer, bestell nr, ihre bestellung,
        commande, n commande, no commande, votre commande, pedido, n pedido, su pedido, num pedido
    """,
    Column.PO_LINE: "po line, po line no, order line, po item, po pos, bestellposition, ligne de commande, linea pedido",
    Column.NUMBER: """
        invoice, invoice no, invoice number, invoice id, inv no, inv number, bill no, bill number, rechnung, rechnungsnr,
        rechnungsnummer, rechnung nr, facture, n facture, no facture, numero facture, numero de facture, factura, n factura,
        no factura, numero factura, numero de factura, num factura
    """,
    Column.DATE: """
        invoice date, inv date, bill date, rechnungsdatum, date facture, date de facture, date de la facture, fecha factura,
        fecha de factura
    """,
    Column.CURRENCY: "currency, curr, ccy, cur, currency code, wahrung, waehrung, devise, monnaie, moneda, divisa",
    Column.SUPPLIER: "supplier, supplier name, vendor, vendor name, lieferant, fournisseur, proveedor",
    Column.OTHER: """
        delivery date, date, ship date, service date, datum, lieferdatum, leistungsdatum, fecha, date livraison, weight,
        gewicht, poids, peso, origin, ursprung, origine, hs code, tariff no, tariff code, zolltarifnr, zolltarifnummer,
        country of origin, b o, backorder, back ordered, backordered, qty backordered, back order, b o qty, warehouse, lot,
        lot no, batch, charge, serial no, delivery note, lieferschein, lieferscheinnr, bon de livraison, albaran, project,
        projekt, cost center, kostenstelle, colour, color, size, grosse, packs, cartons, kartons, colis, bultos, remarks,
        notes, commodity code, remaining, rest, period, zeitraum, from, to
    """,
}

_NUMBER: Final = """
    invoice number, invoice no, invoice num, invoice nr, invoice id, invoice ref, invoice reference, invoice no number,
    tax invoice number, tax invoice no, inv no, inv number, inv nr, credit note number, credit note no, credit memo number,
    credit memo no, credit memo, credit note, bill number, bill no, rechnungsnummer, rechnungsnr, rechnung nr, rechnungs nr,
    rechnung nummer, rechnung no, re nr, rg nr, belegnummer rechnung, gutschriftsnummer, gutschrift nr, gutschriftnummer,
    gutschriftsnr, gutschrift no, numero de facture, no de facture, n de facture, n facture, no facture, num facture,
    numero facture, facture n, facture no, facture numero, facture num, ref facture, reference facture, avoir n, avoir no,
    numero d avoir, n d avoir, avoir numero, numero de factura, n de factura, no de factura, n factura, no factura,
    num factura, numero factura, factura n, factura no, factura num, factura numero, nº factura, nota de credito n, abono n,
    factura rectificativa n, n rechnung, #invoice, tax invoice, rechnung, facture, factura, avoir, gutschrift, inv, abono,
    #document number, document no, doc no, belegnummer, belegnr, beleg nr, numero de document, n document, numero documento,
    n documento, numero, number, nummer, n, no, nr, invoice n
"""

FIELDS: Final = {
    Field.NUMBER: _NUMBER,
    Field.DATE: """
        invoice date, date of invoice, inv date, date of issue, issue date, issued, issued on, issue, bill date,
        billing date, tax point, tax date, invoice date tax point, credit note date, credit memo date, invoiced on,
        date issued, invoice dated, rechnungsdatum, rechnung vom, datum der rechnung, ausstellungsdatum, rechnungs datum,
        gutschriftsdatum, date de facture, date facture, date de la facture, date de facturation, date d emission,
        date emission, date d avoir, emise le, emis le, fecha de factura, fecha factura, fecha de la factura,
        fecha de emision, fecha emision, fecha de expedicion, fecha expedicion, emitida el, #dated, document date,
        belegdatum, date, datum, fecha, date du document, le, data
    """,
    Field.DUE_DATE: """
        due date, date due, payment due, payment due date, due, due on, pay by, payable by, due by, please pay by, fallig am,
        faelligkeitsdatum, falligkeitsdatum, falligkeit, fallig, zahlbar bis, zahlungsziel, zahlbar bis zum, date d echeance,
        echeance, date echeance, date limite de paiement, a payer avant le, fecha de vencimiento, vencimiento,
        fecha vencimiento, vence, vence el
    """,
    Field.PO_NUMBER: """
        po number, p o no, p o number, p o, po no, po num, po, po nr, po ref, po reference, purchase order,
        purchase order number, purchase order no, purchase orders, purchase order nr, purchase order ref, your po,
        your po number, your po no, your order, your order no, your order number, your order ref, your order reference,
        your purchase order, your purchase order no, customer po, customer po number, customer po no,
        customer purchase order, customer order no, customer order, customer order number, cust po, client po, buyer order,
        buyer order no, buyer order reference, buyer s order no, bestellnummer, bestellnr, bestell nr, ihre bestellung,
        ihre bestellnummer, ihre bestellnr, ihre bestell nr, ihre bestellung nr, kundenbestellnummer, kundenbestellung,
        bestellung nr, bestellung, kunden bestellnr, ihre auftragsnummer, bestellnummern, ihre bestellungen, commande n,
        n commande, n de commande, no commande, no de commande, numero de commande, votre commande, votre n de commande,
        votre commande n, votre numero de commande, bon de commande, bon de commande n, n bon de commande,
        n de bon de commande, commande client, vos commandes, ref commande, reference commande, su pedido, pedido, pedido n,
        n pedido, n de pedido, num pedido, numero de pedido, no pedido, numero pedido, su pedido n, su n de pedido,
        orden de compra, orden de compra n, n orden de compra, pedido cliente, oc, o c, #order number, order no, order ref,
        order reference, order nr, order num, order, orders, your reference, your ref, ihre referenz, ihr zeichen,
        votre reference, votre ref, su referencia, su ref, commande, reference client, customer reference, customer ref,
        client ref
    """,
    Field.CURRENCY: "currency, invoice currency, wahrung, waehrung, rechnungswahrung, devise, monnaie, moneda, divisa",
    Field.SUPPLIER: """
        supplier, supplier name, vendor, vendor name, seller, seller name, from, issued by, lieferant, verkaufer,
        rechnungssteller, leistungserbringer, aussteller, fournisseur, vendeur, emetteur, emis par, proveedor, vendedor,
        emisor, remit to, billed by, company
    """,
    Field.BUYER: """
        bill to, billed to, invoice to, invoiced to, sold to, buyer, buyer name, customer, customer name, client, ship to,
        deliver to, delivery address, billing address, shipping address, invoice address, rechnung an, rechnungsempfanger,
        rechnungsadresse, rechnungsanschrift, kunde, kaufer, lieferadresse, lieferanschrift, leistungsempfanger,
        lieferung an, warenempfanger, facture a, facturer a, adresse de facturation, acheteur, destinataire, livre a,
        livrer a, adresse de livraison, livraison, client nom, facturar a, cliente, comprador, destinatario,
        direccion de entrega, direccion de facturacion, enviar a, facturado a, attention, attn, z hd, to, recipient,
        adresse client
    """,
    Field.TAX_ID: """
        vat no, vat number, vat reg no, vat registration no, vat registration number, vat id, vat id no, vat, our vat no,
        tax id, tax no, tax number, tax reg no, ein, fein, federal tax id, gst no, gstin, abn, gst reg no, ust id, ust idnr,
        ust id nr, ust idnr nr, umsatzsteuer id, umsatzsteuer identifikationsnummer, unsere ust idnr, steuernummer,
        steuer nr, st nr, uid, uid nr, uid nummer, mwst nr, n tva, no tva, numero de tva, n de tva, tva intracommunautaire,
        n tva intracommunautaire, tva intracom, n tva intracom, tva, nif, cif, nif cif, n i f, c i f, n iva, numero iva,
        vat reg
    """,
    Field.BUYER_TAX_ID: """
        your vat no, your vat number, your vat id, customer vat, customer vat no, customer vat id, customer tax id,
        buyer vat, buyer vat no, ihre ust id, ihre ust idnr, ihre ust id nr, ust id kunde, kunden ust id, ihre uid,
        votre n tva, votre tva, n tva client, tva client, su nif, nif cliente, cif cliente, client vat
    """,
    Field.CORRECTS: """
        original invoice, original invoice no, original invoice number, corrects invoice, credit for invoice,
        against invoice, invoice credited, refers to invoice, re invoice, related invoice, zu rechnung, zu rechnung nr,
        zur rechnung, ursprungliche rechnung, bezug rechnung, originalrechnung, korrektur zu rechnung, facture d origine,
        sur facture, facture initiale, concerne facture, factura original, factura rectificada, sobre factura
    """,
    Field.OTHER: """
        customer no, siret, siren, customer number, customer id, customer code, account no, account number, account,
        kundennummer, kundennr, kunden nr, debitor, debitorennummer, n client, no client, code client, numero client,
        numero de client, n cliente, no cliente, codigo cliente, num cliente, order date, date of order, po date,
        delivery date, date of delivery, ship date, shipping date, date of supply, supply date, service date, service period,
        period, delivery note, delivery note no, delivery no, despatch note, packing slip, our order, our order no,
        our reference, our ref, sales order, sales order no, so number, so no, bestelldatum, auftragsdatum, lieferdatum,
        leistungsdatum, leistungszeitraum, lieferschein, lieferscheinnr, lieferschein nr, lieferscheinnummer, auftrag,
        auftragsnummer, auftragsnr, auftrag nr, unsere auftragsnr, unser zeichen, unsere referenz, date de commande,
        date commande, date de livraison, date livraison, bon de livraison, n bl, bl n, notre reference, notre ref,
        notre commande, fecha de pedido, fecha pedido, fecha de entrega, fecha entrega, albaran, albaran n, n albaran,
        nuestra referencia, nuestro pedido, terms, payment terms, zahlungsbedingungen, conditions de paiement,
        condiciones de pago, forma de pago, page, seite, pagina, phone, tel, telefon, telephone, telefono, fax, email,
        e mail, mail, web, iban, bic, swift, bank, banque, banco, contact, ansprechpartner, bearbeiter, sachbearbeiter,
        contacto, incoterms, ship via, carrier, salesperson, rep, project, projekt, quote no, quotation no, contract no,
        contract, vertrag, vertragsnummer, contrat, contrato, job, job no, print date, druckdatum, statement date,
        tracking no, sort code, routing no, company no, company reg no, registration no, hrb, amtsgericht, handelsregister,
        rcs, reg no, cost centre, cost center, kostenstelle, freight terms, fob
    """,
}


def listed(words: str) -> tuple[str, ...]:
    """The entries of a list above, in order, marks of rank included."""
    return tuple(" ".join(word.split()) for word in words.split(",") if word.strip())
