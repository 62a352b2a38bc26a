"""What the desk decides: pure functions over frozen data. No I/O, and time is an argument."""
