"""Annotations of every kind, kept whole, over the Web Annotation Protocol: highlights, notes, comments.

The dialect as implemented stands in docs/protocols/web-annotations.md. Sources: https://www.w3.org/TR/annotation-protocol/,
https://www.w3.org/TR/annotation-model/
"""

from placekeeper.protocols.web_annotations.endpoints import WebAnnotations

__all__ = ["WebAnnotations"]
