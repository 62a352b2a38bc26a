"""What the invented customers, and those who answer them, write: for `samples`."""

from dataclasses import dataclass

from mailresponder.templating import EachLanguage


@dataclass(frozen=True, kw_only=True, slots=True)
class Texts:
    """What they write in one language."""

    language: str
    """Not always the folder's: there are customers in these two."""
    subject: str
    calm: str
    angry: str
    cues: tuple[tuple[str, float], ...]
    """The words of it that speak for anger, with their weights."""
    again: str
    """A further mail."""
    upset: str
    mild: tuple[tuple[str, float], ...]
    """As `cues`, of the upset mail."""
    reply: str
    """Staff's answer."""
    holiday: str
    """What a public holiday is called."""
    note: str
    """Of staff to one another."""


ENGLISH = Texts(
    language="en",
    subject="Order 4711 has not arrived",
    calm="Hello,\n\nI ordered a lamp two weeks ago and it has not arrived.\nCould you look?",
    angry="This is the THIRD time I write. Nobody answers! I want my money back today.",
    cues=(("THIRD time", 1.8), ("Nobody answers!", 0.9), ("money back", 0.3)),
    upset="Two weeks have passed and nothing has happened. I am disappointed.",
    mild=(("disappointed", 0.8), ("nothing has happened", 0.4)),
    again="One more thing: the order was sent to my old address.",
    reply="Dear Ana,\n\nthe lamp left our warehouse this morning.",
    holiday="Harvest Day",
    note="The carrier lost two parcels that week; ask them first.",
)
SPANISH = Texts(
    language="es",
    subject="El pedido 4711 no ha llegado",
    calm="Hola:\n\nPedí una lámpara hace dos semanas y no ha llegado.\n¿Pueden mirarlo?",
    angry="Es la TERCERA vez que escribo. ¡Nadie responde! Quiero mi dinero hoy mismo.",
    cues=(("TERCERA vez", 1.8), ("¡Nadie responde!", 0.9), ("Quiero mi dinero", 0.3)),
    upset="Han pasado dos semanas y no ha ocurrido nada. Estoy decepcionada.",
    mild=(("decepcionada", 0.8), ("no ha ocurrido nada", 0.4)),
    again="Otra cosa: el pedido se envió a mi dirección antigua.",
    reply="Estimada Ana:\n\nLa lámpara ha salido esta mañana del almacén.",
    holiday="Día de la Cosecha",
    note="La mensajería perdió dos paquetes esa semana; pregúnteles primero.",
)
DEFECT = EachLanguage(
    {
        "en": "Lamps were sent to old addresses",
        "es": "Las lámparas se enviaban a direcciones antiguas",
    }
)
"""What was wrong, as the desk calls it once it is mended."""
WORDS = EachLanguage(
    {
        "en": "Our shop kept using the address of your first order.\n\nIt now asks each time.",
        "es": "La tienda usaba la dirección de su primer pedido.\n\nAhora la pregunta cada vez.",
    }
)
"""What the desk says about that."""
KNOWN_PROBLEM = EachLanguage(
    {
        "en": "We know that some lamps were sent to old addresses and are calling them back.",
        "es": "Sabemos que algunas lámparas se enviaron a direcciones antiguas; las recuperamos.",
    }
)
"""What the desk says of it while it is not mended."""
HOSTILE = (
    "<script>alert(1)</script> [click](https://evil.test/a) {{ desk }} {% include 'x' %} "
    "www.evil.test\r\nBcc: victim@example.com\x00 \u202eevil [MR-AAAAA] **bold**"
)
"""As a subject, a name and a text of somebody who means harm."""
