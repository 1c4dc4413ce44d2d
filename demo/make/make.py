#!/usr/bin/env python3
"""Makes the demo's PDF, PNG and HTML files and its mail anew: `python3 demo/make/make.py`. Needs nothing beyond Python 3.

The company, its products and its prices are invented.
"""

import base64
from pathlib import Path

import mail
import pdf
import picture

LIBRARIES = Path(__file__).resolve().parent.parent / "libraries"
PEOPLE = LIBRARIES.parent / "people"
MAIL = LIBRARIES.parent / "mail"

LAMPS = [
    ("EL-1010", "Aurora 30", "Pendant lamp, glass, 30 cm", 129.00),
    ("EL-1011", "Aurora 45", "Pendant lamp, glass, 45 cm", 179.00),
    ("EL-1020", "Harbour", "Pendant lamp, enamelled steel, 38 cm", 149.00),
    ("EL-1032", "Birch", "Pendant lamp, veneer, 42 cm", 219.00),
    ("EL-2005", "Lumi 20", "Table lamp, dimmable, 20 cm", 69.00),
    ("EL-2006", "Lumi 35", "Table lamp, dimmable, 35 cm", 89.00),
    ("EL-2110", "Scribe", "Desk lamp, swivel arm, USB-C", 119.00),
    ("EL-3001", "Mast", "Floor lamp, oak and brass, 160 cm", 289.00),
    ("EL-3002", "Mast reading", "Floor lamp with reading arm, 165 cm", 329.00),
    ("EL-4040", "Porch", "Outdoor wall lamp, IP44", 99.00),
    ("EL-4050", "Path", "Outdoor bollard, IP65, 60 cm", 139.00),
    ("EL-9001", "Bulb 4 W", "LED bulb E27, 2700 K, 470 lm", 7.90),
    ("EL-9002", "Bulb 8 W", "LED bulb E27, 2700 K, 806 lm", 9.90),
]


def euros(amount):
    return f"€ {amount:,.2f}"


def catalogue():
    cover = pdf.Page()
    for x, size in ((150, 260), (300, 340), (450, 220)):
        cover.lamp(x, 520, size)
    cover.text(pdf.MARGIN, 400, "Catalogue", 44, "F2")
    cover.text(pdf.MARGIN, 370, "Lamps for rooms that people live in", 15, colour=pdf.GREY)
    pages = [cover]
    for family, prefix in (("Pendant lamps", "EL-1"), ("Table and desk lamps", "EL-2"), ("Floor lamps", "EL-3"), ("Outdoor", "EL-4")):
        page = pdf.Page()
        page.heading(family)
        page.paragraph(
            "Every lamp is tested by hand before it is packed. Shades and cords are spare parts that stay available for ten years "
            "after a model has ended. All lamps take standard bulbs unless the description says otherwise."
        )
        for number, name, text, price in LAMPS:
            if number.startswith(prefix):
                page.lamp(pdf.MARGIN + 28, page.y - 44, 52)
                page.text(pdf.MARGIN + 80, page.y - 14, f"{name}  ({number})", 12, "F2")
                page.text(pdf.MARGIN + 80, page.y - 30, text, 10)
                page.text(pdf.WIDTH - pdf.MARGIN, page.y - 14, euros(price), 12, right=True)
                page.y -= 78
        pages.append(page)
    last = pdf.Page()
    last.heading("Prices at a glance")
    last.table(("Number", "Name", "Price incl. VAT"), [(n, f"{name}, {text}", euros(p)) for n, name, text, p in LAMPS], (0, 70))
    last.paragraph("Prices include 19 % VAT and hold until the next catalogue. Delivery within the European Union is free above € 150.")
    return pages + [last]


def dealer_prices():
    page = pdf.Page()
    page.heading("Preisliste für Händler")
    page.paragraph("Nettopreise ab Lager, zuzüglich gesetzlicher Umsatzsteuer. Mindestbestellwert 250 Euro. Lieferung frei Haus ab 500 Euro.")
    rows = [(n, name, euros(p / 1.19 * 0.6), euros(p / 1.19 * 0.54)) for n, name, _, p in LAMPS]
    page.table(("Nummer", "Name", "ab 1 Stück", "ab 20 Stück"), rows, (0, 90, 250))
    terms = pdf.Page()
    terms.heading("Bedingungen")
    for text in (
        "Zahlung innerhalb von 30 Tagen nach Rechnungsdatum ohne Abzug; bei Zahlung innerhalb von 10 Tagen 2 % Skonto.",
        "Rückgaben innerhalb von 60 Tagen in unbeschädigter Verpackung. Für Leuchten mit Sonderlackierung gilt das nicht.",
        "Größere Mengen und Übergrößen auf Anfrage. Diese Liste ersetzt alle früheren.",
    ):
        terms.paragraph(text)
    return [page, terms]


def japanese_prices():
    page = pdf.Page()
    page.heading("価格表", "F3")
    page.paragraph("表示価格はすべて税込みです。送料は一万円以上のご注文で無料となります。", font="F3")
    rows = [(n, name, f"¥ {round(p * 160, -2):,.0f}") for n, name, _, p in LAMPS]
    page.table(("品番", "品名", "価格"), rows, (0, 90), "F3")
    return [page]


def assembly(name, steps):
    page = pdf.Page()
    page.heading(f"Assembly: {name}")
    page.lamp(pdf.WIDTH / 2, page.y - 190, 180)
    page.y -= 240
    for number, step in enumerate(steps, 1):
        page.paragraph(f"{number}.  {step}", 11)
    return [page]


