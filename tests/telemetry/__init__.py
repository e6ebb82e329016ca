"""Logs, metrics and health, against a real server process."""
