"""The OpenAPI document: true of the routes, of the parameters that are taken, and of every answer in JSON."""

import copy
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fake_engine import EXAMPLE, FakeEngine, example
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator
from places import ROOT
from referencing import Registry, Resource

from api import create_app, operations
from api.errors import KINDS
from kb import cards
from kb.cards.keys import CARDS
from kb.cards.names import registered
from kb.engine import EmbeddedEngine, Engine
from kb.errors import LimitError
from kb.namespaces import BASE, OWN
from kb.paths import queries_dir
from kb.questions import load
from kb.sources import read_snapshots

Json = dict[str, Any]
JSON = {"Accept": "application/json"}
DATA = {"Accept": "application/json, text/turtle"}
RETIRED = (301, 410)
PROMISED = Path(__file__).with_name("promised-keys.txt")
LISTS = {f"/{name}" for name in cards.LISTS}


@pytest.fixture(scope="module")
def app() -> Flask:
    texts = read_snapshots(EXAMPLE / "sources")
    return create_app(FakeEngine(example().quads), questions=load(queries_dir()), snapshots=texts)


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def document(client: FlaskClient) -> Json:
    found: Json = client.get("/openapi.json").get_json()
    return found


@pytest.fixture(scope="module")
def shipped_client(shipped_engine: EmbeddedEngine) -> FlaskClient:
    return create_app(shipped_engine, questions=load(queries_dir())).test_client()


@pytest.fixture(scope="module")
def shipped_document(shipped_client: FlaskClient) -> Json:
    found: Json = shipped_client.get("/openapi.json").get_json()
    return found


def told(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Path, method and operation of everything in a document."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def filled(path: str, operation: Json) -> str:
    """A path with its arguments: their examples, or the first of their choices."""
    values = {
        one["name"]: one.get("example") or one["schema"].get("enum", ["x"])[0]
        for one in operation["parameters"]
        if one["in"] == "path"
    }
    return path.format_map(values)


def closed(schema: Any) -> Any:
    """A schema that allows no key beside those that it describes."""
    if isinstance(schema, dict):
        shut = {key: closed(value) for key, value in schema.items()}
        return {**shut, "additionalProperties": False} if "properties" in shut else shut
    return [closed(one) for one in schema] if isinstance(schema, list) else schema


def validators(document: Json) -> Any:
    """What gives a validator for each of the schemas of a document, closed."""
    schemas = closed(copy.deepcopy(document["components"]["schemas"]))
    resource: Resource[Any] = Resource.from_contents(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": {"schemas": schemas}}
    )
    registry: Registry[Any] = Registry().with_resource("document", resource)

    @cache
    def validator(name: str) -> jsonschema.Draft202012Validator:
        reference = {"$ref": f"document#/components/schemas/{name}"}
        return jsonschema.Draft202012Validator(reference, registry=registry)

    return validator


def faults(validator: jsonschema.Draft202012Validator, value: object) -> list[str]:
    """What a value does not keep."""
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(value)]


def test_the_document_is_openapi(document: Json) -> None:
    """A validator of OpenAPI 3.1 that others wrote has nothing to say."""
    assert document["openapi"] == "3.1.1"
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_route_is_an_operation_and_every_operation_a_route(app: Flask, document: Json) -> None:
    """What the application serves and what the document tells are the same addresses with the same methods."""
    adapter = app.url_map.bind("example.org")
    found: dict[str, set[str]] = {}
    for path, method, operation in told(document):
        rule, _ = adapter.match(filled(path, operation), method.upper(), return_rule=True)
        found.setdefault(rule.rule, set()).add(method.upper())
    served = {}
    for rule in app.url_map.iter_rules():
        implied = {"HEAD", "OPTIONS"} if rule.provide_automatic_options else {"HEAD"}  # type: ignore[attr-defined]
        served[rule.rule] = (served.get(rule.rule) or set()) | (rule.methods or set()) - implied
    assert found == served


def test_every_route_says_what_it_takes(app: Flask) -> None:
    """The table of operations has the endpoints of the application, and no other."""
    assert set(operations.OPERATIONS) == set(app.view_functions)


def test_every_value_of_a_route_has_its_place(document: Json) -> None:
    """Each kind of thing, list and question can be asked for by a path of the document."""
    paths = set(document["paths"])
    assert {f"/{kind}/{{name}}" for kind in CARDS} | {f"/{name}" for name in cards.LISTS} <= paths
    assert {f"/questions/{name}" for name in load(queries_dir())} <= paths
    arguments = document["paths"]["/{kind}/{name}"]["get"]["parameters"]
    assert arguments[0]["name"] == "kind"
    assert set(arguments[0]["schema"]["enum"]) == set(OWN) - set(CARDS) - set(cards.PARTS)


def test_operations_have_names_of_their_own(document: Json) -> None:
    """No two operations share an id; each has a tag of the list and a summary."""
    ids = [operation["operationId"] for _, _, operation in told(document)]
    assert len(ids) == len(set(ids))
    tags = {tag["name"] for tag in document["tags"]}
    assert {tag for _, _, operation in told(document) for tag in operation["tags"]} == tags
    assert all(operation["summary"] and "{" not in operation["summary"] for _, _, operation in told(document))


