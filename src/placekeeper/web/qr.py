"""An address as a QR code, drawn into the page: nobody types one on a phone. Knows no page."""

from functools import lru_cache
from typing import Final

from markupsafe import Markup

KEPT: Final = 64
"""Codes that are kept: those of the few addresses that a server has."""
QUIET: Final = 3
"""Modules of white around it. The standard asks for four; readers do with less, and the page has a margin too."""


@lru_cache(KEPT)
def code_of(text: str) -> Markup:
    """An SVG element, dark on white in both themes, for readers of codes know no other way. Source: ISO/IEC 18004"""
    import segno  # with the first code: who only syncs need not load it

    drawn = segno.make(text, error="m", micro=False)
    return Markup(drawn.svg_inline(border=QUIET, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None))  # noqa: S704 - of modules only, the text is not in it
