"""Which of an account's folders is Sent, and which is Drafts? Pure: it is handed the listing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

SENT_NAMES = (
    # English, as clients and providers name it
    "Sent",
    "Sent Items",
    "Sent Mail",
    "Sent Messages",
    # Spanish
    "Enviados",
    "Elementos enviados",
    "Correo enviado",
    "Mensajes enviados",
    "Correos enviados",
    # German
    "Gesendet",
    "Gesendete Elemente",
    "Gesendete Objekte",
    # French
    "Envoyés",
    "Éléments envoyés",
    "Messages envoyés",
    "Courrier envoyé",
    # Catalan, Basque
    "Enviats",
    "Elements enviats",
    "Bidaliak",
    "Bidalitakoak",
    # Portuguese
    "Itens Enviados",
    "Mensagens enviadas",
    # Italian
    "Inviati",
    "Posta inviata",
    "Elementi inviati",
    # Dutch
    "Verzonden",
    "Verzonden items",
    "Verzonden berichten",
    # Nordic
    "Skickat",
    "Skickade objekt",
    "Sendt",
    "Sendte elementer",
    "Sendt post",
    "Lähetetyt",
    # Polish, Czech, Slovak, Hungarian, Romanian
    "Wysłane",
    "Elementy wysłane",
    "Odeslané",
    "Odeslaná pošta",
    "Odoslané",
    "Elküldött elemek",
    "Trimise",
    # Greek, Russian, Turkish
    "Απεσταλμένα",
    "Отправленные",
    "Gönderilmiş Öğeler",
    # Japanese, Chinese
    "送信済みアイテム",
    "送信済み",
    "已发送",
    "已发送邮件",
    "寄件備份",
)
"""What the folder for sent mail is called where the server does not mark it; the likelier first."""

DRAFTS_NAMES = (
    # English, as clients and providers name it
    "Drafts",
    "Draft",
    # Spanish
    "Borradores",
    "Borrador",
    # German, French
    "Entwürfe",
    "Brouillons",
    # Catalan, Basque
    "Esborranys",
    "Zirriborroak",
    # Portuguese, Italian, Dutch
    "Rascunhos",
    "Bozze",
    "Concepten",
    # Swedish, Danish, Norwegian, Finnish
    "Utkast",
    "Kladder",
    "Luonnokset",
    # Polish, Czech, Slovak, Hungarian, Romanian
    "Kopie robocze",
    "Wersje robocze",
    "Koncepty",
    "Rozepsané",
    "Piszkozatok",
    "Ciorne",
    # Greek, Russian, Turkish
    "Πρόχειρα",
    "Черновики",
    "Taslaklar",
    # Japanese, Chinese
    "下書き",
    "草稿",
    "草稿箱",
)
"""What the folder for drafts is called, likewise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Folder:
    """One line of a LIST answer (RFC 9051 §7.3.1)."""

    name: str
    """Decoded, with its path: `INBOX.Sent`."""
    delimiter: str
    """Between the parts of the path; empty in a flat store."""
    flags: frozenset[str]
    """Casefolded: `\\\\sent`, `\\\\noselect`."""

    @classmethod
    def listed(cls, flags: Sequence[bytes], delimiter: bytes | None, name: str) -> Self:
        """From the parts of one line, as imapclient gives them."""
        return cls(
            name=name,
            delimiter=(delimiter or b"").decode("ascii", "replace"),
            flags=frozenset(flag.decode("ascii", "replace").casefold() for flag in flags),
        )

    @property
    def selectable(self) -> bool:
        """Can it hold mail?"""
        return not self.flags & {"\\noselect", "\\nonexistent"}


def find_sent_folder(folders: Sequence[Folder]) -> str | None:
    """The folder marked \\Sent (RFC 6154 §2), else the one with the likeliest name, else None."""
    return _find(folders, "\\sent", SENT_NAMES)


def find_drafts_folder(folders: Sequence[Folder]) -> str | None:
    """The folder marked \\Drafts (RFC 6154 §2), else the one with the likeliest name, else None."""
    return _find(folders, "\\drafts", DRAFTS_NAMES)


def _find(folders: Sequence[Folder], mark: str, names: Sequence[str]) -> str | None:
    usable = [folder for folder in folders if folder.selectable]
    for folder in usable:
        if mark in folder.flags:
            return folder.name
    ranks = {name.casefold(): rank for rank, name in enumerate(names)}
    ranked = []
    for folder in usable:
        parent, leaf = _split(folder)
        rank = ranks.get(leaf.casefold())
        # Not in any folder: `Customers/Acme/Sent` is somebody's archive.
        if rank is not None and (parent.casefold() in ("", "inbox") or parent.startswith("[")):
            ranked.append((rank, len(folder.name), folder.name))
    return min(ranked)[2] if ranked else None


def _split(folder: Folder) -> tuple[str, str]:
    if not folder.delimiter:
        return "", folder.name
    parent, _, leaf = folder.name.rpartition(folder.delimiter)
    return parent, leaf
