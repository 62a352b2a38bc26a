"""What holds of every mail that was read, however hostile it was."""

from mailresponder.mail.message import InboundMessage


def assert_safe(message: InboundMessage) -> list[str]:
    """No string can end a header line, and all can be stored and sent. Gives all of them."""
    strings = [message.subject, message.message_id or "", *message.references]
    strings += [value for values in message.headers.values() for value in values]
    strings += [attachment.filename for attachment in message.attachments]
    for address in (*message.from_, *message.reply_to, *message.recipients):
        strings += [address.email, address.name]
    assert not any(sign in string for string in strings for sign in "\r\n\0")
    strings += [message.text, message.new_text, *message.notes]
    for string in strings:
        assert "\0" not in string
        string.encode()
    return strings
