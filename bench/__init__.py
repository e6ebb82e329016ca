"""What requests cost, measured side by side in one run: `make bench`."""
