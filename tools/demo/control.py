"""The outside world: the sandbox's control API."""

import json
import urllib.error
import urllib.request

from ..console import Failure


class World:
    """One world of the sandbox: its shop, its Mollie account, its Sendcloud account, its shoppers."""

    def __init__(self, root: str, name: str):
        self.root, self.name = root, name
        self.url = f"{root}/{name}"

    def post(self, path: str, **body):
        return _call("POST", f"{self.url}/control/{path}", body)

    def get(self, path: str):
        return _call("GET", f"{self.url}/control/{path}")


def new_world(root: str, name: str = "main", **options) -> World:
    _call("POST", f"{root}/worlds", {"name": name, "shop": "garden", **options})
    return World(root, name)


def _call(method: str, url: str, body: dict | None = None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=120) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        raise Failure(
            f"The sandbox refused {method} {url}: {error.read().decode(errors='replace')}"
        ) from None
