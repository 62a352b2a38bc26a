"""Real mails of the year, read by the program itself."""

from offices import Office
from year import plan
from year.mails import real_mails

MAILS = 40


def test_the_program_reads_them_as_they_are_meant(office: Office) -> None:
    """Each mail of a person opens a ticket of theirs, with the words they wrote and mostly in the
    language they wrote in; a machine's opens none."""
    mails = real_mails(MAILS)
    for mail in mails:
        office.receive(mail.content, at=mail.at)
    office.clock.now = mails[-1].at
    office.run()

    wanted = {mail.sender: mail.label for mail in mails if mail.label is not None}
    found = {ticket.customer.email: ticket for ticket in office.tickets()}
    assert found.keys() == wanted.keys()
    spoken = [found[sender].language == label.language for sender, label in wanted.items()]
    assert sum(spoken) / len(spoken) > 0.9
    same = 0
    for sender, label in wanted.items():
        [opening] = [m for m in office.messages(found[sender]) if m.direction == "in"]
        same += opening.new_text.split() == label.text.split()
    assert same / len(wanted) > 0.8


def test_they_are_about_what_the_weeks_are_about() -> None:
    """Before the week in which the defect begins nobody writes about it, and in it some do."""
    before, from_then_on = (
        {theme for mail in real_mails(60, weeks=weeks) if mail.label for theme in mail.label.themes}
        for weeks in ((29, 30), (31, 32))
    )

    assert plan.DEFECT not in before
    assert plan.DEFECT in from_then_on
    assert "late-delivery" in before & from_then_on
