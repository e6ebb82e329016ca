"""KOSync: the protocol of KOReader, Readest, CrossPoint and others, exactly as their real versions speak it.

The dialect as implemented stands in docs/protocols/kosync.md. There is no official specification; the sources are
KOReader's plugin (https://github.com/koreader/koreader/tree/master/plugins/kosync.koplugin), its reference server
(https://github.com/koreader/koreader-sync-server) and https://github.com/pid1/kosync-conformance.
"""

from placekeeper.protocols.kosync.endpoints import Kosync, KosyncLimits

__all__ = ["Kosync", "KosyncLimits"]
