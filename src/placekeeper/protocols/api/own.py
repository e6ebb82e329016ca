"""What is the account's own, and the library's, over `/api`: tokens, and scans."""

import msgspec

from placekeeper.domain.account import Scope
from placekeeper.protocols.api import answers, wire
from placekeeper.protocols.api.operations import Asked, Operation
from placekeeper.services.library import Library
from placekeeper.services.tokens import Tokens

OF_TOKEN = {"token": "The id of a token (not its secret)."}


class Own:
    """The operations."""

    def __init__(self, tokens: Tokens, library: Library) -> None:
        """Nothing happens yet."""
        self._tokens, self._library = tokens, library

    @property
    def operations(self) -> list[Operation]:
        """All of them."""
        return [
            Operation(
                method="GET", path="/tokens", name="listTokens", answer=wire.Tokens, call=self.tokens,
                summary="The account's tokens and devices' credentials, revoked ones too.",
            ),
            Operation(
                method="POST", path="/tokens", name="makeToken", body=wire.Wish, answer=wire.NewToken, status=201, call=self.make,
                summary="Make a token. Its secret is shown this once.",
            ),
            Operation(
                method="DELETE", path="/tokens/{token}", name="revokeToken", answer=wire.TokenSaid, call=self.revoke,
                parameters=OF_TOKEN, summary="Revoke a token, at once and everywhere.",
            ),
            Operation(
                method="GET", path="/library", name="getLibrary", answer=wire.LibrarySaid, call=self.shelf, library=True,
                summary="What is in the library, and what the last scans found.",
            ),
            Operation(
                method="POST", path="/library/scan", name="scan", answer=wire.Scan, status=202, call=self.scan, library=True,
                summary="Ask for a scan.",
            ),
        ]  # fmt: skip

    async def tokens(self, asked: Asked) -> wire.Tokens:
        """All of them."""
        return wire.Tokens([answers.token(each) for each in await self._tokens.all(asked.principal)])

    async def make(self, asked: Asked) -> wire.NewToken:
        """A new one."""
        scopes = frozenset(Scope(scope) for scope in asked.body.scopes)
        credential, secret = await self._tokens.make(asked.principal, asked.body.name, scopes)
        return wire.NewToken(**msgspec.structs.asdict(answers.token(credential)), token=secret)

    async def revoke(self, asked: Asked) -> wire.TokenSaid:
        """The revoked one."""
        return answers.token(await self._tokens.revoke(asked.principal, asked.path["token"]))

    async def shelf(self, _asked: Asked) -> wire.LibrarySaid:
        """The report."""
        return answers.library(await self._library.report(), self._library.progress())

    async def scan(self, _asked: Asked) -> wire.Scan:
        """How far it is."""
        await self._library.request_scan()
        return wire.Scan(answers.progress(self._library.progress()))
