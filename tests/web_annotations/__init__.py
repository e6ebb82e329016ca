"""Annotations of every kind, on the wire and in books."""
