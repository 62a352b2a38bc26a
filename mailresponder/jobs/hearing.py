"""What a message says beyond its words: in which language, and how angrily."""

from collections.abc import Callable, Sequence

from mailresponder.errors import MailresponderError
from mailresponder.jobs.work import log
from mailresponder.listening import anger, language
from mailresponder.listening.anger import Anger
from mailresponder.listening.correction import Correction
from mailresponder.listening.lexicon import available
from mailresponder.mail.message import InboundMessage
from mailresponder.policy import languages as policy
from mailresponder.policy.languages import Spoken
from mailresponder.policy.ticket import Ticket


def hear(
    message: InboundMessage,
    *,
    languages: Sequence[str],
    thread: Ticket | None,
    last: Callable[[], str | None],
    with_subject: bool,
    threshold: float | None,
    correction: Correction | None,
    semantic: bool,
) -> tuple[Spoken, Anger]:
    """The language of what was newly written, and its anger.

    `thread` is the ticket it belongs to. `last` looks up what the customer spoke before; it is
    asked only where neither the text nor the thread tells.
    `with_subject`: the subject is the writer's own words; in a reply it is somebody else's.
    `correction`: what staff have taught; None: the shipped model alone.
    `semantic`: a second opinion is asked.
    """
    text = f"{message.subject}\n{message.new_text}".strip() if with_subject else message.new_text
    # A subject may be a form's or a shop's: it is heard where the text alone does not tell.
    said = language.detect(message.new_text, languages)
    if said is None and with_subject:
        said = language.detect(text, languages)
    asked = said is None and thread is None
    spoken = policy.choose(
        said,
        thread=thread,
        last=last() if asked else None,
        hinted=_hinted(message, text, languages) if asked else None,
        languages=languages,
    )
    sure = spoken.source.is_sure
    # Who rages in a language the desk does not answer in is heard all the same.
    codes = [spoken.language] if sure else [spoken.language, *languages, *available()]
    try:
        heard = anger.hear_in(
            codes, text, threshold=threshold, correction=correction, semantic=semantic
        )
    except MailresponderError as error:
        if not semantic:
            raise
        # A second opinion that does not run here must not keep a mail from being heard.
        log.error("second_opinion_not_asked", reason=error.message)
        heard = anger.hear_in(codes, text, threshold=threshold, correction=correction)
    return spoken, heard


def _hinted(message: InboundMessage, text: str, languages: Sequence[str]) -> str | None:
    return policy.hints(message, languages) or language.likeliest(text, languages)
