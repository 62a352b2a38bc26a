"""The words by which machines give themselves away where no header says so."""
