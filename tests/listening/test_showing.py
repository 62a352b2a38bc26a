"""Sentences that show what a theme is about."""

from mailresponder.listening.showing import sentences

WORDS = ("kettle", "lid drips")


def test_the_sentence_with_the_words_of_the_theme_is_shown() -> None:
    """Not the courtesy a mail begins with, and without names."""
    texts = ["Hello, I hope you are well. Zofia's kettle has a lid that drips. Many thanks!"]
    assert sentences(texts, "en", WORDS, names=[("Zofia",)]) == [
        "[name]'s kettle has a lid that drips."
    ]


def test_much_is_said_in_few_words_and_nothing_twice() -> None:
    """The best comes first, one of each text."""
    texts = [
        "I hope you are well. My kettle is one of those that I bought in the shop in the harbour.",
        "Thank you for your time. The lid drips. The kettle too.",
        "The kettle: the lid drips!",
        "The kettle: the lid drips!",
        "Good morning, I hope you are well.",
    ]
    assert sentences(texts, "en", WORDS) == ["The kettle: the lid drips!", "The lid drips."]


def test_where_no_text_says_the_words_the_fullest_sentence_is_shown() -> None:
    """They may stand in the subject; what only greets shows nothing."""
    texts = ["I hope you are well. It arrived in a wet box yesterday.", "Good morning."]
    assert sentences(texts, "en", ("refund",)) == ["It arrived in a wet box yesterday."]
    assert sentences(["Good morning."], "en", ("refund",)) == []
