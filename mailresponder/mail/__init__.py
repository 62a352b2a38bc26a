"""What a message is: RFC 5322 and its friends. Knows no tickets, no network and no storage."""
