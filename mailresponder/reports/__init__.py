"""The listening report: from rows of the store to figures, and from figures to a mail, a page, a
text and JSON."""
