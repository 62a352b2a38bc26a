from mailresponder.listening.telling import nearest, packed, themes, unpacked

DRIPS = [
    "La tapa de la cafetera gotea",
    "cafetera nueva y la tapa gotea",
    "gotea la tapa, vaya cafetera",
    "Mi cafetera gotea por la tapa",
    "la tapa de mi cafetera no ajusta y gotea",
]
NOISE = ["¿Hacéis regalos?", "Adjunto la foto", "Llamadme mañana", "Os paso el documento", "Nada"]
OTHERS = ["¿Dónde está mi pedido?", "Quiero una factura", "No llega el paquete"] * 10


def test_what_many_write_alike_is_a_theme_and_noise_is_none() -> None:
    """Words that stand together in several new messages make one theme."""
    texts = [*NOISE, *DRIPS]
    people = [str(n) for n in range(len(texts))]
    [found] = themes(texts, OTHERS, "es", people=people, smallest=4)
    assert set(found.members) == {5, 6, 7, 8, 9}


def test_a_further_message_of_a_theme_is_known() -> None:
    """A theme keeps its identity by its words; one of them is not enough."""
    [found] = themes(DRIPS, OTHERS, "es", people=list("abcde"), smallest=4)
    known = {"found-1": unpacked(packed(found.weights))}
    best = nearest("otra cafetera que gotea por la tapa", "es", known)
    assert best is not None
    assert best[0] == "found-1"
    assert nearest("¿cuánto vale esa cafetera?", "es", known) is None
