"""What a server refused until the desk had closed waits for the morning."""

from datetime import timedelta

from offices import EMMA, LEAD, MONDAY, Office, answer, complaint

HOURS = """
[deadlines.hours]
mon = ["09:00-18:00"]
tue = ["09:00-18:00"]
"""
"""In Madrid, an hour ahead of UTC."""
EVENING, MORNING = MONDAY + timedelta(hours=9, minutes=30), MONDAY + timedelta(hours=23)


def test_staff_are_left_alone_after_hours_though_the_server_refused_before(office: Office) -> None:
    """An escalation that was refused at the end of the day leaves when the desk opens; what is
    for the customer leaves as soon as it can."""
    office.open(deadlines=HOURS)
    office.receive(complaint(), at=MONDAY - timedelta(days=3))
    office.clock.advance(hours=7, minutes=59)
    office.sink.answer("MAIL", "451 4.3.0 later", times=2)
    office.run()

    office.clock.now = EVENING
    assert office.run_well().delivery.sent == 1
    heard = [len(office.sent_to(who)) for who in (EMMA, LEAD)]
    office.clock.now = MORNING
    office.run_well()

    assert heard == [1, 0]
    assert len(office.sent_to(LEAD)) == 1


def test_what_waits_for_the_morning_is_taken_back_once_answered(office: Office) -> None:
    """An answer in the evening keeps everybody quiet in the morning."""
    office.open(deadlines=HOURS)
    office.receive(complaint(), at=MONDAY - timedelta(days=3))
    office.clock.advance(hours=7, minutes=59)
    office.sink.answer("MAIL", "451 4.3.0 later", times=2)
    office.run()
    office.clock.now = EVENING
    office.run_well()

    office.receive(answer(), folder="Sent")
    office.run_well()
    office.clock.now = MORNING
    office.run_well()

    assert office.sent_to(LEAD) == []
