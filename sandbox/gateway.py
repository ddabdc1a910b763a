"""The front door of a platform: finds the world, strikes with faults, keeps the log."""

import asyncio

from starlette.responses import JSONResponse, Response

MAX_BODY = 20_000_000


class Gateway:
    """ASGI wrapper around the routes of one platform."""

    def __init__(self, app, platform, worlds):
        self._app = app
        self._platform = platform
        self._worlds = worlds

    async def __call__(self, scope, receive, send):
        world = self._worlds.get(scope["path_params"].get("world"))
        if world is None:
            await JSONResponse({"error": "There is no such world."}, 404)(scope, receive, send)
            return
        scope["sandbox_world"] = world
        body = await _read(receive)
        method = scope["method"]
        path = _inner_path(scope)
        state = world.platform(self._platform)
        operation = state.operation(method, path, body)
        fault = world.faults.draw(self._platform, f"{method} {path} {operation}")
        answer = _Answer()
        replay = _replay(body)

        if fault == "timeout_before":
            world.log_request(self._platform, method, path, operation, 0)
            await self._stall(world, scope, receive, send)
            return
        if fault in ("429", "500", "throttled"):
            await state.fault(fault)(scope, replay, answer.send)
        else:
            await self._app(scope, replay, answer.send)
        world.log_request(
            self._platform, method, path, operation, 0 if fault == "timeout_after" else answer.status
        )
        if fault == "timeout_after":
            await self._stall(world, scope, receive, send)
            return
        if fault == "broken_json":
            answer.break_body()
        await answer.play(send)

    async def _stall(self, world, scope, receive, send):
        """Answer nothing until the caller hangs up or the world's patience ends."""
        gone = asyncio.ensure_future(_disconnected(receive))
        done, _pending = await asyncio.wait({gone}, timeout=world.settings.timeout_seconds)
        if not done:
            gone.cancel()
            await Response("Gateway Timeout", 504)(scope, receive, send)


class _Answer:
    """Keeps what the platform answers until it is known whether it may go out."""

    def __init__(self):
        self.status = 0
        self._headers = []
        self._body = b""

    async def send(self, message):
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._headers = list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")

    def break_body(self):
        self._body = self._body[: max(1, len(self._body) // 2)] or b"{"

    async def play(self, send):
        headers = [(key, value) for key, value in self._headers if key != b"content-length"]
        if self.status != 204:
            headers.append((b"content-length", str(len(self._body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self._body})


def _inner_path(scope):
    root = scope.get("root_path", "")
    path = scope["path"]
    return path[len(root) :] if root and path.startswith(root) else path


async def _read(receive):
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return body
        body += message.get("body", b"")
        if not message.get("more_body") or len(body) > MAX_BODY:
            return body


def _replay(body):
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive


async def _disconnected(receive):
    while (await receive())["type"] != "http.disconnect":
        pass
