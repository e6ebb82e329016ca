"""Our own JSON API, under `/api`: looking back and steering. Bearer tokens only, errors as problem details.

Described in docs/protocols/api.md, and by the server itself at `/api/openapi.json`.
"""

from placekeeper.protocols.api.endpoints import Api
from placekeeper.protocols.api.looking import Looking
from placekeeper.protocols.api.own import Own
from placekeeper.protocols.api.steering import Steering

__all__ = ["Api", "Looking", "Own", "Steering"]
