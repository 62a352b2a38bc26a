"""A small part of the year as real mails, as mail clients write them, to go through real intake."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import clients
import month_people
from letters import SUPPORT
from year import plan
from year.people import Cast
from year.plan import Plan
from year.recording import Label
from year.writing import Writer

_MACHINES = 12
"""One mail in so many is a machine's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RealMail:
    """A mail as it arrives."""

    at: datetime
    sender: str
    content: bytes
    label: Label | None
    """None: a machine's."""


def real_mails(count: int, *, weeks: Iterable[int] = (30, 31, 32), seed: int = 8) -> list[RealMail]:
    """So many mails of these weeks, oldest first: each of somebody else, about what the plan says,
    in the share that it says."""
    random = Random(seed)
    cast, writer, year = Cast(random), Writer(random), Plan(messages=count)
    kinds = [
        (theme, week, lang) for theme in plan.SHARES for week in weeks for lang in ("en", "es")
    ]
    often = [year.expected(*kind) for kind in kinds]
    chosen = sorted(random.choices(kinds, often, k=count), key=lambda kind: kind[1])
    made = []
    for number, (theme, week, language) in enumerate(chosen):
        day = plan.monday(week) + timedelta(days=random.randint(1, 6))
        at = datetime(day.year, day.month, day.day, random.randint(6, 20), tzinfo=UTC)
        at += timedelta(seconds=number)
        if number % _MACHINES == _MACHINES - 1:
            content = random.choice((month_people.newsletter, month_people.parcel_notice))(number)
            made.append(RealMail(at=at, sender="", content=content, label=None))
            continue
        person = cast.newcomer(language)
        angry = random.random() < year.chance_of_anger(theme, week)
        text = writer.first(person, (theme,), angry=angry, day=day)
        client = random.choice(list(clients.CLIENTS))
        with_client = clients.Person(
            name=person.name, email=person.email, client=client, language=language
        )
        label = Label(
            themes=(theme,) if theme != plan.CHATTER else (),
            language=language,
            at=at,
            angry=angry,
            first=True,
            text=text.body,
            customer=person.email,
        )
        content = with_client.write(SUPPORT, text.subject, text.body, at=at)
        made.append(RealMail(at=at, sender=person.email, content=content, label=label))
    return sorted(made, key=lambda mail: mail.at)
