"""OPDS Progression and its predecessor, against real servers with real libraries."""
