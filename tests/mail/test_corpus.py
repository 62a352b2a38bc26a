"""Real mails that nobody here wrote, where the folder that holds them is named."""

from collections import Counter
from datetime import UTC, datetime

from corpus import content, entries

from mailresponder.mail.automatic import Kind, classify
from mailresponder.mail.message import RawMessage
from mailresponder.mail.parse import parse

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_real_mail_is_read_and_sorted() -> None:
    """No real mail raises; people are taken for people, and hardly a bounce is."""
    person: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for entry in entries():
        kind = classify(parse(RawMessage(uid=1, received_at=NOW, content=content(entry)))).kind
        total[entry["class"]] += 1
        person[entry["class"]] += kind in (Kind.HUMAN, Kind.UNREADABLE)

    assert total["HUMAN"] > 0
    assert person["HUMAN"] / total["HUMAN"] >= 0.99
    assert person["BOUNCE"] / total["BOUNCE"] <= 0.005
