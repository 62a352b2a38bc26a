from mailresponder.listening.naming import grams, name, telling

OWN = [
    f"{greeting}\n\n{said}\n\nRegards,\n{who}"
    for greeting, said, who in (
        ("Hello,", "The lid of my kettle drips.", "Anna Ray"),
        ("Hi,", "My kettle drips, I think it is the lid.", "Anna Cole"),
        ("Hello,", "Hot water drips from the lid. Anna says so too, order 99999.", "Ian Hall"),
        ("Hi,", "the lid drips!", "Anna Bird"),
        ("Dear team,", "I spoke to Anna: the kettle's lid drips on everything.", "Tom Hill"),
    )
]
OTHERS = ["Where is my order?", "I want a refund for my order.", "The invoice is wrong."] * 5


def test_a_theme_is_named_by_what_others_do_not_say() -> None:
    """Two to four telling words, as people write them."""
    words = telling(OWN, OTHERS, "en")
    said = name(words).lower()
    assert "lid" in said
    assert "drips" in said
    assert len(said.replace(",", "").split()) <= 4


def test_no_theme_is_named_after_a_person_or_a_number() -> None:
    """However often a name is met, it tells nothing."""
    written = " ".join(word.written for word in telling(OWN, OTHERS, "en"))
    assert "anna" not in written
    assert "99999" not in written


def test_a_word_of_one_writer_tells_nothing() -> None:
    """Who writes the same again and again does not name a theme."""
    words = telling(OWN, OTHERS, "en", people=["one"] * len(OWN))
    assert words == []


def test_pairs_reach_over_function_words() -> None:
    """ "Pantalla en blanco" is a pair, and keeps its little word."""
    assert "pantalla en blanco" in grams("Sale la pantalla en blanco", "es").values()
