"""Known problems, of which acknowledgements speak while they last: what may be said of them
now, and that it is said no more."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection

from mailresponder.config import Config
from mailresponder.config.themes_file import taxonomy_for
from mailresponder.errors import ConfigError
from mailresponder.jobs.work import log
from mailresponder.policy.defects import Defect, DefectState, KnownProblem, KnownProblems, Words
from mailresponder.policy.ticket import Ticket
from mailresponder.policy.variables import Original
from mailresponder.store import defects as rows
from mailresponder.store import withdrawn


def current(conn: Connection, config: Config, *, now: datetime) -> KnownProblems | None:
    """What acknowledgements may speak of now; None: nothing, as on most desks."""
    known = [one for one in rows.all_defects(conn, DefectState.OPEN) if one.is_known(now)]
    if not known:
        return None
    wanted = {one.theme for one in known if one.theme}
    themes = _words_of_themes(config, wanted) if wanted else {}
    return KnownProblems(defects=tuple(known), themes=themes)


def told_of(
    conn: Connection, config: Config, ticket: Ticket, original: Original, *, now: datetime
) -> KnownProblem | None:
    """What an acknowledgement that is written now says of a known problem; `original` is the mail
    that opened the ticket."""
    known = current(conn, config, now=now)
    if known is None:
        return None
    return known.told(f"{ticket.subject}\n{original.new_text}", ticket.language, now=now)


def say_no_more(conn: Connection, before: Defect, *, now: datetime) -> None:
    """A defect was changed: what waits to be sent may say of it what is not true any more, and is
    written anew. `before`: as it was."""
    if before.is_known(now):
        withdrawn.outdate(conn, "acknowledgement", now=now)


def _words_of_themes(config: Config, keys: Collection[str]) -> Mapping[str, Words]:
    try:
        return {one.key: one.words for one in taxonomy_for(config).themes if one.key in keys}
    except ConfigError as error:
        # Mail must not wait for a file that somebody is editing.
        log.warning("themes_not_read", reason=error.message)
        return {}
