"""The use cases, on a real database, without HTTP around them."""
