"""A small message made from a large one's structure, without a server."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.mail.message import InboundMessage, RawMessage
from mailresponder.mail.parse import parse
from mailresponder.transport.imap_structure import (
    DEPTH_LIMIT,
    PARTS_LIMIT,
    WHOLE_LIMIT,
    Node,
    read_structure,
    rebuild,
    wanted,
)

HEADER = (
    b"From: Ana <ana@example.com>\r\nSubject: Broken\r\nContent-Type: multipart/mixed;\r\n"
    b' boundary="top"\r\n\r\n'
)
PHOTO = (
    *(b"IMAGE", b"JPEG", (b"NAME", b'la "foto".jpg'), None, None, b"BASE64", 5_000_000, None),
    *((b"ATTACHMENT", (b"FILENAME", b'la "foto".jpg')), None, None),
)
TEXT = (b"text", b"plain", (b"charset", b"utf-8"), None, None, b"8bit", 12, 1, None, None, None)


def multipart(*parts: object, subtype: bytes = b"mixed", boundary: bytes = b"top") -> object:
    return (list(parts), subtype, (b"boundary", boundary), None, None, None)


def understood(structure: object) -> Node:
    root = read_structure(structure)
    assert root is not None
    return root


def small(root: Node, contents: dict[str, bytes], header: bytes = HEADER) -> InboundMessage:
    content = rebuild(header, root, contents)
    assert content is not None
    return parse(RawMessage(uid=7, received_at=datetime(2026, 11, 20, tzinfo=UTC), content=content))


def test_text_after_an_attachment() -> None:
    """The text is asked for, the photo is not, and both are found by the reader."""
    root = understood(multipart(PHOTO, TEXT))
    assert list(wanted(root)) == ["2"]
    message = small(root, {"2": "Está rota.\r\n".encode()})
    assert message.new_text == "Está rota."
    assert [(a.filename, a.content_type) for a in message.attachments] == [
        ('la "foto".jpg', "image/jpeg")
    ]


def test_nested_parts_keep_their_numbers() -> None:
    """A part of a part is asked for by its number, and stands where it stood."""
    html = (b"text", b"html", None, None, None, b"7bit", 30, 1)
    inner = multipart(TEXT, html, subtype=b"alternative", boundary=b'in"ner')
    root = understood(multipart(PHOTO, inner, TEXT))
    assert list(wanted(root)) == ["2.1", "3", "2.2"]
    message = small(root, {"2.1": b"plain", "2.2": b"<b>rich</b>", "3": b"footer"})
    assert message.text == "plain\n\nfooter"


def test_attached_text_is_not_asked_for() -> None:
    """A text file is an attachment, whether the disposition or only a name says so."""
    attached = (*TEXT[:9], (b"attachment", None), None)
    named = (*TEXT[:9], (b"inline", (b"filename*", b"utf-8''log%C3%A1.txt")), None)
    as_it_is = (*TEXT[:9], b'attachment; filename="raw.txt"', None)
    root = understood(multipart(attached, named, as_it_is))
    assert wanted(root) == {}
    names = [attachment.filename for attachment in small(root, {}).attachments]
    assert names == ["", "logá.txt", "raw.txt"]


def test_bytes_are_capped() -> None:
    """However many and however large the texts, no more than WHOLE_LIMIT is asked for, plain first.

    The last part's size is a lie of the server's, and bounded all the same.
    """
    large = (*TEXT[:6], 10_000_000, *TEXT[7:])
    html = (b"text", b"html", None, None, None, b"7bit", 10_000_000, 1)
    limits = wanted(understood(multipart(html, *[large] * 40)))
    assert sum(limits.values()) == WHOLE_LIMIT
    assert "1" not in limits
    nothing = (*TEXT[:6], 0, *TEXT[7:])
    assert sum(wanted(understood(multipart(*[nothing] * 290))).values()) <= 8 * WHOLE_LIMIT


def deep(levels: int) -> object:
    structure: object = TEXT
    for level in range(levels):
        structure = multipart(structure, boundary=b"b%d" % level)
    return structure


@pytest.mark.parametrize(
    "structure",
    [
        None,
        (),
        b"text",
        (b"text", b"plain"),
        ([], b"mixed", None),
        ([TEXT], None, None),
        ([TEXT, multipart(TEXT, boundary=b"")], b"mixed", (b"boundary", b"top")),
        ([TEXT, multipart(TEXT, boundary=b"x\xff")], b"mixed", (b"boundary", b"top")),
        (b"te xt", b"plain", None, None, None, b"7bit", 3),
        multipart(*[TEXT] * PARTS_LIMIT),
        deep(DEPTH_LIMIT + 1),
    ],
)
def test_unusable_structures(structure: object) -> None:
    """What is no structure, or one beyond the limits, is not used."""
    assert read_structure(structure) is None


def test_at_the_limits() -> None:
    """A structure just within the limits is used."""
    assert read_structure(multipart(*[TEXT] * (PARTS_LIMIT - 1))) is not None
    assert read_structure(deep(DEPTH_LIMIT)) is not None


def test_no_boundary() -> None:
    """Without a boundary in the header nothing is put together."""
    header = HEADER.replace(b"boundary", b"border")
    assert rebuild(header, understood(multipart(TEXT)), {}) is None


def test_names_cannot_become_header_lines() -> None:
    """A line end in a name starts no header field, and endless names do not push out the text."""
    evil = (*PHOTO[:2], (b"name", b"x\r\n\r\n--top\r\nContent-Type: text/plain\r\n\r\nfalse"))
    long = (*PHOTO[:2], (b"name", b"n" * 100_000), *PHOTO[3:7])
    root = understood(multipart((*evil, *PHOTO[3:7]), *[long] * 200, TEXT))
    message = small(root, {"202": b"true"})
    assert message.text == "true"
    assert len(message.attachments) == 201


values = st.recursive(
    st.none() | st.integers(0, 10**9) | st.binary(max_size=12),
    lambda inner: st.lists(inner, max_size=9).map(tuple) | st.lists(inner, max_size=4),
    max_leaves=12,
)
kinds = st.sampled_from([b"text", b"image", b"message", b"plain", b"html", b"rfc822"])
leaves = st.builds(
    lambda kind, subtype, rest: (kind, subtype, *rest),
    kinds,
    kinds,
    st.lists(values, min_size=5, max_size=10),
)
structures = st.recursive(
    leaves | values,
    lambda inner: st.builds(
        lambda parts, rest: (parts, b"mixed", (b"boundary", b"in"), *rest),
        st.lists(inner, max_size=4),
        st.lists(values, max_size=3),
    ),
    max_leaves=12,
)


@given(structures, st.binary(max_size=60))
def test_whatever_a_server_says(structure: object, body: bytes) -> None:
    """No structure raises, and a message made from one holds as many parts as it says."""
    root = read_structure(multipart(structure))
    if root is None:
        return
    assert sum(wanted(root).values()) <= 8 * WHOLE_LIMIT
    content = rebuild(HEADER, root, dict.fromkeys(wanted(root), body))
    assert content is not None
    assert content.startswith(HEADER)
    assert content == rebuild(HEADER, root, dict.fromkeys(wanted(root), body))
