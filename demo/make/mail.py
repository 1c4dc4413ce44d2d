"""Ten messages as customers of the invented company write them, in the forms that mail comes in."""

import base64
import quopri

SUPPORT = "Example Lighting <support@example.com>"


def b64(data):
    return base64.encodebytes(data).decode("ascii").rstrip()


def word(text, charset="utf-8"):
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode('ascii')}?="


def head(author, date, number, subject, *more):
    lines = [f"From: {author}", f"To: {SUPPORT}", f"Date: {date}", f"Message-ID: <demo-{number}@customers.example.org>", f"Subject: {subject}"]
    return "\n".join([*lines, *more, "MIME-Version: 1.0"])


def part(headers, body):
    return "\n".join([*headers, "", body])


def many(kind, boundary, parts):
    body = "".join(f"--{boundary}\n{one}\n" for one in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n{body}--{boundary}--\n'


def text(body):
    return f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}"


def order():
    return head("Maria Keller <maria.keller@example.org>", "Mon, 02 Mar 2026 08:12:40 +0100", 1, "Where is my order 4711?") + "\n" + text(
        "Hello,\n\nI ordered two Lumi 20 on 20 February (order 4711) and have not heard anything since.\n"
        "Could you tell me when they will arrive?\n\nMaria Keller\n")


def flicker(picture):
    html = ('<p>Good morning,</p><p>my <b>Scribe</b> flickers when I dim it. It looks like this:</p>'
            '<p><img src="cid:scribe.picture@customers.example.org" alt="The lamp" width="48"></p>'
            "<p>Is that the bulb or the lamp?</p><p>Tom Adeyemi</p>")
    plain = "Good morning,\n\nmy Scribe flickers when I dim it. It looks like this: [picture]\n\nIs that the bulb or the lamp?\n\nTom Adeyemi"
    shown = many("related", "rel-2", [
        part(["Content-Type: text/html; charset=utf-8"], html),
        part(["Content-Type: image/png; name=scribe.png", "Content-ID: <scribe.picture@customers.example.org>",
              "Content-Disposition: inline; filename=scribe.png", "Content-Transfer-Encoding: base64"], b64(picture)),
    ])
    return head("Tom Adeyemi <tom@example.net>", "Mon, 02 Mar 2026 09:03:11 +0000", 2, "Flickering Scribe") + "\n" + many(
        "alternative", "alt-2", [part(["Content-Type: text/plain; charset=utf-8"], plain), shown])


def return_form(form):
    return head("Ingrid Solberg <ingrid@example.org>", "Mon, 02 Mar 2026 10:45:00 +0100", 3, word("Rücksendung: Formular")) + "\n" + many(
        "mixed", "mix-3", [
            text("Dear team,\n\nhere is the form for the Birch that I am sending back. The cord is too short for our ceiling.\n\nIngrid Solberg"),
            part(["Content-Type: application/pdf", "Content-Disposition: attachment; filename*=utf-8''Formular%20R%C3%BCcksendung.pdf",
                  "Content-Transfer-Encoding: base64"], b64(form)),
        ])


def thread():
    first = head("Priya Nair <priya@example.net>", "Tue, 03 Mar 2026 11:20:00 +0000", 4, "Aurora 45 for a stairwell") + "\n" + text(
        "Hi,\n\nwe would like to hang three Aurora 45 above each other in a stairwell of 6 m. How long are the cords?\n\nPriya\n")
    second = head("Priya Nair <priya@example.net>", "Tue, 03 Mar 2026 15:02:00 +0000", 5, "Re: Aurora 45 for a stairwell",
                  "In-Reply-To: <demo-4@customers.example.org>", "References: <demo-4@customers.example.org>") + "\n" + text(
        "I forgot to say: the ceiling is concrete.\n\nPriya\n\n> we would like to hang three Aurora 45 above each other in a stairwell of 6 m.\n")
    third = head("Ray Nair <ray@example.net>", "Wed, 04 Mar 2026 07:30:00 +0000", 6, "Aurora 45: cords and hooks",
                 "Cc: Priya Nair <priya@example.net>", "In-Reply-To: <demo-5@customers.example.org>",
                 "References: <demo-4@customers.example.org> <demo-5@customers.example.org>") + "\n" + text(
        "Hello from the other half of the stairwell: please answer both of us.\n\nRay\n")
    return first, second, third


