"""`erase`: one person's traces out of the database, while the desk runs.

The mailbox is left alone: it is the desk's own, and read-only to the eye. What is mailed already
lies with whoever got it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from mailresponder.config import Config
from mailresponder.errors import MailresponderError, TemporaryFailure
from mailresponder.jobs import audit, learning
from mailresponder.jobs.audit import Deed
from mailresponder.mail.addresses import usable
from mailresponder.mail.message import Address
from mailresponder.policy.identifiers import Signer
from mailresponder.policy.persons import Person
from mailresponder.store import erasing_person, finding_person
from mailresponder.store.database import Store
from mailresponder.store.erasing_person import Erased

_ROUNDS = 10
"""How often it is tried where a pass writes into a ticket, or sends a mail of one, meanwhile."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What came of erasing somebody."""

    erased: Erased
    receipt: str
    """What the audit calls them: whoever has address and secret can tell that it was they."""
    relearnt: bool = False
    """Was a correction learnt anew without them?"""


def person(addresses: tuple[str, ...], config: Config) -> Person:
    """The person at some addresses. Raises MailresponderError for what is no address, and for one
    of the desk's or of staff, whose deeds are part of their customers' tickets."""
    desks = [config.desk_for(mailbox.name) for mailbox in config.mailboxes]
    found: list[str] = []
    for written in addresses:
        address = usable(written)
        if address is None:
            raise MailresponderError("that is no mail address", mend="write it as ana@example.com")
        if any(desk.is_own(address) for desk in desks):
            raise MailresponderError("that is an address of this desk, not of a person")
        if any(desk.is_staff(address) for desk in desks):
            raise MailresponderError(
                "that is an address of staff: what they did is part of their customers' tickets",
                mend="if it is nobody of staff, change [staff] addresses first",
            )
        found.append(address.email)
    return Person(addresses=tuple(found))


def require_one(store: Store, person: Person) -> None:
    """Raise MailresponderError where several customers wrote by these addresses."""
    with store.read() as conn:
        others = finding_person.speaks_for(conn, person)
    if len(others) > 1:
        raise MailresponderError(
            f"{len(others)} other customers wrote through it: it is the address of a form, or of"
            " somebody who writes for others",
            mend="name the customers by their own addresses; all of them, if they are one person",
        )


def receipt(person: Person, signer: Signer) -> str:
    """What the audit calls somebody whose address must not stand there."""
    first = min(Address(email=one).key for one in person.addresses)
    return signer.tombstone(f"person\n{first}")[:12]


def dry_run(store: Store, person: Person, signer: Signer, *, now: datetime) -> Erased:
    """What `erase` would do. Nothing stays changed."""
    with store.begin(snapshot=True) as conn:
        apart = conn.begin_nested()
        erased = erasing_person.erase(conn, person, tombstone=signer.tombstone, now=now)
        apart.rollback()
    return erased


def erase(
    store: Store,
    config: Config,
    person: Person,
    signer: Signer,
    *,
    now: datetime,
    by: str,
    pause: Callable[[], object],
) -> Done:
    """Take somebody out; written down in the audit by a receipt. Whoever writes again is a new
    customer. `pause` lets some time pass, before it is tried once more.

    Raises TemporaryFailure where a mail of their tickets is being sent, passes keep writing into
    them, or the database cannot be used.
    """
    who = receipt(person, signer)

    def once(conn: Connection) -> Erased:
        erased = erasing_person.erase(conn, person, tombstone=signer.tombstone, now=now)
        if erased.is_nothing:
            return erased
        gone = erased.gone
        about = f"{who}: {gone.tickets} tickets, {gone.messages} messages, {gone.mails} mails"
        audit.note(conn, by=by, what=Deed.PERSON_ERASED, about=about, now=now)
        return erased

    left = _ROUNDS
    while True:
        left -= 1
        try:
            # What comes meanwhile is a matter of its own, and must not lose its customer.
            with store.begin(snapshot=True) as conn:
                erased = once(conn)
            break
        except (IntegrityError, TemporaryFailure):
            # A pass wrote into one of their tickets.
            if not left:
                raise
            pause()
    return Done(
        erased=erased,
        receipt=who,
        relearnt=bool(erased.corrections) and _learn_anew(store, config, now=now, by=by),
    )


def _learn_anew(store: Store, config: Config, *, now: datetime, by: str) -> bool:
    try:
        lesson = learning.learn(store, config)
    except MailresponderError:
        return False  # too few labels are left: the shipped model stands alone
    if lesson.against:
        return False
    learning.put_into_force(store, lesson, now=now, by=by)
    return True
