"""Odoo as its web client talks to it: a login, then model methods, as that user and with their rights."""

import http.cookiejar
import json
import urllib.error
import urllib.request

from ..console import Failure


class Session:
    """One user's session with an Odoo server."""

    def __init__(self, url: str, database: str, login: str, password: str):
        self.url, self.database = url, database
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        # No proxy of the machine: the server is on loopback.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
        answer = self._post(
            "/web/session/authenticate", {"db": database, "login": login, "password": password}
        )
        self.uid = answer["uid"]
        self.context = answer.get("user_context", {})

    def call(self, model: str, method: str, *args, **kwargs):
        """Call a public method; raises Failure with Odoo's own words."""
        kwargs.setdefault("context", self.context)
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": kwargs},
        )

    def search_read(self, model: str, domain: list, fields: list[str], **kwargs) -> list[dict]:
        return self.call(model, "search_read", domain, fields, **kwargs)

    def search(self, model: str, domain: list, **kwargs) -> list[int]:
        return self.call(model, "search", domain, **kwargs)

    def ref(self, xml_id: str) -> int:
        """Database id of an external id."""
        module, name = xml_id.split(".")
        found = self.search_read("ir.model.data", [("module", "=", module), ("name", "=", name)], ["res_id"])
        if not found:
            raise Failure(f"Odoo has no record {xml_id}.")
        return found[0]["res_id"]

    def _post(self, path: str, parameters: dict):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": parameters}).encode()
        request = urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"})
        with self._opener.open(request, timeout=300) as response:
            answer = json.load(response)
        if "error" in answer:
            data = answer["error"].get("data", {})
            raise Failure(f"Odoo refused {path}: {data.get('message') or answer['error'].get('message')}")
        return answer.get("result")
