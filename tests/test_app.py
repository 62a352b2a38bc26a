"""A pass as a whole: what it keeps, what it steps aside for, what it frees."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable

import letters
import pytest
from offices import EMMA, LEAD, Office, complaint
from program import ROOT
from servers.dovecot import MailUser

from mailresponder import config
from mailresponder.app import App, PassReport
from mailresponder.clock import utc_now
from mailresponder.errors import ConfigError
from mailresponder.jobs.intake import IntakeReport
from mailresponder.store import leases


def test_a_pass_steps_aside_for_whoever_holds_the_mailbox(office: Office) -> None:
    """While another process works on the mailbox, nothing is read and nothing is sent."""
    office.receive(complaint())
    first = office.open()
    first.free_the_dead()
    with first.store.begin() as conn:
        ttl = office.clock.now - office.clock.now.replace(hour=8)
        leases.acquire(conn, "mailbox:support", first.owner, ttl, office.clock.now)

    office.open()
    report = office.run()

    assert report.intake is None
    assert report.exit_status == 75
    assert "another mailresponder" in report.errors[0].message
    assert office.outbox() == []

    with first.store.begin() as conn:
        leases.release(conn, "mailbox:support", first.owner)
    office.run_well()
    assert len(office.sent_to(EMMA)) == 1


def test_two_processes_in_turn_do_everything_once(office: Office) -> None:
    """Passes of two instances of one desk add up to one."""
    office.receive(letters.angry_english(), complaint())
    one, two = office.open(), office.open()
    for app in (one, two, one, two):
        assert app.mailboxes["support"].run_pass().exit_status == 0
    office.clock.advance(hours=8)
    for app in (two, one):
        assert app.mailboxes["support"].run_pass().exit_status == 0

    assert len(office.sent_to(EMMA)) == 1
    assert len(office.sent_to("oliver@customer.test")) == 1
    assert len(office.sent_to(LEAD)) == 2


def test_what_a_killed_process_held_is_freed_at_once(office: Office) -> None:
    """After kill -9 in the middle of sending, the next process neither waits for a lease nor
    loses a mail."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        office.smtp_port = silent.getsockname()[1]
        office.configure()
        office.clock.now = utc_now()
        office.receive(complaint())
        process = subprocess.Popen(
            [sys.executable, "-m", "mailresponder", "--config", office.path, "run", "--once"],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            # It has claimed its rows and waits for the server's greeting.
            silent.settimeout(60)
            connection, _ = silent.accept()
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        connection.close()
    office.clock.now = utc_now()
    office.smtp_port = office.sink.port
    office.open()
    assert [row.state for row in office.outbox()] == ["sending"]

    office.run_well()

    assert len(office.sent_to(EMMA)) == 1
    assert office.outbox()[0].state == "sent"


def test_the_living_are_left_what_they_hold(office: Office) -> None:
    """A second process beside a living one frees nothing."""
    office.receive(complaint())
    first = office.open()
    first.free_the_dead()
    with first.store.begin() as conn:
        ttl = office.clock.now - office.clock.now.replace(hour=8)
        leases.acquire(conn, "mailbox:support", first.owner, ttl, office.clock.now)
    second = office.open()

    second.free_the_dead()

    with second.store.read() as conn:
        assert leases.owner_of(conn, "mailbox:support", office.clock.now) == first.owner


def test_a_frozen_process_s_mailbox_is_taken_over_when_its_lease_ends(office: Office) -> None:
    """Who does not renew loses the mailbox after two minutes."""
    office.receive(complaint())
    first = office.open()
    first.free_the_dead()
    with first.store.begin() as conn:
        ttl = office.clock.now - office.clock.now.replace(hour=8, minute=58)
        leases.acquire(conn, "mailbox:support", first.owner, ttl, office.clock.now)
    office.open()
    assert office.run().exit_status == 75
    office.clock.advance(minutes=2)

    office.run_well()

    assert len(office.sent_to(EMMA)) == 1


def test_connections_are_kept_from_pass_to_pass(office: Office) -> None:
    """The second mail goes out on the connection of the first."""
    for number in (1, 2):
        office.receive(complaint(f"c{number}@customer.test"))
        office.run_well()

    assert office.sink.connections == 1


def test_connections_that_the_servers_closed_are_made_anew(office: Office) -> None:
    """A server that hung up between two passes costs no mail and no error."""
    office.receive(complaint())
    office.run_well()
    office.sink.drop_connections()
    office.app.mailboxes["support"]._imap._client.shutdown()
    office.receive(complaint("noah@customer.test"))

    office.run_well()

    assert len(office.sink.received) == 2


def test_one_mailbox_that_fails_leaves_the_others_alone(
    office: Office, new_dovecot_user: Callable[[], MailUser]
) -> None:
    """Mail of the second mailbox is answered though the first cannot be read."""
    office.add_mailbox(new_dovecot_user(), name="sales", address="sales@example.com")
    office.receive(complaint(to="sales@example.com"), mailbox="sales")
    office.configure()
    text = office.path.read_text()
    office.path.write_text(text.replace('password = "correct horse"', 'password = "no"', 1))
    with App.open(config.load(office.path), clock=office.clock) as app:
        assert app.mailboxes["support"].run_pass().exit_status == 77
        assert app.mailboxes["sales"].run_pass().exit_status == 0

    assert len(office.sent_to(EMMA)) == 1


def test_a_refused_sign_in_outranks_mail_that_waits(office: Office) -> None:
    """The status of a pass is the one that needs a person."""
    office.receive(complaint())
    office.run_well()
    office.reopen(password="no", admins="")
    report = office.run()

    assert report.exit_status == 77
    assert report.delivery is not None


def test_another_key_than_the_database_s_is_refused(office: Office) -> None:
    """Instances of one desk share one key, or do not start."""
    office.run_well()
    (office.path.parent / "mailresponder.secret").write_bytes(os.urandom(32))

    with pytest.raises(ConfigError, match="secret_file"):
        office.reopen()


def test_a_pass_that_is_to_stop_escalates_nothing(office: Office) -> None:
    """What was not read to its end accuses nobody."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=8)
    office.app.stopping.set()

    report = office.run()

    assert report.escalation is None
    assert report.filing is None
    assert office.sent_to(LEAD) == []


def test_a_pass_that_was_cut_short_is_to_be_run_again() -> None:
    """Told to stop in the middle of reading, `run --once` does not end as if all were done."""
    done = PassReport(mailbox="support", intake=IntakeReport(complete=False))

    assert done.exit_status == 75
