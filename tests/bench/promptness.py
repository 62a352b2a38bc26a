"""How soon a customer hears from us, once the server has told of the mail.

    python tests/bench/promptness.py [--mails 30] [--round-trip 0]

Mails are delivered one by one over LMTP while `run` waits in IDLE. Prints one JSON object: the
milliseconds from the server's untagged EXISTS (as a proxy sees it) until the SMTP server has
accepted the acknowledgement, as median, 95th percentile and worst; and the median from the end of
the delivery until EXISTS, which is the mail server's own delay. With a round trip, which delays
both servers, EXISTS counts from the moment the server said it.
"""

import argparse
import statistics
import time

import running
from mails import Mail, mails
from running import Dovecot, Elsewhere, MailUser, Proxy
from sink import QuickSink

WITHIN = 30.0
"""Seconds after which a mail is given up."""
FIRST = 6
"""Mails that are not counted: a process loads what it needs for each language and for anger with
the first of them, and the very first may meet a program that does not wait in IDLE yet."""


def main(count: int, round_trip: float) -> None:
    """Measure and print."""
    core = running.share_cores()
    people = [mail for mail in mails(2 * count + FIRST, at=time.time()) if not mail.machine]
    first = min(FIRST, count)
    with (
        running.folder() as folder,
        running.mail_server() as dovecot,
        running.sink() as sink,
        running.proxy(dovecot.imap_port, round_trip=round_trip, note=b" EXISTS") as imap,
        running.proxy(sink.port, round_trip=round_trip) as smtp,
    ):
        user = dovecot.add_user("prompt@example.test")
        config = running.configure(
            folder, user, imap_port=imap.port, smtp_port=smtp.port, smtp="save_copy = true"
        )
        command = ("mailresponder", "--config", config, "run")
        with running.started(*command, core=core, password=user.password):
            times = [_one(dovecot, user, mail, imap, sink) for mail in people[: first + count]]
    times = times[first:]
    ours = [1000 * (accepted - told) for _, told, accepted in times]
    running.tell(
        mails=count,
        round_trip_ms=1000 * round_trip,
        median_ms=statistics.median(ours),
        p95_ms=running.share(ours, 0.95),
        worst_ms=max(ours),
        server_median_ms=1000 * statistics.median(told - sent for sent, told, _ in times),
    )


def _one(
    dovecot: Dovecot,
    user: MailUser,
    mail: Mail,
    imap: Elsewhere[Proxy],
    sink: Elsewhere[QuickSink],
) -> tuple[float, float, float]:
    """When the mail was delivered, told of, and acknowledged."""
    imap.ask(running.noted)
    begun = time.monotonic()
    dovecot.deliver(user.name, mail.content)
    delivered = time.monotonic()
    while delivered + WITHIN > time.monotonic():
        taken = sink.ask(running.accepted)
        if mail.sender in [whom for _, whom in taken]:
            # Until it is quiet again: the pass goes on after it has sent.
            time.sleep(0.3)
            told = [at for at in imap.ask(running.noted) if at > begun]
            return delivered, told[0], taken[-1][0]
        time.sleep(0.02)
    raise SystemExit("a mail was not acknowledged")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mails", type=int, default=30)
    parser.add_argument("--round-trip", type=float, default=0, help="in milliseconds")
    options = parser.parse_args()
    main(options.mails, options.round_trip / 1000)
