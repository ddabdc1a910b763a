"""The sandbox as an ASGI application."""

import contextlib
import importlib

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, Router

from sandbox import control
from sandbox.gateway import Gateway

PLATFORM_NAMES = ("shopify", "mollie", "sendcloud")


def create_app(deliver_to=()):
    """Build the application. Worlds live in ``app.state.worlds`` by name."""
    worlds = {}

    def get_world(request):
        return request.scope["sandbox_world"]

    def get_controlled_world(request):
        world = worlds.get(request.path_params["world"])
        if world is None:
            raise HTTPException(404, "There is no such world.")
        return world

    control_routes = control.control_routes(get_controlled_world)
    mounts = []
    for name in PLATFORM_NAMES:
        platform = importlib.import_module(f"sandbox.{name}")
        own_control = importlib.import_module(f"sandbox.{name}.control")
        control_routes += own_control.control_routes(get_controlled_world)
        router = Router(routes=platform.routes(get_world))
        mounts.append(Mount(f"/{{world}}/{name}", app=Gateway(router, name, worlds)))

    @contextlib.asynccontextmanager
    async def lifespan(_app):
        yield
        for world in worlds.values():
            await world.webhooks.close()

    app = Starlette(
        routes=[
            Route("/health", control.health),
            *control.world_routes(worlds, deliver_to),
            Mount("/{world}/control", routes=control_routes),
            *mounts,
        ],
        exception_handlers={HTTPException: _http_error, ValueError: _bad_input, KeyError: _missing_input},
        lifespan=lifespan,
    )
    app.state.worlds = worlds
    return app


async def _http_error(_request, error):
    return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)


async def _bad_input(_request, error):
    return JSONResponse({"error": str(error)}, 400)


async def _missing_input(_request, error):
    return JSONResponse({"error": f"There is no {error}."}, 400)
