"""Locators of Library Simplified's apps and Palace: places in EPUBs, PDFs and audiobooks.

Source: https://github.com/ThePalaceProject/mobile-specs/tree/main/bookmarks
"""
