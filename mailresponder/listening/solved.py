"""Does a reply to "is it solved?" say that it is?

Only a plain yes closes anything: whoever adds a condition, a question or a word that is not known
says nothing for sure, and a person must read it. Reading a no wrongly as unclear costs nothing, as
both are answered.
"""

from enum import StrEnum

from mailresponder.listening import gratitude
from mailresponder.listening.cues import find, negated
from mailresponder.listening.lexicon import load
from mailresponder.listening.words import Break, split

_LONGEST_NO = 2_000


class Said(StrEnum):
    """What the customer said."""

    SOLVED = "solved"
    NOT_SOLVED = "not_solved"
    UNCLEAR = "unclear"


def read(text: str, language: str, *, writer: str = "") -> Said:
    """What a reply says, as "Yes, thank you!" or "No, todavía no me ha llegado".

    `writer` is what is known of the writer's name. Raises MailresponderError where the language
    has no lexicon.
    """
    lexicon = load(language)
    claiming = (lexicon.yes, lexicon.done)
    if gratitude.says_no_more(text, lexicon, claiming, writer=writer):
        return Said.SOLVED
    words = split(text[:_LONGEST_NO].strip())
    claims = [hit for index in claiming for hit in find(words, index)]
    refused = any(negated(words, hit.start, lexicon.negations) for hit in claims)
    if claims and not refused:
        return Said.UNCLEAR
    denied = any(
        # "No problem" is no no: it ends its clause, or it says of what.
        hit.end - hit.start > 1 or words.breaks[hit.end - 1] is not Break.NONE
        for hit in find(words, lexicon.no)
    )
    return Said.NOT_SOLVED if denied or refused else Said.UNCLEAR
