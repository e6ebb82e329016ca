"""Our own JSON API, under `/api`: looking back and steering. Bearer tokens only, errors as problem details.

Described in docs/protocols/api.md. Source of the error form: https://www.rfc-editor.org/rfc/rfc9457
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from placekeeper.domain.account import Principal, Scope
from placekeeper.domain.device import Device
from placekeeper.domain.errors import Forbidden, InvalidRequest, NotFound, PlacekeeperError, Unauthorized
from placekeeper.domain.publication import Publication
from placekeeper.domain.reading import Reading
from placekeeper.domain.shelf import FolderReport, ScanProgress, ScanReport
from placekeeper.domain.work import Merge, Run, State, Work
from placekeeper.services.accounts import Accounts
from placekeeper.services.explaining import Explaining
from placekeeper.services.finishing import AGAIN, Finishing
from placekeeper.services.history import DevicePlace, History
from placekeeper.services.joining import Joining
from placekeeper.services.library import Library

PAGE = 50
PAGES_LIMIT = 200
"""The most rows that one answer holds: enough for a screen, little enough to be quick."""
LIMIT_DIGITS = 9
"""More figures are no number of rows, whatever zeros they begin with."""

_ERRORS: tuple[tuple[type[PlacekeeperError], int, str], ...] = (
    (InvalidRequest, 400, "Invalid request"),
    (Unauthorized, 401, "Unauthorized"),
    (Forbidden, 403, "Forbidden"),
    (NotFound, 404, "Not found"),
    (PlacekeeperError, 503, "Unavailable"),
)


class Choice(msgspec.Struct):
    """Body of a restore."""

    reading: str


class Other(msgspec.Struct):
    """Body of a merge: the work that is joined to this one."""

    work: str


class Joined(msgspec.Struct):
    """Body of a split: the merge that is undone."""

    merge: str


class Mark(msgspec.Struct):
    """Body of a mark: how it stands with a work."""

    state: Literal["reading", "finished", "abandoned", "again"]


T = TypeVar("T")


class Api:
    """The application, to be mounted at `/api`."""

    def __init__(
        self,
        accounts: Accounts,
        history: History,
        joining: Joining,
        finishing: Finishing,
        library: Library,
        explaining: Explaining,
        *,
        body_bytes: int,
    ) -> None:
        """`body_bytes` caps request bodies."""
        self._accounts, self._history, self._library, self._body_bytes = accounts, history, library, body_bytes
        self._joining, self._finishing, self._explaining = joining, finishing, explaining
        self.app = Starlette(
            routes=[
                Route("/works", self._works),
                Route("/works/{work}", self._work),
                Route("/works/{work}/readings", self._readings),
                Route("/works/{work}/devices", self._places),
                Route("/works/{work}/matches", self._matches),
                Route("/works/{work}/restore", self._restore, methods=["POST"]),
                Route("/works/{work}/merge", self._merge, methods=["POST"]),
                Route("/works/{work}/split", self._split, methods=["POST"]),
                Route("/works/{work}/runs", self._runs),
                Route("/works/{work}/state", self._mark, methods=["POST"]),
                Route("/devices", self._devices),
                Route("/library", self._shelf),
                Route("/library/scan", self._scan, methods=["POST"]),
            ],
            exception_handlers={PlacekeeperError: _problem, HTTPException: _http_problem, Exception: _http_problem},
        )
        self.app.router.redirect_slashes = False  # a redirect is no problem detail, and names a host that the client chose

    async def _works(self, request: Request) -> Response:
        principal = await self._principal(request)
        before, limit = _page(request)
        works = await self._history.works(principal, before=before, limit=limit)
        return _json({"works": [_work(work) for work in works], "next": _next([work.id for work in works], limit)})

    async def _work(self, request: Request) -> Response:
        principal = await self._principal(request)
        found = await self._history.work(principal, request.path_params["work"])
        identifiers = [{"type": i.type, "value": i.value, "document": i.document} for i in found.identifiers]
        joined = [_merge(merge) for merge in found.merges if merge.into_id == found.work.id]
        into = next((merge.into_id for merge in found.merges if merge.from_id == found.work.id), None)
        return _json(_work(found.work) | {"identifiers": identifiers, "merged": joined, "merged_into": into})

    async def _readings(self, request: Request) -> Response:
        principal = await self._principal(request)
        before, limit = _page(request)
        readings = await self._history.readings(principal, request.path_params["work"], before=before, limit=limit)
        rows = [_reading(reading) for reading in readings]
        return _json({"readings": rows, "next": _next([reading.id for reading in readings], limit)})

    async def _places(self, request: Request) -> Response:
        principal = await self._principal(request)
        places = await self._history.places(principal, request.path_params["work"])
        return _json({"devices": [_place(place) for place in places]})

    async def _devices(self, request: Request) -> Response:
        principal = await self._principal(request)
        return _json({"devices": [_device(device) for device in await self._history.devices(principal)]})

    async def _runs(self, request: Request) -> Response:
        principal = await self._principal(request)
        return _json({"runs": [_run(run) for run in await self._finishing.runs(principal, request.path_params["work"])]})

    async def _mark(self, request: Request) -> Response:
        principal = await self._principal(request)
        said = await self._body(request, Mark)
        state = None if said.state == AGAIN else State(said.state)
        runs = await self._finishing.mark(principal, request.path_params["work"], state)
        return _json({"runs": [_run(run) for run in runs]})

    async def _matches(self, request: Request) -> Response:
        principal = await self._principal(request)
        found = await self._explaining.work(principal, request.path_params["work"])
        matches = [
            {"type": match.identifier.type, "value": match.identifier.value, "by": match.by or None, "why": match.why}
            | {"publications": [_publication(each) for each in match.publications]}
            for match in found.matches
        ]
        candidates = [_publication(each) for each in found.candidates]
        return _json({"matches": matches, "candidates": candidates, "works": list(found.works)})

    async def _restore(self, request: Request) -> Response:
        principal = await self._principal(request)
        choice = await self._body(request, Choice)
        reading = await self._history.restore(principal, request.path_params["work"], choice.reading)
        return _json(_reading(reading), 201)

    async def _merge(self, request: Request) -> Response:
        principal = await self._principal(request)
        other = await self._body(request, Other)
        return _json(_merge(await self._joining.join(principal, request.path_params["work"], other.work)), 201)

    async def _split(self, request: Request) -> Response:
        principal = await self._principal(request)
        joined = await self._body(request, Joined)
        return _json(_merge(await self._joining.part(principal, request.path_params["work"], joined.merge)))

    async def _shelf(self, request: Request) -> Response:
        await self._reader(request)
        return _json(_library(await self._library.report(), self._library.progress()))

    async def _scan(self, request: Request) -> Response:
        await self._reader(request)
        await self._library.request_scan()
        return _json({"progress": asdict(self._library.progress())}, 202)

    async def _reader(self, request: Request) -> Principal:
        """Who asks, if they see the library."""
        principal = await self._principal(request)
        if not self._library.sees(principal):
            raise Forbidden("this account does not see the library: an admin can let it in")
        return principal

    async def _principal(self, request: Request) -> Principal:
        """Who asks: a bearer token of the scope `account`."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise Unauthorized("a bearer token is needed")
        address = request.client.host if request.client else ""
        principal = await self._accounts.authenticate_bearer(token.strip(), address)
        if not principal.may(Scope.ACCOUNT):
            raise Unauthorized("this token may not see the account")
        return principal

    async def _body(self, request: Request, type_: type[T]) -> T:
        body = bytearray()
        try:
            async for part in request.stream():
                body += part
                if len(body) > self._body_bytes:
                    raise InvalidRequest("the body is too large")
            return msgspec.json.decode(body, type=type_)
        except ClientDisconnect as error:
            raise InvalidRequest("the client went away") from error
        except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
            raise InvalidRequest(str(error)) from error


