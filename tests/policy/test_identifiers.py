"""References, our own Message-IDs and normalised subjects."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailresponder.policy.identifiers import (
    NO_TICKET,
    REFERENCE_ALPHABET,
    Signer,
    full_reference,
    holds_own_id,
    new_reference,
    references_in,
    subject_key,
    ticket_of_token,
)

SIGNER = Signer(b"k" * 32)
MADE = SIGNER.message_id(reference="MR-7F3K2", domain="example.com", nonce=b"0123456789abcdef")

fragments = st.sampled_from(
    [
        "Re:",
        "RV: ",
        "Fwd:",
        "re[2]:",
        "[",
        "]",
        "[]",
        "MR-",
        "MR-7F3K2",
        "[mr-7f3k2]",
        " ",
        ":",
        "：",
    ]
)
subjects = st.text() | st.lists(fragments | st.text(max_size=3)).map("".join)


def test_reference_is_prefix_and_five_readable_characters() -> None:
    """A new reference holds only characters that can be read out over the telephone."""
    reference = new_reference("MR", random.Random(1).randrange)

    prefix, _, rest = reference.partition("-")
    assert (prefix, len(rest)) == ("MR", 5)
    assert set(rest) <= set(REFERENCE_ALPHABET)
    assert not set("01OIL") & set(REFERENCE_ALPHABET)


@given(st.integers(0, 2**32))
def test_new_reference_is_found_again_in_a_subject(seed: int) -> None:
    """Every reference that can be made is recognised in a reply's subject, in any case."""
    reference = new_reference("MR", random.Random(seed).randrange)

    assert references_in(f"Re: [{reference.lower()}] Where is it?", "MR") == (reference,)


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ("Re: [MR-7F3K2] Where is my order?", ("MR-7F3K2",)),
        ("about mr-7f3k2, please", ("MR-7F3K2",)),
        ("[MR-7F3K2] and [MR-9ABCD] and [MR-7F3K2]", ("MR-7F3K2", "MR-9ABCD")),
        ("MR-7F3K", ()),
        ("MR-7F3K22", ()),
        ("XMR-7F3K2", ()),
        ("A-MR-7F3K2", ()),
        ("MR-7F3K2-B", ()),
        ("MR-0OIL1", ()),
        ("AB-7F3K2", ()),
        ("", ()),
    ],
)
def test_references_stand_alone_in_a_subject(subject: str, found: tuple[str, ...]) -> None:
    """A reference counts where it is no part of a longer word, in order and once."""
    assert references_in(subject, "MR") == found


@pytest.mark.parametrize(
    "subject",
    [
        "Where is my order?",
        "  where  IS my\torder? ",
        "Re: Where is my order?",
        "RE: re: Fwd: RV: Where is my order?",
        "Re[2]: Where is my order?",
        "Re：Where is my order?",
        "Re: [MR-7F3K2] Where is my order?",
        "[MR-7F3K2] Re: Where is my order?",
        "Where is my order? [ MR-7F3K2 ]",
        "Where is my order? MR-7F3K2",
    ],
)
def test_subject_key_leaves_what_the_customer_meant(subject: str) -> None:
    """Prefixes, references, case and spaces do not tell two subjects apart."""
    assert subject_key(subject, "MR") == "where is my order?"


@pytest.mark.parametrize("subject", ["Refund: today", "Iris: broken", "Order [] MR-7", "No re: it"])
def test_subject_key_keeps_words_that_only_look_like_prefixes(subject: str) -> None:
    """A subject loses no word of its own."""
    assert subject_key(subject, "MR") == subject.casefold()


@example("[[]] [[MR-7F3K2]]")
@example("MR-7\N{LATIN SMALL LIGATURE FF}3K")
@given(subjects)
def test_any_subject_can_be_read(subject: str) -> None:
    """No subject raises, and a normalised one holds neither reference nor prefix."""
    key = subject_key(subject, "MR")

    assert references_in(key, "MR") == ()
    assert subject_key(key, "MR") == key
    assert all(reference.startswith("MR-") for reference in references_in(subject, "MR"))


@given(subjects, st.sampled_from(["Re: ", "RE:", "RV: ", "Fwd: Re: ", "[MR-7F3K2] Re: "]))
def test_subject_key_ignores_prefixes(subject: str, prefix: str) -> None:
    """A reply's subject has the key of the subject it replies to."""
    assert subject_key(prefix + subject, "MR") == subject_key(subject, "MR")


@given(st.binary(min_size=1, max_size=40), st.binary(min_size=10, max_size=16))
def test_own_message_id_verifies(key: bytes, nonce: bytes) -> None:
    """What a key signed is known again, in any case a relay makes of it."""
    signer = Signer(key)
    made = signer.message_id(reference="MR-7F3K2", domain="Example.com", nonce=nonce)

    assert signer.verify(made)
    assert signer.verify(made.upper())
    assert not Signer(key + b"!").verify(made)


