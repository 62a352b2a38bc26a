"""Which of an account's folders is the Sent folder? Pure: it is handed the listing."""

from collections.abc import Sequence
from dataclasses import dataclass

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
"""What the folder is called where the server does not mark it; the likelier first."""

_RANK = {name.casefold(): rank for rank, name in enumerate(SENT_NAMES)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Folder:
    """One line of a LIST answer (RFC 9051 §7.3.1)."""

    name: str
    """Decoded, with its path: `INBOX.Sent`."""
    delimiter: str
    """Between the parts of the path; empty in a flat store."""
    flags: frozenset[str]
    """Casefolded: `\\\\sent`, `\\\\noselect`."""

    @property
    def selectable(self) -> bool:
        """Can it hold mail?"""
        return not self.flags & {"\\noselect", "\\nonexistent"}


def find_sent_folder(folders: Sequence[Folder]) -> str | None:
    """The folder marked \\Sent (RFC 6154 §2), else the one with the likeliest name, else None."""
    usable = [folder for folder in folders if folder.selectable]
    for folder in usable:
        if "\\sent" in folder.flags:
            return folder.name
    ranked = []
    for folder in usable:
        parent, leaf = _split(folder)
        rank = _RANK.get(leaf.casefold())
        # Not in any folder: `Customers/Acme/Sent` is somebody's archive.
        if rank is not None and (parent.casefold() in ("", "inbox") or parent.startswith("[")):
            ranked.append((rank, len(folder.name), folder.name))
    return min(ranked)[2] if ranked else None


def _split(folder: Folder) -> tuple[str, str]:
    if not folder.delimiter:
        return "", folder.name
    parent, _, leaf = folder.name.rpartition(folder.delimiter)
    return parent, leaf
