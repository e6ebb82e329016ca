"""Our own JSON API, against a real server process."""
