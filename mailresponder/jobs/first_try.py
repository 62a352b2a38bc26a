"""While a desk is being set up: are its servers there, and do they let us in?"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from mailresponder.config import Config
from mailresponder.jobs.results import CheckResult, Found, tried
from mailresponder.transport.connection import ServerSettings
from mailresponder.transport.tls_look import Kind, look


def reach(config: Config, kind: Kind, now: datetime) -> CheckResult:
    """Does the mailbox's IMAP or SMTP server answer, and is its certificate good? Nobody signs
    in."""
    settings: ServerSettings = getattr(config.mailboxes[0], kind)
    return tried(kind, lambda: _seen(settings, kind, now))


def sign_in(
    config: Config, *, environ: Mapping[str, str], clock: Callable[[], datetime]
) -> Iterator[CheckResult]:
    """What `check` finds out about the mailbox, as far as nothing is stored for it."""
    # Half of the program: nobody should wait for it before the first question.
    from mailresponder.jobs.mailbox_check import MailboxCheck
    from mailresponder.store.templates import TemplateFolder

    mailbox = config.mailboxes[0]
    templates = TemplateFolder.of_desk(config).of(mailbox.name)
    yield from MailboxCheck(config, mailbox, environ, templates, clock, store=None).run(None)


def _seen(settings: ServerSettings, kind: Kind, now: datetime) -> Found:
    seen = look(settings, kind)
    server = f"{settings.host}:{settings.port}"
    if seen.certificate is None:
        return f"{server} answers; the connection is not encrypted", ""
    days = (seen.certificate.ends - now).days
    return f"{server} answers by {seen.version}; its certificate is good for {days} more days", ""
