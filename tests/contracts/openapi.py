"""Published OpenAPI documents, and whether a body is what they promise."""

import json
import os
from functools import cache
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = "urn:contract"


def shared_folder():
    """Where contracts and samples are: $O2C_CONTRACTS, else `shared` beside the repository. Fails without
    it.
    """
    folder = ROOT / os.environ.get("O2C_CONTRACTS", "../shared")
    if not (folder / "contracts").is_dir():
        pytest.fail(
            f"The published contracts are missing: set O2C_CONTRACTS to a folder with contracts/ ({folder})"
        )
    return folder


class Contract:
    """One OpenAPI document (3.0 or 3.1)."""

    def __init__(self, document):
        self._document = _modern(document)
        self._registry = Registry().with_resource(DOCUMENT, DRAFT202012.create_resource(self._document))

    def operation(self, method, path):
        """The operation at a templated path, for example ``get /shipments/{id}``."""
        return self._document["paths"][path][method.lower()]

    @property
    def paths(self):
        return list(self._document["paths"])

    def methods(self, path):
        """The methods of a path, in lower case."""
        return {"get", "post", "put", "patch", "delete"} & set(self._document["paths"][path])

    def statuses(self, method, path):
        return set(self.operation(method, path)["responses"])

    def request_errors(self, method, path, body):
        """What is wrong with a JSON request, as texts; none is good."""
        request = self._followed(self.operation(method, path)["requestBody"])
        return self._errors(request["content"]["application/json"]["schema"], body)

    def response_errors(self, method, path, status, body):
        """What is wrong with a JSON answer; none is good. KeyError when the status is not documented."""
        response = self._followed(self.operation(method, path)["responses"][str(status)])
        schema = response["content"]["application/json"]["schema"]
        if self._followed(schema).get("type") == "array" and isinstance(body, dict) and "errors" in body:
            # The document of shipments tells a bare list of errors; its examples wrap it in "errors".
            body = body["errors"]
        return self._errors(schema, body)

    def webhook_errors(self, name, body):
        request = self._document["webhooks"][name]["post"]["requestBody"]
        return self._errors(self._followed(request)["content"]["application/json"]["schema"], body)

    def _followed(self, node):
        while "$ref" in node:
            target = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def _errors(self, schema, body):
        rooted = _rooted(schema)
        validator = Draft202012Validator(rooted, registry=self._registry)
        return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(body)]


def _rooted(schema):
    """The schema with its references pointing into the whole document."""
    if isinstance(schema, dict):
        return {
            key: f"{DOCUMENT}{value}" if key == "$ref" and isinstance(value, str) else _rooted(value)
            for key, value in schema.items()
        }
    if isinstance(schema, list):
        return [_rooted(item) for item in schema]
    return schema


def _modern(node):
    """OpenAPI 3.0's ``nullable`` as the null type of JSON Schema."""
    if isinstance(node, list):
        return [_modern(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {key: _modern(value) for key, value in node.items() if key != "nullable"}
    if node.get("nullable") is True and isinstance(node.get("type"), str):
        result["type"] = [node["type"], "null"]
        if "enum" in result and None not in result["enum"]:
            result["enum"] = [*result["enum"], None]
    return result


@cache
def contract(platform, name):
    """The contract in ``contracts/<platform>/<name>``."""
    path = shared_folder() / "contracts" / platform / name
    if not path.exists():
        pytest.fail(f"The published contract {name} of {platform} is missing.")
    text = path.read_text()
    if path.suffix == ".json":
        return Contract(json.loads(text))
    return Contract(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
