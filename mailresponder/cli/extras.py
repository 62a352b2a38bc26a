"""What is said where an optional part of the program is not installed."""

from mailresponder.errors import ExitStatus, MailresponderError


class MissingExtraError(MailresponderError):
    """An optional part of the program is not there."""

    exit_status = ExitStatus.CONFIGURATION
