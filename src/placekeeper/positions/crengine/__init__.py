"""Places as KOReader's engine sees them: its parser, its style, its white space, its pointers. Facts: crengine of August 2026.

Nothing here knows browsers. What crengine does differently from them, on purpose or by accident, is what matters, because a
pointer that does not resolve sends KOReader to page 1. Source: https://github.com/koreader/crengine
"""
