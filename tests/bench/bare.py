"""The least that a program can do with a mailbox: what mailresponder is measured against.

    python tests/bench/bare.py IMAP_PORT SMTP_PORT USER [Sent]

Signs in with the password in SUPPORT_PASSWORD, fetches INBOX in batches, sends one mail for each
message over one connection, flags all in batches and, with a folder named, files a copy there one
by one. No decision, no database, no second connection, no pipelining.
"""

import os
import smtplib
import sys

from imapclient import IMAPClient

BATCH = 200
MAIL = (
    "From: support@example.com\r\nTo: customer@customer.test\r\nSubject: Re: your mail\r\n\r\n"
    + 90 * "As long as an acknowledgement with its text and its HTML is.\r\n"
).encode()
"""As large as an acknowledgement."""


def main() -> None:
    """Work through the mailbox once."""
    imap_port, smtp_port, user, *copies = sys.argv[1:]
    client = IMAPClient("127.0.0.1", port=int(imap_port), ssl=False)
    client.login(user, os.environ["SUPPORT_PASSWORD"])
    client.select_folder("INBOX")
    uids = client.search("ALL")
    with smtplib.SMTP("127.0.0.1", int(smtp_port), local_hostname="localhost") as smtp:
        for start in range(0, len(uids), BATCH):
            some = uids[start : start + BATCH]
            for _ in client.fetch(some, ["BODY.PEEK[]"]):
                smtp.sendmail("support@example.com", ["customer@customer.test"], MAIL)
            client.add_flags(some, ["\\Flagged"], silent=True)
            for folder in copies:
                for _ in some:
                    client.append(folder, MAIL, flags=("\\Seen",))
    client.logout()


if __name__ == "__main__":
    main()
