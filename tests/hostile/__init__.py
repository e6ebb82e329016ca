"""What strangers, broken programs and slow networks do to the server: over real sockets, against a real process."""
