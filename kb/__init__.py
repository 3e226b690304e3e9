"""Testimonia's knowledge base: the data, and what is done with it."""

__version__ = "0.1.0"
