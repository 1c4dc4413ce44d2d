"""Pictures drawn from strokes and polygons, and a small PNG writer."""

import math
import struct
import zlib

ORANGE, DARK, LIGHT = (217, 115, 26), (33, 38, 51), (250, 226, 178)

# Letters as strokes in a box of 1 by 1.4, y downwards.
LETTERS = {
    "A": [[(0, 1.4), (0.5, 0), (1, 1.4)], [(0.2, 0.9), (0.8, 0.9)]],
    "E": [[(0.9, 0), (0, 0), (0, 1.4), (0.9, 1.4)], [(0, 0.68), (0.75, 0.68)]],
    "G": [[(0.95, 0.25), (0.75, 0.05), (0.4, 0), (0.1, 0.3), (0, 0.7), (0.1, 1.1), (0.4, 1.4), (0.75, 1.35), (0.98, 1.1), (0.98, 0.75), (0.6, 0.75)]],
    "H": [[(0, 0), (0, 1.4)], [(0.95, 0), (0.95, 1.4)], [(0, 0.68), (0.95, 0.68)]],
    "I": [[(0.5, 0), (0.5, 1.4)]],
    "L": [[(0, 0), (0, 1.4), (0.85, 1.4)]],
    "M": [[(0, 1.4), (0, 0), (0.5, 0.85), (1, 0), (1, 1.4)]],
    "N": [[(0, 1.4), (0, 0), (0.95, 1.4), (0.95, 0)]],
    "P": [[(0, 1.4), (0, 0), (0.6, 0), (0.88, 0.15), (0.92, 0.4), (0.88, 0.65), (0.6, 0.8), (0, 0.8)]],
    "T": [[(0, 0), (1, 0)], [(0.5, 0), (0.5, 1.4)]],
    "X": [[(0, 0), (0.95, 1.4)], [(0.95, 0), (0, 1.4)]],
}


def distance(px, py, a, b):
    (ax, ay), (bx, by) = a, b
    dx, dy = bx - ax, by - ay
    t = max(0.0, min(1.0, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy or 1)))
    return math.hypot(px - ax - t * dx, py - ay - t * dy)


def inside(px, py, points):
    hit = False
    for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1]):
        if (ay > py) != (by > py) and px < (bx - ax) * (py - ay) / (by - ay) + ax:
            hit = not hit
    return hit


def word(text, x, y, size, gap):
    strokes = []
    for letter in text:
        for stroke in LETTERS[letter]:
            points = [(x + dx * size, y + dy * size) for dx, dy in stroke]
            strokes += zip(points, points[1:])
        x += (0.45 if letter == "I" else 1) * size + gap
    return strokes


def lamp(x, y, size):
    """The polygons of a hanging lamp below (x, y)."""
    at = lambda points: [(x + dx * size, y + dy * size) for dx, dy in points]
    return [
        (at([(-0.02, 0), (0.02, 0), (0.02, 0.42), (-0.02, 0.42)]), DARK),
        (at([(-0.34, 0.78), (0.34, 0.78), (0.5, 1), (-0.5, 1)]), LIGHT),
        (at([(-0.12, 0.4), (0.12, 0.4), (0.4, 0.75), (-0.4, 0.75)]), ORANGE),
    ]


def draw(wide, high, polygons, strokes):
    """Rows of RGBA; `strokes` are (segments, half thickness, colour)."""
    rows = []
    for y in range(high):
        row = bytearray()
        for x in range(wide):
            colour, alpha = DARK, 0.0
            for points, shade in polygons:
                cover = sum(inside(x + dx, y + dy, points) for dx in (0.17, 0.5, 0.83) for dy in (0.17, 0.5, 0.83)) / 9
                if cover > 0:
                    colour, alpha = shade, max(alpha, cover)
            for segments, half, shade in strokes:
                near = min(distance(x + 0.5, y + 0.5, a, b) for a, b in segments)
                cover = max(0.0, min(1.0, half + 0.5 - near))
                if cover > 0:
                    colour, alpha = shade, max(alpha, cover)
            row += bytes((*colour, round(alpha * 255)))
        rows.append(bytes(row))
    return rows


def png(rows, wide):
    """An 8-bit RGBA PNG of these rows."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", wide, len(rows), 8, 6, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def logo():
    """The logo: a lamp and two words, 360 by 120."""
    strokes = [(word("EXAMPLE", 118, 26, 24, 9), 3.2, DARK), (word("LIGHTING", 118, 76, 16, 13.5), 1.4, ORANGE)]
    return png(draw(360, 120, lamp(58, 0, 112), strokes), 360)


def small_lamp():
    """The lamp alone, 48 by 48."""
    return png(draw(48, 48, lamp(24, 0, 46), []), 48)
