"""The client of a running server: values, pages, errors, and the page that describes it."""

import builtins
import contextlib
import io
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from places import EXAMPLE, ROOT
from serving import free_port, own_server

from kb import client as client_module
from kb.client import Answer, Blank, Client, Iri, Text
from kb.errors import LimitError, ProblemError, SetupError
from kb.fetch import Reply
from kb.namespaces import iri

ARTICLE = "2024-03-05-gazette"
RESULTS = "application/sparql-results+json"
PAGE = (ROOT / "docs" / "client.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def server(example_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a real server over the invented example."""
    folder = tmp_path_factory.mktemp("asked")
    with (
        own_server(folder, "--data", str(EXAMPLE), "--out", str(example_build.parent)) as url,
        Client(f"{url}/") as found,
    ):
        yield found


class Scripted:
    """Gives one reply after the other, and keeps what was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def ask(self, url: str, **options: Any) -> Reply:
        self.asked.append((url, options))
        return self.replies.pop(0)


def reply(value: object, status: int = 200, media_type: str = "application/json", **headers: str) -> Reply:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, {"content-type": media_type, **named}, json.dumps(value).encode(), 0.0)


def problem(status: int, **headers: str) -> Reply:
    told = {"title": "Busy", "detail": "All are busy.", "hint": "Wait.", "request_id": "abc"}
    return reply(told, status, "application/problem+json", **headers)


def scripted(*replies: Reply, **options: Any) -> tuple[Client, Scripted]:
    found, script = Client("http://example.org/base", **options), Scripted(*replies)
    found._fetcher = script  # type: ignore[assignment]
    return found, script


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that a client waits, without waiting."""
    found: list[float] = []
    monkeypatch.setattr(client_module.time, "sleep", found.append)
    return found


def test_the_blocks_of_the_page_run(shipped_build: Path, tmp_path: Path) -> None:
    """Each block of docs/client.md, run after those above it against a server, prints what the page shows."""
    blocks = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.S)
    assert len(blocks) == PAGE.count("```python")
    space: dict[str, Any] = {}
    with own_server(tmp_path, "--out", str(shipped_build.parent)) as url:
        for code, printed in blocks:
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(code.replace("http://127.0.0.1:8000", url), space)
            assert out.getvalue() == printed
        space["server"].close()


def test_values_are_those_of_python(server: Client) -> None:
    """Each kind of term becomes the value of its kind; what Python has no value for stays as it is written."""
    written: dict[str, object] = {
        "<https://schema.org/name>": Iri("https://schema.org/name"),
        '"plain"': "plain",
        '"Hafen"@de': Text("Hafen", language="de"),
        "7": 7,
        '"7"^^xsd:long': 7,
        "7.50": Decimal("7.50"),
        "7e0": 7.0,
        "true": True,
        '"2024-03-05"^^xsd:date': date(2024, 3, 5),
        '"2024-03-05T06:07:08Z"^^xsd:dateTime': datetime(2024, 3, 5, 6, 7, 8, tzinfo=UTC),
        '"2024-03-05+01:00"^^xsd:date': Text("2024-03-05+01:00", datatype=Iri(iri("xsd:date"))),
        '"many"^^xsd:integer': Text("many", datatype=Iri(iri("xsd:integer"))),
        '"198X"^^edtf:EDTF': Text("198X", datatype=Iri(iri("edtf:EDTF"))),
        "UNDEF": None,
    }
    prologue = "".join(f"PREFIX {name}: <{iri(f'{name}:')}>\n" for name in ("edtf", "xsd"))
    rows = " ".join(f"( {number} {term} )" for number, term in enumerate(written))
    answer = server.query(f"{prologue}SELECT ?n ?value {{ VALUES ( ?n ?value ) {{ {rows} }} }} ORDER BY ?n")
    for row, expected in zip(answer, written.values(), strict=True):
        found = row["value"]
        assert (found, type(found)) == (expected, type(expected))
        if isinstance(found, Text) and isinstance(expected, Text):
            assert (found.language, found.datatype) == (expected.language, expected.datatype)
    (row,) = server.query("SELECT * { BIND ( BNODE() AS ?b ) }")
    assert isinstance(row["b"], Blank)
    assert Iri(iri("claim:x")).short == "claim:x"


