"""The way in: the first admin, signing in and out, the password, and what to type into reading apps."""

from typing import Any, Final

from starlette.responses import Response
from starlette.routing import Route

from placekeeper.domain.errors import InvalidRequest, NotFound, PairingRefused, Refused, Unauthorized
from placekeeper.services.founding import SHORTEST, Founding
from placekeeper.services.sessions import Sessions
from placekeeper.web.door import Door, Visit, inner
from placekeeper.web.session import SESSION, VISITOR, forget, remember

_WRONG: Final = "That name and password don't fit together."
_DIFFER: Final = "The two passwords differ."
_SHORT: Final = f"The password needs at least {SHORTEST} characters."


class Entrance:
    """The pages before one has signed in, and that of the password."""

    def __init__(self, door: Door, sessions: Sessions, founding: Founding, public_url: str | None, *, library: bool) -> None:
        """`library`: whether there are books to show."""
        self._sessions, self._founding, self._public_url, self._library = sessions, founding, public_url, library
        self.routes: list[Route] = [
            door.page("/welcome", self._welcome, public=True),
            door.form("/welcome", self._found, public=True),
            door.page("/sign-in", self._sign_in_page, public=True),
            door.form("/sign-in", self._sign_in, public=True),
            door.form("/sign-out", self._sign_out),
            door.page("/password", self._password_page),
            door.form("/password", self._change_password),
            door.page("/apps", self.apps, public=True),
        ]

    async def front(self, visit: Visit) -> Response:
        """The front page of who has not signed in."""
        return visit.show(
            "front.html", **self._addresses(visit), wanting=await self._founding.wanting(), wanted="", problem="", said_name=""
        )

    async def apps(self, visit: Visit) -> Response:
        """What to type into reading apps."""
        return visit.show("apps.html", **self._addresses(visit))

    def _addresses(self, visit: Visit) -> dict[str, Any]:
        base = self._public_url or str(visit.request.base_url).rstrip("/")
        return {"kosync": base + "/kosync", "opds": base + "/opds" if self._library else ""}

    async def _welcome(self, visit: Visit) -> Response:
        if not await self._founding.wanting():
            raise NotFound("there is an admin already: sign in")
        return visit.show("welcome.html", problem="", said={}, shortest=SHORTEST)

    async def _found(self, visit: Visit) -> Response:
        if not await self._founding.wanting():
            raise NotFound("there is an admin already: sign in")
        form = visit.form
        name, password = form.get("name", ""), form.get("password", "")
        problem = "" if password == form.get("again", "") else _DIFFER
        try:
            if not problem:
                await self._founding.found(form.get("code", ""), name, password, visit.address)
                return await self._entered(visit, name, password)
        except PairingRefused as error:
            problem = f"The code is wrong: {error}."
        except Unauthorized:
            problem = "There is an account of that name, and it has another password."
        except Refused as error:
            problem = f"That can't be done: {error}."
        return visit.show("welcome.html", 400, problem=problem, said=form, shortest=SHORTEST)

    async def _sign_in_page(self, visit: Visit) -> Response:
        if visit.visitor is not None:
            return visit.to()
        return visit.show("sign_in.html", wanted=inner(visit.asked("wanted")), problem="", said_name="")

    async def _sign_in(self, visit: Visit) -> Response:
        name, wanted = visit.form.get("name", ""), inner(visit.form.get("wanted", ""))
        try:
            return await self._entered(visit, name, visit.form.get("password", ""), wanted)
        except Unauthorized as error:
            visit.request.scope["error"] = error
            return visit.show("sign_in.html", 401, wanted=wanted, problem=str(error).capitalize() or _WRONG, said_name=name)

    async def _entered(self, visit: Visit, name: str, password: str, wanted: str = "") -> Response:
        token = await self._sessions.begin(name, password, visit.address)
        answer = visit.to(wanted)
        remember(visit.request, answer, SESSION, token, self._sessions.seconds)
        forget(answer, VISITOR)
        return answer

    async def _sign_out(self, visit: Visit) -> Response:
        answer = visit.to()
        forget(answer, SESSION)
        return answer

    async def _password_page(self, visit: Visit) -> Response:
        return visit.show("password.html", problem="", done=visit.asked("did") == "changed", shortest=SHORTEST)

    async def _change_password(self, visit: Visit) -> Response:
        form = visit.form
        problem = _unfit(form.get("password", ""), form.get("again", ""))
        try:
            if not problem:
                changed = self._sessions.change_password
                token = await changed(visit.principal, form.get("current", ""), form.get("password", ""), visit.address)
                answer = visit.to("password", did="changed")
                remember(visit.request, answer, SESSION, token, self._sessions.seconds)
                return answer
        except Unauthorized:
            problem = "The current password is another one."
        except InvalidRequest as error:
            problem = f"That can't be done: {error}."
        return visit.show("password.html", 400, problem=problem, done=False, shortest=SHORTEST)


def _unfit(password: str, again: str) -> str:
    """What is wrong with a new password; "" where nothing is."""
    if len(password) < SHORTEST:
        return _SHORT
    return "" if password == again else _DIFFER
