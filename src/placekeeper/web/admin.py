"""The admin's pages: how the server is, who may register, accounts, a backup. Every handler's service refuses who is no admin."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from placekeeper import __version__
from placekeeper.domain.errors import InvalidRequest, NameTaken
from placekeeper.services.accounts import Registration
from placekeeper.services.administering import Administering
from placekeeper.services.founding import SHORTEST
from placekeeper.services.library import Library
from placekeeper.services.upkeep import Upkeep
from placekeeper.web.door import Door, Visit
from placekeeper.web.sending import DATABASE, Sending, dated

LISTED: Final = 50
"""Accounts of one page."""
MODES: Final = {
    Registration.OPEN: "Everybody. Such an account may sync, and sees no library until you say so.",
    Registration.PAIR: "Devices with a code that somebody with an account has made for them.",
    Registration.CLOSED: "Nobody: you make the accounts.",
}
DONE: Final = {
    "registration": "Chosen.",
    "added": "The account is made.",
    "changed": "Changed. It counts at once; whether an account is full is looked at some seconds after it has told a place.",
    "password": "The password is changed; the account's browsers are signed out.",
    "removed": "The account is deleted, with all that it had.",
}
"""What has been done, after a form."""
_DIGITS: Final = 12
"""Of a quota."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offices:
    """What the pages are made of. `quota`: how much an account may keep unless it is said otherwise."""

    administering: Administering
    upkeep: Upkeep
    library: Library
    quota: int


class Admin:
    """The pages."""

    def __init__(self, door: Door, offices: Offices) -> None:
        """Nothing happens yet."""
        self._offices = offices
        self.routes: list[Route] = [
            door.page("/admin", self._overview),
            door.form("/admin/registration", self._register),
            door.page("/admin/backup", self._backup),
            door.page("/admin/accounts", self._accounts),
            door.form("/admin/accounts", self._add),
            door.page("/admin/accounts/{account}", self._account),
            door.form("/admin/accounts/{account}/change", self._change),
            door.form("/admin/accounts/{account}/password", self._set_password),
            door.form("/admin/accounts/{account}/remove", self._remove),
        ]

    async def _overview(self, visit: Visit) -> Response:
        offices = self._offices
        health = await offices.upkeep.health(visit.principal)
        mode, choosable = await offices.administering.registration()
        return visit.show(
            "admin.html",
            health=health,
            modes=MODES,
            mode=mode,
            choosable=choosable,
            progress=offices.library.progress(),
            folders=offices.library.folders,
            version=__version__,
            done=DONE.get(visit.asked("did"), ""),
        )

    async def _register(self, visit: Visit) -> Response:
        await self._offices.administering.choose_registration(visit.principal, visit.form.get("mode", ""))
        return visit.to("admin", did="registration")

    async def _backup(self, visit: Visit) -> Response:
        copy = await self._offices.upkeep.backup(visit.principal)
        answer = Sending(copy.pieces(), dated(visit.now, ".sqlite3"), DATABASE, copy.size)
        answer.ended = copy.let_go
        return answer

    async def _accounts(self, visit: Visit, problem: str = "") -> Response:
        query, after = visit.asked("q")[:255], visit.asked("after")[:255]
        found = await self._offices.administering.accounts(visit.principal, query, after, LISTED + 1)
        return visit.show(
            "accounts.html",
            400 if problem else 200,
            accounts=found[:LISTED],
            more=found[LISTED - 1].name if len(found) > LISTED else "",
            asked=query,
            problem=problem,
            said=visit.form,
            shortest=SHORTEST,
            done=DONE.get(visit.asked("did"), ""),
        )

    async def _add(self, visit: Visit) -> Response:
        form = visit.form
        try:
            made = await self._offices.administering.add(
                visit.principal,
                form.get("name", ""),
                form.get("password", ""),
                visit.address,
                admin=form.get("admin") == "yes",
                library=form.get("library") == "yes",
            )
        except (InvalidRequest, NameTaken) as error:
            return await self._accounts(visit, f"That can't be done: {error}.")
        return visit.to(f"admin/accounts/{made}", did="added")

    async def _account(self, visit: Visit, problem: str = "") -> Response:
        administered = await self._offices.administering.account(visit.principal, _id(visit))
        return visit.show(
            "administered.html",
            400 if problem else 200,
            administered=administered,
            own=administered.account.id == visit.principal.account_id,
            usual=self._offices.quota,
            problem=problem,
            shortest=SHORTEST,
            done=DONE.get(visit.asked("did"), ""),
        )

    async def _change(self, visit: Visit) -> Response:
        form = visit.form
        changes = {
            "admin": form.get("admin") == "yes",
            "library": form.get("library") == "yes",
            "quota": _quota(form.get("quota", "")),
        }
        if _id(visit) == visit.principal.account_id:
            del changes["admin"]
        await self._offices.administering.change(visit.principal, _id(visit), **changes)
        return visit.to(f"admin/accounts/{_id(visit)}", did="changed")

    async def _set_password(self, visit: Visit) -> Response:
        await self._offices.administering.set_password(visit.principal, _id(visit), visit.form.get("password", ""), visit.address)
        return visit.to(f"admin/accounts/{_id(visit)}", did="password")

    async def _remove(self, visit: Visit) -> Response:
        try:
            await self._offices.administering.remove(visit.principal, _id(visit), visit.form.get("name", ""))
        except InvalidRequest as error:
            return await self._account(visit, f"That can't be done: {error}.")
        return visit.to("admin/accounts", did="removed")


def _id(visit: Visit) -> str:
    return str(visit.request.path_params["account"])


def _quota(text: str) -> int | None:
    """How much an account may keep; None: as the settings say. Raises InvalidRequest."""
    bare = text.strip().replace(",", "").replace(" ", "")
    if not bare:
        return None
    if not bare.isascii() or not bare.isdecimal() or len(bare) > _DIGITS:
        raise InvalidRequest("a quota is a whole number; 0 is any number, nothing is as the settings say")
    return int(bare)
