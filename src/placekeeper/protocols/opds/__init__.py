"""OPDS catalogs: the library as feeds, in OPDS 2.0 (JSON) and 1.2 (Atom), with downloads and covers.

Described in docs/protocols/opds.md. It must not know positions: progress comes as a ratio from the shelf.
Sources: https://drafts.opds.io/opds-2.0 and https://specs.opds.io/opds-1.2
"""

from placekeeper.protocols.opds.endpoints import Opds

__all__ = ["Opds"]
