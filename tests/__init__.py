"""Tests of Placekeeper: claims, stated in the docstrings, about real servers, real databases and real books."""
