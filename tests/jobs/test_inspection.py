from dataclasses import replace

import letters
import pytest
from offices import EMMA, PROVEN, Office, answer, complaint

from mailresponder.jobs.inspection import Past, Reader, reader_without_desk
from mailresponder.jobs.reasons import decisive, why
from mailresponder.mail import automatic
from mailresponder.policy import suppression
from mailresponder.policy.desk import Staff
from mailresponder.policy.identifiers import Signer
from mailresponder.policy.samples import DESK

KEYS = [
    *("kind", "acknowledge", "reasons", "from", "subject", "language", "new_text"),
    *("anger", "angry", "because", "decision", "ticket", "found_by", "customer", "linked_to"),
    *("from_proven", "proof", "forwarded_by", "notes", "taken"),
    *("language_sure", "language_from", "band"),
]
SIGNER = Signer(b"k" * 32)
FURIOUS = "This is outrageous!!! You are thieves and liars. I will NEVER buy from you again!"


def read(content: bytes, *, to: str | None = None) -> dict:
    return reader_without_desk(to).inspect(content, to=to)


def test_person_is_acknowledged() -> None:
    """A customer's ordinary mail has the interface's keys and would be acknowledged."""
    found = read(letters.english())

    assert list(found) == KEYS
    assert (found["kind"], found["acknowledge"], found["reasons"]) == ("human", True, [])
    assert (found["from"], found["language"]) == ("emma@customer.test", "en")
    assert 0 <= found["anger"] < 0.5
    assert (found["angry"], found["band"]) == (False, "calm")


def test_spanish_is_heard() -> None:
    """The language is the one the customer writes in."""
    assert read(letters.spanish())["language"] == "es"


def test_anger_comes_with_its_words() -> None:
    """An angry mail is angry and says by which words."""
    found = read(letters.letter(sender="e@customer.test", subject="Refund", text=FURIOUS))

    assert found["angry"] is True
    assert found["because"]
    assert all(words.casefold() in FURIOUS.casefold() for words, weight in found["because"][:1])


@pytest.mark.parametrize(
    ("header", "value", "kind", "reason"),
    [
        ("Auto_Submitted", "auto-replied", "auto_reply", "auto_submitted"),
        ("List_Id", "<news.example.org>", "list", "list_header"),
        ("Precedence", "bulk", "bulk", "precedence"),
    ],
)
def test_machine_is_not_acknowledged_nor_angry(
    header: str, value: str, kind: str, reason: str
) -> None:
    """A machine's mail names its kind and reason, whatever its words."""
    found = read(
        letters.letter(sender="e@customer.test", subject="Hello", text=FURIOUS, **{header: value})
    )

    assert (found["kind"], found["acknowledge"], found["angry"]) == (kind, False, False)
    assert reason in found["reasons"]


def test_person_whom_rules_forbid_to_answer_stays_a_person() -> None:
    """A suppression rule is named, and the kind is still human."""
    found = read(
        letters.letter(
            sender="e@customer.test",
            subject="Hello",
            text="Where is my parcel?",
            Return_Path="<>",
            X_Auto_Response_Suppress="All",
        )
    )

    assert (found["kind"], found["acknowledge"]) == ("human", False)
    assert found["reasons"] == ["null_return_path", "suppression_requested"]


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b"\r\n\r\n", b"From: \r\n\r\n"])
def test_rubbish_is_read_too(content: bytes) -> None:
    """What is no mail is still answered, and nobody is acknowledged for it."""
    found = read(content)

    assert list(found) == KEYS
    assert (found["acknowledge"], found["from"]) == (False, None)


@pytest.mark.parametrize(
    ("head", "sender"),
    [
        ("From: MAILER-DAEMON (Mail Delivery System)", "MAILER-DAEMON"),
        ('From: "Mail Delivery" <MAILER-DAEMON>', "MAILER-DAEMON"),
        ("Reply-To: Ana <ana@customer.test>", "ana@customer.test"),
        ("Sender: ana@customer.test\nReply-To: bo@customer.test", "ana@customer.test"),
        ("Subject: nobody", None),
    ],
)
def test_a_sender_is_shown_as_far_as_there_is_one(head: str, sender: str | None) -> None:
    """Without a usable From the admin sees who wants the answer, or what stands there."""
    assert read(f"{head}\nTo: support@example.com\n\nHello\n".encode())["from"] == sender


