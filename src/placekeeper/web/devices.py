"""Devices: which there are, what each asked and told lately and what it got, secrets and codes for them. The pages and forms.

Knows no protocol.
"""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from starlette.responses import Response
from starlette.routing import Route

from placekeeper.domain.account import DEVICE_SCOPES, Credential, Scope
from placekeeper.domain.device import PLACEKEEPER, Device
from placekeeper.domain.errors import InvalidRequest
from placekeeper.domain.work import State
from placekeeper.services.account_units import PAIRING_MINUTES
from placekeeper.services.accounts import Accounts, Registration
from placekeeper.services.asks import KEPT, Asks, is_address
from placekeeper.services.explaining import Explaining
from placekeeper.services.history import History
from placekeeper.services.linking import Linking
from placekeeper.services.overview import Overview, Shown
from placekeeper.services.tokens import Tokens
from placekeeper.web.door import Door, Visit
from placekeeper.web.guides import BY_KEY, Guide, Guides
from placekeeper.web.qr import code_of

LISTED: Final = 30
"""Devices that are listed, those first that were heard last: more are tests, or somebody's mischief."""
TOKENS: Final = 15
"""Tokens that are listed, the last ones."""
LOOKED_AT: Final = 500
"""Devices among which those are found that are listed."""
PLAIN: Final = 100
"""Signs of a document that stands in an address itself. Each of its signs may take twelve there, of thirty documents."""
REFUSED: Final = 86_400_000
"""Milliseconds for which a wrong password is told of."""
LATELY: Final = 30
"""Entries of what was asked and told lately."""
OFFERED: Final = 8
"""Works that are offered for a document that is not known."""
DONE: Final = {
    "revoked": "Shut out, at once and everywhere. Its places stay.",
    "linked": "That document belongs to the work now. How places are written in that file is learned from what the device tells: "
    "read a page there.",
}
"""What has been done, after a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A device as it is listed. `address`: "" where it is none that says anything. `credential`: its own, if it has one.
    `holder`: whose secret it signs in with, if that is another one's. `plain`: it signs in with the password of the account.
    """

    name: str
    active_at: int
    created_at: int
    address: str
    credential: Credential | None
    holder: str
    plain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the pages of devices are made of."""

    history: History
    tokens: Tokens
    asks: Asks
    explaining: Explaining
    linking: Linking
    overview: Overview
    accounts: Accounts


class Devices:
    """The pages."""

    def __init__(self, door: Door, known: Known, guides: Guides) -> None:
        """Nothing happens yet."""
        self._known, self._guides = known, guides
        self.routes: list[Route] = [
            door.page("/devices", self._devices),
            door.page("/devices/why", self._why),
            door.form("/devices/link", self._link),
            door.form("/devices/credentials", self._credential),
            door.form("/devices/pair", self._pair),
            door.form("/devices/revoke", self._revoke),
        ]

    async def _devices(self, visit: Visit) -> Response:
        known, principal = self._known, visit.principal
        credentials = await known.tokens.live(principal)
        lately = await known.asks.lately(principal, LATELY)
        works = {each.work.id for each in lately if each.work is not None}
        return visit.show(
            "devices.html",
            devices=_listed(await known.history.devices_lately(principal, LOOKED_AT), credentials),
            tokens=[each for each in credentials if Scope.SYNC not in each.scopes][-TOKENS:],
            pairing=await known.tokens.pairing(principal),
            lately=lately,
            whys={each.ask.document: _named(each.ask.document) for each in lately},
            titles={each: await self._title(visit, each) for each in works},
            refusals=known.accounts.refusals.of(principal.account_name, visit.now - REFUSED),
            done=DONE.get(visit.asked("did"), ""),
        )

    async def _title(self, visit: Visit, work_id: str) -> str:
        return (await self._known.overview.work(visit.principal, work_id)).title or "Unnamed document"

    async def _why(self, visit: Visit) -> Response:
        known, principal = self._known, visit.principal
        document, query = visit.asked("document")[:512] or await self._meant(visit), visit.asked("q")[:200]
        if not document:
            raise InvalidRequest("that document is not among what was asked lately any more: look at the page of devices again")
        found = await known.explaining.document(principal, document)
        return visit.show(
            "why.html",
            document=document,
            named=_named(document),
            query=query,
            match=found.match,
            known=found.work.id if found.work is not None else "",
            placed=found.work is not None and found.work.head is not None,
            read_in=await known.overview.read_in(principal, found.match.publications),
            works=await self._offered(visit, query),
        )

    async def _meant(self, visit: Visit) -> str:
        """A document that was asked for lately, by its digest; "" where there is none."""
        digest = visit.asked("of")
        documents = (each.ask.document for each in await self._known.asks.lately(visit.principal, KEPT)) if digest else ()
        return next((each for each in documents if _named(each) == {"of": digest}), "")

    async def _offered(self, visit: Visit, query: str) -> list[Shown]:
        overview = self._known.overview
        if query:
            return (await overview.search(visit.principal, query))[0][:OFFERED]
        return await overview.works(visit.principal, State.READING, limit=OFFERED)

    async def _link(self, visit: Visit) -> Response:
        document, work_id = visit.form.get("document", "")[:512], visit.form.get("work", "")
        await self._known.linking.link_document(visit.principal, work_id, document)
        return visit.to("devices", did="linked")

    async def _credential(self, visit: Visit) -> Response:
        guide, device = BY_KEY.get(visit.form.get("app", "")), _name(visit)
        _credential, secret = await self._known.tokens.make(visit.principal, device, DEVICE_SCOPES)
        return self._secret(visit, guide, device, secret, pairing=False)

    async def _pair(self, visit: Visit) -> Response:
        guide, device = BY_KEY.get(visit.form.get("app", "")), _name(visit)
        if await self._known.accounts.registration() is Registration.CLOSED:
            raise InvalidRequest("registration is closed on this server, so no device could redeem a code: make a password")
        code = await self._known.tokens.pair(visit.principal, device)
        return self._secret(visit, guide, device, code, pairing=True)

    def _secret(self, visit: Visit, guide: Guide | None, device: str, secret: str, *, pairing: bool) -> Response:
        """The page that shows it, once."""
        addresses = self._guides.addresses(visit)
        address = addresses[guide.address if guide is not None else "kosync"]
        shown: dict[str, Any] = {"guide": guide, "device": device, "secret": secret, "pairing": pairing, "address": address}
        return visit.show("secret.html", code=code_of(address), minutes=PAIRING_MINUTES, **shown)

    async def _revoke(self, visit: Visit) -> Response:
        await self._known.tokens.revoke(visit.principal, visit.form.get("credential", ""))
        return visit.to("devices", did="revoked")


def _name(visit: Visit) -> str:
    """What a device shall be called."""
    return visit.form.get("device", "").strip()


def _named(document: str) -> dict[str, str]:
    """A document as an address has it: itself, or its digest where it is long there, or would not come back as it is."""
    if document.isascii() and len(document) <= PLAIN and document == document.strip():
        return {"document": document}
    return {"of": blake2b(document.encode(), digest_size=8).hexdigest()}


def _listed(devices: list[Device], credentials: list[Credential]) -> list[Listed]:
    """The devices of an account; those whose secret is revoked, and have told nothing, are gone. An app that names itself has its
    secret beside the name; the secret's own device is listed where nobody has used it.
    """
    own = {f"credential:{each.id}": each for each in credentials}
    places = {device.id: (device.address or "").rpartition(" ") for device in devices}
    used = {f"credential:{place}" for protocol, _, place in places.values() if protocol}
    shown = []
    for device in devices:
        protocol, _, place = places[device.id]
        silent = device.active_at == device.created_at
        revoked = device.key.startswith("credential:") and device.key not in own
        if device.kind == PLACEKEEPER or (silent and (revoked or device.key in used)):
            continue
        credential = own.get(f"credential:{place}" if protocol else device.key)
        shown.append(
            Listed(
                name=device.name + (" (shut out)" if revoked else ""),
                active_at=device.active_at,
                created_at=device.created_at,
                address="" if protocol else place,
                credential=credential,
                holder=credential.name if credential is not None and protocol and credential.name != device.name else "",
                plain=not device.key.startswith("credential:") and (not protocol or is_address(place)),
            )
        )
    return shown[:LISTED]
