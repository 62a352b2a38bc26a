"""What policy knows of the desk: the configuration as decisions need it, for one mailbox."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fnmatch import fnmatchcase

from mailresponder.mail.message import Address
from mailresponder.policy.deadlines import BusinessHours, Step

_LONGEST_LOCAL = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Staff:
    """Who may answer and command, and whose word proves it."""

    patterns: tuple[str, ...]
    """Casefolded addresses; `*` stands for anything."""
    trusted_authserv_id: str = ""
    """As in the configuration: empty, `!none` or our border's authserv-id (RFC 8601 §2.5)."""
    digest_from: int = 5
    """As many notices about unanswered mail at once come as one mail."""
    attachments_limit: int = 10_000_000
    """Bytes of files, together, that one answer may pass on to a customer; 0: none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadlines:
    """By when a person answers. Durations are working time."""

    answer_within: timedelta
    angry_answer_within: timedelta
    hours: BusinessHours
    warn_before: timedelta | None = None
    """How long before the deadline somebody is told; None: nobody is."""
    warn_to: tuple[str, ...] = ()
    """Who is; empty: whom the ladder's first step names."""


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
class Closing:
    """What becomes of a ticket that was answered. Calendar time without a word of anybody."""

    after: timedelta | None = None
    """It is closed; None: only staff close it."""
    ask_after: timedelta | None = None
    """The customer is asked whether it is solved; None: nobody is asked."""


class Drafts(StrEnum):
    """For which new tickets a draft of the answer is put into the Drafts folder."""

    NONE = "none"
    ANGRY = "angry"
    ALL = "all"


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
    angry_ladder: tuple[Step, ...] = ()
    """The steps for angry customers; empty: the same as for all."""
    closing: Closing = Closing()
    drafts: Drafts = Drafts.NONE
    answered_flag: bool = False
    r"""Is \Answered on a customer's mail taken for an answer (RFC 9051 §2.3.2)?"""
    subaddress: str = ""
    """What parts a detail from the local part (RFC 5233), where our server delivers such mail to
    this mailbox, as `+`; empty where it does not."""
    digest_to: frozenset[str] = frozenset()
    """Who gets the morning digest or the weekly report, casefolded."""

    @property
    def domain(self) -> str:
        """The domain our Message-IDs are made at, in A-labels (RFC 5890 §2.3.2.1)."""
        return self.address.email.rpartition("@")[2].encode("idna").decode("ascii")

    @property
    def people(self) -> frozenset[str]:
        """Addresses of staff that the configuration names, casefolded."""
        told = (to.casefold() for step in (*self.ladder, *self.angry_ladder) for to in step.to)
        named = (one for one in self.staff.patterns if "*" not in one)
        warned = (to.casefold() for to in self.deadlines.warn_to)
        return frozenset({*told, *named, *warned, *self.digest_to}) - self.own_addresses

    def is_own(self, address: Address) -> bool:
        """Is this one of the desk's own addresses, with a detail or without?"""
        return self.without_detail(address) in self.own_addresses

    def without_detail(self, address: Address) -> str:
        """The address casefolded; one of this mailbox's without what stands behind its `+`."""
        head, _ = self._parted(address)
        return head or address.key

    def detail(self, address: Address) -> str:
        """What stands behind the `+` of one of this mailbox's addresses (RFC 5233 §2)."""
        return self._parted(address)[1]

    def answered_at(self, token: str) -> Address | None:
        """This mailbox's address with a detail; None where it would be too long (RFC 5321
        §4.5.3.1.1), or where mail to such addresses does not arrive."""
        local, _, domain = self.address.email.rpartition("@")
        local = f"{local}{self.subaddress}{token}"
        if not self.subaddress or len(local) > _LONGEST_LOCAL:
            return None
        return Address(email=f"{local}@{domain}", name=self.address.name)

    def _parted(self, address: Address) -> tuple[str, str]:
        """One of this mailbox's addresses and the detail; both empty where it is none of them."""
        local, _, domain = address.key.rpartition("@")
        for own in self.addresses if self.subaddress else ():
            head, _, at = own.rpartition("@")
            if at == domain and local.startswith(head + self.subaddress):
                return own, local.removeprefix(head + self.subaddress)
        return "", ""

    def is_staff(self, address: Address) -> bool:
        """Does this address claim to be staff? Whom we tell of unanswered mail is staff too; our
        own addresses never are."""
        steps = (*self.ladder, *self.angry_ladder)
        told = {to.casefold() for step in steps for to in step.to} | self.digest_to
        told |= {to.casefold() for to in self.deadlines.warn_to}
        return not self.is_own(address) and (
            address.key in told or matches(address, self.staff.patterns)
        )

    def ladder_for(self, *, angry: bool) -> tuple[Step, ...]:
        """The steps that are taken for such a customer."""
        return self.angry_ladder if angry and self.angry_ladder else self.ladder


def matches(address: Address, patterns: Iterable[str]) -> bool:
    """Does the address match one of the patterns, where `*` stands for anything?"""
    return any(fnmatchcase(address.key, pattern) for pattern in patterns)