def japanese():
    body = "サポートご担当者様\n\nテーブルランプ Lumi 35 の電球の交換方法を教えてください。\n取扱説明書のPDFもいただけると助かります。\n\n山田 太郎\n"
    lines = head(f"{word('山田 太郎', 'iso-2022-jp')} <yamada@example.org>", "Wed, 04 Mar 2026 18:05:00 +0900", 7,
                 word("電球の交換について", "iso-2022-jp"), "Content-Type: text/plain; charset=iso-2022-jp", "Content-Transfer-Encoding: 7bit")
    return lines.encode("ascii") + b"\n\n" + body.encode("iso-2022-jp")


def arabic():
    html = ('<div dir="rtl"><p>مرحباً،</p><p>هل يتوفر مصباح <b>Mast</b> مع ذراع للقراءة؟ وما مدة التوصيل إلى دبي؟</p><p>ليلى حداد</p></div>')
    return head(f"{word('ليلى حداد')} <layla@example.org>", "Thu, 05 Mar 2026 12:00:00 +0400", 8, word("سؤال عن مصباح Mast"),
                "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: quoted-printable") + "\n\n" + quopri.encodestring(
        html.encode("utf-8")).decode("ascii") + "\n"


def forwarded():
    inner = ("From: Parcel service <no-reply@parcels.example.net>\nTo: Jon Berg <jon@example.net>\nDate: Thu, 05 Mar 2026 16:40:00 +0000\n"
             "Message-ID: <parcel-99@parcels.example.net>\nSubject: Your parcel was damaged\nMIME-Version: 1.0\n" + text(
                 "Parcel 99 was damaged on its way and goes back to its sender.\n"))
    return head("Jon Berg <jon@example.net>", "Fri, 06 Mar 2026 08:15:00 +0000", 9, "Fwd: Your parcel was damaged") + "\n" + many(
        "mixed", "mix-9", [text("Hi,\n\nsee what the parcel service wrote to me. Please send the Harbour again.\n\nJon"),
                           part(["Content-Type: message/rfc822", "Content-Disposition: attachment"], inner)])


def urgent():
    body = ("Sehr geehrte Damen und Herren, \n" "die Außenleuchte Porch an unserem Eingang ist seit gestern ohne Licht. \n"
            "Bitte rufen Sie heute noch unsere Hausverwaltung an.\n\nMit freundlichen Grüßen\n-- \nHotel Seeblick\n")
    return head(f"{word('Hotel Seeblick, Empfang')} <empfang@example.org>", "Fri, 06 Mar 2026 19:55:00 +0100", 10, word("Dringend: Außenleuchte ohne Licht"),
                "Reply-To: Hausverwaltung <haus@example.org>", "Cc: Technik <technik@example.org>", "Importance: high", "X-Priority: 1",
                "Content-Type: text/plain; charset=iso-8859-1; format=flowed", "Content-Transfer-Encoding: quoted-printable") + "\n\n" + quopri.encodestring(
        body.encode("iso-8859-1")).decode("ascii")


def messages(picture, form):
    """Names and sources, in the order in which they came."""
    first, second, third = thread()
    named = [
        ("01 Where is my order", order()), ("02 Picture in the text", flicker(picture)), ("03 With a PDF", return_form(form)),
        ("04 A thread begins", first), ("05 A thread goes on", second), ("06 A thread, and somebody else", third),
        ("07 Japanese", japanese()), ("08 Arabic", arabic()), ("09 With a message attached", forwarded()), ("10 Urgent", urgent()),
    ]
    for name, source in named:
        raw = source if isinstance(source, bytes) else source.encode("utf-8")
        yield name + ".eml", raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
