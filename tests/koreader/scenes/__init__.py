"""Scenes: what readers do with KOReader, and what its plugin then does with a server."""