def test_unknown_parameters_are_refused_everywhere(client: FlaskClient, document: Json) -> None:
    """Each GET but those of files and of /sparql answers a parameter that is not told with 400 and those it knows."""
    for path, method, operation in told(document):
        if method != "get" or path in ("/sparql", "/static/{filename}"):
            continue
        response = client.get(f"{filled(path, operation)}?colour=red")
        assert response.status_code == 400, path
        body = response.get_json()
        assert (body["type"], "“colour”" in body["detail"]) == (f"{BASE}problem/parameter", True), path
        names = sorted(one["name"] for one in operation["parameters"] if one["in"] == "query")
        assert body["hint"] == (f"There are {', '.join(names)}." if names else "This address takes none."), path


@pytest.mark.parametrize("path", ["/sparql?query=ASK{}&output=json&timeout=0", "/static/style.css?v=2"])
def test_what_other_services_know_does_no_harm(client: FlaskClient, path: str) -> None:
    """Clients of SPARQL send parameters of other services, and files are asked for by version: both are served."""
    assert client.get(path).status_code == 200


def test_a_parameter_without_a_value_is_as_none(client: FlaskClient, document: Json) -> None:
    """A form that is sent with empty fields has the answer of one that is not, but for questions with defaults."""
    for path, method, operation in told(document):
        names = [one["name"] for one in operation["parameters"] if one["in"] == "query"]
        if method != "get" or not names or path in ("/data", "/lookup", "/sparql"):
            continue
        if any("Given without a value" in one.get("description", "") for one in operation["parameters"]):
            continue
        assert all(one["allowEmptyValue"] for one in operation["parameters"] if one["in"] == "query")
        address = filled(path, operation)
        empty = client.get(f"{address}?{'&'.join(f'{name}=' for name in names)}", headers=DATA)
        assert (empty.status_code, empty.data) == (200, client.get(address, headers=DATA).data), path


def test_choices_are_those_that_are_taken(client: FlaskClient, document: Json) -> None:
    """Each choice that a parameter of a list offers is taken, and another text is not."""
    for path, _, operation in told(document):
        if operation["tags"] != ["Lists"]:
            continue
        for one in operation["parameters"]:
            if "It is given with" in one["description"]:
                continue
            choices = one["schema"].get("items", one["schema"]).get("enum", ())
            for choice in choices:
                assert client.get(f"{path}?{one['name']}={choice}").status_code == 200, (path, one["name"], choice)
            if choices:
                assert client.get(f"{path}?{one['name']}=nonsense").status_code == 400, (path, one["name"])


