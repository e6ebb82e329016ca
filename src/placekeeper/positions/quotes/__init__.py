"""Quotes: a place found again by the text around it, in the same copy of a publication or in another one."""
