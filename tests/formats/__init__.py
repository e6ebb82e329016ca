"""Claims about reading files that come from anywhere."""
