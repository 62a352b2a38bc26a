"""`report` as somebody at the command line meets it."""
