"""What one pass over one mailbox did, and with which exit status that ends a command."""

from dataclasses import dataclass

from mailresponder.errors import ExitStatus, MailresponderError
from mailresponder.jobs.escalation import EscalationReport
from mailresponder.jobs.filing import FilingReport
from mailresponder.jobs.intake import IntakeReport
from mailresponder.jobs.settling import DeliveryReport


@dataclass(frozen=True, kw_only=True, slots=True)
class PassReport:
    """What one pass over one mailbox did."""

    mailbox: str
    intake: IntakeReport | None = None
    """None where the mailbox could not be read."""
    escalation: EscalationReport | None = None
    """None where escalation was skipped."""
    closed: int = 0
    """Tickets that had been quiet for long enough."""
    delivery: DeliveryReport | None = None
    filing: FilingReport | None = None
    errors: tuple[MailresponderError, ...] = ()

    @property
    def exit_status(self) -> ExitStatus:
        """75 where something is to be tried again, 77 where a sign-in was refused, 78 where the
        configuration is at fault."""
        postponed = self.delivery.postponed if self.delivery else 0
        cut_short = self.intake is not None and not self.intake.complete
        unfinished = self.errors or postponed or cut_short
        worst = ExitStatus.TEMPORARY if unfinished else ExitStatus.OK
        return max([worst, *(error.exit_status for error in self.errors)])