def _page(request: Request) -> tuple[str | None, int]:
    text = request.query_params.get("limit", str(PAGE))
    if not text.isascii() or not text.isdigit() or len(text) > LIMIT_DIGITS or not 1 <= int(text) <= PAGES_LIMIT:
        raise InvalidRequest(f"limit is a whole number from 1 to {PAGES_LIMIT}")
    return request.query_params.get("before"), int(text)


def _next(ids: list[str], limit: int) -> str | None:
    """What to give as `before` for the page that follows; None when this was the last."""
    return ids[-1] if len(ids) == limit else None


def _time(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _work(work: Work) -> dict[str, Any]:
    described = work.description
    return {
        "id": work.id,
        "title": described.title,
        "authors": described.authors,
        "filename": described.filename,
        "run": work.run,
        "created": _time(work.created_at),
        "restored": _time(work.restored_at),
        "place": _reading(work.head) if work.head else None,
    }


def _reading(reading: Reading) -> dict[str, Any]:
    report = reading.report
    return {
        "id": reading.id,
        "work": reading.work_id,
        "document": report.document,
        "protocol": report.protocol,
        "notation": report.place.notation.value,
        "value": report.place.value,
        "progression": report.progression,
        "device": {"id": report.device_id, "name": report.device_name, "device_id": report.device_foreign_id},
        "observed": _time(report.observed_at),
        "received": _time(report.received_at),
        "outcome": reading.outcome.value,
        "effect": reading.effect.value,
        "reason": reading.reason,
    }


def _device(device: Device) -> dict[str, Any]:
    return {
        "id": device.id,
        "name": device.name,
        "kind": device.kind,
        "created": _time(device.created_at),
        "active": _time(device.active_at),
    }


def _place(place: DevicePlace) -> dict[str, Any]:
    standing = place.standing
    seen = {"reading": standing.seen.reading_id, "at": _time(standing.seen.at)} if standing.seen else None
    return {"device": _device(place.device), "place": _reading(place.last) if place.last else None, "seen": seen}


def _run(run: Run) -> dict[str, Any]:
    return {
        "run": run.number,
        "state": run.state.value,
        "started": _time(run.started_at),
        "finished": _time(run.finished_at),
        "abandoned": _time(run.abandoned_at),
    }


def _merge(merge: Merge) -> dict[str, Any]:
    return {
        "id": merge.id,
        "into": merge.into_id,
        "work": merge.from_id,
        "merged": _time(merge.merged_at),
        "undone": _time(merge.undone_at),
    }


def _publication(publication: Publication) -> dict[str, Any]:
    return {
        "id": publication.id,
        "edition": publication.edition_id,
        "title": publication.described.metadata.title,
        "file": publication.path,
        "missing": _time(publication.missing_since),
    }


def _library(report: ScanReport, progress: ScanProgress) -> dict[str, Any]:
    folders = [
        asdict(folder) | {"began": _time(folder.began_at), "ended": _time(folder.ended_at), "seconds": _seconds(folder)}
        for folder in report.folders
    ]
    for folder in folders:
        del folder["began_at"], folder["ended_at"]
    return {
        "progress": asdict(progress),
        "publications": report.publications,
        "folders": folders,
        "skipped": [{"folder": f.folder, "path": f.path, "why": f.why, "at": _time(f.at)} for f in report.skipped],
        "damaged": [{"folder": folder, "path": path, "why": why} for folder, path, why in report.damaged],
    }


def _seconds(folder: FolderReport) -> float:
    return (folder.ended_at - folder.began_at) / 1000


def _json(body: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def _problem(request: Request, error: Exception) -> Response:
    """Problem details for one of our errors."""
    status, title = next((status, title) for kind, status, title in _ERRORS if isinstance(error, kind))
    request.scope["error"] = error
    headers = {"www-authenticate": 'Bearer realm="placekeeper"'} if status == 401 else {}  # noqa: PLR2004 - RFC 9110
    body = msgspec.json.encode({"title": title, "status": status, "detail": str(error)})
    return Response(body, status, headers, media_type="application/problem+json")


def _http_problem(_request: Request, error: Exception) -> Response:
    """Problem details for what the router itself refuses."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else "Internal error"
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    body = msgspec.json.encode({"title": detail, "status": status, "detail": detail})
    return Response(body, status, headers, media_type="application/problem+json")
