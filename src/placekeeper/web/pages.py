"""All pages, put together of the services. Knows no protocol; `/kosync` in a browser tells what to type into apps."""

from dataclasses import dataclass

from starlette.routing import Route

from placekeeper.domain.ports import Clock
from placekeeper.services.finishing import Finishing
from placekeeper.services.founding import Founding
from placekeeper.services.joining import Joining
from placekeeper.services.linking import Linking
from placekeeper.services.sessions import Sessions
from placekeeper.web.door import Door
from placekeeper.web.entrance import Entrance
from placekeeper.web.files import Files, Send
from placekeeper.web.reading import Reading
from placekeeper.web.rendering import static
from placekeeper.web.session import FormTokens
from placekeeper.web.steering import Steering
from placekeeper.web.works import Services, Works


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the pages need. `send`: sends a library's file. `typed`: what people type to see whether an app's address works."""

    services: Services
    sessions: Sessions
    founding: Founding
    finishing: Finishing
    joining: Joining
    linking: Linking
    tokens: FormTokens
    clock: Clock
    send: Send
    typed: tuple[str, ...]
    body_bytes: int
    public_url: str | None


def door_of(parts: Parts) -> Door:
    """The door of all pages."""
    return Door(parts.sessions, parts.tokens, parts.clock, body_bytes=parts.body_bytes)


def routes(parts: Parts, door: Door) -> list[Route]:
    """The routes of all pages."""
    services = parts.services
    library = services.library
    entrance = Entrance(door, parts.sessions, parts.founding, parts.public_url, library=bool(library.folders))
    reading = Reading(door, services.overview, services.quoting, services.explaining, entrance.front)
    works = Works(door, services)
    steering = Steering(door, services.history, parts.finishing, parts.joining, parts.linking, library)
    return [
        Route("/static/{name}", static),
        *entrance.routes,
        *reading.routes,
        *works.routes,
        *steering.routes,
        *Files(door, library, parts.send).routes,
        *(door.page(path, entrance.apps, public=True) for path in parts.typed),
    ]
