"""The log: one line an event, ids and reasons, never what a customer wrote.

structlog is imported without rich, which it wants for a developer's console and which brings
pygments, attrs and sixty modules more: a tenth of the time to the first mail.
"""

import logging
import sys

from mailresponder.imports import without

with without("rich"):
    import structlog

log = structlog.get_logger("mailresponder")


def log_to_stderr(*, verbose: bool) -> None:
    """Write to standard error from now on: warnings and errors; with `verbose` all events."""
    level = logging.INFO if verbose else logging.WARNING
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "event"], drop_missing=True
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Asked for at each line: whoever swaps standard error gets what is logged from then on.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # imapclient turns on imaplib's debug output, passwords included, at DEBUG.
    logging.getLogger("imapclient").setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # What they say of an outage is a traceback; `cluster` says it in a line.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
