"""Small sets of labelled messages, to train on in no time."""

from mailresponder.listening.train.corpus import Message, Source

TOPICS = ("bank", "parcel")
SAID = {
    "en": {
        "angry": (
            "Liars, I am grumbling about",
            "You useless lot, still grumbling about",
            "No news of",
        ),
        "calm": ("Just asking what became of", "We were asking about", "No news of"),
        "about": ("the {} since Monday", "that {} of ours", "my {}", "a {} in March"),
    },
    "es": {
        "angry": (
            "Mentirosos, sigo bufando por",
            "Sois unos inútiles, sigo bufando por",
            "Sin noticias de",
        ),
        "calm": ("Solo preguntaba qué fue de", "Estábamos preguntando por", "Sin noticias de"),
        "about": ("lo del {} desde el lunes", "aquel {} nuestro", "mi {}", "un {} en marzo"),
    },
}


def source(language: str, name: str, *topics: str) -> Source:
    """24 messages a topic, half of them angry; what a third begins with tells nothing."""
    said = SAID[language]
    messages = [
        Message(text=f"{begun} {about.format(topic)}, {name}", angry=kind == "angry", kind=kind,
                how="exasperated" if kind == "angry" else "problem", topic=topic)
        for kind in ("angry", "calm")
        for begun in said[kind]
        for about in said["about"]
        for topic in topics or TOPICS
    ]  # fmt: skip
    return Source(name=name, language=language, messages=tuple(messages), own=True)