def test_triples_and_truth_values_are_rows_too(server: Client) -> None:
    """CONSTRUCT gives subject, predicate and object, ASK one cell, and each answer names its build."""
    assert server.query("ASK {}").rows == ({"answer": True},)
    claim = f"<{iri(f'claim:{ARTICLE}-barrels')}>"
    answer = server.query(f"CONSTRUCT {{ {claim} a ?c }} WHERE {{ {claim} a ?c }}")
    assert answer.columns == ("subject", "predicate", "object")
    assert [row["object"] for row in answer] == [iri("t:Claim")]
    assert re.fullmatch("[0-9a-f]{64}", answer.build)


def test_a_long_query_is_posted(server: Client) -> None:
    """A query that makes too long an address has the same answer."""
    assert server.query(f"ASK {{}} # {'x' * 5000}").rows == ({"answer": True},)


def test_an_answer_carries_its_warnings(server: Client) -> None:
    """An empty answer brings the hint of the server, and one over merged graphs says that it is."""
    claim = iri(f"claim:{ARTICLE}-barrels")
    assert "GRAPH" in server.query("SELECT * { ?e a <http://semanticweb.cs.vu.nl/2009/11/sem/Event> }").hint
    assert server.query(f"SELECT * FROM <{claim}> {{ ?s ?p ?o }}").merged
    assert not server.query("ASK {}").merged


def test_a_question_takes_parameters_as_they_are(server: Client) -> None:
    """Days, texts and lists stand in the address as the server reads them, and what is None is left out."""
    answer = server.ask("what-is-said-of-a-day", day=date(2024, 3, 4), until=None)
    assert answer.url.endswith("/questions/what-is-said-of-a-day?day=2024-03-04")
    found, script = scripted(reply([], media_type=RESULTS))
    with pytest.raises(SetupError, match="is it one"):
        found.ask("a/b", who=["x y", "z"], realis=True, number=Decimal("1.50"))
    assert script.asked[0][0] == "http://example.org/base/questions/a%2Fb?who=x+y&who=z&realis=true&number=1.50"
    assert {"name", "title", "parameters"} <= server.questions()[0].keys()


def test_a_card_is_found_by_any_name_of_its_thing(server: Client) -> None:
    """IRI, prefixed name and path name the same card; an anchor leads to that of its claim."""
    names = (iri(f"claim:{ARTICLE}-barrels"), f"claim:{ARTICLE}-barrels", f"/claim/{ARTICLE}-barrels")
    cards = [server.card(name) for name in names]
    assert cards[0] == cards[1] == cards[2] and cards[0]["speaker"].startswith("Harbour office")
    assert server.card(cards[0]["evidence"][0]["iri"])["kind"] == "claim"
    assert len(server.graph(names[1])) > 5


def test_pages_are_fetched_when_they_are_needed(server: Client) -> None:
    """A list goes on over all its pages in its order, and asks for the next only when it is there."""
    whole = [claim["iri"] for claim in server.list("claims")]
    assert len(whole) == 4 and [claim["iri"] for claim in server.list("claims", limit=1)] == whole
    found, script = scripted(reply({"items": [{"n": 1}], "next": "/base/x?after=1"}), reply({"items": [{"n": 2}]}))
    items = found.search("two words")
    assert (next(items), len(script.asked)) == ({"n": 1}, 1)
    assert [item["n"] for item in items] == [2]
    asked = [url for url, _ in script.asked]
    assert asked == ["http://example.org/base/search?q=two+words", "http://example.org/base/x?after=1"]


def test_the_dump_is_the_whole_dataset(server: Client, example_build: Path) -> None:
    """It comes byte for byte as it was built."""
    assert server.dump() == (example_build / "dump.nq").read_bytes()


