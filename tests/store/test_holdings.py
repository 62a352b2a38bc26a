"""The list of what is held, against the schema."""

from mailresponder.jobs.privacy import KEYS
from mailresponder.store.holdings import HOLDINGS, Whose
from mailresponder.store.schema import metadata
from mailresponder.store.scrubbing import texts


def test_every_table_and_column_is_listed() -> None:
    """No table is kept, and no column of one, of which it is not said whose it is."""
    listed = {one.table: sorted(one.columns) for one in HOLDINGS}
    there = {table.name: sorted(table.columns.keys()) for table in metadata.sorted_tables}

    assert listed == there
    assert len(listed) == len(HOLDINGS)


def test_what_identifies_or_was_written_is_text_that_is_scrubbed() -> None:
    """A column in which a customer can be found is a text, which `erase` walks through, or is dealt
    with by name: keys, and bytes."""
    by_name = {
        *("participants.address", "announced.customer_key", "outbox.content", "drafts.content"),
        *("themes.centroid", "themed.vector"),
    }
    for one in HOLDINGS:
        scrubbed = {column.name for column in texts(metadata.tables[one.table])}
        for name, whose in one.columns.items():
            if whose in (Whose.CUSTOMER, Whose.WORDS):
                assert name in scrubbed or f"{one.table}.{name}" in by_name, (one.table, name)


def test_every_period_is_one_of_the_configuration() -> None:
    """What is said to end a table's rows can be filled in."""
    for one in HOLDINGS:
        assert one.until.format(**dict.fromkeys(KEYS, "1d"))
