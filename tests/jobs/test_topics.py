"""Topics of the manual."""

from mailresponder.jobs.topics import topics


def test_a_topic_comes_in_the_language_or_in_english() -> None:
    """What is there in Spanish is Spanish; the rest is English, and says so."""
    english, spanish = topics(), topics("es")

    assert list(english) == list(spanish)
    assert spanish["staff"].language == "es"
    assert spanish["staff"].title == "Guía para el personal, en una página"
    assert english["staff"].language == "en"
    assert spanish["sizing"] == english["sizing"]


def test_no_language_opens_another_folder() -> None:
    """What is no language's name gives English."""
    assert topics("../help") == topics("xx") == topics()


def test_tables_stand_where_they_belong() -> None:
    """No topic shows a marker in place of its table."""
    assert not [name for name, one in topics().items() if "<!--" in one.text]


def test_every_topic_has_a_title() -> None:
    """By which it is listed."""
    assert all(topic.title for topic in topics().values())
