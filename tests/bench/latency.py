"""How the rate grows with connections where servers are far away.

    python tests/bench/latency.py [--messages 400] [--round-trip 20] [--connections 1 2 4 8 16]

A proxy before Dovecot and one before the SMTP server delay everything by the round trip. Prints
one JSON object a line: first the bare loop (bare.py: batched IMAP, one SMTP connection without
pipelining), then `run --once` with each number of connections: messages a second, round trips and
connections on both sides, and the ratio to the bare loop.
"""

import argparse
import time

import running
from mails import mails


def main(count: int, round_trip: float, connections: list[int]) -> None:
    """Measure and print."""
    core = running.share_cores()
    with (
        running.mail_server() as dovecot,
        running.sink() as sink,
        running.proxy(dovecot.imap_port, round_trip=round_trip) as imap,
        running.proxy(sink.port, round_trip=round_trip) as smtp,
    ):
        now = time.time()
        # Nobody answers a machine; here both are to send the same number.
        people = [mail for mail in mails(count * 2, at=now) if not mail.machine][:count]
        bare_seconds = 0.0
        for number in (0, *connections):
            user = dovecot.add_user(f"bench{number}@example.test")
            dovecot.fill(user.name, [mail.content for mail in people], received_at=now)
            with running.folder() as folder:
                config = running.configure(
                    folder,
                    user,
                    imap_port=imap.port,
                    smtp_port=smtp.port,
                    smtp=f"save_copy = false\nconnections = {number or 1}",
                )
                what = (
                    ("mailresponder", "--config", config, "run", "--once")
                    if number
                    else ("bare", imap.port, smtp.port, user.name)
                )
                ran = running.run(*what, core=core, password=user.password)
            bare_seconds = bare_seconds or ran.seconds
            read, sent = imap.ask(running.traffic), smtp.ask(running.traffic)
            taken = len(sink.ask(running.accepted))
            if taken != count:
                raise SystemExit(f"{taken} mails were sent for {count}")
            running.tell(
                what="mailresponder" if number else "bare loop",
                connections=number or 1,
                messages=count,
                round_trip_ms=1000 * round_trip,
                seconds=ran.seconds,
                per_second=count / ran.seconds,
                ratio=bare_seconds / ran.seconds,
                cpu_seconds=ran.cpu_seconds,
                imap_round_trips=read.round_trips,
                smtp_round_trips=sent.round_trips,
                smtp_connections=sent.connections,
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=400)
    parser.add_argument("--round-trip", type=float, default=20, help="in milliseconds")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 2, 4, 8, 16])
    options = parser.parse_args()
    main(options.messages, options.round_trip / 1000, options.connections)
