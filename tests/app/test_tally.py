import pytest

from mailresponder.app.passes import PassReport
from mailresponder.app.tally import BOUNDS, Tally, kind_of
from mailresponder.errors import (
    ConfigError,
    MailboxInHand,
    MailresponderError,
    PermanentFailure,
    ProgramFault,
    ServerUnavailable,
    SignInRefused,
)
from mailresponder.jobs.escalation import EscalationReport
from mailresponder.jobs.intake import IntakeReport
from mailresponder.jobs.settling import DeliveryReport


def test_passes_add_up() -> None:
    """Each mailbox has its own numbers, and the next pass is added to them."""
    tally = Tally()
    report = PassReport(
        mailbox="support",
        intake=IntakeReport(read=3, outcomes=(("opened", 2), ("own", 1))),
        escalation=EscalationReport(escalated=1, warned=2),
        closed=4,
        delivery=DeliveryReport(sent=5, failed=6, postponed=7),
    )
    for _ in range(2):
        tally.count(report, 0.2)
    tally.count(PassReport(mailbox="sales"), 400.0)

    counts = tally.of("support")
    assert counts.passes == {"ok": 2}
    assert counts.taken == {"opened": 4, "own": 2}
    assert (counts.escalated, counts.warned, counts.closed) == (2, 4, 8)
    assert (counts.sent, counts.given_up, counts.postponed) == (10, 12, 14)
    assert tally.of("sales").passes == {"rested": 1}
    assert tally.of("sales").last_seconds == 400.0
    assert tally.of("billing").passes == {}
    durations = tally.durations()
    assert durations.classes == [0, 2, *[0] * (len(BOUNDS) - 2), 1]
    assert durations.seconds == pytest.approx(400.4)


def test_what_was_handed_out_stays_as_it_was() -> None:
    """A pass that ends while somebody looks changes nothing of what they look at."""
    tally = Tally()
    before = tally.of("support")
    tally.count(PassReport(mailbox="support"), 1.0)

    assert before.passes == {}


@pytest.mark.parametrize(
    ("error", "result", "kind"),
    [
        (SignInRefused("no"), "failed", "sign_in_refused"),
        (ServerUnavailable("away"), "failed", "temporary"),
        (PermanentFailure("no such folder"), "failed", "permanent"),
        (ProgramFault("a mistake"), "failed", "program_fault"),
        (ConfigError([]), "failed", "configuration"),
        (MailboxInHand("another"), "in_hand", None),
    ],
)
def test_errors_are_counted_by_their_kind(
    error: MailresponderError, result: str, kind: str | None
) -> None:
    """A mailbox that another process has in hand is no failure."""
    tally = Tally()
    tally.count(PassReport(mailbox="support", errors=(error,)), 1.0)

    counts = tally.of("support")
    assert counts.passes == {result: 1}
    assert counts.failures == ({kind: 1} if kind else {})
    assert kind is None or kind_of(error) == kind
