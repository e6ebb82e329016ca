"""Placekeeper: one place in every book, on every device."""

__version__ = "0.2.0"
