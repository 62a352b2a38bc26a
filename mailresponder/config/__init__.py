"""The configuration: one TOML file, read and checked as a whole, frozen afterwards.

`load` reports every mistake of a file at once. No secret is looked up here: that is the
transport's business, when it signs in.
"""

from mailresponder.config.extras import how_to_install
from mailresponder.config.loading import VARIABLE, find, load
from mailresponder.config.sections import (
    AcknowledgeSettings,
    AdminSettings,
    AngerSettings,
    DeadlineSettings,
    DeskSettings,
    EscalationStep,
    ImapSettings,
    Mailbox,
    SmtpSettings,
    StaffSettings,
)
from mailresponder.config.services import (
    WebSettings,
    WebUser,
)
from mailresponder.config.settings import Config
from mailresponder.config.signing_in import (
    CLIENT_SECRET_KEYS,
    PASSWORD_KEYS,
    SIGN_IN_KEYS,
    OAuth2Settings,
)
from mailresponder.config.themes_file import taxonomy_for

__all__ = [
    "CLIENT_SECRET_KEYS",
    "PASSWORD_KEYS",
    "SIGN_IN_KEYS",
    "VARIABLE",
    "AcknowledgeSettings",
    "AdminSettings",
    "AngerSettings",
    "Config",
    "DeadlineSettings",
    "DeskSettings",
    "EscalationStep",
    "ImapSettings",
    "Mailbox",
    "OAuth2Settings",
    "SmtpSettings",
    "StaffSettings",
    "WebSettings",
    "WebUser",
    "find",
    "how_to_install",
    "load",
    "taxonomy_for",
]
