"""The arbiter: its rules one by one, its scenes, its figures."""
