"""A desk that looks at what people write: its configuration, its store, and mails in it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import cases
from sites import CONFIG
from sqlalchemy import select

from mailresponder import config
from mailresponder.config import Config
from mailresponder.jobs import theming
from mailresponder.mail.message import Address
from mailresponder.store import themes
from mailresponder.store.database import Store
from mailresponder.store.schema import messages
from mailresponder.store.schema_themes import message_themes
from mailresponder.store.themes import ThemeRow

FILE = """\
[late]
owner = "ana@example.com"
name = { en = "Late delivery", es = "Retraso" }
words.en = ["not arrive", "delay"]
words.es = ["no llegar", "retraso"]

[refund]
name = { en = "Refunds", es = "Reembolsos" }
words.en = ["refund"]
words.es = ["reembolso"]
"""
"""The themes of this desk."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ThemesDesk:
    """One desk, without servers."""

    config: Config
    store: Store

    def write(self, text: str = FILE) -> None:
        """Write its file of themes."""
        self.config.themes_path.write_text(text, encoding="utf-8")

    def receive(
        self,
        *texts: str,
        language: str = "en",
        subject: str = "A question",
        at: datetime = cases.NOON,
    ) -> list[int]:
        """Each text is the mail of another customer. Hands back their rows."""
        with self.store.begin() as conn:
            for number, text in enumerate(texts, start=self._number()):
                who = Address(email=f"person{number}@customer.test", name=f"Person{number} Vega")
                ticket = cases.open_ticket(
                    f"MR-{number:05}",
                    customer=who,
                    language=language,
                    subject=subject,
                    opened_at=at,
                )
                cases.add(conn, ticket, text)
            rows = conn.execute(select(messages.c.id).order_by(messages.c.id)).scalars().all()
        return list(rows[-len(texts) :])

    def look(self, *, now: datetime = cases.NOON) -> None:
        """What passes do with all the time they want."""
        theming.look(self.store, self.config, now=now, go_on=lambda: True)

    def about(self) -> dict[int, set[tuple[str, str]]]:
        """By the row of a message, the themes it is about, and how that is known."""
        with self.store.read() as conn:
            found: dict[int, set[tuple[str, str]]] = {}
            for row in conn.execute(select(message_themes)):
                found.setdefault(row.message_row, set()).add((row.theme, row.how))
        return found

    def rows(self) -> dict[str, ThemeRow]:
        """The themes by key."""
        with self.store.read() as conn:
            return {row.key: row for row in themes.all_themes(conn)}

    def _number(self) -> int:
        with self.store.read() as conn:
            return len(conn.execute(select(messages.c.id)).all()) + 1


def opened(folder: Path, more: str = "[themes]\nsemantic = false\n") -> ThemesDesk:
    """A desk with an empty store and the themes of `FILE`, which compares mails by their words."""
    path = folder / "config.toml"
    path.touch(mode=0o600)
    path.write_text(CONFIG.format(desk="", more=more, imap_port=9, smtp_port=9), encoding="utf-8")
    loaded = config.load(path)
    desk = ThemesDesk(config=loaded, store=Store.open(loaded.database_url()))
    desk.write()
    return desk
