"""What the admins are told, and how often."""

from dataclasses import replace

from desks import text_of
from offices import OPS, Office, subjects

from mailresponder.jobs import alerts
from mailresponder.store.database import desk_value, set_desk_value

AWAY = 'folder = "Nowhere"'
"""A fault that is no refused sign-in: those are told at once."""


def test_a_mailbox_that_fails_for_five_minutes_is_told_once_and_again_when_well(
    office: Office,
) -> None:
    """A short fault tells nobody; a longer one is one mail, and its end another."""
    office.run_well()
    office.reopen(imap=AWAY)
    for _ in range(5):
        assert office.run().intake is None
        office.clock.advance(minutes=1)
    assert office.sent_to(OPS) == []

    for _ in range(20):
        office.run()
        office.clock.advance(minutes=1)
    assert len(office.sent_to(OPS)) == 1
    assert "support" in text_of(office.sent_to(OPS)[0])

    office.reopen(imap="")
    office.run_well()
    office.run_well()
    assert len(office.sent_to(OPS)) == 2
    assert len(set(subjects(office.sent_to(OPS)))) == 2


def test_a_fault_that_passes_in_time_is_told_to_nobody(office: Office) -> None:
    """Neither its beginning nor its end."""
    office.run_well()
    office.reopen(imap=AWAY)
    office.run()
    office.clock.advance(minutes=4)
    office.reopen(imap="")
    office.run_well()

    assert office.sent_to(OPS) == []


def test_a_refused_sign_in_is_told_at_once(office: Office) -> None:
    """Nothing will mend a wrong password but a person."""
    office.open(password="hunter22")
    assert office.run().exit_status == 77
    office.run()

    assert len(office.sent_to(OPS)) == 1
    assert "hunter22" not in text_of(office.sent_to(OPS)[0])


def test_a_second_fault_is_told_again(office: Office) -> None:
    """Once means once for each fault."""
    for _ in range(2):
        office.reopen(imap=AWAY)
        office.run()
        office.clock.advance(minutes=6)
        office.run()
        office.reopen(imap="")
        office.run_well()
        office.clock.advance(minutes=1)

    assert len(office.sent_to(OPS)) == 4


def test_each_admin_is_told(office: Office) -> None:
    """One mail for each address, so that none sees the others'."""
    office.open(admins='"ops@example.com", "cto@example.com"', password="wrong")
    office.run()

    assert len(office.sent_to(OPS)) == len(office.sent_to("cto@example.com")) == 1


def test_without_admins_nothing_is_sent(office: Office) -> None:
    """An empty list means log and health check only."""
    office.open(admins="", password="wrong")
    office.run()

    assert office.outbox() == []


def test_telling_undoes_nothing_where_an_admin_cannot_be_written_to(office: Office) -> None:
    """An address no mail can go to is logged; what was being written down stays."""
    app = office.open()
    work = app.mailboxes["support"].work
    admin = work.config.admin.model_copy(update={"addresses": ("jürgen@example.com",)})
    work = replace(work, config=replace(work.config, admin=admin))
    with app.store.begin() as conn:
        set_desk_value(conn, "before", "kept")
        alerts.tell_admins(conn, work, "breaker_open", key="x", detail="")

    with app.store.read() as conn:
        assert desk_value(conn, "before") == "kept"
    assert office.outbox() == []
