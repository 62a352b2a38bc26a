"""What customers wrote, in their own words: which mails are quoted, and how much of them.

Texts are read from the store when the report is made, so who is erased is quoted no more. Names,
addresses, numbers and links are masked before anybody sees them.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from mailresponder.listening.letter import body
from mailresponder.listening.lexicon import available, load
from mailresponder.listening.masking import masked, names_of
from mailresponder.reports.report import Quote
from mailresponder.store.report_extras import TextRow
from mailresponder.store.report_rows import MessageRow

CANDIDATES = 6
"""Of so many mails the texts are read for each place with quotes."""
LONGEST = 240
SHORTEST = 15
_MOST_READ = 4000
"""Characters: what stands further down is no complaint in a sentence."""
_SPACES = re.compile(r"\s+")
_SENTENCES = re.compile(r"(?<=[.!?…])\s+")


def candidates(
    rows: Iterable[MessageRow], rank: Callable[[MessageRow], float] = lambda _: 0.0
) -> list[MessageRow]:
    """The mails that might be quoted, the likeliest first: the first mails of tickets, those that
    rank highest, the newest; of each language some where there are several, one of a person."""
    ordered = sorted(rows, key=lambda row: (not row.is_first, -rank(row), -row.row))
    by_language: dict[str, dict[str, MessageRow]] = {}
    for row in ordered:
        by_language.setdefault(row.language, {}).setdefault(row.person, row)
    lists = [list(people.values()) for people in by_language.values()]
    longest = max(map(len, lists), default=0)
    mixed = [some[at] for at in range(longest) for some in lists if at < len(some)]
    return mixed[:CANDIDATES]


def quoted(
    rows: Sequence[MessageRow],
    texts: Mapping[int, TextRow],
    *,
    number: int,
    taken: set[int],
) -> tuple[Quote, ...]:
    """So many quotes at most of these mails, one a ticket; `taken` are the tickets that are quoted
    already, and becomes more."""
    found: list[Quote] = []
    for row in rows:
        text = texts.get(row.row)
        if len(found) == number or text is None or row.ticket in taken:
            continue
        # Nobody knows how to mask it.
        if text.language not in available():
            continue
        # A mail that was passed on begins with who did, and what they had to say.
        if text.text.startswith("["):
            continue
        said = shortened(_masked(text))
        if len(said) >= SHORTEST:
            taken.add(row.ticket)
            found.append(
                Quote(
                    text=said,
                    language=text.language,
                    message_row=row.row,
                    reference=text.reference,
                )
            )
    return tuple(found)


def _masked(text: TextRow) -> str:
    """The letter without greeting and closing, and without what tells who wrote it."""
    letter = body(text.text[:_MOST_READ], load(text.language))
    return masked(letter, text.language, names_of(text.customer_name, text.customer_email))


def shortened(text: str) -> str:
    """The text on one line; of a long one the first sentences, or as many words as fit."""
    text = _SPACES.sub(" ", text).strip()
    if len(text) <= LONGEST:
        return text
    kept = ""
    for sentence in _SENTENCES.split(text):
        if len(kept) + len(sentence) + 1 > LONGEST:
            break
        kept = f"{kept} {sentence}".strip()
    if len(kept) >= SHORTEST:
        return f"{kept} …"
    return f"{text[:LONGEST].rpartition(' ')[0] or text[:LONGEST]} …"
