"""Addresses that are no longer in use: they lead on, or say why; and nothing else shows them."""

import pytest
from fake_engine import FakeEngine
from flask.testing import FlaskClient

from api.negotiate import ENTITY
from kb import cards
from kb.namespaces import BASE, iri
from kb.paths import queries_dir
from kb.questions import BadValue, load

RETIRED = {
    "actor/2024-03-05-gazette-bystander": None,
    "claim/2024-03-05-gazette-forty": "claim/2024-03-05-gazette-barrels",
    "event/smuggling-of-barrels": "event/barrels-eastquay-westquay",
    "object/kegs": "object/barrels",
}
GONE = [path for path in RETIRED if not path.startswith("event/")]


@pytest.mark.parametrize("suffix", ["", *(f".{form.name}" for form in ENTITY)])
def test_a_renamed_entry_leads_to_its_new_address(client: FlaskClient, suffix: str) -> None:
    """The old address is 301 to the new one, in the same format, and there is something there."""
    answer = client.get(f"/event/smuggling-of-barrels{suffix}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/event/barrels-eastquay-westquay{suffix}")
    assert client.get(answer.headers["Location"]).status_code == 200
    more = client.get(f"/event/smuggling-of-barrels{suffix}?section=name_uses&after=1")
    assert more.headers["Location"] == f"{answer.headers['Location']}?section=name_uses&after=1"


@pytest.mark.parametrize("path", GONE)
@pytest.mark.parametrize("suffix", ["", ".json", ".ttl", ".trig"])
def test_a_retired_entry_is_gone_with_its_reason(client: FlaskClient, path: str, suffix: str) -> None:
    """The address is 410 in every format and says why, since when, and what to use instead, in body and header."""
    answer = client.get(f"/{path}{suffix}")
    problem = answer.get_json()
    instead = RETIRED[path]
    assert (answer.status_code, answer.content_type) == (410, "application/problem+json")
    assert problem["type"] == f"{BASE}problem/retired"
    assert problem["reason"] in ("Encoded by mistake", "Merged", "Withdrawn")
    assert problem["date"].startswith("2024-03-0") and problem["date"] in problem["detail"]
    assert problem.get("replacement") == (None if instead is None else f"{BASE}{instead}")
    links = [link for link in answer.headers.getlist("Link") if "successor-version" in link]
    assert links == ([] if instead is None else [f'</{instead}{suffix}>; rel="successor-version"'])
    if instead is not None:
        assert f"{BASE}{instead}" in problem["hint"]


def test_a_browser_reads_why_an_entry_is_gone(client: FlaskClient) -> None:
    """The page of a retired entry has the reason, the day and a link to what replaces it."""
    answer = client.get("/object/kegs", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (410, "noindex")
    assert '<a href="/object/barrels">' in answer.text and "Merged" in answer.text and "2024-03-07" in answer.text
    assert "the same things by both words" in answer.text
    assert client.get("/problem/retired").status_code == 200


@pytest.mark.parametrize("name", sorted(cards.LISTS))
def test_lists_leave_out_what_is_retired(client: FlaskClient, name: str) -> None:
    """No list has a tombstone among its items."""
    items = client.get(f"/{name}?format=json&limit=500").get_json()["items"]
    assert not {item["iri"].removeprefix(BASE) for item in items} & RETIRED.keys()


def test_a_near_match_is_never_retired(client: FlaskClient) -> None:
    """Whoever mistypes a retired address is sent to what is in use."""
    assert "/object/kegs" not in client.get("/object/keg").get_json()["hint"]


def test_a_query_finds_what_was_retired(engine: FakeEngine) -> None:
    """Tombstones can be asked for by their class, with reason, day and replacement."""
    found = engine.select(
        f"SELECT ?old ?why ?day ?new {{ ?old a <{iri('t:Tombstone')}> ; <{iri('t:retiredBecause')}> ?why ; "
        f"<{iri('t:retiredOn')}> ?day OPTIONAL {{ ?old <{iri('dcterms:isReplacedBy')}> ?new }} }}"
    )
    assert {str(row["old"])[1:-1].removeprefix(BASE) for row in found} == RETIRED.keys()
    assert sum("new" in row for row in found) == 3


@pytest.mark.parametrize("path", sorted(RETIRED))
def test_a_terminal_tells_what_was_retired(engine: FakeEngine, path: str) -> None:
    """In plain text a tombstone has the day, the reason, the note and what to use instead."""
    found = cards.card(engine, cards.resolve(engine, path))
    assert found is not None
    lines = cards.text(found).splitlines()
    assert lines[1] == f"{BASE}{path}"
    assert lines[2].startswith("Retired on 2024-03-0")
    assert "Notes" in lines
    assert (f"Use instead: {RETIRED[path]}" in lines) is (RETIRED[path] is not None)


@pytest.mark.parametrize(
    "address",
    [
        "/claims?about={}",
        "/participations?about={}",
        "/timeline?about={}",
    ],
)
def test_who_asks_of_a_renamed_thing_is_answered_of_it(client: FlaskClient, address: str) -> None:
    """A filter that was written down before the name changed finds what it found."""
    old, new = (client.get(address.format(slug)) for slug in ("smuggling-of-barrels", "barrels-eastquay-westquay"))
    assert (old.status_code, new.status_code) == (200, 200)
    rows = [answer.get_json()["items"] for answer in (old, new)]
    assert rows[0] and rows[0] == rows[1]


@pytest.mark.parametrize(
    ("address", "instead"),
    [
        ("/claims?names=object/kegs", "object/barrels"),
        ("/claims?holder=2024-03-05-gazette-bystander", ""),
        ("/compare?format=json&left=2024-03-05-gazette-bystander", ""),
    ],
)
def test_who_asks_of_a_retired_thing_is_told(client: FlaskClient, address: str, instead: str) -> None:
    """What was merged or withdrawn is refused with its reason, and what to ask of instead; nobody reads silence."""
    answer = client.get(address)
    problem = answer.get_json()
    assert (answer.status_code, problem["type"]) == (400, f"{BASE}problem/parameter")
    assert "no longer in use" in problem["detail"] and "2024-03-0" in problem["detail"]
    assert instead in problem["hint"]


def test_a_question_of_a_renamed_thing_is_asked_of_it(engine: FakeEngine) -> None:
    """By its slug or path the old name stands for the new one; what was merged is refused with what replaces it."""
    question = load(queries_dir())["which-claims-name"]
    for text in ("smuggling-of-barrels", "event/smuggling-of-barrels"):
        found = cards.asked(engine, question, {"thing": [text]})
        assert found.given["thing"] == ["event/barrels-eastquay-westquay"]
    with pytest.raises(BadValue, match=r"“object/kegs” is no longer in use \(Merged, 2024-03-07\)") as caught:
        cards.asked(engine, question, {"thing": ["object/kegs"]})
    assert list(caught.value.choices) == ["object/barrels"]
