"""What a message says beyond its words: in which language, and how angrily."""

from collections.abc import Sequence

from mailresponder.listening import anger, language
from mailresponder.listening.anger import Anger
from mailresponder.listening.correction import Correction
from mailresponder.mail.message import InboundMessage


def hear(
    message: InboundMessage,
    *,
    languages: Sequence[str],
    default: str,
    with_subject: bool,
    threshold: float | None,
    correction: Correction | None,
) -> tuple[str, Anger]:
    """The language of what was newly written, and its anger.

    `with_subject`: the subject is the writer's own words; in a reply it is somebody else's.
    `correction`: what staff have taught; None: the shipped model alone.
    """
    text = f"{message.subject}\n{message.new_text}".strip() if with_subject else message.new_text
    spoken = language.detect(text, languages, default=default)
    return spoken, anger.hear(text, spoken, threshold=threshold, correction=correction)
