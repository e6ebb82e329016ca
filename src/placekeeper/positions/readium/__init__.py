"""Readium: positions, locators, selectors, references with fragments, pages, and the map of a publication."""
