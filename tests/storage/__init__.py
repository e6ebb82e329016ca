"""What every storage engine must do, and what SQLite does besides."""
