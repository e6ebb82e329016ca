"""The floor that everything is compared with: a bare Starlette handler on uvicorn, as DESIGN words it."""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def authorized(_request: Request) -> JSONResponse:
    """Answer what a sign-in answers, knowing nothing."""
    return JSONResponse({"authorized": "OK"})


app = Starlette(routes=[Route("/users/auth", authorized)])

if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), http="httptools", loop="uvloop", access_log=False, log_level="warning")