def test_recipients_are_judged_only_when_told_where_it_was_delivered() -> None:
    """Without `to` the rule on recipients is skipped; with it, `to` counts as Delivered-To."""
    desk = replace(DESK, staff=Staff(patterns=()))
    reader = Reader(desks=(desk,), signer=SIGNER)
    elsewhere = letters.letter(
        sender="e@customer.test", subject="Hi", text="Hello there", to="x@other.test"
    )

    assert reader.inspect(elsewhere)["acknowledge"] is True
    assert reader.inspect(elsewhere, to="Support@example.com")["acknowledge"] is True
    assert reader.inspect(elsewhere, to="old@example.com")["reasons"] == ["not_addressed_to_us"]


def test_own_mail_is_known_by_its_seal() -> None:
    """With the desk's key our own Message-ID is recognised; with another key it is not."""
    message_id = SIGNER.message_id(reference="MR-22222", domain="example.com", nonce=b"n" * 16)
    content = letters.letter(
        sender="support@example.com", subject="Hi", text="Hello", message_id=message_id
    )

    ours = Reader(desks=(DESK,), signer=SIGNER).inspect(content)
    unknown = Reader(desks=(DESK,), signer=Signer(b"x" * 32)).inspect(content)

    assert (ours["kind"], ours["reasons"][0]) == ("own", "own_message")
    assert (unknown["kind"], unknown["reasons"][0]) == ("own", "own_address")


def test_the_mailbox_a_mail_is_addressed_to_judges_it() -> None:
    """Of several mailboxes the one among the recipients decides whose lists are ours."""
    other = replace(
        DESK,
        mailbox="sales",
        addresses=frozenset({"sales@example.com"}),
        own_lists=frozenset({"sales.example.com"}),
    )
    reader = Reader(desks=(DESK, other), signer=SIGNER)
    content = letters.letter(
        sender="e@customer.test",
        subject="Hi",
        text="Hello there, a question",
        to="sales@example.com",
        List_Id="<sales.example.com>",
    )

    assert reader.inspect(content)["kind"] == "human"
    assert reader_without_desk(None).inspect(content)["kind"] == "list"


def test_threshold_is_the_desk_s() -> None:
    """The configuration's threshold decides what counts as angry."""
    content = letters.english()

    strict = Reader(desks=(DESK,), signer=SIGNER, threshold=0.0).inspect(content)

    assert strict["angry"] is True


def test_every_rule_is_explained() -> None:
    """Whoever reads the name of a rule can read what it means, on one line."""
    rules = [rule for rule, _ in automatic.RULES] + list(suppression.RULES)

    meanings = {rule.__name__: why(rule.__name__) for rule in rules}

    assert all(meanings.values())
    assert "RFC 3834" in meanings["null_return_path"]
    assert not any("\n" in meaning for meaning in meanings.values())
    assert "seal" in why("own_message")
    assert why("no such reason") == ""


def test_where_no_person_wrote_only_what_decided_is_told() -> None:
    """That a machine could not be acknowledged either is beside the point."""
    reasons = ["auto_submitted", "null_return_path"]

    assert decisive("record", reasons) == ["auto_submitted"]
    assert decisive("open_ticket", ["null_return_path"]) == ["null_return_path"]


def test_a_mail_that_was_taken_is_told_as_it_was_decided(office: Office) -> None:
    """A follow-up, an answer in Sent and what a cap silenced are shown as what they became, now
    that the database knows them."""
    office.open(acknowledge="max_per_recipient_per_hour = 1")
    again = complaint(text="And?\n", number=2, In_Reply_To="<emma-1@customer.test>")
    other = complaint(subject="Another matter", number=3)
    office.receive(complaint(), again, other)
    office.receive(answer(), folder="Sent")
    office.run_well()
    first, second = office.tickets()
    reader = with_past(office)

    followed, answered, capped = map(reader.inspect, (again, answer(), other))

    assert (followed["decision"], followed["ticket"], followed["found_by"]) == (
        "follow_up",
        first.reference,
        "thread",
    )
    assert (followed["acknowledge"], followed["taken"]["acknowledged_at"]) == (False, None)
    assert (answered["decision"], answered["ticket"]) == ("staff_answer", first.reference)
    assert (capped["decision"], capped["acknowledge"]) == ("open_ticket", False)
    assert capped["reasons"] == ["hourly_cap"]
    assert capped["taken"]["ticket"] == second.reference


