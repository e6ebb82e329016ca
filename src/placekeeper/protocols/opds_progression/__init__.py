"""OPDS Progression 1.0 and its predecessor: where an account is in a publication of the library.

The dialects as implemented stand in docs/protocols/opds-progression.md. Sources: https://drafts.opds.io/opds-progression-1.0,
and Thorium's client (https://github.com/edrlab/thorium-reader/tree/develop/projects/opds-progression).
"""

from placekeeper.protocols.opds_progression.endpoints import OpdsProgression

__all__ = ["OpdsProgression"]
