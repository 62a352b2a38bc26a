"""Anger as the desk asks for it: a score, a decision, and the words that made it."""

import subprocess
import sys

import pytest

from mailresponder.errors import MailresponderError
from mailresponder.listening.anger import hear

ANGRY = [
    ("This is unacceptable. I want my money back now!!", "en"),
    ("You people are liars and thieves.", "en"),
    ("WHERE IS MY PARCEL?! I HAVE WAITED FOR WEEKS AND NOBODY ANSWERS", "en"),
    ("For the third time: stop charging me. Next time you hear from my lawyer.", "en"),
    ("How dare you send me a reminder. What a disgraceful way to treat customers.", "en"),
    ("I am fed up with your excuses. Never again.", "en"),
    ("Thanks for nothing, you useless lot. Two weeks without heating!", "en"),
    ("Do you even read what people write to you? Absolutely ridiculous.", "en"),
    ("fix your f***ing website", "en"),
    ("Third time I write. Nobody answers! Are you even reading this??", "en"),
    ("This is the THIRD email and NO ONE replies. Shameful.", "en"),
    ("Tercera vez que escribo. ¡Nadie responde, qué falta de respeto!", "es"),
    ("Esto es inaceptable, exijo que me devuelvan el dinero.", "es"),
    ("Sois unos sinvergüenzas y unos mentirosos.", "es"),
    ("Estoy harta de llamar y que nadie me conteste.", "es"),
    ("¿Hasta cuándo van a seguir riéndose de los clientes? Qué poca vergüenza.", "es"),
    ("ES LA TERCERA VEZ QUE ESCRIBO Y NADIE RESPONDE!!! QUE VERGUENZA", "es"),
    ("Voy a poner una denuncia y una hoja de reclamaciones.", "es"),
    ("Gracias por nada. Vaya estafa de servicio.", "es"),
    ("No vuelvo a comprar en esta tienda nunca más, menuda tomadura de pelo", "es"),
]
CALM = [
    ("Hello, my order has not arrived yet. Could you please check? Thank you.", "en"),
    ("URGENT: I fly tomorrow and need the invoice today, please.", "en"),
    ("The zip of the jacket broke after a week, which is disappointing. What can I do?", "en"),
    ("I am not angry, I only want to know where my parcel is.", "en"),
    ("My card was stolen and I see a fraudulent charge. How do I report it?", "en"),
    ("Sorry for the stupid question, but how do I reset the password?", "en"),
    ("I love it, works great, thank you so much!!", "en"),
    ("Do you ship the USB and HDMI adapters, and is the PDF manual in English?", "en"),
    ("The *new* version is **much** better", "en"),
    ("", "en"),
    ("Nobody answers the phone. When do you open, please?", "en"),
    ("Nadie contesta al teléfono. ¿A qué hora abren?", "es"),
    ("Lo suyo es fantástico, gracias", "es"),
    ("Hola, mi pedido no ha llegado. ¿Podrían mirarlo, por favor? Gracias.", "es"),
    ("URGENTE: vuelo mañana y necesito la factura hoy, por favor.", "es"),
    ("La cremallera se rompió a la semana. ¿Qué debo hacer?", "es"),
    ("No estoy enfadado, solo quiero saber dónde está el paquete.", "es"),
    ("Me han robado la tarjeta, ¿cómo la bloqueo?", "es"),
    ("Perdón por la pregunta tonta, ¿cómo cambio la contraseña?", "es"),
    ("¡¡Me encanta!! Muchísimas gracias, sois geniales", "es"),
    ("Buenas tardes, ¿hacen envíos a Noruega?", "es"),
]


@pytest.mark.parametrize(("text", "language"), ANGRY)
def test_anger_is_heard(text: str, language: str) -> None:
    """Insult, reproach, shouting, threats, sarcasm and masked curses are anger."""
    heard = hear(text, language)
    assert heard.angry, heard


@pytest.mark.parametrize(("text", "language"), CALM)
def test_a_calm_complaint_is_not_anger(text: str, language: str) -> None:
    """A problem, a deadline, a denial of anger, an acronym or joy are not anger."""
    heard = hear(text, language)
    assert not heard.angry, heard


@pytest.mark.parametrize(("text", "language"), ANGRY)
def test_the_reasons_are_words_of_the_text(text: str, language: str) -> None:
    """Every reason stands in the text as it is quoted, strongest first, with a positive weight."""
    because = hear(text, language).because
    assert because
    assert all(words in text for words, _ in because), because
    weights = [weight for _, weight in because]
    assert weights == sorted(weights, reverse=True)
    assert min(weights) > 0


