"""The configuration of the shop's desk: two mailboxes, office hours, the holidays of Madrid."""

from pathlib import Path

from offices import CONFIG, LEAD, MAILBOX

from mailresponder import config

MAILBOXES = {"support": "support@example.com", "orders": "orders@example.com"}
STAFF = ("ana@example.com", "ben@example.com", "nuria@example.com", "tom@example.com")

_SECTIONS = {
    "desk": "",
    "admins": '"ops@example.com"',
    "staff": "",
    "deadlines": """
warn_before = "1h"
[deadlines.hours]
mon = ["09:00-18:00"]
tue = ["09:00-18:00"]
wed = ["09:00-18:00"]
thu = ["09:00-18:00"]
fri = ["09:00-15:00"]
[deadlines.holidays]
country = "ES"
subdivision = "MD"
""",
    "ladder": f"""
[[escalation]]
after = "0m"
to = ["{LEAD}"]
[[escalation]]
after = "8h"
to = ["boss@example.com"]
[closing]
ask_after = "3d"
after = "10d"
""",
    "anger": "",
    "acknowledge": "",
}


def shop(folder: Path, *, database: str = "", more: str = "") -> config.Config:
    """The desk, its config.toml written into a folder; `more` are further sections. Its servers are
    never asked."""
    mailboxes = "".join(
        MAILBOX.format(
            name=name,
            address=address,
            imap_port=1,
            smtp_port=1,
            user=name,
            password="invented",
            start_from='"all"',
            poll_every="1h",
            save_copy="true",
            mailbox="",
            imap="",
            smtp="",
        )
        for name, address in MAILBOXES.items()
    )
    sections = {**_SECTIONS, "desk": f'database = "{database}"' if database else ""}
    path = folder / "config.toml"
    path.write_text(CONFIG.format(mailboxes=mailboxes, **sections) + more, encoding="utf-8")
    path.chmod(0o600)
    return config.load(path)