def form():
    page = pdf.Page()
    page.heading("Return form")
    page.paragraph("Please put this form into the parcel. We refund the price and, if the lamp arrived damaged, what the return costs you.")
    for label in ("Order number", "Name", "Email address", "Lamp (number)", "Reason", "Date and signature"):
        page.text(pdf.MARGIN, page.y, label, 10, "F2")
        page.line(pdf.MARGIN + 120, page.y - 2, pdf.WIDTH - pdf.MARGIN, page.y - 2)
        page.y -= 34
    for label in ("Refund", "Exchange", "Repair"):
        page.line(pdf.MARGIN, page.y - 2, pdf.MARGIN + 10, page.y - 2)
        page.line(pdf.MARGIN, page.y + 8, pdf.MARGIN + 10, page.y + 8)
        page.line(pdf.MARGIN, page.y - 2, pdf.MARGIN, page.y + 8)
        page.line(pdf.MARGIN + 10, page.y - 2, pdf.MARGIN + 10, page.y + 8)
        page.text(pdf.MARGIN + 18, page.y, label, 10)
        page.y -= 20
    return [page]


def contract():
    clauses = {
        "1. Subject": "The supplier delivers the lamps of the current catalogue to the dealer at the prices of the dealers' list.",
        "2. Term": "The contract runs for one calendar year and is prolonged by another unless either side ends it by 30 September.",
        "3. Delivery": "Orders that arrive by noon leave the warehouse on the next working day. Part deliveries are allowed.",
        "4. Payment": "Invoices are due within 30 days. An annual rebate of 3 % is credited above a turnover of € 20,000.",
        "5. Returns": "Unsold lamps in undamaged packaging may be returned within 60 days, at most 10 % of an order.",
        "6. Confidence": "Prices and rebates of this contract are not shown to third parties.",
    }
    first, second = pdf.Page(), pdf.Page()
    first.heading("Frame contract")
    first.paragraph("between Example Lighting and the dealer named in the appendix")
    for title, text in clauses.items():
        first.text(pdf.MARGIN, first.y, title, 11, "F2")
        first.y -= 16
        first.paragraph(text)
    second.heading("Appendix and signatures")
    for label in ("Dealer", "Address", "Rebate group", "Place, date", "For the dealer", "For Example Lighting"):
        second.text(pdf.MARGIN, second.y, label, 10, "F2")
        second.line(pdf.MARGIN + 130, second.y - 2, pdf.WIDTH - pdf.MARGIN, second.y - 2)
        second.y -= 38
    return [first, second]


def care_note():
    lamp = base64.b64encode(picture.small_lamp()).decode("ascii")
    return f"""<html>
<body style="font-family: sans-serif; color: #212633">
<p><img src="data:image/png;base64,{lamp}" width="48" height="48" alt="A hanging lamp"></p>
<p>Thank you for your order. A few words about your new lamp:</p>
<ul>
<li>Switch it off and let it cool down before you change the bulb.</li>
<li>Wipe glass and enamel with a damp cloth; veneer only with a dry one.</li>
<li>The guarantee is <b>five years</b>. The receipt is enough.</li>
</ul>
<p>Questions? Answer this message: <a href="mailto:support@example.com">support@example.com</a></p>
</body>
</html>
"""


def main():
    product, letters, contracts = (LIBRARIES / name for name in ("Product Information", "Letters", "Contracts"))
    pdf.write(product / "Catalogue.pdf", "Catalogue", catalogue())
    pdf.write(product / "Prices" / "Preisliste für Händler.pdf", "Preisliste für Händler", dealer_prices(), "de")
    pdf.write(product / "Prices" / "価格表.pdf", "価格表", japanese_prices(), "ja")
    pendant = ("Switch the mains off at the fuse box.", "Screw the hook into the ceiling; it must carry 10 kg.",
               "Shorten the cord, connect earth, neutral and live.", "Hang the shade, put the bulb in, switch the mains on.")
    table = ("Stand the lamp on a level surface.", "Screw the shade onto its ring by hand.", "Turn the knob: the light dims from 100 % to 5 %.")
    pdf.write(product / "Manuals" / "Pendant lamps" / "Assembly Aurora.pdf", "Assembly: Aurora", assembly("Aurora", pendant))
    pdf.write(product / "Manuals" / "Table lamps" / "Assembly Lumi.pdf", "Assembly: Lumi", assembly("Lumi", table))
    pdf.write(letters / "Returns" / "Return form.pdf", "Return form", form())
    pdf.write(contracts / "Dealers" / "Frame contract.pdf", "Frame contract", contract())
    (product / "Logo.png").write_bytes(picture.logo())
    (letters / "Care of your lamp.html").write_text(care_note(), encoding="utf-8", newline="\n")
    (PEOPLE / "anna").mkdir(parents=True, exist_ok=True)
    (PEOPLE / "anna" / "Lamp for signature.png").write_bytes(picture.small_lamp())
    pdf.write(PEOPLE / "carl" / "Assembly Lumi with my notes.pdf", "Assembly: Lumi",
              assembly("Lumi", table + ("Customers often miss the foil on the dimmer: peel it off.",)))
    pdf.write(PEOPLE / "lea" / "Draft return form.pdf", "Draft return form", form())
    MAIL.mkdir(exist_ok=True)
    for name, source in mail.messages(picture.small_lamp(), (letters / "Returns" / "Return form.pdf").read_bytes()):
        (MAIL / name).write_bytes(source)


if __name__ == "__main__":
    main()
