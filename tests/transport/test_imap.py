"""One contract, held by the embedded server and by Dovecot alike."""

import select
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from servers.accounts import ImapAccount

from mailresponder.demo.server import EmbeddedServers
from mailresponder.errors import PermanentFailure, ServerUnavailable, SignInRefused
from mailresponder.transport.imap import ImapMailbox
from mailresponder.transport.imap_fetch import BATCH_MESSAGES, WHOLE_LIMIT
from mailresponder.transport.imap_idle import Heard

RECEIVED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Account:
    """An empty account on some server."""

    settings: ImapAccount
    password: str
    deliver: Callable[[bytes], None]


def mail(subject: str = "Broken lamp", body: str = "It does not light.") -> bytes:
    return (
        f"From: Ana <ana@example.com>\r\nTo: support@example.test\r\nSubject: {subject}\r\n"
        f"Message-ID: <{subject.replace(' ', '-')}@example.com>\r\n\r\n{body}\r\n"
    ).encode()


@pytest.fixture(params=["embedded", "dovecot"])
def account(request: pytest.FixtureRequest) -> Iterator[Account]:
    if request.param == "dovecot":
        user = request.getfixturevalue("dovecot_user")
        dovecot = request.getfixturevalue("dovecot")
        yield Account(
            settings=ImapAccount(host=dovecot.host, port=dovecot.imap_port, username=user.name),
            password=user.password,
            deliver=lambda content: dovecot.deliver(user.name, content),
        )
        return
    name, password = "support@example.test", "correct horse"
    with EmbeddedServers({name: password}, clock=lambda: RECEIVED) as servers:
        yield Account(
            settings=ImapAccount(host=servers.host, port=servers.imap_port, username=name),
            password=password,
            deliver=lambda content: servers.deliver(name, content),
        )


@pytest.fixture
def mailbox(account: Account) -> Iterator[ImapMailbox]:
    with ImapMailbox.connect(account.settings, account.password, timeout=15) as mailbox:
        yield mailbox


def everything(mailbox: ImapMailbox, folder: str = "INBOX") -> list[bytes]:
    mailbox.select(folder, readonly=True)
    return [message.content for message in mailbox.fetch(mailbox.uids_after(0))]


def flags(mailbox: ImapMailbox, uid: int) -> set[str]:
    answer = mailbox._client.get_flags([uid])
    return {flag.decode() for flag in answer.get(uid, ())} - {"\\Recent"}


def test_empty_folder(mailbox: ImapMailbox) -> None:
    """An empty folder has nothing to read and says so without an error."""
    state = mailbox.select("INBOX", readonly=True)
    assert state.exists == 0
    assert mailbox.uids_after(0) == []
    assert list(mailbox.fetch([])) == []


def test_reads_what_was_delivered(account: Account, mailbox: ImapMailbox) -> None:
    """Mail comes whole, with its UID and an aware INTERNALDATE in UTC."""
    account.deliver(mail("One"))
    account.deliver(mail("Two"))
    state = mailbox.select("INBOX", readonly=True)
    uids = mailbox.uids_after(0)
    messages = list(mailbox.fetch(uids))
    assert [message.uid for message in messages] == uids
    assert state.exists == 2
    assert state.uidnext == uids[-1] + 1
    assert messages[0].content.endswith(mail("One"))
    assert messages[1].content.endswith(mail("Two"))
    assert {message.received_at.utcoffset() for message in messages} == {timedelta(0)}
    assert not any(message.truncated for message in messages)


def test_reading_leaves_mail_unread(account: Account, mailbox: ImapMailbox) -> None:
    r"""Reading sets no flag: \Seen is the staff's."""
    account.deliver(mail())
    mailbox.select("INBOX", readonly=False)
    (uid,) = mailbox.uids_after(0)
    assert len(list(mailbox.fetch([uid]))) == 1
    assert flags(mailbox, uid) == set()


def test_uids_after_cursor(account: Account, mailbox: ImapMailbox) -> None:
    """Only UIDs above the cursor are told, also when `n:*` would name the last message."""
    account.deliver(mail("One"))
    mailbox.select("INBOX", readonly=True)
    (first,) = mailbox.uids_after(0)
    assert mailbox.uids_after(first) == []
    assert mailbox.uids_after(first + 1000) == []


def test_new_mail_on_open_folder(account: Account, mailbox: ImapMailbox) -> None:
    """Mail that comes while the folder is selected is told without selecting it again."""
    account.deliver(mail("One"))
    mailbox.select("INBOX", readonly=True)
    (first,) = mailbox.uids_after(0)
    account.deliver(mail("Two"))
    assert len(mailbox.uids_after(first)) == 1


