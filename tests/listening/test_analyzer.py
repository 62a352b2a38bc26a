"""The analyzer behind TextBlob's own interface."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textblob import TextBlob

from mailresponder.listening.analyzer import AngerAnalyzer
from mailresponder.listening.correction import Correction
from mailresponder.listening.listener import Listener

LANGUAGES = ("en", "es")
ANALYZERS = {language: AngerAnalyzer(language) for language in LANGUAGES}
STORY = {
    "en": "I bought a lamp in your shop on Monday. It was packed in a brown box. "
    "My neighbour took it in for me. The lamp stands in the hall now. ",
    "es": "Compré una lámpara en su tienda el lunes. Venía en una caja marrón. "
    "La recogió mi vecina. La lámpara está ahora en el pasillo. ",
}
FURY = {
    "en": "You are liars and thieves, this is disgraceful!!",
    "es": "Sois unos mentirosos y unos ladrones, qué vergüenza!!",
}
PIECES = st.sampled_from(
    [
        *("liars", "NO", "Nobody answers", "you", "not", "angry", "thanks", "f***", "!!", "?!"),
        *("mentirosos", "qué", "vergüenza", "nadie", "responde", "gracias", "...", "…", "#@!"),
        *("\n", ". ", ", ", " ", "  ", "\n\n", "😡", "ma\u0301s", "İ", "ﬁ", "@user", "42"),
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=40).map(" ".join))
HOSTILE = [
    *("a", "A", "!", "?!", "*", "a*", "#@!", "you ", "not ", "angry ", "never ", "ever ", "\n"),
    *("\u0301", "aaa ", "NO ", "worst bank ", "😡", ". ", "Dear\n", "liars\n", "ñ'", "1 "),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_a_textblob_analyzer(language: str) -> None:
    """TextBlob takes it as its analyzer and hands back its sentiment, the one every mail gets."""
    sentiment = TextBlob(FURY[language], analyzer=ANALYZERS[language]).sentiment
    assert sentiment == Listener(language).analyze(FURY[language])
    assert sentiment.score > 0.5
    assert sentiment.because


@given(TEXTS, st.sampled_from(LANGUAGES))
def test_any_text_has_a_score_and_reasons_that_stand_in_it(text: str, language: str) -> None:
    """The score is a probability; each reason stands in the text, once, the strongest first."""
    score, because, _ = ANALYZERS[language].analyze(text)
    assert 0.0 <= score <= 1.0
    flat = " ".join(unicodedata.normalize("NFC", text).split())
    assert all(words in flat for words, _ in because), because
    weights = [weight for _, weight in because]
    assert weights == sorted(weights, reverse=True)
    assert all(weight > 0 and weight == round(weight, 2) for weight in weights)
    told = [words.lower() for words, _ in because]
    assert len(told) == len(set(told))


@given(TEXTS, st.sampled_from(LANGUAGES))
def test_the_same_text_is_heard_the_same(text: str, language: str) -> None:
    """Score, reasons and their order do not hang on what was heard before, nor on who hears."""
    assert AngerAnalyzer(language).analyze(text) == ANALYZERS[language].analyze(text)


@given(TEXTS, st.sampled_from(LANGUAGES))
def test_a_correction_of_zero_changes_nothing(text: str, language: str) -> None:
    """Staff who taught nothing move neither the score nor a reason."""
    analyzer = ANALYZERS[language]
    features = analyzer.observe(text).features
    zero = Correction(model="m", bias={language: 0.0}, weights=dict.fromkeys(features, 0.0))
    assert analyzer.analyze(text, zero) == analyzer.analyze(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_correction_moves_the_score(language: str) -> None:
    """What staff have taught of a word counts, and is told where it adds."""
    analyzer = ANALYZERS[language]
    text = STORY[language]
    taught = Correction(model="m", bias={}, weights={f"{language}:caja": 3.0, f"{language}:box": 3})
    assert analyzer.analyze(text, taught).score > analyzer.analyze(text).score
    assert {"box", "caja"} & {
        word for quote, _ in analyzer.analyze(text, taught).because for word in quote.split()
    }


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_texts_are_heard_in_no_time(piece: str, language: str) -> None:
    """6,000 characters of anything take no longer than a blink, and 50,000 hardly more."""
    for length in (6_000, 50_000):
        text = (piece * length)[:length]
        begun = time.thread_time()
        ANALYZERS[language].analyze(text)
        assert time.thread_time() - begun < 1


@pytest.mark.parametrize(
    ("greeting", "closing", "language"),
    [
        ("Dear Sir or Madam,", "Kind regards,\nAnn Miller\nHead of Purchasing", "en"),
        ("Hello,", "Best regards,\nAnn", "en"),
        ("Estimados señores:", "Un saludo,\nAna Molina\nJefa de Compras", "es"),
        ("Buenos días:", "Saludos cordiales,\nAna", "es"),
    ],
)
def test_greeting_and_closing_change_nothing(greeting: str, closing: str, language: str) -> None:
    """The form of a letter neither calms nor heats what is in it."""
    for text in (STORY[language].strip(), FURY[language]):
        letter = f"{greeting}\n\n{text}\n\n{closing}"
        bare = ANALYZERS[language].analyze(text)
        heard = ANALYZERS[language].analyze(letter)
        assert heard.score == pytest.approx(bare.score, abs=0.02)
        assert heard.because == bare.because


@pytest.mark.parametrize("language", LANGUAGES)
def test_fury_in_a_long_calm_letter_is_heard(language: str) -> None:
    """One furious sentence raises the score of a long letter, wherever it stands."""
    analyzer = ANALYZERS[language]
    calm = [STORY[language]] * 6
    before = analyzer.analyze("".join(calm)).score
    for place in range(len(calm) + 1):
        with_fury = "".join([*calm[:place], f"{FURY[language]} ", *calm[place:]])
        assert analyzer.analyze(with_fury).score > before + 0.2


@pytest.mark.parametrize("text", ["sh*t", "f***", "@#$%!", "MIE**A"])
def test_a_masked_curse_is_heard(text: str) -> None:
    """Asterisks inside a short word, or a run of mixed signs, stand for a curse."""
    names = ANALYZERS["en"].observe(f"this {text} again").features
    assert "en:<masked>" in names
    because = ANALYZERS["en"].analyze(f"this {text} again").because
    assert because
    assert because[0][0] in text


@pytest.mark.parametrize("text", ["*urgent*", "**bold**", "note*", "100%", "M&S", "$$$", "###"])
def test_emphasis_is_no_masked_curse(text: str) -> None:
    """Markdown, footnotes, prices and rules are not curses."""
    assert "en:<masked>" not in ANALYZERS["en"].observe(f"the {text} one").features


def test_a_reason_is_no_longer_than_a_line() -> None:
    """A shout without end is quoted by its beginning."""
    because = ANALYZERS["en"].analyze("A" * 4000 + " LIARS " + "B" * 1000).because
    assert because
    assert max(len(words) for words, _ in because) <= 80
