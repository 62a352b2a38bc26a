"""Over how many connections mail is sent: as many as help.

Python runs one thread at a time, so another connection only helps while those that are there wait:
for the mail server, or for the disk at a commit. Where they wait for nothing, it costs.
"""

from dataclasses import dataclass

_FADES = 0.75
"""How much a mail still counts when the next one is sent: a server that becomes slow is noticed
within a few mails."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How the latest mails over one connection spent their time."""

    passed: float = 0.0
    """Seconds, from the beginning of a mail until what became of it was committed."""
    worked: float = 0.0
    """Seconds of them in which its thread had a processor core."""

    def after(self, *, passed: float, worked: float) -> "Pace":
        """With one mail more."""
        return Pace(passed=self.passed * _FADES + passed, worked=self.worked * _FADES + worked)

    def connections(self, most: int) -> int:
        """How many help, of `most`: one works while the others wait. One until a mail was sent.

        It is no more than there are where threads wait for one another only, as that makes a mail
        take as many times its own work as there are threads.
        """
        if self.worked * most <= self.passed:
            return most if self.passed else 1
        return max(1, int(self.passed / self.worked))
