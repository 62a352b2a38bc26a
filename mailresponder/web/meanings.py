"""What names that are recorded mean, in the page's language: why a mail was read as it was, and
what a mail of ours is. The words of staff's notices are used again where there are any.
"""

from mailresponder.jobs.acts import COMMAND_LINE
from mailresponder.policy import silence
from mailresponder.policy.digest_variables import kind_in_words
from mailresponder.web.words import Words


def reason(w: Words, name: str) -> str:
    """A reason as a sentence; empty for one that has no words."""
    said = w.get(f"reasons.{name}")
    if said is not None:
        return said
    short = silence.in_words([name])[0].in_language(w.language)
    return f"{short[0].upper()}{short[1:]}." if short and short != name else ""


def who(w: Words, name: str) -> str:
    """Whoever did something, as it was recorded: `ana (web)`, `root (command line)`."""
    if name == COMMAND_LINE:
        return w("reasons.command_line")
    account = name.removesuffix(f" ({COMMAND_LINE})")
    return name if account == name else f"{account} ({w('reasons.command_line')})"


def mail_kind(w: Words, kind: str) -> str:
    """What a mail of ours is, as `acknowledgement`."""
    return kind_in_words(kind).in_language(w.language)