def test_uids_since(mailbox: ImapMailbox) -> None:
    """`since` leaves out mail received before that day."""
    mailbox.append("INBOX", mail("Old"), at=RECEIVED - timedelta(days=400))
    mailbox.append("INBOX", mail("New"), at=RECEIVED)
    mailbox.select("INBOX", readonly=True)
    every, new = mailbox.uids_after(0), mailbox.uids_after(0, since=date(2026, 11, 19))
    assert new == every[1:]


def test_large_message_is_cut(account: Account, mailbox: ImapMailbox) -> None:
    """Of a large message only the beginning is downloaded; its neighbours come whole, in order."""
    account.deliver(mail("Small"))
    account.deliver(mail("Large", "a line of a large attachment\r\n" * 20_000))
    account.deliver(mail("Last"))
    mailbox.select("INBOX", readonly=True)
    small, large, last = mailbox.fetch(mailbox.uids_after(0))
    assert (small.truncated, large.truncated, last.truncated) == (False, True, False)
    assert len(large.content) == WHOLE_LIMIT
    assert b"Subject: Large" in large.content
    assert last.content.endswith(mail("Last"))


def test_more_than_a_batch(mailbox: ImapMailbox) -> None:
    """More messages than one command may name come all, in order."""
    mailbox.select("INBOX", readonly=False)
    for number in range(3):
        mailbox.append("INBOX", mail(f"Number {number}"), at=RECEIVED)
    uids = mailbox.uids_after(0)
    asked = [uid for _ in range(BATCH_MESSAGES // 2) for uid in uids]
    assert [message.uid for message in mailbox.fetch(asked)] == asked


def test_vanished_message_is_left_out(account: Account, mailbox: ImapMailbox) -> None:
    """A message that somebody deleted is left out, and the others still come."""
    for subject in ("One", "Two", "Three"):
        account.deliver(mail(subject))
    mailbox.select("INBOX", readonly=False)
    one, two, three = mailbox.uids_after(0)
    mailbox.move([two], "Sent")
    assert [message.uid for message in mailbox.fetch([one, two, three])] == [one, three]


def test_awkward_content(account: Account, mailbox: ImapMailbox) -> None:
    """Bytes beyond ASCII, long lines and IMAP syntax do not upset the reading."""
    account.deliver(mail("One") + b"Se\xf1or \xff\r\n")
    account.deliver(mail("Two", ')\r\n* 1 FETCH (FLAGS ("{5}\r\nhello\r\n' + "x" * 3000))
    account.deliver(mail("Three"))
    contents = everything(mailbox)
    assert len(contents) == 3
    assert b"* 1 FETCH" in contents[1]


@pytest.mark.parametrize("multiappend", [True, False])
def test_many_mails_are_appended(mailbox: ImapMailbox, multiappend: bool) -> None:
    """In their order, each with its INTERNALDATE, read; where the server cannot take them at once,
    one by one. A folder that is not there is an error either way."""
    client = mailbox._client
    if not multiappend:
        client._cached_capabilities = tuple(c for c in client.capabilities() if c != b"MULTIAPPEND")
    given = [(mail(f"Copy {day}"), RECEIVED - timedelta(days=day)) for day in range(3)]
    mailbox.append_all("Sent", given)
    mailbox.select("Sent", readonly=True)
    uids = mailbox.uids_after(0)
    assert [(raw.content, raw.received_at) for raw in mailbox.fetch(uids)] == given
    assert {flags - {"\\Recent"} for flags in mailbox.flags(uids).values()} == {
        frozenset({"\\Seen"})
    }
    with pytest.raises(PermanentFailure):
        mailbox.append_all("Nowhere", given)


def test_sent_folder_and_append(mailbox: ImapMailbox) -> None:
    r"""A copy lies in Sent, marked \Seen, dated as told, and found by its Message-ID."""
    sent = mailbox.sent_folder()
    assert sent == "Sent"
    assert set(mailbox.folders()) == {"INBOX", "Sent"}
    assert not mailbox.contains(sent, "<Copy@example.com>")
    mailbox.append(sent, mail("Copy"), at=RECEIVED)
    assert mailbox.contains(sent, "<Copy@example.com>")
    assert not mailbox.contains(sent, '<other"(@example.com>')
    assert not mailbox.contains(sent, "<ñ@example.com>")
    assert not mailbox.contains(sent, "")
    (uid,) = mailbox.uids_after(0)
    (copy,) = mailbox.fetch([uid])
    assert copy.received_at == RECEIVED
    assert copy.content == mail("Copy")
    assert flags(mailbox, uid) == {"\\Seen"}


def test_find(account: Account, mailbox: ImapMailbox) -> None:
    """Every copy is found where it was moved to, and can be flagged there if asked for."""
    for subject in ("One", "Two", "One"):
        account.deliver(mail(subject))
    mailbox.select("INBOX", readonly=False)
    mailbox.move(mailbox.uids_after(0), "Sent")
    assert mailbox.find("INBOX", "<One@example.com>", readonly=True) == []
    found = mailbox.find("Sent", "<One@example.com>", readonly=False)
    assert len(found) == 2
    assert found == sorted(found)
    mailbox.add_flags(found[:1], ["\\Flagged"])
    assert flags(mailbox, found[0]) == {"\\Flagged"}
    assert mailbox.find("Sent", "<One@example.com>", readonly=True) == found
    with pytest.raises(PermanentFailure, match="read-only"):
        mailbox.add_flags(found, ["\\Flagged"])


def test_replies(account: Account, mailbox: ImapMailbox) -> None:
    """A mail is found by what it replies to, in either header, and by no part of that."""
    one, two = b"In-Reply-To: <asked@example.com>\r\n", b"References: <x@y> <asked@example.com>\r\n"
    for header in (one, two, one + two, b"In-Reply-To: <other@example.com>\r\n"):
        account.deliver(header + mail())
    found = mailbox.replies("INBOX", "<asked@example.com>")
    assert len(found) == 3
    assert found == sorted(found)
    assert mailbox.replies("INBOX", "<ked@example.com>") == []
    assert mailbox.replies("INBOX", "") == []


def test_drafts(account: Account, mailbox: ImapMailbox) -> None:
    r"""A draft is marked as one; removed, it is gone, and what others marked \\Deleted stays."""
    assert mailbox.drafts_folder() is None
    mailbox.append("Sent", mail("Draft"), at=RECEIVED, flags=("\\Draft",))
    mailbox.append("Sent", mail("Others"), at=RECEIVED)
    mailbox.select("Sent", readonly=False)
    draft, others = mailbox.uids_after(0)
    assert flags(mailbox, draft) == {"\\Draft"}
    mailbox.add_flags([others], ["\\Deleted"])
    mailbox.remove([draft, draft + 50])
    mailbox.remove([])
    mailbox.select("Sent", readonly=True)
    assert mailbox.uids_after(0) == [others]
    with pytest.raises(PermanentFailure, match="read-only"):
        mailbox.remove([others])


def test_configured_drafts_folder_wins(account: Account) -> None:
    """A configured Drafts folder is believed."""
    settings = replace(account.settings, drafts_folder="Answers")
    with ImapMailbox.connect(settings, account.password) as mailbox:
        assert mailbox.drafts_folder() == "Answers"


def test_configured_sent_folder_wins(account: Account) -> None:
    """A configured Sent folder is believed."""
    settings = ImapAccount(
        host=account.settings.host,
        port=account.settings.port,
        username=account.settings.username,
        sent_folder="Archive/Sent",
    )
    with ImapMailbox.connect(settings, account.password) as mailbox:
        assert mailbox.sent_folder() == "Archive/Sent"


def test_flags_and_keywords(account: Account, mailbox: ImapMailbox) -> None:
    """A flag and a keyword are added; a message that is gone is no error."""
    account.deliver(mail())
    mailbox.select("INBOX", readonly=False)
    (uid,) = mailbox.uids_after(0)
    mailbox.add_flags([uid, uid + 50], ["\\Flagged", "$Angry"])
    assert flags(mailbox, uid) == {"\\Flagged", "$Angry"}


def test_flags_are_told_and_taken_away(account: Account, mailbox: ImapMailbox) -> None:
    """Only those named are taken away; a message that is gone has none and is no error."""
    account.deliver(mail())
    mailbox.select("INBOX", readonly=False)
    (uid,) = mailbox.uids_after(0)
    mailbox.add_flags([uid], ["\\Flagged", "$Angry", "\\Answered"])
    mailbox.remove_flags([uid, uid + 50], ["\\Flagged", "$Angry", "$Never"])
    told = mailbox.flags([uid, uid + 50])
    assert {number: found - {"\\Recent"} for number, found in told.items()} == {uid: {"\\Answered"}}


def test_flags_need_a_writable_folder(account: Account, mailbox: ImapMailbox) -> None:
    """A flag on a folder open read-only is an error here: servers ignore it silently."""
    account.deliver(mail())
    mailbox.select("INBOX", readonly=True)
    with pytest.raises(PermanentFailure, match="read-only"):
        mailbox.add_flags(mailbox.uids_after(0), ["\\Flagged"])
    with pytest.raises(PermanentFailure, match="read-only"):
        mailbox.remove_flags(mailbox.uids_after(0), ["\\Flagged"])


def test_move(account: Account, mailbox: ImapMailbox) -> None:
    """A moved message is in the other folder and no longer here."""
    account.deliver(mail("One"))
    account.deliver(mail("Two"))
    mailbox.select("INBOX", readonly=False)
    one, _ = mailbox.uids_after(0)
    mailbox.move([one], "Sent")
    assert len(everything(mailbox)) == 1
    assert everything(mailbox, "Sent")[0].endswith(mail("One"))


@pytest.mark.parametrize("lacking", [("MOVE",), ("MOVE", "UIDPLUS")])
def test_move_without_extensions(
    account: Account, mailbox: ImapMailbox, lacking: tuple[str, ...]
) -> None:
    r"""Without MOVE only the moved one is expunged; without UIDPLUS it stays, marked \Deleted."""
    account.deliver(mail("One"))
    account.deliver(mail("Other"))
    mailbox.select("INBOX", readonly=False)
    one, other = mailbox.uids_after(0)
    mailbox.add_flags([other], ["\\Deleted"])
    offered = mailbox._client.capabilities()
    mailbox._client._cached_capabilities = tuple(
        name for name in offered if name.decode() not in lacking
    )
    mailbox.move([one], "Sent")
    left = [message.uid for message in mailbox.fetch([one, other])]
    assert left == ([other] if lacking == ("MOVE",) else [one, other])
    assert flags(mailbox, other) == {"\\Deleted"}
    assert everything(mailbox, "Sent")[0].endswith(mail("One"))


def test_missing_folder(mailbox: ImapMailbox) -> None:
    """A folder that is not there is a permanent failure that names it, whatever is done with it."""
    with pytest.raises(PermanentFailure, match="Nowhere"):
        mailbox.select("Nowhere", readonly=True)
    with pytest.raises(PermanentFailure):
        mailbox.append("Nowhere", mail(), at=RECEIVED)


def test_wrong_password(account: Account) -> None:
    """A wrong password is told as such, and stands in no error."""
    with pytest.raises(SignInRefused, match="sign-in refused") as caught:
        ImapMailbox.connect(account.settings, "wrong secret")
    assert "wrong secret" not in str(caught.value)
    assert "check username and password" in caught.value.mend


def next_heard(mailbox: ImapMailbox) -> Heard:
    """What the server says next, other than that it lives."""
    poll = select.poll()
    poll.register(mailbox, select.POLLIN)
    while poll.poll(20_000):
        heard = mailbox.heard()
        if heard is not Heard.NOTHING:
            return heard
    raise AssertionError("the server says nothing")


def test_new_mail_is_heard(account: Account, mailbox: ImapMailbox) -> None:
    """The server tells of mail that comes while it is watched, and reading goes on after that."""
    assert mailbox.has_idle
    assert mailbox.watch("INBOX")
    assert mailbox.watch("INBOX")
    assert mailbox.heard() is Heard.NOTHING
    account.deliver(mail())
    assert next_heard(mailbox) is Heard.MAIL
    mailbox.noop()
    assert len(mailbox.uids_after(0)) == 1
    assert mailbox.watch("INBOX")


def test_mail_that_came_before_is_no_reason_to_watch(
    account: Account, mailbox: ImapMailbox
) -> None:
    """Mail that came after the last look is told of at once, and only once."""
    mailbox.select("INBOX", readonly=True)
    assert mailbox.uids_after(0) == []
    account.deliver(mail())
    assert not mailbox.watch("INBOX")
    assert mailbox.watch("INBOX")


def test_what_was_deleted_is_no_news(account: Account, mailbox: ImapMailbox) -> None:
    """The next UID is no sign of mail where the newest was deleted."""
    account.deliver(mail())
    state = mailbox.select("INBOX", readonly=False)
    mailbox.remove(mailbox.uids_after(0))
    mailbox.select("INBOX", readonly=True)
    assert mailbox.uids_after(0) == []
    assert state.uidnext > 1
    assert mailbox.watch("INBOX")


def test_closing_twice(account: Account) -> None:
    """Closing never raises, also on a connection that is closed."""
    mailbox = ImapMailbox.connect(account.settings, account.password)
    mailbox.close()
    mailbox.close()
    with pytest.raises(ServerUnavailable):
        mailbox.noop()
