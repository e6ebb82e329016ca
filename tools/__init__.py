"""Tools for those who work on Placekeeper."""
