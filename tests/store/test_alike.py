"""Texts that hold another one, in either case."""

import pytest
from sqlalchemy import literal, select

from mailresponder.store.alike import holds_text
from mailresponder.store.database import Store


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("To Emma@customer.test", "emma@", True),
        ("to gemma", "EMMA", True),
        ("100 percent", "100%", False),
        ("100% sure", "100%", True),
        ("ann_lee@x.test", "ann_", True),
        ("annalee@x.test", "ann_", False),
        ("a/b@x.test", "a/b", True),
        ("", "a", False),
    ],
)
def test_it_is_found_as_it_stands(store: Store, text: str, wanted: str, found: bool) -> None:
    """In either case, with no sign having a meaning of its own, on both databases alike."""
    with store.read() as conn:
        assert bool(conn.execute(select(holds_text(literal(text), wanted))).scalar_one()) is found
