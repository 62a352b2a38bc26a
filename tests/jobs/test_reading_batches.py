"""A batch of mails in one transaction."""

import pytest
from offices import EMMA, Office, complaint

from mailresponder.jobs import taking
from mailresponder.jobs.customers import open_ticket
from mailresponder.jobs.step import Step, Taken
from mailresponder.policy import decisions


def test_a_mail_that_cannot_be_handled_spoils_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our code fails on the second of three mails: the batch is taken anew, the others have a
    ticket and an acknowledgement each, once, and the second a ticket for a person to look at."""

    def fail(step: Step, decision: decisions.OpenTicket) -> Taken:
        if "lamp" in step.message.subject:
            raise RuntimeError("a mistake of ours")
        return open_ticket(step, decision)

    monkeypatch.setattr(taking, "open_ticket", fail)
    noah, mia = "noah@customer.test", "mia@customer.test"
    office.receive(complaint(), complaint(noah, subject="A lamp"), complaint(mia))
    report = office.run_well()

    assert report.intake.outcomes == (("opened", 3),)
    assert [ticket.customer.email for ticket in office.tickets()] == [EMMA, noah, mia]
    assert [t.suppressed_by for t in office.tickets()] == [(), ("not_handled",), ()]
    assert [len(office.sent_to(person)) for person in (EMMA, noah, mia)] == [1, 0, 1]
    assert [len(office.messages(ticket)) for ticket in office.tickets()] == [2, 1, 2]
    assert office.events(office.tickets()[0]).count("opened") == 1