def test_every_kind_of_problem_is_told(document: Json) -> None:
    """The types of problems are those of the code, and each stands with its status."""
    types = document["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]
    assert types == ["about:blank", *(f"{BASE}problem/{kind}" for kind in KINDS)]
    responses = document["components"]["responses"]
    for kind, (status, _, _) in KINDS.items():
        assert f"`{kind}`" in responses[f"Error{status}"]["description"]


def test_examples_are_what_is_answered(client: FlaskClient, document: Json) -> None:
    """Each example is the answer that its address has, or leads to it, and keeps its schema."""
    validator, seen = validators(document), 0
    for path, method, operation in told(document):
        content = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
        for shown in content.get("examples", {}).values():
            answer = client.get(shown["summary"], headers=JSON)
            assert answer.status_code == 200, (path, method)
            assert shown.get("value", answer.get_json()) == answer.get_json(), path
            schemas = [one["$ref"].rpartition("/")[2] for one in content["schema"].get("anyOf", [content["schema"]])]
            assert any(faults(validator(schema), answer.get_json()) == [] for schema in schemas), path
            seen += 1
        if path.startswith(("/questions/", "/sparql")) and method == "get" and path != "/sparql/terms":
            assert content["examples"], path
    assert seen > 70


def test_a_build_has_one_document(app: Flask, client: FlaskClient) -> None:
    """The document is kept and validated as any answer, and is another one with other questions."""
    first = client.get("/openapi.json")
    again = client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = create_app(FakeEngine(example().quads), questions={}).test_client().get("/openapi.json")
    assert other.headers["ETag"] != first.headers["ETag"]
    assert not any(path.startswith("/questions/") for path in other.get_json()["paths"])


def test_paths_hold_behind_a_proxy_with_a_prefix(app: Flask) -> None:
    """Served under a prefix, the document names it as its server."""
    found = app.test_client().get("/openapi.json", base_url="http://example.org/kb").get_json()
    assert found["servers"] == [{"url": "/kb"}]


def test_the_promise_is_kept(document: Json, request: pytest.FixtureRequest) -> None:
    """The keys that are always there are those that were promised; with --write-answers they are promised anew."""
    schemas = document["components"]["schemas"]
    lines = [f"{name}.{key}\n" for name, one in sorted(schemas.items()) for key in sorted(one.get("required", ()))]
    if request.config.getoption("--write-answers"):
        PROMISED.write_text("".join(lines), encoding="utf-8")
    assert lines == PROMISED.read_text(encoding="utf-8").splitlines(keepends=True)


def test_a_key_that_is_not_told_is_found(document: Json) -> None:
    """The schemas, closed, refuse a key beside those that they describe, and the lack of one that they promise."""
    validator = validators(document)("Link")
    link = {"iri": "https://example.org/", "label": "x", "lang": None}
    assert faults(validator, link) == []
    assert faults(validator, {**link, "colour": "red"}) and faults(validator, {"iri": "https://example.org/"})


def broken_cards(engine: Engine, client: FlaskClient, document: Json, kind: str) -> dict[str, list[str]]:
    """What the cards of one kind do not keep, by IRI."""
    validator, found = validators(document)(CARDS.get(kind, "VocabularyCard")), {}
    for name in registered(engine, f"{BASE}{kind}/"):
        response = client.get(f"/{name.removeprefix(BASE)}", headers=JSON)
        if response.status_code not in RETIRED and (wrong := faults(validator, response.get_json())):
            found[name] = wrong
    return found


@pytest.mark.parametrize("kind", sorted(set(OWN) - set(cards.PARTS)))
def test_every_card_of_the_example_keeps_its_keys(kind: str, app: Flask, client: FlaskClient, document: Json) -> None:
    """The card of everything in the example, passages among it, has all keys that are promised, and no other."""
    assert broken_cards(app.extensions["testimonia"]["engine"], client, document, kind) == {}


@pytest.mark.long
@pytest.mark.parametrize("kind", sorted(set(OWN) - set(cards.PARTS)))
def test_every_card_that_ships_keeps_its_keys(
    kind: str, shipped_engine: EmbeddedEngine, shipped_client: FlaskClient, shipped_document: Json
) -> None:
    """The card of everything in the shipped data has all keys that are promised, and none that is not told of."""
    assert broken_cards(shipped_engine, shipped_client, shipped_document, kind) == {}


@pytest.mark.parametrize("path", ["/", "/ontology", "/questions", "/healthz", "/readyz", *sorted(LISTS)])
def test_every_other_answer_keeps_its_keys(path: str, shipped_client: FlaskClient, shipped_document: Json) -> None:
    """Lists, the front page, the vocabulary and health have all keys that are promised, and no other."""
    schema = shipped_document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    validator = validators(shipped_document)(schema["$ref"].rpartition("/")[2])
    address: str | None = f"{path}?limit=500" if path in LISTS else path
    while address is not None:
        body = shipped_client.get(address, headers=JSON).get_json()
        assert faults(validator, body) == []
        address = body.get("next") if isinstance(body, dict) else None


def test_answers_of_questions_keep_their_schema(client: FlaskClient, document: Json) -> None:
    """The answer of each saved question is what its operation says."""
    validator = validators(document)
    for path, _, operation in told(document):
        if operation["tags"] == ["Questions"] and path != "/questions":
            content = operation["responses"]["200"]["content"]
            name = content["application/sparql-results+json"]["schema"]["$ref"].rpartition("/")[2]
            body = client.get(path, headers={"Accept": "application/sparql-results+json"}).get_json(force=True)
            assert faults(validator(name), body) == [], path


def test_what_the_page_about_it_asks_has_an_answer(shipped_client: FlaskClient) -> None:
    """Each address in docs/api.md is answered."""
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    addresses = re.findall(r"http://127\.0\.0\.1:8000(/[^'\s]*)", page)
    assert len(addresses) == 3
    assert [shipped_client.get(address).status_code for address in addresses] == [200, 200, 200]


def test_problems_keep_their_keys(client: FlaskClient, document: Json) -> None:
    """Errors of every status that a client can bring about are problems with their keys."""
    validator = validators(document)("Problem")
    for path in ("/claims?limit=0", "/nothing", "/sparql?query=ASK{", "/sparql?query=DROP%20ALL", "/claim/x"):
        assert faults(validator, client.get(path).get_json(force=True)) == []
    assert faults(validator, client.put("/data").get_json(force=True)) == []
    assert faults(validator, client.get("/claims", headers={"Accept": "image/png"}).get_json(force=True)) == []


def test_an_example_that_cannot_be_had_is_not_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where something is not answered just now, the document is not answered either, and is whole later."""
    app = create_app(FakeEngine(example().quads))
    whole = cards.listing

    def busy(*given: Any, **named: Any) -> None:
        raise LimitError("every place is taken", reason="busy")

    monkeypatch.setattr(cards, "listing", busy)
    refused = app.test_client().get("/openapi.json")
    assert (refused.status_code, refused.get_json()["type"]) == (503, f"{BASE}problem/busy")
    monkeypatch.setattr(cards, "listing", whole)
    answer = app.test_client().get("/openapi.json").get_json()
    assert answer["paths"]["/claims"]["get"]["responses"]["200"]["content"]["application/json"]["examples"]
