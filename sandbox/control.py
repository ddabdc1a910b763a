"""The control API that belongs to no platform: worlds, faults, log, webhooks, clock."""

import json
import re

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.clock import parse_moment, utc_text
from sandbox.settings import Settings
from sandbox.world import World

WORLD_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
RESERVED = {"worlds", "health"}


async def read_json(request):
    """Return the JSON object of a control request ({} when empty); ValueError otherwise."""
    raw = await request.body()
    if not raw.strip():
        return {}
    try:
        data = json.loads(raw)
    except ValueError as error:
        raise ValueError(f"The request is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise ValueError("The request must be a JSON object.")
    return data


async def health(_request):
    return JSONResponse({"status": "ok"})


def world_routes(worlds, deliver_to):
    """Routes that make, list and remove worlds."""

    async def create(request):
        data = await read_json(request)
        name = data.get("name") or _free_name(worlds)
        if not isinstance(name, str) or not WORLD_NAME.fullmatch(name) or name in RESERVED:
            raise ValueError("name must be lower-case letters, digits, - and _")
        if name in worlds:
            raise HTTPException(409, f"There is already a world {name}.")
        start = parse_moment(data["clock"]) if data.get("clock") else None
        world = World(
            name,
            base_url=f"{str(request.base_url).rstrip('/')}/{name}",
            shop=data.get("shop", "garden"),
            seed=int(data.get("seed", 1)),
            settings=Settings.from_json(data, deliver_to),
            start=start,
        )
        worlds[name] = world
        return JSONResponse({"name": name, "base_url": world.base_url}, 201)

    async def index(_request):
        return JSONResponse(
            {"worlds": [{"name": world.name, "base_url": world.base_url} for world in worlds.values()]}
        )

    async def remove(request):
        world = worlds.pop(request.path_params["world"], None)
        if world is None:
            raise HTTPException(404, "There is no such world.")
        await world.webhooks.close()
        return Response(status_code=204)

    return [
        Route("/worlds", create, methods=["POST"]),
        Route("/worlds", index, methods=["GET"]),
        Route("/worlds/{world}", remove, methods=["DELETE"]),
    ]


def control_routes(get_world):
    """Routes under /{world}/control."""

    async def add_fault(request):
        rule = get_world(request).faults.add(await read_json(request))
        return JSONResponse(rule.as_json(), 201)

    async def list_faults(request):
        rules = get_world(request).faults.rules
        return JSONResponse({"faults": [rule.as_json() for rule in rules]})

    async def clear_faults(request):
        get_world(request).faults.clear()
        return Response(status_code=204)

    async def requests(request):
        return JSONResponse({"requests": get_world(request).requests})

    async def forget_requests(request):
        get_world(request).requests.clear()
        return Response(status_code=204)

    async def state(request):
        world = get_world(request)
        return JSONResponse(
            {
                **world.shopify.summary(),
                "mollie": world.mollie.summary(),
                **world.sendcloud.summary(),
                "time": utc_text(world.clock.now()),
            }
        )

    async def credentials(request):
        world = get_world(request)
        return JSONResponse(
            {
                "shopify": world.shopify.credentials(),
                "mollie": world.mollie.credentials(),
                "sendcloud": world.sendcloud.credentials(),
            }
        )

    async def deliveries(request):
        log = get_world(request).webhooks.log
        return JSONResponse({"webhooks": [delivery.as_json() for delivery in log]})

    async def flush(request):
        data = await read_json(request)
        left = await get_world(request).webhooks.flush(float(data.get("timeout", 120)))
        return JSONResponse({"left": left})

    async def clock(request):
        data = await read_json(request)
        world = get_world(request)
        return JSONResponse({"time": utc_text(world.clock.advance(float(data["advance"])))})

    return [
        Route("/faults", add_fault, methods=["POST"]),
        Route("/faults", list_faults, methods=["GET"]),
        Route("/faults", clear_faults, methods=["DELETE"]),
        Route("/requests", requests, methods=["GET"]),
        Route("/requests", forget_requests, methods=["DELETE"]),
        Route("/state", state, methods=["GET"]),
        Route("/credentials", credentials, methods=["GET"]),
        Route("/webhooks", deliveries, methods=["GET"]),
        Route("/webhooks/flush", flush, methods=["POST"]),
        Route("/clock", clock, methods=["POST"]),
    ]


def _free_name(worlds):
    number = len(worlds) + 1
    while f"w{number}" in worlds:
        number += 1
    return f"w{number}"
