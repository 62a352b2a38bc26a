"""What English and Spanish call days, months, zones and lengths of time."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What a language calls things."""

    days: tuple[str, ...]
    """Monday first."""
    months: tuple[str, ...]
    date: str
    year: str
    at: str
    at_one: str
    """`at` for the hour from 01:00, which Spanish has in the singular."""
    zone: str
    places: Mapping[str, str]
    """Of zones, where the language calls them otherwise than the tz database does."""
    units: tuple[tuple[str, str], ...]
    """Day, hour, minute: one and many."""
    and_: str
    moment: str
    yes: str
    no: str


ENGLISH = Words(
    days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    date="{weekday} {day} {month}",
    year=" {year}",
    at=" at {time}",
    at_one=" at {time}",
    zone="{place} time",
    places={"Canary": "Canary Islands"},
    units=(("day", "days"), ("hour", "hours"), ("minute", "minutes")),
    and_=" and ",
    moment="less than a minute",
    yes="yes",
    no="no",
)
_SPANISH = Words(
    days=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    months=(
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
    date="{weekday} {day} de {month}",
    year=" de {year}",
    at=" a las {time}",
    at_one=" a la {time}",
    zone="hora de {place}",
    places={
        "Asuncion": "Asunción",
        "Berlin": "Berlín",
        "Bogota": "Bogotá",
        "Brussels": "Bruselas",
        "Canary": "Canarias",
        "Cancun": "Cancún",
        "Ciudad Juarez": "Ciudad Juárez",
        "Havana": "La Habana",
        "Lisbon": "Lisboa",
        "London": "Londres",
        "Mazatlan": "Mazatlán",
        "Merida": "Mérida",
        "Mexico City": "Ciudad de México",
        "New York": "Nueva York",
        "Panama": "Panamá",
        "Paris": "París",
        "Rome": "Roma",
    },
    units=(("día", "días"), ("hora", "horas"), ("minuto", "minutos")),
    and_=" y ",
    moment="menos de un minuto",
    yes="sí",
    no="no",
)
WORDS: Mapping[str, Words] = {"en": ENGLISH, "es": _SPANISH}
"""By language."""
