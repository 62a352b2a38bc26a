"""What policy knows of the desk: the configuration as decisions need it, for one mailbox."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase

from mailresponder.mail.message import Address
from mailresponder.policy.deadlines import BusinessHours, Step


@dataclass(frozen=True, kw_only=True, slots=True)
class Staff:
    """Who may answer and command, and whose word proves it."""

    patterns: tuple[str, ...]
    """Casefolded addresses; `*` stands for anything."""
    trusted_authserv_id: str = ""
    """As in the configuration: empty, `!none` or our border's authserv-id (RFC 8601 §2.5)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadlines:
    """By when a person answers. Durations are working time."""

    answer_within: timedelta
    angry_answer_within: timedelta
    hours: BusinessHours


@dataclass(frozen=True, kw_only=True, slots=True)
class Acknowledging:
    """Whether and how often customers get automatic mail."""

    enabled: bool = True
    follow_up_notice: bool = False
    max_per_recipient_per_hour: int = 10
    max_per_recipient_per_day: int = 25
    spam: bool = False
    """Also what our own mail server marked as spam."""
    blocked_senders: tuple[str, ...] = ()
    """Casefolded addresses; `*` stands for anything."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """The desk as one mailbox sees it."""

    name: str
    """Who we are to the customer, as `Acme Support`."""
    languages: tuple[str, ...]
    """The first is the default."""
    reference_prefix: str
    mailbox: str
    """The mailbox's name in the configuration."""
    address: Address
    """What our mail is sent from; its name is the desk's."""
    addresses: frozenset[str]
    """This mailbox's address and aliases, casefolded."""
    own_addresses: frozenset[str]
    """The addresses and aliases of every mailbox of the desk, casefolded."""
    own_lists: frozenset[str]
    """List-Id values whose mail is ours to answer, casefolded, without angle brackets."""
    staff: Staff
    deadlines: Deadlines
    ladder: tuple[Step, ...]
    acknowledging: Acknowledging

    @property
    def domain(self) -> str:
        """The domain our Message-IDs are made at, in A-labels (RFC 5890 §2.3.2.1)."""
        return self.address.email.rpartition("@")[2].encode("idna").decode("ascii")

    def is_own(self, address: Address) -> bool:
        """Is this one of the desk's own addresses?"""
        return address.key in self.own_addresses

    def is_staff(self, address: Address) -> bool:
        """Does this address claim to be staff? Whom we tell of unanswered mail is staff too; our
        own addresses never are."""
        told = any(address.key == to.casefold() for step in self.ladder for to in step.to)
        return not self.is_own(address) and (told or matches(address, self.staff.patterns))


def matches(address: Address, patterns: Iterable[str]) -> bool:
    """Does the address match one of the patterns, where `*` stands for anything?"""
    return any(fnmatchcase(address.key, pattern) for pattern in patterns)
