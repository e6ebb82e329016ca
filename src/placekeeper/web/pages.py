"""All pages, put together of the services. Knows no protocol; `/kosync` in a browser tells what to type into apps."""

from dataclasses import dataclass

from starlette.routing import Route

from placekeeper.domain.ports import Clock
from placekeeper.services.accounts import Accounts
from placekeeper.services.asks import Asks
from placekeeper.services.finishing import Finishing
from placekeeper.services.founding import Founding
from placekeeper.services.joining import Joining
from placekeeper.services.linking import Linking
from placekeeper.services.owning import Owning
from placekeeper.services.sessions import Sessions
from placekeeper.services.shelf import Shelf
from placekeeper.services.tokens import Tokens
from placekeeper.services.uploading import Uploading
from placekeeper.web.account import AccountPages, Export
from placekeeper.web.admin import Admin, Offices
from placekeeper.web.devices import Devices, Known
from placekeeper.web.door import Door
from placekeeper.web.entrance import Entrance
from placekeeper.web.files import Files, Send
from placekeeper.web.guides import Guides, Outside
from placekeeper.web.publications import Publications
from placekeeper.web.reading import Reading
from placekeeper.web.rendering import static
from placekeeper.web.scans import Scans
from placekeeper.web.session import FormTokens
from placekeeper.web.shelves import Shelves
from placekeeper.web.steering import Steering
from placekeeper.web.uploads import Uploads
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
    outside: Outside
    accounts: Accounts
    credentials: Tokens
    asks: Asks
    owning: Owning
    export: Export
    offices: Offices
    shelf: Shelf
    uploading: Uploading
    upload_bytes: int


def door_of(parts: Parts) -> Door:
    """The door of all pages."""
    return Door(parts.sessions, parts.tokens, parts.clock, body_bytes=parts.body_bytes, shows=parts.services.library.shows)


def routes(parts: Parts, door: Door) -> list[Route]:
    """The routes of all pages."""
    services = parts.services
    library = services.library
    guides = Guides(door, parts.outside, parts.accounts, library, parts.typed)
    entrance = Entrance(door, parts.sessions, parts.founding, guides)
    reading = Reading(door, services.overview, services.quoting, services.explaining, entrance.front)
    known = Known(
        history=services.history,
        tokens=parts.credentials,
        asks=parts.asks,
        explaining=services.explaining,
        linking=parts.linking,
        overview=services.overview,
        accounts=parts.accounts,
    )
    works = Works(door, services)
    steering = Steering(door, services.history, parts.finishing, parts.joining, parts.linking, library)
    return [
        Route("/static/{name}", static),
        *entrance.routes,
        *reading.routes,
        *works.routes,
        *steering.routes,
        *Files(door, library, parts.send).routes,
        *guides.routes,
        *Devices(door, known, guides).routes,
        *AccountPages(door, parts.accounts, parts.sessions, parts.owning, parts.export).routes,
        *Admin(door, parts.offices).routes,
        *Shelves(door, library, parts.shelf).routes,
        *Publications(door, library, services.overview, parts.shelf, parts.uploading).routes,
        *Scans(door, library).routes,
        *Uploads(door, parts.uploading, octets=parts.upload_bytes).routes,
    ]
