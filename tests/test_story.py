"""The main job from delivery to escalation: the installed program on Dovecot and an SMTP server,
seen only as its users see it."""

import os
import signal
import stat
from email.message import EmailMessage

import letters
import pytest
from desks import LiveDesk, eventually, text_of
from servers.postgres import Postgres


def staff_answer(to: str, subject: str, in_reply_to: str, *, sender: str, **headers: str) -> bytes:
    """An answer as a mail client writes it."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Message-ID"] = f"<answer-{abs(hash((to, subject, sender, *headers)))}@example.com>"
    if in_reply_to:
        mail["In-Reply-To"] = mail["References"] = in_reply_to
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("It is on its way.\n\nAna\n")
    return mail.as_bytes()


def test_everyone_is_acknowledged_once_and_no_machine_is(desk: LiveDesk) -> None:
    """Of twelve varied mails each person's gets one acknowledgement in its language, the angry
    ones are flagged, and a second pass sends nothing."""
    desk.configure(smtp='envelope_sender = "mailbox"')
    desk.deliver(
        *(write() for _, write in letters.PEOPLE.values()), *(write() for write in letters.MACHINES)
    )

    desk.once()

    for address, (language, _) in letters.PEOPLE.items():
        [mail] = desk.sent_to(address)
        ticket = desk.ticket_of(address)
        assert ticket["language"] == language
        assert f"[{ticket['reference']}]" in mail["Subject"]
        assert mail["Auto-Submitted"] == "auto-replied"
        assert mail["X-Auto-Response-Suppress"] == "DR, RN, NRN, OOF, AutoReply"
        assert mail["In-Reply-To"] == ticket["messages"][0]["message_id"]
        assert mail.get_body(("html",)) is not None
        words = ("Hola", "Un saludo", "Su ") if language == "es" else ("Hello", "Your ")
        assert any(word in text_of(mail) for word in words), text_of(mail)
        assert ticket["acknowledged_at"] is not None
        assert ticket["suppressed_by"] is None
    assert len(desk.sink.received) == len(letters.PEOPLE)
    assert {mail.sender for mail in desk.sink.received} == {letters.SUPPORT}

    flags = desk.flags()
    for address, found in flags.items():
        wanted = {"\\Flagged", "$Angry"} if address in letters.ANGRY else set()
        assert found == wanted, address

    desk.once()
    assert len(desk.sink.received) == len(letters.PEOPLE)
    assert {t["customer"] for t in desk.tickets()} == set(letters.PEOPLE)
    assert {t["customer"] for t in desk.tickets() if t["angry"]} == letters.ANGRY


def test_the_same_job_is_done_on_postgresql(desk: LiveDesk, postgres: Postgres) -> None:
    """With a PostgreSQL URL instead of a file the same mails make the same tickets, once."""
    url = postgres.create("story")
    desk.configure(desk=f'database = "{url.replace("+psycopg", "")}"')
    desk.deliver(*(write() for _, write in letters.PEOPLE.values()), letters.bounce())

    desk.once()
    desk.once()

    assert {t["customer"] for t in desk.tickets()} == set(letters.PEOPLE)
    assert len(desk.sink.received) == len(letters.PEOPLE)
    assert not list(desk.program.folder.glob("*.db"))


def test_copies_of_what_was_sent_lie_in_sent_and_are_seen(desk: LiveDesk) -> None:
    """Each mail that went out is filed once in Sent, marked as read, and opens no ticket."""
    desk.configure()
    desk.deliver(letters.english())

    desk.once()
    desk.once()

    assert desk.flags("Sent") == {letters.SUPPORT: {"\\Seen"}}
    with desk.imap() as client:
        client.select_folder("Sent", readonly=True)
        assert len(client.search("ALL")) == 1
    assert len(desk.tickets()) == 1


def test_an_answer_in_sent_stops_the_clock_and_a_forged_one_does_not(desk: LiveDesk) -> None:
    """What lies in Sent is believed; a mail that only claims to be from staff is not."""
    desk.configure()
    desk.deliver(letters.english(), letters.spanish())
    desk.once()
    emma, lucia = "emma@customer.test", "lucia@cliente.test"

    forged = staff_answer(
        emma,
        "Re: Where is my order 20417?",
        "<emma-1@customer.test>",
        sender="Ana <ana@example.com>",
        Cc=letters.SUPPORT,
        Authentication_Results="mx.evil.test; dmarc=pass header.from=example.com",
    )
    desk.deliver(forged)
    desk.append_to_sent(
        staff_answer(
            lucia,
            "Re: Duda sobre mi factura",
            "<lucia-1@cliente.test>",
            sender=f"Ana <{letters.SUPPORT}>",
        )
    )
    desk.once()

    assert desk.ticket_of(lucia)["state"] == "answered"
    ticket = desk.ticket_of(emma)
    assert ticket["state"] == "open"
    assert "unproven_staff" in [event["what"] for event in ticket["events"]]


def test_staff_are_believed_where_our_own_server_vouches_for_them(desk: LiveDesk) -> None:
    """A staff mail to the customer, us in copy, counts as the answer when it is authenticated."""
    desk.configure()
    desk.deliver(letters.english())
    desk.once()

    desk.deliver(
        staff_answer(
            "emma@customer.test",
            "Re: Where is my order 20417?",
            "<emma-1@customer.test>",
            sender="Ana <ana@example.com>",
            Cc=letters.SUPPORT,
            Authentication_Results="mx.example.com; dmarc=pass header.from=example.com",
        )
    )
    desk.once()

    assert desk.ticket_of("emma@customer.test")["state"] == "answered"


def test_what_nobody_answers_is_escalated_once_a_step_until_somebody_does(desk: LiveDesk) -> None:
    """A missed deadline is told once, the next step once more, and an answer ends it."""
    ladder = '[[escalation]]\nafter = "3s"\nto = ["boss@example.com"]'
    desk.configure(answer_within="1s", ladder=ladder)
    desk.deliver(letters.angry_english())
    desk.once()
    [acknowledgement] = desk.sent_to("oliver@customer.test")

    eventually(lambda: desk.once() and desk.sent_to("lead@example.com"))
    eventually(lambda: desk.once() and desk.sent_to("boss@example.com"))
    desk.once()
    [told] = desk.sent_to("lead@example.com")
    reference = desk.tickets()[0]["reference"]
    assert f"[{reference}]" in told["Subject"]
    assert told["Auto-Submitted"] == "auto-generated"
    assert "THIRD TIME" in text_of(told)
    assert desk.flags()["oliver@customer.test"] == {"\\Flagged", "$Angry", "$Escalated"}
    assert len(desk.sent_to("boss@example.com")) == 1
    before = len(desk.sink.received)

    # Outlook puts the reference of our own mail into References, not the customer's.
    desk.append_to_sent(
        staff_answer(
            "oliver@customer.test",
            f"Re: Absolutely unacceptable [{reference}]",
            acknowledgement["Message-ID"],
            sender=f"Ana <{letters.SUPPORT}>",
        )
    )
    desk.once()
    ticket = desk.ticket_of("oliver@customer.test")
    assert ticket["state"] == "answered"
    assert ticket["due_at"] is None
    assert len(desk.sink.received) == before
    assert [e["what"] for e in ticket["events"]].count("answered") == 1


def test_a_reply_to_an_escalation_answers_the_customer(desk: LiveDesk) -> None:
    """What staff answer to an escalation reaches the customer, and the clock stops."""
    desk.configure(answer_within="1s")
    desk.deliver(letters.english())
    desk.once()
    eventually(lambda: desk.once() and desk.sent_to("lead@example.com"))
    [told] = desk.sent_to("lead@example.com")

    desk.deliver(
        staff_answer(
            letters.SUPPORT, f"Re: {told['Subject']}", told["Message-ID"], sender="lead@example.com"
        )
    )
    desk.once()

    desk.once()
    answered = desk.sent_to("emma@customer.test")[-1]
    assert answered["In-Reply-To"] not in (None, told["Message-ID"])
    assert answered["Auto-Submitted"] is None
    assert desk.ticket_of("emma@customer.test")["state"] == "answered"
    assert len(desk.sent_to("emma@customer.test")) == 2


def test_the_job_wakes_at_once_and_ends_cleanly(desk: LiveDesk) -> None:
    """`run` acknowledges within seconds of delivery, though it polls once an hour, and SIGTERM
    ends it with status 0."""
    desk.configure(mailbox="")
    path = desk.program.folder / "config.toml"
    path.write_text(path.read_text().replace('poll_every = "1s"', 'poll_every = "1h"'))
    process = desk.program.start("run", environ=desk.environ)
    try:
        eventually(lambda: desk.program.run("tickets", environ=desk.environ).returncode == 0)
        desk.deliver(letters.english())
        eventually(lambda: desk.sent_to("emma@customer.test"))
    finally:
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
    assert process.returncode == 0, log
    assert "event=stopped" in log
    assert "order 20417" not in log


def test_a_dry_run_says_what_would_happen_and_changes_nothing(desk: LiveDesk) -> None:
    """`run --dry-run` names each mail it would send, creates no file and sets no flag."""
    desk.configure()
    desk.deliver(letters.english(), letters.angry_spanish(), letters.out_of_office())
    before = sorted(path.name for path in desk.program.folder.iterdir())

    done = desk.program.run("run", "--dry-run", environ=desk.environ)

    assert done.returncode == 0, done.stderr
    assert "would send acknowledgement to emma@customer.test" in done.stdout
    assert "would send acknowledgement to javier@cliente.test" in done.stdout
    assert "supplier.test" not in done.stdout
    assert sorted(path.name for path in desk.program.folder.iterdir()) == before
    assert set().union(*desk.flags().values()) == set()
    assert not desk.sink.received


def test_mail_that_was_there_before_is_never_acknowledged(desk: LiveDesk) -> None:
    """With `start_from = "now"`, only mail that comes after the first connection is taken."""
    desk.configure()
    path = desk.program.folder / "config.toml"
    path.write_text(path.read_text().replace('start_from = "all"\n', ""))
    desk.deliver(letters.english())
    desk.once()
    desk.deliver(letters.spanish())
    desk.once()

    assert not desk.sent_to("emma@customer.test")
    assert len(desk.sent_to("lucia@cliente.test")) == 1
    assert {t["customer"] for t in desk.tickets()} == {"lucia@cliente.test"}


def test_the_desk_key_is_private_and_required(desk: LiveDesk) -> None:
    """The key is made with mode 0600, and a desk refuses to go on with another one."""
    desk.configure()
    desk.once()
    key = desk.program.folder / "mailresponder.secret"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600

    key.write_bytes(os.urandom(32))
    done = desk.program.run("run", "--once", environ=desk.environ)

    assert done.returncode == 78
    assert "desk.secret_file" in done.stderr


@pytest.mark.parametrize("fault", ["password", "host", "smtp"])
def test_a_fault_is_a_sentence_and_the_next_run_carries_on(desk: LiveDesk, fault: str) -> None:
    """A wrong password, an unknown host and a missing SMTP server each say what to do, end with
    the right status and lose nothing."""
    desk.configure()
    path = desk.program.folder / "config.toml"
    good = path.read_text()
    environ, status, words = desk.environ, 75, "imap"
    if fault == "password":
        environ, status, words = {"SUPPORT_PASSWORD": "wrong"}, 77, "password"
    elif fault == "host":
        path.write_text(good.replace('host = "localhost"', 'host = "no-such-host.test"'))
        words = "no-such-host.test"
    else:
        path.write_text(good.replace(f"port = {desk.sink.port}\n", "port = 9\n"))
        words = "127.0.0.1:9"
    desk.deliver(letters.english())

    done = desk.program.run("run", "--once", environ=environ)

    assert done.returncode == status, done.stdout + done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "wrong" not in done.stderr.replace("is wrong", "").replace("wrong password", "")

    path.write_text(good)
    desk.once()
    assert len(desk.sent_to("emma@customer.test")) == 1
    assert len(desk.tickets()) == 1
