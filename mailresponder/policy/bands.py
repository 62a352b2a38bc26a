"""Calm, upset or angry, and whether it is getting worse: what people are shown of a score.

What a person said outweighs what was heard. Scores themselves are `listening`'s.
"""

from dataclasses import dataclass

from mailresponder.listening import anger
from mailresponder.listening.anger import Band
from mailresponder.policy.ticket import Ticket

_CLEARLY = 0.15
_ORDER = (Band.CALM, Band.UPSET, Band.ANGRY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Heat:
    """How angry one mail is, or the angriest of several."""

    score: float
    """0..1; 0 where staff said that it is not angry."""
    band: Band


def heat(score: float, language: str, *, angry: bool, judged: bool = False) -> Heat:
    """How angry a mail counts as; `judged`: `angry` is what staff said.

    Of what they said is not angry nothing is left that could be called upset: that word would
    rest on the very score they contradicted. Raises MailresponderError where the language has no
    lexicon.
    """
    if judged and not angry:
        return Heat(score=0.0, band=Band.CALM)
    return Heat(score=score, band=anger.band(score, language, angry=angry))


def of_ticket(ticket: Ticket) -> Heat:
    """How angry the ticket's unanswered mails are. Raises as `heat`."""
    judged = ticket.judged_by is not None
    return heat(ticket.anger, ticket.language, angry=ticket.angry, judged=judged)


def is_rising(before: Heat, latest: Heat) -> bool:
    """Is the latest mail in a higher band than the angriest before it, or clearly above it in the
    same one?

    Among calm mails nothing rises, however much the scores differ.
    """
    if latest.band is Band.CALM:
        return False
    if latest.band is before.band:
        return latest.score - before.score >= _CLEARLY
    return _ORDER.index(latest.band) > _ORDER.index(before.band)
