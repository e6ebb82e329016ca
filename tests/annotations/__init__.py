"""Bookmarks of Library Simplified and Palace."""
