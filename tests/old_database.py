"""Databases as earlier versions of the program left them."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text


def upgrade(conn: Connection, to: str) -> None:
    """Run the migrations up to one of them, as nothing but alembic does it."""
    config = Config()
    config.set_main_option("script_location", "mailresponder.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = conn
    command.upgrade(config, to)


def make(url: str) -> None:
    """A database as the first version made it, with a ticket in it."""
    engine = create_engine(url)
    with engine.begin() as conn:
        upgrade(conn, "0001")
        conn.execute(
            text(
                "INSERT INTO tickets (reference, mailbox, state, subject, subject_key,"
                " customer_email, customer_name, language, anger, angry, because, opened_at,"
                " escalation_level, suppressed_by) VALUES ('MR-22222', 'support', 'open', '', '',"
                " 'ana@customer.test', '', 'en', 0, false, '[]', '2026-11-23 09:00:00', 0, '[]')"
            )
        )
    engine.dispose()
