"""What large attachments cost: mails with one against the same mails without.

    python tests/bench/attachments.py [--mails 20] [--megabytes 50]

`run --once` over each mailbox, through a proxy that counts. Prints one JSON object a line: bytes
read over IMAP, round trips, CPU seconds and peak memory.
"""

import argparse
import base64
import time

import running
from mails import mails

BOUNDARY = "=_with_a_file"


def with_file(content: bytes, megabytes: float) -> bytes:
    """The mail with a file of this size below it."""
    head, _, body = content.partition(b"\r\n\r\n")
    start = head.index(b"Content-Type:")
    file = base64.encodebytes(bytes(range(256)) * int(megabytes * 4096)).replace(b"\n", b"\r\n")
    mixed = f'Content-Type: multipart/mixed; boundary="{BOUNDARY}"'
    described = (
        'Content-Type: application/zip; name="photos.zip"\r\nContent-Transfer-Encoding: base64\r\n'
        'Content-Disposition: attachment; filename="photos.zip"'
    )
    return b"\r\n".join(
        [
            *(head[:start] + mixed.encode(), b""),
            *(f"--{BOUNDARY}".encode(), head[start:], b"", body),
            *(f"--{BOUNDARY}".encode(), described.encode(), b"", file),
            *(f"--{BOUNDARY}--".encode(), b""),
        ]
    )


def main(count: int, megabytes: float) -> None:
    """Measure and print."""
    core = running.share_cores()
    with (
        running.mail_server() as dovecot,
        running.sink() as sink,
        running.proxy(dovecot.imap_port) as imap,
    ):
        now = time.time() - count
        people = [mail.content for mail in mails(count * 2, at=now) if not mail.machine][:count]
        for size in (0.0, megabytes):
            user = dovecot.add_user(f"bench{size:g}@example.test")
            for number, content in enumerate(people):
                # One by one: together they would not fit into memory.
                filled = with_file(content, size) if size else content
                dovecot.fill(user.name, [filled], received_at=now + number)
            with running.folder() as folder:
                config = running.configure(folder, user, imap_port=imap.port, smtp_port=sink.port)
                ran = running.run(
                    *("mailresponder", "--config", config, "run", "--once"),
                    core=core,
                    password=user.password,
                )
            read = imap.ask(running.traffic)
            taken = len(sink.ask(running.accepted))
            if taken != count:
                raise SystemExit(f"{taken} mails were sent for {count}")
            running.tell(
                mails=count,
                attached_megabytes=size,
                bytes_read=read.to_client,
                round_trips=read.round_trips,
                seconds=ran.seconds,
                cpu_seconds=ran.cpu_seconds,
                peak_megabytes=ran.peak_megabytes,
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mails", type=int, default=20)
    parser.add_argument("--megabytes", type=float, default=50)
    options = parser.parse_args()
    main(options.mails, options.megabytes)