def with_past(office: Office) -> Reader:
    """A reader that knows what the office knows."""
    work = office.app.mailboxes["support"].work
    return Reader(
        desks=(work.desk,),
        signer=work.signer,
        past=Past.of(office.app.store, now=office.clock()),
    )


def test_the_ticket_a_mail_belongs_to_is_named_and_why(office: Office) -> None:
    """With the desk's database, a further mail says which ticket it is about and how that is
    known; a stranger's does not."""
    office.receive(complaint())
    office.run_well()
    reference = office.ticket.reference
    again = complaint(
        text="And?\n", subject="Hello", number=2, In_Reply_To="<emma-1@customer.test>"
    )

    found = with_past(office).inspect(again)
    strange = with_past(office).inspect(complaint("eve@stranger.test", subject=f"[{reference}] me"))

    assert (found["decision"], found["ticket"], found["found_by"], found["customer"]) == (
        "follow_up",
        reference,
        "thread",
        EMMA,
    )
    assert (found["acknowledge"], found["taken"]) == (False, None)
    assert (strange["decision"], strange["ticket"], strange["customer"]) == (
        "open_ticket",
        None,
        "eve@stranger.test",
    )


def test_what_became_of_a_mail_is_told(office: Office) -> None:
    """Of a mail that was taken before, one learns its ticket, and when or why not it was
    acknowledged; nothing is changed by asking."""
    silent = complaint("noah@customer.test", subject="Quiet", X_Auto_Response_Suppress="All")
    office.receive(complaint(), silent)
    office.run_well()
    first, second = office.tickets()

    taken = with_past(office).inspect(complaint())
    unanswered = with_past(office).inspect(silent)

    assert taken["taken"] == {
        "at": first.opened_at,
        "outcome": "opened",
        "kind": "human",
        "reasons": [],
        "ticket": first.reference,
        "acknowledged_at": office.clock(),
        "suppressed_by": None,
    }
    assert (taken["decision"], taken["acknowledge"]) == ("open_ticket", True)
    assert unanswered["taken"]["suppressed_by"] == ["suppression_requested"]
    assert unanswered["taken"]["acknowledged_at"] is None
    assert office.tickets() == [first, second]


def test_caps_that_are_reached_are_named(office: Office) -> None:
    """Who has had as much mail as one address may get is told so before they write again."""
    office.open(acknowledge="max_per_recipient_per_hour = 1")
    office.receive(complaint())
    office.run_well()

    found = with_past(office).inspect(complaint(subject="Another matter", number=2))

    assert (found["acknowledge"], found["reasons"]) == (False, ["hourly_cap"])


def test_whom_it_trusts_and_why() -> None:
    """From is proven by the border that the desk trusts, and by no other."""
    reader = Reader(desks=(DESK,), signer=SIGNER)
    content = letters.letter(
        sender="e@customer.test",
        subject="Hi",
        text="Hello there",
        Authentication_Results="mx.example.com; dmarc=pass header.from=customer.test",
    )

    proven, unproven = reader.inspect(content), reader.inspect(letters.english())

    assert (proven["from_proven"], proven["proof"]) == (True, "dmarc=pass")
    assert unproven["from_proven"] is False
    assert "trusted server" in unproven["proof"]


def test_who_passes_a_mail_on_is_who_must_be_proven(office: Office) -> None:
    """Of a forward it says by whom it was passed on and that they are proven."""
    forward = letters.letter(
        sender="Jane <jane@example.com>",
        subject="Fwd: Broken",
        text="---------- Forwarded message ---------\nFrom: Ana <ana@customer.test>\n"
        "Date: Monday\nSubject: Broken\nTo: Jane\n\nIt is broken.\n",
        message_id="<forward@example.com>",
        In_Reply_To="<hers@customer.test>",
        Authentication_Results=PROVEN,
    )
    office.receive(forward)
    office.run_well()

    found = with_past(office).inspect(forward)

    assert (found["decision"], found["acknowledge"]) == ("open_ticket", True)
    assert (found["from"], found["forwarded_by"]) == ("ana@customer.test", "jane@example.com")
    assert (found["from_proven"], found["proof"]) == (True, "dmarc=pass")
