"""The imperative shell: one file per scheduled job. Jobs never call one another; only tables lie
between them."""
