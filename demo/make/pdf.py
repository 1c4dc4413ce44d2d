"""A small PDF writer: pages of A4 with text, lines and shapes, in the fonts that every reader has."""

import zlib

WIDTH, HEIGHT, MARGIN = 595, 842, 56

# Widths of Helvetica from space to tilde, in thousandths of the font size; what is not ASCII is taken as a letter.
WIDTHS = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556,
    556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778,
    722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222,
    500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
]

INK, GREY, ACCENT, PALE = (0.13, 0.15, 0.2), (0.45, 0.47, 0.52), (0.85, 0.45, 0.1), (0.97, 0.94, 0.9)


def width(text, size):
    return sum(WIDTHS[ord(c) - 32] if " " <= c <= "~" else 1000 if ord(c) > 0x2FFF else 556 for c in text) * size / 1000


class Page:
    def __init__(self):
        self.content, self.y = [], HEIGHT - MARGIN

    def colour(self, rgb):
        self.content.append("{:.2f} {:.2f} {:.2f} rg {:.2f} {:.2f} {:.2f} RG".format(*rgb, *rgb))

    def text(self, x, y, text, size=10, font="F1", colour=INK, right=False):
        if right:
            x -= width(text, size)
        self.colour(colour)
        if font == "F3" and max(text) < "\u3000":
            font = "F1"
        if font == "F3":
            shown = "<" + text.encode("utf-16-be").hex() + ">"
        else:
            shown = "<" + text.encode("cp1252").hex() + ">"
        self.content.append(f"BT /{font} {size} Tf {x:.1f} {y:.1f} Td {shown} Tj ET")

    def box(self, x, y, w, h, colour):
        self.colour(colour)
        self.content.append(f"{x:.1f} {y:.1f} {w:.1f} {h:.1f} re f")

    def line(self, x1, y1, x2, y2, colour=GREY, thick=0.6):
        self.colour(colour)
        self.content.append(f"{thick} w {x1:.1f} {y1:.1f} m {x2:.1f} {y2:.1f} l S")

    def shape(self, points, colour):
        self.colour(colour)
        path = " ".join(f"{x:.1f} {y:.1f} {'m' if i == 0 else 'l'}" for i, (x, y) in enumerate(points))
        self.content.append(path + " h f")

    def lamp(self, x, y, size, colour=ACCENT):
        """A hanging lamp: cord, shade, light."""
        self.line(x, y + size, x, y + size * 0.55, GREY, 1.2)
        shade = [(-0.12, 0.55), (0.12, 0.55), (0.38, 0.15), (-0.38, 0.15)]
        self.shape([(x + dx * size, y + dy * size) for dx, dy in shade], colour)
        light = [(-0.3, 0.11), (0.3, 0.11), (0.5, -0.15), (-0.5, -0.15)]
        self.shape([(x + dx * size, y + dy * size) for dx, dy in light], PALE)

    def heading(self, text, font="F2"):
        self.y -= 26
        self.text(MARGIN, self.y, text, 17, font)
        self.y -= 7
        self.line(MARGIN, self.y, WIDTH - MARGIN, self.y, ACCENT, 1.4)
        self.y -= 18

    def paragraph(self, text, size=10, font="F1"):
        line = ""
        words = list(text) if font == "F3" else text.split()
        gap = "" if font == "F3" else " "
        for word in words:
            longer = line + gap + word if line else word
            if width(longer, size) > WIDTH - 2 * MARGIN:
                self.text(MARGIN, self.y, line, size, font)
                self.y -= size * 1.45
                line = word
            else:
                line = longer
        self.text(MARGIN, self.y, line, size, font)
        self.y -= size * 2.1

    def table(self, head, rows, stops, font="F1"):
        """Columns start at `stops`; the last one is set to the right margin."""
        bold = "F2" if font == "F1" else font
        for number, row in enumerate([head] + rows):
            if number % 2 == 1:
                self.box(MARGIN - 4, self.y - 4, WIDTH - 2 * MARGIN + 8, 16, PALE)
            for stop, cell in zip(stops, row[:-1]):
                self.text(MARGIN + stop, self.y, cell, 9.5, bold if number == 0 else font)
            self.text(WIDTH - MARGIN, self.y, row[-1], 9.5, bold if number == 0 else font, right=True)
            self.y -= 16
        self.y -= 10


def write(path, title, pages, language="en"):
    """Writes the pages with a header, a footer and page numbers."""
    out, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []

    def put(body):
        places.append(len(out))
        out.extend(b"%d 0 obj\n" % len(places) + body + b"\nendobj\n")

    def text(string):
        return b"<" + (b"\xfe\xff" + string.encode("utf-16-be")).hex().encode() + b">"

    kids = b" ".join(b"%d 0 R" % (8 + 2 * i) for i in range(len(pages)))
    put(b"<< /Type /Catalog /Pages 2 0 R /Lang (" + language.encode() + b") >>")
    put(b"<< /Type /Pages /Count %d /Kids [" % len(pages) + kids + b"] >>")
    put(b"<< /Title " + text(title) + b" /Author (Example Lighting) /Producer (Example Lighting) >>")
    put(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    put(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>")
    put(b"<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiKakuGo-W5 /Encoding /UniJIS-UTF16-H /DescendantFonts [7 0 R] >>")
    put(
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiKakuGo-W5 /DW 1000 /W [1 95 500]"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> /FontDescriptor << /Type /FontDescriptor"
        b" /FontName /HeiseiKakuGo-W5 /Flags 4 /FontBBox [-92 -250 1010 922] /ItalicAngle 0 /Ascent 752 /Descent -221"
        b" /CapHeight 737 /StemV 114 >> >>"
    )
    for number, page in enumerate(pages):
        page.text(MARGIN, HEIGHT - 34, "Example Lighting", 8.5, "F2", ACCENT)
        page.text(WIDTH - MARGIN, 30, f"{number + 1} / {len(pages)}", 8.5, colour=GREY, right=True)
        page.text(MARGIN, 30, "support@example.com", 8.5, colour=GREY)
        stream = zlib.compress("\n".join(page.content).encode("ascii"), 9)
        put(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R" % (WIDTH, HEIGHT, 9 + 2 * number)
            + b" /Resources << /Font << /F1 4 0 R /F2 5 0 R /F3 6 0 R >> >> >>"
        )
        put(b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(stream) + stream + b"\nendstream")
    table = len(out)
    out.extend(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
    for place in places:
        out.extend(b"%010d 00000 n \n" % place)
    out.extend(b"trailer\n<< /Size %d /Root 1 0 R /Info 3 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, table))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out)
