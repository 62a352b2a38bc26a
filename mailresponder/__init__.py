"""A self-hosted complaint desk that lives in e-mail."""

__version__ = "0.1.0"
