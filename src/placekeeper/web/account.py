"""One's own account: the password, how places are judged, all that there is as one file, and the end of it. Pages and forms."""

from collections.abc import AsyncIterator, Callable
from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from placekeeper.domain.account import ArbiterMode, Principal
from placekeeper.domain.errors import InvalidRequest, Unauthorized
from placekeeper.services.accounts import Accounts
from placekeeper.services.founding import SHORTEST
from placekeeper.services.owning import Owning
from placekeeper.services.secrets import key_of
from placekeeper.services.sessions import Sessions
from placekeeper.web.door import Door, Visit
from placekeeper.web.sending import JSON, Sending, dated
from placekeeper.web.session import SESSION, forget, remember

Export = Callable[[Principal], AsyncIterator[bytes]]
"""Everything that an account has, as JSON."""
_DIFFER: Final = "The two passwords differ."
_SHORT: Final = f"The password needs at least {SHORTEST} characters."
DONE: Final = {
    "changed": "The password is changed. Other browsers are signed out.",
    "judged": "From now on, places are judged so.",
}


class AccountPages:
    """The pages."""

    def __init__(self, door: Door, accounts: Accounts, sessions: Sessions, owning: Owning, export: Export) -> None:
        """Nothing happens yet."""
        self._accounts, self._sessions, self._owning, self._export = accounts, sessions, owning, export
        self.routes: list[Route] = [
            door.page("/account", self._account),
            door.form("/account/arbiter", self._judge),
            door.page("/account/export", self._exported),
            door.page("/account/delete", self._deletion),
            door.form("/account/delete", self._delete),
            door.page("/password", self._password_page),
            door.form("/password", self._change_password),
        ]

    async def _account(self, visit: Visit) -> Response:
        owned = await self._owning.account(visit.principal)
        return visit.show("account.html", owned=owned, done=DONE.get(visit.asked("did"), ""))

    async def _judge(self, visit: Visit) -> Response:
        said = visit.form.get("arbiter", "")
        if said not in set(ArbiterMode):
            raise InvalidRequest("places are judged by all rules, or the latest one counts")
        await self._owning.judge(visit.principal, ArbiterMode(said))
        return visit.to("account", did="judged")

    async def _exported(self, visit: Visit) -> Response:
        return Sending(self._export(visit.principal), dated(visit.now, ".json"), JSON)

    async def _deletion(self, visit: Visit) -> Response:
        owned = await self._owning.account(visit.principal)
        return visit.show("delete.html", owned=owned, problem="")

    async def _delete(self, visit: Visit) -> Response:
        """Everything goes; the name can be taken anew."""
        problem = "Tick the box: everything is deleted, for good." if visit.form.get("sure") != "yes" else ""
        try:
            if not problem:
                key = key_of(visit.form.get("current", ""))
                await self._accounts.delete(visit.principal.account_name, key, visit.address)
                answer = visit.to()
                forget(answer, SESSION)
                return answer
        except Unauthorized:
            problem = "That is not your password: nothing is deleted."
        except InvalidRequest as error:
            problem = f"That can't be done: {error}."
        owned = await self._owning.account(visit.principal)
        return visit.show("delete.html", 400, owned=owned, problem=problem)

    async def _password_page(self, visit: Visit) -> Response:
        return visit.show("password.html", problem="", shortest=SHORTEST)

    async def _change_password(self, visit: Visit) -> Response:
        form = visit.form
        problem = _unfit(form.get("password", ""), form.get("again", ""))
        try:
            if not problem:
                changed = self._sessions.change_password
                token = await changed(visit.principal, form.get("current", ""), form.get("password", ""), visit.address)
                answer = visit.to("account", did="changed")
                remember(visit.request, answer, SESSION, token, self._sessions.seconds)
                return answer
        except Unauthorized:
            problem = "The current password is another one."
        except InvalidRequest as error:
            problem = f"That can't be done: {error}."
        return visit.show("password.html", 400, problem=problem, shortest=SHORTEST)


def _unfit(password: str, again: str) -> str:
    """What is wrong with a new password; "" where nothing is."""
    if len(password) < SHORTEST:
        return _SHORT
    return "" if password == again else _DIFFER
