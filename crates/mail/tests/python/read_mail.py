"""Reads a message with Python's own email package and prints what it finds as JSON.

Usage: read_mail.py MESSAGE FOLDER. The decoded bytes of the n-th leaf of the message go to FOLDER/n, unless there are none.
"""

import email
import email.header
import email.policy
import json
import pathlib
import sys

ADDRESS_HEADERS = ["From", "Reply-To", "To", "Cc", "Bcc"]
TEXT_HEADERS = ["Subject", "Message-ID", "In-Reply-To", "References", "MIME-Version"]


def addresses(message, name):
    header = message[name]
    if header is None:
        return None
    return [[address.display_name, address.addr_spec] for address in header.addresses]


def decoded(raw, name):
    plain = email.message_from_bytes(raw, policy=email.policy.compat32)
    return str(email.header.make_header(email.header.decode_header(plain[name])))


def tree(message):
    """The types of a message, one inside another."""
    if message.is_multipart():
        return [message.get_content_type(), [tree(part) for part in message.iter_parts()]]
    return message.get_content_type()


def leaves(message):
    return [part for part in message.walk() if not part.is_multipart()]


def leaf(part, path):
    payload = part.get_payload(decode=True)
    if payload:
        path.write_bytes(payload)
    return {
        "type": part.get_content_type(),
        "charset": part.get_param("charset"),
        "disposition": part.get_content_disposition(),
        "name": part.get_filename(),
        "contentId": part["Content-ID"],
        "size": len(payload),
        "defects": [repr(defect) for defect in part.defects],
    }


def main():
    raw = pathlib.Path(sys.argv[1]).read_bytes()
    folder = pathlib.Path(sys.argv[2])
    message = email.message_from_bytes(raw, policy=email.policy.default)
    json.dump(
        {
            "names": message.keys(),
            "date": message["Date"].datetime.timestamp(),
            "zone": message["Date"].datetime.strftime("%z"),
            "addresses": {name: addresses(message, name) for name in ADDRESS_HEADERS},
            "decodedFrom": decoded(raw, "From"),
            "texts": {name: message[name] for name in TEXT_HEADERS},
            "headerDefects": [
                f"{name}: {defect!r}"
                for part in message.walk()
                for name, value in part.items()
                for defect in value.defects
            ],
            "defects": [repr(defect) for part in message.walk() for defect in part.defects],
            "tree": tree(message),
            "related": [part.get_param("type") for part in message.walk() if part.get_content_type() == "multipart/related"],
            "leaves": [leaf(part, folder / str(number)) for number, part in enumerate(leaves(message))],
            "longest": max(len(line) for line in raw.split(b"\r\n")),
            "bareLineEnds": raw.replace(b"\r\n", b"").count(b"\n") + raw.replace(b"\r\n", b"").count(b"\r"),
        },
        sys.stdout,
    )


main()
