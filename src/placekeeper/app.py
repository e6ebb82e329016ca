"""The composition root, to be read aloud: settings, then the store, then the services, then the protocols, then the server."""

import asyncio
import gc
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from placekeeper.config import Settings
from placekeeper.domain.errors import StorageUnavailable
from placekeeper.domain.ports import Clock
from placekeeper.domain.shelf import FolderReport
from placekeeper.formats.work import Pool
from placekeeper.protocols.annotations import Annotations, Profiles
from placekeeper.protocols.api import Api, Looking, Own, Steering
from placekeeper.protocols.kosync import Kosync, KosyncLimits
from placekeeper.protocols.opds import Opds
from placekeeper.protocols.opds.downloads import download
from placekeeper.protocols.opds_progression import OpdsProgression
from placekeeper.protocols.web_annotations import WebAnnotations
from placekeeper.server import ANYWHERE, lan_address
from placekeeper.services.access import AccessTokens
from placekeeper.services.accounts import AccountLimits, Accounts, Registration
from placekeeper.services.administering import Administering
from placekeeper.services.anchoring import Anchoring
from placekeeper.services.annotating import Annotating
from placekeeper.services.asks import Asks
from placekeeper.services.bookmarking import Bookmarks
from placekeeper.services.explaining import Explaining
from placekeeper.services.exporting import Exporting
from placekeeper.services.finishing import Finishing
from placekeeper.services.founding import Founding
from placekeeper.services.history import History
from placekeeper.services.idling import Idlings
from placekeeper.services.joining import Joining
from placekeeper.services.library import Library
from placekeeper.services.linking import Linking
from placekeeper.services.noting import Noting
from placekeeper.services.overview import Overview
from placekeeper.services.own_folder import OwnFolder
from placekeeper.services.owning import Owning
from placekeeper.services.placing import Placing
from placekeeper.services.pointing import Pointing
from placekeeper.services.progressing import Progressing
from placekeeper.services.quotas import Quotas
from placekeeper.services.quoting import Quoting
from placekeeper.services.readings import Readings
from placekeeper.services.sessions import Sessions
from placekeeper.services.shelf import Shelf
from placekeeper.services.throttle import Throttle
from placekeeper.services.tokens import Tokens
from placekeeper.services.translators import Translators
from placekeeper.services.upkeep import Probe, Upkeep
from placekeeper.services.uploading import Uploading
from placekeeper.services.wording import Wording
from placekeeper.storage.footprint import footprint
from placekeeper.storage.secret import server_secret
from placekeeper.storage.sqlite import SqliteStore
from placekeeper.telemetry import AREA, Metrics, Telemetry, log
from placekeeper.watching import watch
from placekeeper.web import pages
from placekeeper.web.admin import Offices
from placekeeper.web.guides import Outside
from placekeeper.web.operations import Operations
from placekeeper.web.session import FormTokens, Scripts
from placekeeper.web.works import Services

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

COLLECT_AFTER = 10_000
"""New objects until cycles among them are looked for: a push makes some hundred, nearly none of them in cycles."""
PAGE_SECONDS = 0.4
"""How long a page waits for the sentences at its places. What is not found by then is there the next time."""
SWITCH_SECONDS = 0.001
"""How long the event loop may keep the interpreter from the thread that has finished a commit."""


