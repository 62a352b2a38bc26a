"""A person replies to the test mail from their client, and `check` says whether that was seen."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from itertools import count

import pytest
from clients import Person
from desks import parsed, text_of
from imapclient import IMAPClient
from letters import SUPPORT
from offices import OPS, PROVEN, Office

from mailresponder import config
from mailresponder.clock import utc_now
from mailresponder.demo.server import SentMail
from mailresponder.jobs.checking import check
from mailresponder.jobs.results import CheckResult
from mailresponder.jobs.trial import Trial

SHARED = Person(name="Acme Support", email=SUPPORT, client="outlook")
ANA = Person(name="Ana Ruiz", email="ana@example.com", client="apple_mail")
Reply = Callable[[IMAPClient, EmailMessage], None]


@pytest.fixture
def office(office: Office) -> Office:
    """An office whose SMTP server delivers what goes to the mailbox."""

    def deliver(mail: SentMail) -> None:
        if mail.recipient == SUPPORT:
            office.receive(mail.content)

    office.sink.deliver = deliver
    office.open()
    return office


def tried(
    office: Office, person: Reply | None = None, *, patience: float = 20, meanwhile: bool = False
) -> dict[str, CheckResult]:
    """What `check --send-test` finds while a person, once the test mail is there, does something.

    `meanwhile`: the desk reads the mailbox at the same time, before each look.
    """
    asked = threading.Event()
    failed: list[BaseException] = []

    def act() -> None:
        try:
            assert asked.wait(15)
            client = office.new_client()
            client.select_folder("INBOX")
            [uid] = client.search(["SUBJECT", "test mail"])
            mail = parsed(client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"])
            if person is not None:
                person(client, mail)
            client.logout()
        except BaseException as error:
            failed.append(error)
            raise

    def pause(seconds: float) -> None:
        if meanwhile:
            office.run_well()
        time.sleep(min(seconds, 0.05))

    player = threading.Thread(target=act)
    player.start()
    trial = Trial(reply_within=timedelta(seconds=patience), pause=pause, say=lambda _: asked.set())
    try:
        results = check(config.load(office.path), clock=utc_now, environ={}, trial=trial)
        return {result.name: result for result in results}
    finally:
        player.join(timeout=20)
        assert not failed


def into_sent(client: IMAPClient, mail: EmailMessage) -> None:
    client.append("Sent", SHARED.reply(mail, "Seen."))


def in_copy(author: Person, *headers: tuple[str, str]) -> Reply:
    def reply(client: IMAPClient, mail: EmailMessage) -> None:
        written = parsed(author.reply(mail, "Seen.", cc=[SUPPORT]))
        for name, value in headers:
            written[name] = value
        client.append("INBOX", written.as_bytes())

    return reply


def marked(client: IMAPClient, mail: EmailMessage) -> None:
    client.add_flags(client.search(["SUBJECT", "test mail"]), ["\\Answered"])


def test_a_reply_in_sent_is_seen_at_once(office: Office) -> None:
    """The reply lies in Sent: all is well, and nobody waits for the rest of the time."""
    begun = time.monotonic()
    result = tried(office, into_sent, patience=300)["support.reply"]

    assert (result.ok, result.mend) == (True, "")
    assert "lies in Sent" in result.detail
    assert time.monotonic() - begun < 60


def test_the_reply_goes_to_somebody_outside(office: Office) -> None:
    """The test mail asks for it, and names an admin for replies, as a customer stands outside."""
    tried(office, into_sent)

    [mail] = office.sent_to(SUPPORT)
    assert mail["Reply-To"] == OPS
    assert "reply to it" in text_of(mail)


def test_a_believed_copy_is_seen(office: Office) -> None:
    """Ana copied the mailbox in, and our own server vouches for her."""
    proof = ("Authentication-Results", PROVEN)
    result = tried(office, in_copy(ANA, proof))["support.reply"]

    assert result.ok
    assert "copy" in result.detail
    assert "Set-Mailbox" in result.mend


def test_a_copy_that_nothing_proves_is_not_enough(office: Office) -> None:
    """Without a word of our server a copy does not count, and what to set is said."""
    result = tried(office, in_copy(ANA), patience=2)["support.reply"]

    assert not result.ok
    assert "trusted_authserv_id" in result.mend


def test_a_reply_addressed_to_the_mailbox_is_no_copy(office: Office) -> None:
    """It came because it was sent there; an answer to a customer would not have."""

    def back(client: IMAPClient, mail: EmailMessage) -> None:
        client.append("INBOX", SHARED.reply(mail, "Seen.", to=[SUPPORT]))

    result = tried(office, back, patience=2)["support.reply"]

    assert not result.ok
    assert "no reply was seen" in result.detail


@pytest.mark.parametrize("counts", [True, False])
def test_the_mark_alone_is_seen_as_such(office: Office, counts: bool) -> None:
    """Whether it is enough, the configuration says."""
    if counts:
        office.reopen(mailbox="answered_flag = true")
    result = tried(office, marked, patience=2)["support.reply"]

    assert result.ok is counts
    assert "\\Answered" in result.detail
    assert ("answered_flag = true" in result.mend) is not counts


def test_no_reply_at_all(office: Office) -> None:
    """Every way to make answers visible is named."""
    result = tried(office, patience=1)["support.reply"]

    assert not result.ok
    assert "MessageCopyForSentAsEnabled" in result.mend
    assert "Cc or Bcc" in result.mend


def test_no_copy_is_advised_where_none_counts(office: Office) -> None:
    """Without a server whose word is trusted, what must be set first is said."""
    office.configure()
    written = office.path.read_text(encoding="utf-8")
    bare = written.replace('trusted_authserv_id = "mx.example.com"', "")
    office.path.write_text(bare, encoding="utf-8")
    result = tried(office, patience=1)["support.reply"]

    assert "MessageCopyForSentAsEnabled" in result.mend
    assert "in copy (Cc or Bcc) of every answer" not in result.mend
    assert "once [staff] trusted_authserv_id names your mail server" in result.mend


def test_without_admins_copies_cannot_be_tried(office: Office) -> None:
    """The reply comes back to the mailbox itself, and what to do about that is said."""
    office.configure(admins="")
    result = tried(office, patience=1)["support.reply"]

    assert "[admin] addresses" in result.mend


def test_nobody_is_asked_without_time(office: Office) -> None:
    """A test mail alone: it says that there is nothing to do, and has no Reply-To."""
    results = check(config.load(office.path), clock=utc_now, environ={}, trial=Trial())

    assert "support.reply" not in [result.name for result in results]
    [mail] = office.sent_to(SUPPORT)
    assert mail["Reply-To"] is None
    assert "nothing to do" in text_of(mail)


@pytest.mark.parametrize(
    "person",
    [into_sent, in_copy(ANA, ("Authentication-Results", PROVEN)), in_copy(ANA), in_copy(SHARED)],
    ids=["in Sent", "a believed copy", "a copy", "the desk's own copy"],
)
def test_a_desk_at_work_takes_no_part_of_it_for_mail(office: Office, person: Reply) -> None:
    """While the desk reads the same mailbox, test mail and reply make no ticket, are not returned
    to their writer, and nobody is written to."""
    tried(office, person, patience=3, meanwhile=True)
    office.clock.advance(hours=20)
    office.run_well()

    assert office.tickets() == []
    assert office.outbox() == []
    assert len(office.sink.received) == 1


def test_people_are_told_how_long_there_is_left(office: Office) -> None:
    """What to do is said first, and then now and again how long there is left."""
    said: list[str] = []
    ticks = count()
    trial = Trial(
        reply_within=timedelta(minutes=5),
        reply_every=0,
        pause=lambda _: None,
        say=said.append,
    )
    start = utc_now()
    results = check(
        config.load(office.path),
        clock=lambda: start + timedelta(seconds=7 * next(ticks)),
        environ={},
        trial=trial,
    )

    assert not {result.name: result for result in results}["support.reply"].ok
    assert "reply to it" in said[0]
    assert "5 min" in said[0]
    assert len(said) == 5
    assert all("left" in one for one in said[1:])
