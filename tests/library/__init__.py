"""The library: what a scan makes of folders, and what it must never do."""
