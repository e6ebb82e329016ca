"""The way in: the first admin, signing in and out."""

from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from placekeeper.domain.errors import NotFound, PairingRefused, Refused, Unauthorized
from placekeeper.services.founding import SHORTEST, Founding
from placekeeper.services.sessions import Sessions
from placekeeper.web.door import Door, Visit, inner
from placekeeper.web.guides import Guides
from placekeeper.web.session import SESSION, VISITOR, forget, remember

_WRONG: Final = "That name and password don't fit together."
_DIFFER: Final = "The two passwords differ."


class Entrance:
    """The pages before one has signed in."""

    def __init__(self, door: Door, sessions: Sessions, founding: Founding, guides: Guides) -> None:
        """`guides`: what to type into apps is shown to everybody."""
        self._sessions, self._founding, self._guides = sessions, founding, guides
        self.routes: list[Route] = [
            door.page("/welcome", self._welcome, public=True),
            door.form("/welcome", self._found, public=True),
            door.page("/sign-in", self._sign_in_page, public=True),
            door.form("/sign-in", self._sign_in, public=True),
            door.form("/sign-out", self._sign_out),
        ]

    async def front(self, visit: Visit) -> Response:
        """The front page of who has not signed in."""
        return visit.show(
            "front.html",
            **self._guides.overview(visit),
            wanting=await self._founding.wanting(),
            wanted="",
            problem="",
            said_name="",
        )

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
