"""EPUB CFI: read, written, sorted and resolved, as the specification says and as epub.js counts."""