@pytest.mark.parametrize(
    ("again", "language"),
    [
        ("Es la TERCERA VEZ.\nEs la tercera vez.", "es"),
        ("Still broken\n\nIt is still broken.", "en"),
    ],
)
def test_the_same_words_again_are_told_once(again: str, language: str) -> None:
    """Subject and body, or another case, do not list a cue twice."""
    told = [words.casefold() for words, _ in hear(again, language).because]
    assert told
    assert len(told) == len(set(told))


def test_a_shouted_cue_is_told_once() -> None:
    """What a cue and its capitals add is one reason."""
    told = [words for words, _ in hear("STILL BROKEN", "en").because]
    assert told == ["STILL BROKEN"]


@pytest.mark.parametrize(
    ("text", "calmer", "language"),
    [
        ("Nobody answers", "Somebody answers", "en"),
        ("No one replied to me", "Your colleague replied to me", "en"),
        ("Nadie responde", "Ana responde", "es"),
        ("Nadie me contestó", "Ya me contestó", "es"),
    ],
)
def test_silence_is_a_reproach_in_both_languages(text: str, calmer: str, language: str) -> None:
    """`Nobody answers` is the reproach that `nadie responde` is."""
    assert hear(text, language).score > hear(calmer, language).score
    assert hear(text, language).because


@pytest.mark.parametrize("text", ["", " ", "\n\t \xa0\n"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_blank_text_scores_nothing(text: str, language: str) -> None:
    """Who says nothing is not angry, not even a little."""
    heard = hear(text, language)
    assert (heard.score, heard.angry, heard.because) == (0.0, False, ())


def test_a_negated_cue_does_not_count() -> None:
    """`not angry` weighs less than `angry`, but a comma ends what a negation reaches."""
    assert hear("I am not angry", "en").score < hear("I am angry", "en").score
    assert hear("No, I am angry", "en").score > hear("I am not angry", "en").score
    assert hear("no estoy furioso", "es").score < hear("estoy furioso", "es").score


def test_courtesy_lowers_the_score() -> None:
    """Thanks and a polite request take some heat away."""
    text = "The delivery was late again and the box was wrong."
    assert hear(f"{text} Could you please look? Thanks.", "en").score < hear(text, "en").score


def test_praise_by_itself_after_a_trouble_is_sarcasm() -> None:
    """`Brilliant.` after what went wrong adds heat; after thanks it does not."""
    trouble = "Your update deleted my work."
    assert hear(f"{trouble} Brilliant.", "en").score > hear(trouble, "en").score
    assert hear(f"{trouble} Solved, thanks. Brilliant.", "en").score < hear(trouble, "en").score


def test_the_threshold_decides() -> None:
    """A threshold of the configuration replaces the language's own, and does not move the score."""
    text = "This is unacceptable."
    score = hear(text, "en").score
    assert hear(text, "en", threshold=score).angry
    assert not hear(text, "en", threshold=min(1.0, score + 0.01)).angry


def test_anger_at_the_end_of_a_long_mail_is_heard() -> None:
    """Of a very long text the end is read too."""
    story = "I bought a lamp in your shop and then I went home. " * 2000
    assert hear(f"{story}\nYou are liars and thieves.", "en").angry


def test_a_language_without_a_lexicon_is_refused() -> None:
    """It is an error, not a score."""
    with pytest.raises(MailresponderError):
        hear("hello", "tlh")


def test_nothing_is_loaded_before_it_is_needed() -> None:
    """Importing the module is quick: the weights come with the first text, and TextBlob never."""
    code = """
import sys
opened = []
sys.addaudithook(lambda event, about: opened.append(str(about[0])) if event == "open" else None)
import mailresponder.listening.anger as anger

def loaded(name):
    return any(path.endswith(name) for path in opened)

assert not loaded("weights.tsv") and not loaded("model.toml")
anger.hear("hello", "en")
assert loaded("weights.tsv") and loaded("model.toml")
assert not {"textblob", "nltk"} & sys.modules.keys()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_training_is_not_needed_to_hear() -> None:
    """Anger is heard where the extra `train` is not installed."""
    code = (
        "import sys; sys.modules |= dict.fromkeys(['numpy', 'scipy', 'vaderSentiment']);"
        "import mailresponder.listening.anger as a;"
        "assert a.hear('You are liars and thieves!!', 'en').score > 0.5;"
        "assert not [m for m in sys.modules if m.startswith('mailresponder.listening.train')]"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