@given(st.integers(0, len(MADE) - 1), st.characters())
def test_changed_message_id_does_not_verify(position: int, character: str) -> None:
    """No character of a Message-ID of ours can be changed, but for its case."""
    changed = MADE[:position] + character + MADE[position + 1 :]

    assert SIGNER.verify(changed) == (changed.lower() == MADE)


@given(st.none() | st.text() | st.from_regex(r"<mr(\.[a-z2-7]+){3}@[a-z.]+>", fullmatch=True))
def test_foreign_message_id_is_nobodys(message_id: str | None) -> None:
    """What we did not sign verifies as nothing and raises nothing."""
    assert not SIGNER.verify(message_id)


def test_message_ids_differ_by_nonce_only_where_told() -> None:
    """The same arguments give the same Message-ID, another nonce another one."""
    again = SIGNER.message_id(
        reference="MR-7F3K2",
        domain="example.com",
        nonce=b"0123456789abcdef",
    )
    other = SIGNER.message_id(
        reference="MR-7F3K2",
        domain="example.com",
        nonce=b"fedcba9876543210",
    )

    assert again == MADE
    assert other != MADE


def test_fingerprint_tells_keys_apart_without_showing_them() -> None:
    """Two instances can compare their keys without showing them."""
    assert SIGNER.fingerprint() == Signer(b"k" * 32).fingerprint()
    assert SIGNER.fingerprint() != Signer(b"j" * 32).fingerprint()
    assert (b"k" * 32).hex() not in SIGNER.fingerprint()


UNTIL = datetime(2026, 11, 23, 12, tzinfo=UTC)
TOKEN = SIGNER.reply_token(reference="MR-7F3K2", recipient="Jane@example.com", until=UNTIL)


def test_reply_token_is_for_one_ticket_and_one_person() -> None:
    """In whatever case a relay writes it; another person's, another desk's and a changed one are
    nothing."""
    assert SIGNER.token_holds(TOKEN.upper(), recipient="jane@example.com", now=UNTIL) == "MR-7F3K2"
    assert SIGNER.token_holds(TOKEN, recipient="lead@example.com", now=UNTIL) is None
    assert Signer(b"?" * 32).token_holds(TOKEN, recipient="jane@example.com", now=UNTIL) is None
    other = TOKEN.replace("7f3k2", "7f3k3")
    assert SIGNER.token_holds(other, recipient="jane@example.com", now=UNTIL) is None
    later = TOKEN.replace(TOKEN.split("-")[2], str(int(TOKEN.split("-")[2]) + 1))
    assert SIGNER.token_holds(later, recipient="jane@example.com", now=UNTIL) is None


@pytest.mark.parametrize(("hours", "holds"), [(-1000, True), (11, True), (13, False)])
def test_reply_token_ends_with_a_day(hours: int, holds: bool) -> None:
    """The day of the moment it is good until."""
    now = UNTIL + timedelta(hours=hours)
    held = SIGNER.token_holds(TOKEN, recipient="jane@example.com", now=now)

    assert (held == "MR-7F3K2") is holds


def test_reply_token_fits_into_an_address_and_says_its_ticket() -> None:
    """A local part has 64 octets at most (RFC 5321 §4.5.3.1.1)."""
    assert len(f"support+{TOKEN}") <= 64
    assert ticket_of_token(TOKEN) == "MR-7F3K2"
    none = SIGNER.reply_token(reference=NO_TICKET, recipient="jane@example.com", until=UNTIL)
    assert ticket_of_token(none) is None
    assert SIGNER.token_holds(none, recipient="jane@example.com", now=UNTIL) == NO_TICKET


@given(st.text())
def test_no_other_text_is_a_token(text: str) -> None:
    """Whatever stands behind a plus."""
    assert SIGNER.token_holds(text, recipient="jane@example.com", now=UNTIL) is None


def test_own_message_id_is_seen_in_a_text() -> None:
    """Also without its brackets, as mail programs show it."""
    assert holds_own_id(f"Message-ID: {MADE.strip('<>')} (ours)")
    assert not holds_own_id("See mr.smith@example.com or mr.a.b@example.com.")


def test_a_key_for_something_else_gives_nothing_away() -> None:
    """Each purpose has a key of its own, always the same, that is not the desk's."""
    keys = {SIGNER.key_for("session"), SIGNER.key_for("form"), Signer(b"x" * 32).key_for("form")}

    assert len(keys) == 3
    assert SIGNER.key not in keys
    assert SIGNER.key_for("session") in keys


@pytest.mark.parametrize("written", ["MR-7F3K2", "mr-7f3k2", " [MR-7F3K2] ", "#7f3k2", "7F3K2"])
def test_a_reference_is_read_as_people_write_it(written: str) -> None:
    """Copied from a subject, read out over the telephone, or without what all have."""
    assert full_reference(written, "MR") == "MR-7F3K2"
