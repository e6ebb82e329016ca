"""The catalogs: feeds in both dialects, and all that is sent with them."""
