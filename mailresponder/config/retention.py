"""The sections of the configuration file about how long anything is kept. As `sections`."""

from datetime import timedelta

from mailresponder.config import fields
from mailresponder.config.section import Section


class RetentionSettings(Section):
    """`[retention]`"""

    sent_mail: fields.SomeDays = timedelta(days=90)
    """How long the bytes of a mail that was sent are kept; its text stays with the ticket."""
    events: fields.SomeDays = timedelta(days=730)
    """How long a closed ticket keeps what was done to it and why, and the page its audit."""
    text: fields.SomeDays = timedelta(days=730)
    """How long what people wrote is kept after the last mail of a ticket that waits for nobody."""
    tickets: fields.SomeDays = timedelta(days=1095)
    """How long such a ticket is kept at all, and a mail that belongs to none."""

    def in_order(self) -> "RetentionSettings":
        """As it is done: no text outlasts its ticket."""
        return self.model_copy(update={"text": min(self.text, self.tickets)})


class MailboxRetentionSettings(RetentionSettings):
    """`[mailbox.retention]`: what is given here holds for this mailbox, the rest as in
    `[retention]`."""

    def over(self, desk: RetentionSettings) -> RetentionSettings:
        """What holds for the mailbox, key by key."""
        own = {key: getattr(self, key) for key in self.model_fields_set}
        return desk.model_copy(update=own)
