"""What a text says: its language, its anger, its thanks. Knows no mail and no tickets."""
