"""What the program must know of an account on a test server."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class ImapAccount:
    """As `mailbox.imap` in the configuration."""

    port: int
    host: str = "127.0.0.1"
    username: str = "support@example.test"
    security: str = "none"
    ca_file: str | Path = ""
    sent_folder: str = ""
    drafts_folder: str = ""


@dataclass(frozen=True, kw_only=True)
class SmtpAccount:
    """As `mailbox.smtp` in the configuration."""

    port: int
    host: str = "127.0.0.1"
    username: str = ""
    security: str = "none"
    ca_file: str | Path = ""