def steady_clock() -> Clock:
    """Unix milliseconds as the machine has them, that never go back while the server runs."""
    last = 0

    def now() -> int:
        nonlocal last
        last = max(last, time.time_ns() // 1_000_000)
        return last

    return now


KOSYNC_IN_A_BROWSER = ("/kosync", "/kosync/")
"""What people type to see whether the address works. No client asks for it."""


def scanned(reports: list[FolderReport]) -> None:
    """Log what a scan found, a line for each folder; one that found nothing new is not worth a line."""
    for report in reports:
        counts = {"added": report.added, "changed": report.changed, "moved": report.moved, "missing": report.missing}
        seconds = (report.ended_at - report.began_at) / 1000
        if report.problems:
            log.warning("scan", folder=report.folder, why="; ".join(report.problems))
        if any(counts.values()):
            log.info("scan", folder=report.folder, files=report.files, seconds=seconds, **counts)


def no_events(why: str) -> None:
    """Log that the system tells nothing of files: the clock has to do."""
    log.warning("no file events", why=why)


class Placekeeper:
    """The ASGI application. Opens the store when it is made, so that what is wrong shows before a port is open."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        """Raises Misconfigured when the data folder can't be used."""
        self._clock = clock or steady_clock()
        self._metrics = Metrics()
        self._store = SqliteStore(settings.data, now_ms=self._clock(), exclusive=True)
        self._secret, throttle = server_secret(settings.data), Throttle(self._clock)
        self._accounts = Accounts(
            self._store,
            clock=self._clock,
            observer=self._metrics,
            registration=Registration(settings.registration) if "registration" in settings.given else None,
            throttle=throttle,
            access=AccessTokens(self._secret),
            limits=AccountLimits(remembered=settings.credentials_remembered, verifiers=settings.verifiers),
        )
        wanting = not self._store.run(lambda ledger: ledger.has_admin())
        self._founding = Founding(self._store, self._accounts, throttle, wanting=wanting)
        self._workers = Pool()
        self._library = Library(
            self._store,
            self._workers,
            clock=self._clock,
            folders=settings.library,
            own=settings.books,
            covers=settings.data / "covers",
            interval=settings.scan_interval,
        )
        self._translators = Translators(self._library)
        self._probe = Probe(self._store)
        self._asks = Asks(self._store, clock=self._clock)
        self._quotas = Quotas(self._store, clock=self._clock, most=settings.quota)
        self._speak(settings)
        self._others = self._pages(settings)
        app: Any = Telemetry(self._dispatch, self._metrics, verbose=settings.log_level == "debug")
        if settings.trusted_proxies:
            app = ProxyHeadersMiddleware(app, trusted_hosts=[str(network) for network in settings.trusted_proxies])
        self._app = app

    @property
    def first_code(self) -> str:
        """The code that the first admin is made with; "" where there is one."""
        return self._founding.code

    def _speak(self, settings: Settings) -> None:
        """The protocols of the apps."""
        store, clock, accounts, library = self._store, self._clock, self._accounts, self._library
        limit, url = settings.body_limit, settings.public_url
        readings = Readings(
            store,
            clock=clock,
            observer=self._metrics,
            library=lambda: bool(library.folders),
            finished_from=settings.finished_from / 100,
            asks=self._asks,
            quotas=self._quotas,
        )
        placing = Placing(library, self._translators)
        pointing = Pointing(store, readings, placing, Wording(placing, self._translators), self._asks)
        progressing = Progressing(library, readings, placing)
        idlings = Idlings(store, library, readings, progressing, placing, clock=clock)
        bookmarks = Bookmarks(store, clock=clock, quotas=self._quotas)
        self._kosync = Kosync(accounts, readings, pointing, KosyncLimits(body_bytes=limit))
        self._progression = OpdsProgression(accounts, progressing, body_bytes=limit, public_url=url)
        self._annotations = Annotations(accounts, idlings, bookmarks, public_url=url)
        annotating, anchoring = Annotating(store, clock=clock, quotas=self._quotas), Anchoring(library, self._translators)
        self._web_annotations = WebAnnotations(accounts, annotating, anchoring, public_url=url)
        self._profiles = Profiles(accounts, bookmarks, public_url=url)
        self._opds = Opds(accounts, library, Shelf(store, clock=clock), public_url=url)

    def _pages(self, settings: Settings) -> Starlette:
        """What people and operators ask for."""
        operations = Operations(self._probe, self._accounts, self._metrics.page, proxied=bool(settings.trusted_proxies))
        parts = self._parts(settings)
        door = pages.door_of(parts)
        app = Starlette(
            routes=[
                *operations.routes,
                Mount("/api", self._api(settings, Scripts(parts.sessions, parts.tokens)).app),
                *pages.routes(parts, door),
            ],
            exception_handlers={404: door.lost},
        )
        app.router.redirect_slashes = False  # a redirect names a host that the client chose
        return app

    def _parts(self, settings: Settings) -> pages.Parts:
        """What the pages are made of."""
        store, clock, library = self._store, self._clock, self._library
        quoting = Quoting(store, library, self._translators, seconds=PAGE_SECONDS)
        services = Services(
            history=History(store, clock=clock),
            overview=Overview(store, library),
            explaining=Explaining(store, library),
            quoting=quoting,
            library=library,
            noting=Noting(store, quoting),
        )
        return pages.Parts(
            services=services,
            sessions=Sessions(store, self._accounts, self._secret, clock=clock, seconds=settings.session_days * 86_400),
            founding=self._founding,
            finishing=Finishing(store, clock=clock),
            joining=Joining(store, clock=clock),
            linking=Linking(store, clock=clock),
            tokens=FormTokens(self._secret, settings.public_url),
            clock=clock,
            send=download,
            typed=KOSYNC_IN_A_BROWSER,
            body_bytes=settings.body_limit,
            shelf=Shelf(store, clock=clock),
            uploading=self._uploading(settings),
            upload_bytes=settings.upload_limit,
            outside=Outside(public_url=settings.public_url, lan=(lan_address() or "") if settings.host in ANYWHERE else ""),
            accounts=self._accounts,
            credentials=Tokens(store, clock=clock),
            asks=self._asks,
            owning=Owning(store, self._quotas),
            export=self._looking().exported,
            offices=Offices(
                administering=Administering(store, self._accounts, self._quotas, clock=clock),
                upkeep=Upkeep(store, self._probe, settings.data, footprint, clock=clock),
                library=library,
                quota=settings.quota,
            ),
        )

    def _uploading(self, settings: Settings) -> Uploading:
        """Where uploads go; what a crash has left of one goes away."""
        folder = OwnFolder(settings.books.absolute())
        folder.clear()
        return Uploading(self._store, self._library, self._workers, folder=folder, clock=self._clock)

    def _looking(self) -> Looking:
        """What the person asks of the API."""
        store, clock, library = self._store, self._clock, self._library
        history, finishing = History(store, clock=clock), Finishing(store, clock=clock)
        quoting = Quoting(store, library, self._translators)
        return Looking(history, finishing, Explaining(store, library), quoting, Exporting(store), clock)

    def _api(self, settings: Settings, scripts: Scripts) -> Api:
        """What the person asks and says."""
        store, clock, library = self._store, self._clock, self._library
        history, finishing = History(store, clock=clock), Finishing(store, clock=clock)
        quoting = Quoting(store, library, self._translators)
        joining, linking = Joining(store, clock=clock), Linking(store, clock=clock)
        steering = Steering(history, joining, linking, finishing, library, quoting)
        own = Own(Tokens(store, clock=clock), library)
        operations = [*self._looking().operations, *steering.operations, *own.operations]
        return Api(self._accounts, operations, scripts.visitor, body_bytes=settings.body_limit)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request, or the server's life from start to stop."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._app(scope, receive, send)

    async def _dispatch(self, scope: Message, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if self._kosync.handles(path) and path not in KOSYNC_IN_A_BROWSER:
            scope[AREA] = "kosync"
            await self._kosync(scope, receive, send)
            return
        if path == "/api":
            scope["path"] = "/api/"  # so that nobody but the API answers there
        scope[AREA] = "api" if scope["path"].startswith("/api/") else "other"
        if scope.get("oversized"):
            problem = {"title": "Request head too large", "status": 431}
            await JSONResponse(problem, 431, media_type="application/problem+json")(scope, receive, send)
        elif self._web_annotations.handles(path):
            scope[AREA] = "annotations"
            await self._web_annotations(scope, receive, send)
        elif self._annotations.handles(path) or self._profiles.handles(path):
            scope[AREA] = "annotations"
            await (self._annotations if self._annotations.handles(path) else self._profiles)(scope, receive, send)
        elif self._progression.handles(path):
            scope[AREA] = "opds"
            await self._progression(scope, receive, send)
        elif self._opds.handles(path):
            scope[AREA] = "opds"
            await self._opds(scope, receive, send)
        else:
            await self._others(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.freeze()  # what is there now stays: no collection need look at it again
        gc.set_threshold(COLLECT_AFTER, 20, 20)
        self._store.start(asyncio.get_running_loop(), self._metrics)
        tasks = [asyncio.create_task(each) for each in (self._purge(), self._scan(), self._watch())]
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in tasks:
            task.cancel()
        self._workers.close()
        self._translators.close()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._accounts.close()
        await self._asks.flush()
        await self._store.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _purge(self) -> None:
        while True:
            try:
                await self._accounts.purge_forever()
            except StorageUnavailable as error:
                log.error("purge", why=str(error))
                await asyncio.sleep(60)

    async def _watch(self) -> None:
        """Listen to the library's folders, and to all of them anew when the server's own is there."""
        if self._library.folders:
            self._translators.prepare()
        listening = asyncio.create_task(watch(self._library.folders, self._library.request_scan, no_events))
        try:
            await self._library.grown.wait()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
        self._translators.prepare()
        await watch(self._library.folders, self._library.request_scan, no_events)

    async def _scan(self) -> None:
        while True:
            try:
                await self._library.scan_forever(scanned)
            except StorageUnavailable as error:
                log.error("scan", why=str(error))
                await asyncio.sleep(60)
            except Exception as error:  # noqa: BLE001 - a scan that fails must not be the last one
                log.error("scan", exc_info=error)
                await asyncio.sleep(60)