def test_what_still_holds_is_not_sent_again(server: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time an answer is taken from those kept, once the server has said that it holds."""
    statuses: list[int] = []
    usual = server._fetcher.ask

    def noted(*arguments: Any, **options: Any) -> Reply:
        found = usual(*arguments, **options)
        statuses.append(found.status)
        return found

    monkeypatch.setattr(server._fetcher, "ask", noted)
    first, again = (server.card("event/barrels-eastquay-westquay") for _ in range(2))
    assert statuses == [200, 304] and first == again


def test_only_so_many_answers_are_kept() -> None:
    """The oldest falls out, and one without a validator is not kept."""
    count = client_module.KEPT + 1
    found, script = scripted(*(reply({"n": n}, etag='"x"') for n in range(count)), reply({}), reply({"n": 0}))
    for number in range(count):
        found.card(f"claim/{number}")
    assert len(found._kept) == client_module.KEPT
    found.card("claim/none")
    found.card("claim/0")
    assert len(found._kept) == client_module.KEPT
    assert "If-None-Match" not in script.asked[-1][1]["headers"]


def test_a_problem_is_told_in_the_words_of_the_server(server: Client) -> None:
    """Status, title, detail, hint and request id are those of the problem."""
    with pytest.raises(ProblemError) as raised:
        server.card("claim/no-such-claim")
    told = raised.value
    assert (told.status, told.title, told.retry_after) == (404, "There is no such thing here", None)
    assert "no-such-claim" in str(told) and told.detail == str(told) and told.hint and told.request_id
    with pytest.raises(ProblemError) as raised:
        server.query("SELECT *\n{ ?s }")
    assert (raised.value.members["line"], raised.value.members["column"]) == (2, 6)
    found, _ = scripted(Reply(502, {"content-type": "text/html"}, b"<h1>", 0.0))
    with pytest.raises(ProblemError, match="status 502"):
        found.questions()
    found, _ = scripted(Reply(400, {"content-type": "application/problem+json"}, b"{", 0.0))
    with pytest.raises(ProblemError, match="status 400"):
        found.questions()


@pytest.mark.parametrize(
    ("options", "replies", "waited"),
    [
        ({}, [problem(503, retry_after="2"), reply([])], [2]),
        ({"retries": 3}, [problem(429, retry_after="2"), problem(503, retry_after="1"), reply([])], [2, 1]),
        ({"retries": 0}, [problem(503, retry_after="2")], None),
        ({"patience": 5}, [problem(503, retry_after="6")], None),
        ({}, [problem(503, retry_after="2"), problem(503, retry_after="2")], None),
        ({}, [problem(503)], None),
        ({}, [problem(404, request_id="x")], None),
    ],
)
def test_it_asks_again_when_the_server_says_so(
    options: dict[str, Any], replies: Sequence[Reply], waited: list[float] | None, pauses: list[float]
) -> None:
    """After the time that the server asks for, as often as is wanted, and not where that is too long."""
    found, script = scripted(*replies, **options)
    if waited is None:
        with pytest.raises(ProblemError):
            found.questions()
    else:
        assert found.questions() == []
        assert pauses == waited
    assert script.replies == []


def test_what_was_renamed_is_found() -> None:
    """A redirection within the server is followed once."""
    moved = Reply(301, {"location": "/base/claim/new.json"}, b"", 0.0)
    found, script = scripted(moved, reply({"iri": "new"}), moved, moved)
    assert found.card("claim/old") == {"iri": "new"}
    assert [url for url, _ in script.asked] == [f"http://example.org/base/claim/{name}.json" for name in ("old", "new")]
    with pytest.raises(ProblemError, match="status 301"):
        found.card("claim/circle")


def test_it_goes_to_no_other_server() -> None:
    """A redirection elsewhere is an error, and what is no such server is told."""
    found, script = scripted(Reply(303, {"location": "http://example.com/claim/x.json"}, b"", 0.0))
    with pytest.raises(ProblemError, match="status 303"):
        found.card("anchor/x")
    assert len(script.asked) == 1
    found, _ = scripted(reply("<html>", media_type="text/html"), reply("x", media_type="text/plain"))
    for ask in (lambda: found.questions(), lambda: found.query("ASK {}")):
        with pytest.raises(SetupError, match="is it one"):
            ask()
    with pytest.raises(SetupError, match="no address"):
        Client("localhost:8000")


def test_nobody_there_is_an_error() -> None:
    """Where nobody listens, that is what is said."""
    with Client(f"http://127.0.0.1:{free_port()}") as found, pytest.raises(LimitError, match="cannot be asked"):
        found.questions()


def test_rows_become_a_data_frame() -> None:
    """Columns keep their order and their kinds, and what is unbound is missing; without pandas, that is told."""
    answer = Answer(("who", "n"), ({"who": "Herald", "n": 1}, {"who": None, "n": 2}), "b", "u")
    frame = answer.frame()
    assert list(frame.columns) == ["who", "n"] and frame["n"].sum() == 3
    assert frame["who"].isna().tolist() == [False, True]
    assert Answer(("who",), (), "b", "u").frame().shape == (0, 1)


def test_without_pandas_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the command that installs it."""
    usual = builtins.__import__

    def refuse(name: str, *arguments: Any) -> Any:
        if name == "pandas":
            raise ImportError(name)
        return usual(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(SetupError, match="pip install pandas"):
        Answer((), (), "b", "u").frame()
