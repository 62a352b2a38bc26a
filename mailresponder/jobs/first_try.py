"""While a desk is being set up: are its servers there, and do they let us in?"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from mailresponder.config import Config
from mailresponder.jobs.results import CheckResult
from mailresponder.jobs.server_check import looked_at
from mailresponder.transport.connection import ServerSettings
from mailresponder.transport.tls_look import Kind


def reach(config: Config, kind: Kind, now: datetime) -> list[CheckResult]:
    """Does the mailbox's IMAP or SMTP server answer, and is its certificate good? Nobody signs
    in."""
    settings: ServerSettings = getattr(config.mailboxes[0], kind)
    return looked_at(kind, settings, kind, now)[0]


def is_of_unknown_authority(results: Iterable[CheckResult]) -> bool:
    """Is the server's certificate signed by nobody this machine knows, as one's own server's is?"""
    return any(not result.ok and "ca_file" in result.mend for result in results)


def sign_in(
    config: Config, *, environ: Mapping[str, str], clock: Callable[[], datetime]
) -> Iterator[CheckResult]:
    """What `check` finds out about the mailbox, but for what `reach` has told, and as far as
    nothing is stored for it."""
    # Half of the program: nobody should wait for it before the first question.
    from mailresponder.jobs.mailbox_check import MailboxCheck
    from mailresponder.store.templates import TemplateFolder

    mailbox = config.mailboxes[0]
    templates = TemplateFolder.of_desk(config).of(mailbox.name)
    for result in MailboxCheck(config, mailbox, environ, templates, clock, store=None).run(None):
        if not result.ok or not result.name.endswith(("_network", "_tls")):
            yield result
