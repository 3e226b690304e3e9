"""An OpenAPI document as a page shows it: what stands beside each other there, in the order of reading."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from kb.cards.facts import Json
from kb.cards.keys import REFERENCE, Schema

FORM: Final = "application/x-www-form-urlencoded"
_LONG_TEXT = 1000
"""Characters from which a text needs more than a line to be written in."""

Part = tuple[str, str | None]
"""A piece of text, and the kind of object that it leads to."""


def read(document: Json) -> Json:
    """What a page about the document shows: operations by tag, kinds of object with their keys, errors by status."""
    found: dict[str, list[Json]] = {tag["name"]: [] for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            found[operation["tags"][0]].append(_operation(path, method, operation))
    components = document["components"]
    return {
        "info": document["info"],
        "tags": [{**tag, "operations": found[tag["name"]]} for tag in document["tags"]],
        "schemas": [
            {"name": name, "about": schema.get("description", ""), "keys": list(_keys(schema))}
            for name, schema in components["schemas"].items()
        ],
        "errors": [
            {"status": name.removeprefix("Error"), "about": told["description"]}
            for name, told in components["responses"].items()
        ],
        "headers": [{"name": name, "about": told["description"]} for name, told in components["headers"].items()],
    }


def _operation(path: str, method: str, operation: Json) -> Json:
    fields = [_field(one) for one in operation["parameters"]]
    body = operation.get("requestBody", {}).get("content", {}).get(FORM)
    if body is not None:
        fields = [
            _field({"name": name, "in": "query", "schema": schema, "example": body["example"].get(name)})
            for name, schema in body["schema"]["properties"].items()
        ]
    arguments = {field["name"]: field["value"] for field in fields if field["where"] == "path"}
    success: Json = next((told for status, told in operation["responses"].items() if status < "400"), {})
    content = success.get("content", {})
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "fields": fields,
        "action": path.format_map(arguments),
        "asks": method == "get" or body is not None,
        "media_types": list(content),
        "negotiates": len(content) > 1 and "suffix" not in arguments,
        "statuses": list(operation["responses"]),
        "returns": list(_kinds(content)),
        "example": _example(content),
    }


def _field(parameter: Json) -> Json:
    """A parameter as a field of a form."""
    schema = parameter["schema"]
    items = schema.get("items", schema)
    choices, default = items.get("enum", []), schema.get("default")
    given = parameter.get("example")
    if given is None and parameter["in"] == "path":
        given = "json" if "json" in choices else next(iter(choices), "")
    return {
        "name": parameter["name"],
        "where": parameter["in"],
        "about": (parameter.get("description") or schema.get("description", "")).replace("`", ""),
        "kind": _kind(items),
        "choices": choices,
        "several": schema.get("type") == "array",
        "default": default if isinstance(default, list) else [] if default is None else [default],
        "value": "" if given is None else str(given),
        "required": parameter.get("required", False),
        "longest": items.get("maxLength"),
        "least": items.get("minimum"),
        "most": items.get("maximum"),
    }


def _kind(schema: Schema) -> str:
    """The kind of field that suits a schema."""
    if schema.get("enum") == [""]:
        return "flag"
    if "enum" in schema:
        return "choice"
    if schema.get("maxLength", 0) > _LONG_TEXT:
        return "long"
    return {"integer": "number", "number": "number"}.get(str(schema.get("type")), str(schema.get("format", "text")))


def _kinds(content: Mapping[str, Json]) -> Iterator[str]:
    """The kinds of object that an answer can be, each once."""
    seen: set[str] = set()
    for told in content.values():
        for schema in told["schema"].get("anyOf", [told["schema"]]):
            name = schema.get("$ref", "").removeprefix(REFERENCE)
            if name and name not in seen:
                seen.add(name)
                yield name


def _example(content: Mapping[str, Json]) -> Json | None:
    """The first example of an answer: where it is from, and its text where it is short."""
    for told in content.values():
        for shown in told.get("examples", {}).values():
            value = shown.get("value")
            text = None if value is None else json.dumps(value, ensure_ascii=False, indent=2)
            return {"address": shown["summary"], "text": text}
    return None


def _keys(schema: Schema, before: str = "") -> Iterator[Json]:
    """The keys of an object, those of objects inside it after a dot."""
    required = schema.get("required", ())
    for name, told in schema.get("properties", {}).items():
        yield {
            "name": before + name,
            "parts": list(_parts(told)),
            "about": told.get("description", ""),
            "always": name in required,
        }
        inner = told.get("items", told)
        yield from _keys(inner, f"{before}{name}{'[]' if 'items' in told else ''}.")
    for one in schema.get("anyOf", []):
        yield from _keys(one, before)


def _parts(schema: Schema) -> Iterator[Part]:
    """A schema in words."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REFERENCE)
        yield name, name
    elif "anyOf" in schema:
        for at, one in enumerate(schema["anyOf"]):
            if at:
                yield " or ", None
            yield from _parts(one)
    elif "const" in schema:
        yield f"“{schema['const']}”", None
    elif "enum" in schema:
        yield " or ".join("null" if one is None else f"“{one}”" for one in schema["enum"]), None
    else:
        kinds = schema.get("type", "anything")
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if "array" in kinds and "items" in schema:
            yield "list of ", None
            yield from _parts(schema["items"])
            kinds = [kind for kind in kinds if kind != "array"]
            if kinds:
                yield f" or {' or '.join(kinds)}", None
        else:
            yield " or ".join(str(schema.get("format", kind)) if kind == "string" else kind for kind in kinds), None
