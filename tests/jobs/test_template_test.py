"""Test mails of templates: marked, only to our own people, and nothing becomes of a reply."""

from pathlib import Path

import pytest
from desks import parsed, text_of
from letters import SUPPORT
from offices import EMMA, LEAD, OPS, Office, complaint

from mailresponder.errors import MailresponderError, PermanentFailure
from mailresponder.jobs import previewing, template_test
from mailresponder.jobs.previewing import Preview
from mailresponder.mail.compose import OWN_ID_HEADER
from mailresponder.policy.identifiers import TEST_MAIL
from mailresponder.policy.samples import DESK
from mailresponder.store.templates import TemplateFolder

SHIPPED = TemplateFolder(Path("does-not-exist"))


def sample(name: str = "acknowledgement", language: str = "en") -> Preview:
    return previewing.preview(DESK, SHIPPED, name, language)


def send(office: Office, preview: Preview, to: str = OPS) -> str:
    """Send a test from the office's mailbox."""
    runner = office.app.mailboxes["support"]
    return template_test.send(runner.work, runner.open_sender, preview, to=to)


@pytest.mark.parametrize(
    ("language", "mark", "note"),
    [
        ("en", "[Test] Re: Order", "This is a test of the template “acknowledgement”."),
        ("es", "[Prueba] Re: El pedido", "Esto es una prueba de la plantilla «acknowledgement»."),
    ],
)
def test_a_test_says_that_it_is_one(office: Office, language: str, mark: str, note: str) -> None:
    """In its subject, above both of its parts and in a header; the mail below is the preview."""
    preview = sample(language=language)
    assert send(office, preview) == OPS

    [mail] = office.sent_to(OPS)
    assert str(mail["Subject"]).startswith(mark)
    text = text_of(mail).replace("\r\n", "\n")
    assert text.replace("\n", " ").startswith(note)
    assert text.endswith(preview.text)
    html = mail.get_body(("html",))
    assert html is not None
    above, found, _ = html.get_content().partition(note)
    assert found
    assert "<body" in above
    assert mail["X-Mailresponder-Test"] == "acknowledgement"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_test_stands_in_no_thread_and_in_no_queue(office: Office) -> None:
    """Its Message-ID is a test mail's, it answers nothing, and the outbox does not know it."""
    office.receive(complaint())
    office.run_well()
    queued, messages = office.outbox(), office.messages()

    send(office, office.preview("acknowledgement"))

    [mail] = office.sent_to(OPS)
    assert office.app.signer.reference(str(mail["Message-ID"])) == TEST_MAIL
    assert mail[OWN_ID_HEADER] == mail["Message-ID"]
    assert (mail["In-Reply-To"], mail["References"], mail["Reply-To"]) == (None, None, None)
    assert (office.outbox(), office.messages()) == (queued, messages)
    assert len(office.sent_to(EMMA)) == 1


def test_me_is_the_first_admin(office: Office) -> None:
    """`me` needs one."""
    office.open(admins=f'"boss@private.test", "{OPS}"')
    assert send(office, sample(), "me") == "boss@private.test"
    office.reopen(admins="")
    with pytest.raises(MailresponderError, match=r"\[admin\] addresses is empty"):
        send(office, sample(), "me")


@pytest.mark.parametrize("to", [LEAD, "Anybody@Example.com", OPS.upper()])
def test_staff_and_admins_may_get_one(office: Office, to: str) -> None:
    """Whoever the configuration names, or a pattern of its does."""
    assert send(office, sample(), to) == to
    assert len(office.sink.received) == 1


@pytest.mark.parametrize(
    "to",
    [
        EMMA,
        SUPPORT,
        "",
        "*@example.com.evil.test",
        f"{EMMA},{LEAD}",
        f"{EMMA} {LEAD}",
        f"{LEAD}\r\nBcc: {EMMA}",
    ],
)
def test_nobody_else_gets_one(office: Office, to: str) -> None:
    """Least of all the customer of the ticket that is shown."""
    office.receive(complaint())
    office.run_well()
    preview, before = office.preview("acknowledgement"), len(office.sink.received)

    with pytest.raises(MailresponderError):
        send(office, preview, to)

    assert len(office.sink.received) == before


def test_a_reply_to_a_test_changes_nothing(office: Office) -> None:
    """Not even where the test shows a real ticket's mail and its reference: whoever replies, from
    whatever address, answers nobody and opens nothing."""
    office.open(admins='"boss@private.test"')
    office.receive(complaint())
    office.run_well()
    before = (office.ticket, office.events())
    sent = []
    for to in ("boss@private.test", LEAD):
        send(office, office.preview("escalation"), to)
        [test] = office.sent_to(to)
        sent.append(str(test["Message-ID"]))

    for number, (writer, ours) in enumerate(zip(("boss@private.test", LEAD), sent, strict=True)):
        subject = f"Re: [Test] x [{office.ticket.reference}]"
        office.receive(
            complaint(writer, subject=subject, text="#close\n", number=number, In_Reply_To=ours)
        )
    office.run_well()

    assert (office.ticket, office.events()) == before
    assert len(office.sent_to(EMMA)) == 1


def test_a_copy_that_a_provider_files_is_known(office: Office) -> None:
    """Where Sent holds the test, or our own mailbox gets it, it is a mail of ours."""
    send(office, sample())
    content = office.sink.received[0].content
    office.receive(content, folder="Sent")
    office.receive(content)
    office.run_well()

    assert office.tickets() == []


def test_readers_are_the_admins_and_whom_staff_are_named(office: Office) -> None:
    """Each once, whatever their spelling; a pattern is nobody's address."""
    office.open(
        admins=f'"{OPS}", "Ops@example.com"',
        deadlines='warn_before = "1h"\nwarn_to = ["ann@x.test"]',
    )
    work = office.app.mailboxes["support"].work
    assert template_test.readers(work) == (OPS, "ann@x.test", LEAD)


def test_what_the_server_refuses_is_said(office: Office) -> None:
    """Nobody waits for a mail that will not come."""
    office.sink.answer("RCPT", "550 5.1.1 no such user")
    with pytest.raises(PermanentFailure, match="no such user"):
        send(office, sample())


def test_a_null_envelope_sender_is_kept(office: Office) -> None:
    """As the mailbox sends its other mail."""
    office.open(smtp='envelope_sender = "null"')
    send(office, sample())
    assert office.sink.received[0].sender == ""


def test_a_draft_is_tested_too(office: Office) -> None:
    """Though no client would open it as a draft, it can be looked at."""
    send(office, sample("reply_draft"))
    [mail] = office.sent_to(OPS)
    assert "what you found out" in text_of(parsed(office.sink.received[0].content))
    assert "[Test]" in str(mail["Subject"])
