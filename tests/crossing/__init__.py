"""One place over all protocols and copies, on a running server with real books."""
