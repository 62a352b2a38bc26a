import pytest

from mailresponder.config.themes_file import parsed, shipped
from mailresponder.listening.taxonomy import Theme, taxonomy
from mailresponder.listening.themes import match

SHIPPED = parsed(shipped(), source="shipped")


def _themes(text: str, language: str, **words: tuple[str, ...]) -> list[str]:
    themes = [Theme(key=key, names={}, words={language: said}) for key, said in words.items()]
    return [found.theme for found in match(text, language, taxonomy(themes))]


@pytest.mark.parametrize(
    ("text", "language", "theme"),
    [
        ("My parcel hasn't arrived yet.", "en", "late-delivery"),
        ("Where is my order 4711?", "en", "late-delivery"),
        ("El pedido llegó tarde otra vez", "es", "late-delivery"),
        ("no me ha llegado el paquete", "es", "late-delivery"),
        ("I would like my money back, please", "en", "refund"),
        ("¡Devuélvanme el dinero!", "es", "refund"),
        ("The vase arrived in pieces", "en", "damaged-item"),
        ("La lámpara ha venido rota", "es", "damaged-item"),
        ("I forgot my password", "en", "account"),
        ("No puedo entrar en mi cuenta", "es", "account"),
        ("Please send me an invoice with VAT", "en", "invoice"),
        ("Necesito factura con el CIF de la empresa", "es", "invoice"),
        ("You sent the wrong colour", "en", "wrong-item"),
        ("Me han enviado otro modelo", "es", "wrong-item"),
        ("cancel my subscription", "en", "subscription"),
        ("quiero darme de baja", "es", "subscription"),
        ("My gift card is rejected at the till", "en", "discount"),
        ("Your staff were lovely, thank you", "en", "praise"),
        ("Da gusto comprar aquí, un trato excelente", "es", "praise"),
    ],
)
def test_shipped_themes_are_found_in_both_languages(text: str, language: str, theme: str) -> None:
    """What shops hear every day is one theme, whichever language it is said in."""
    assert match(text, language, SHIPPED)[0].theme == theme


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Since the update I only see a white screen.", "en"),
        ("La tapa de la cafetera gotea.", "es"),
        ("See attachment.", "en"),
        ("", "en"),
    ],
)
def test_what_no_theme_names_is_left_to_discovery(text: str, language: str) -> None:
    """The shipped themes do not swallow what is new."""
    assert match(text, language, SHIPPED) == ()


def test_words_of_a_longer_phrase_say_nothing_by_themselves() -> None:
    """A gift card is no bank card."""
    found = _themes("my gift card is empty", "en", payment=("card",), gift=("gift card",))
    assert found == ["gift"]


def test_other_words_may_stand_within_a_phrase_but_not_a_sentence_end() -> None:
    """A phrase reaches over two words, never into the next sentence."""
    assert _themes("not a thing arrived", "en", late=("not arrive",)) == ["late"]
    assert _themes("Certainly not. It arrived.", "en", late=("not arrive",)) == []


def test_exact_words_have_no_other_forms() -> None:
    """`=` is for words whose forms mean something else."""
    assert _themes("ya he recibido la lámpara", "es", invoice=("=recibo",)) == []
    assert _themes("mandadme el recibo", "es", invoice=("=recibo",)) == ["invoice"]


def test_beginnings_and_choices_are_met() -> None:
    """The notation of the lexicons holds for themes."""
    assert _themes("A reimbursement, now", "en", money=("reimburs*|repay",)) == ["money"]


def test_three_themes_at_most_and_the_strongest_first() -> None:
    """Who writes about everything counts in three themes, most in what they say most of."""
    words = {key: (key,) for key in ("alpha", "beta", "gamma", "delta")}
    assert len(_themes("alpha beta gamma delta", "en", **words)) == 3
    found = _themes("beta. alpha, refund", "en", beta=("beta",), money=("alpha", "refund"))
    assert found == ["money", "beta"]


def test_the_words_that_say_so_are_quoted() -> None:
    """Why a message is about a theme can be told in its own words."""
    theme = Theme(key="late", names={}, words={"es": ("no llegar",)})
    [found] = match("Hola:\n\nNo me ha LLEGADO nada", "es", taxonomy([theme]))
    assert found.words == ("No me ha LLEGADO",)


def test_a_theme_without_words_in_a_language_is_not_met_in_it() -> None:
    """A theme may be listened for in one language only."""
    theme = Theme(key="late", names={}, words={"en": ("late",)})
    assert match("late", "es", taxonomy([theme])) == ()
