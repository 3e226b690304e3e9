"""Every saved question with its expected answer, in ``tests/answers``: one file each, with one part for each asking.

A part begins with ``?`` and what is given for the parameters, as in an address; below stand the rows as CSV, IRIs as
prefixed names. Where an answer changes, ``pytest tests/kb/test_answers.py --write-answers`` writes what is answered
now; read the difference against the articles before it is committed.
"""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from places import ROOT
from serving import empty_oxigraph, empty_virtuoso

from api import create_app
from kb import cards, cli
from kb.engine import EmbeddedEngine, Engine, QueryRequest
from kb.namespaces import shorten
from kb.paths import queries_dir
from kb.publish import Credentials, publish
from kb.questions import Question, load
from kb.remote import RemoteEngine

ANSWERS = ROOT / "tests" / "answers"
QUESTIONS = load(queries_dir())


class Cells(HTMLParser):
    """The rows of the table of a page, as texts."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "td"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += data


def answer(engine: Engine, question: Question, given: str) -> str:
    """The rows for some parameters, as CSV with prefixed names."""
    query = cards.asked(engine, question, parse_qs(given, keep_blank_values=True, strict_parsing=bool(given))).query
    body = engine.answer(QueryRequest(query, solutions="text/csv")).body
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in csv.reader(io.StringIO(bytes(body).decode())):
        writer.writerow([shorten(cell) if cell.startswith("http") else cell for cell in row])
    return out.getvalue()


def parts(path: Path) -> list[tuple[str, str]]:
    """What is given and what is expected, part by part; for a file that is not there, one without anything."""
    if not path.exists():
        return [("", "")]
    found: list[tuple[str, str]] = []
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.startswith("?"):
            found.append((line[1:].strip(), ""))
        else:
            found[-1] = (found[-1][0], found[-1][1] + line)
    return [(given, rows.strip("\n") + "\n") for given, rows in found]


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_a_saved_question_has_its_expected_answer(
    shipped_engine: EmbeddedEngine, name: str, request: pytest.FixtureRequest
) -> None:
    """Each saved question answers over the two articles as its file of answers says, with each of its askings."""
    path = ANSWERS / f"{name}.txt"
    expected = parts(path)
    found = [(given, answer(shipped_engine, QUESTIONS[name], given)) for given, _ in expected]
    if request.config.getoption("--write-answers"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(f"? {given}".rstrip() + f"\n{rows}" for given, rows in found), encoding="utf-8")
    assert found == parts(path)
    assert expected[0][0] == "", "the first part is that of the defaults"


@pytest.fixture(scope="module", params=["oxigraph", pytest.param("virtuoso", marks=pytest.mark.long)])
def published(
    request: pytest.FixtureRequest, shipped_build: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RemoteEngine]:
    """An engine over the shipped build, published to a server in a process of its own."""
    folder = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        if request.param == "oxigraph":
            url, credentials = stack.enter_context(empty_oxigraph(folder)), None
        else:
            url, credentials = stack.enter_context(empty_virtuoso(folder)), Credentials("dba", "dba")
        assert not publish(url, shipped_build, credentials=credentials).differing
        engine = RemoteEngine(url, timeout=60, builds=shipped_build.parent)
        stack.callback(engine.close)
        yield engine


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_a_saved_question_has_its_answer_over_another_store(published: RemoteEngine, name: str) -> None:
    """Over a published build each saved question has the same rows, with each of its askings."""
    for given, rows in parts(ANSWERS / f"{name}.txt"):
        found = answer(published, QUESTIONS[name], given)
        if published.dialect.name == "virtuoso":
            found, rows = unordered(found), unordered(rows)
        assert found == rows, given


def unordered(rows: str) -> str:
    """Rows without the order of equal values of ORDER BY, and without that of texts that GROUP_CONCAT has joined."""
    table = [[sorted(re.split(", |; ", cell)) for cell in row] for row in csv.reader(io.StringIO(rows))]
    return "".join(f"{row}\n" for row in sorted(table))


@pytest.mark.parametrize("name", sorted(name for name, question in QUESTIONS.items() if question.parameters))
def test_every_parameter_is_given_a_value_in_some_asking(name: str) -> None:
    """Of each parameter there is an expected answer for another value than its default, and it is another answer."""
    expected = parts(ANSWERS / f"{name}.txt")
    varied = {key for given, _ in expected for key in parse_qs(given, keep_blank_values=True)}
    assert varied == {parameter.name for parameter in QUESTIONS[name].parameters}
    assert len({rows for _, rows in expected}) == len(expected), "some askings have the same answer"


def test_every_file_of_answers_belongs_to_a_question() -> None:
    """No file of answers is left over."""
    assert {path.stem for path in ANSWERS.iterdir()} <= set(QUESTIONS)


@pytest.fixture(scope="module")
def client(shipped_engine: EmbeddedEngine) -> FlaskClient:
    return create_app(shipped_engine, questions=QUESTIONS).test_client()


@pytest.mark.parametrize(
    ("name", "given"), [(name, given) for name in sorted(QUESTIONS) for given, _ in parts(ANSWERS / f"{name}.txt")]
)
def test_command_line_http_and_page_agree(
    shipped_engine: EmbeddedEngine, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, name: str, given: str
) -> None:
    """With the same values, ``testimonia ask``, ``/questions`` as CSV and the page have the same rows."""

    @contextmanager
    def engine(*folders: object) -> Iterator[EmbeddedEngine]:
        yield shipped_engine

    monkeypatch.setattr(cli, "_engine", engine)
    options = [part for key, value in parse_qsl(given, keep_blank_values=True) for part in (f"--{key}", value)]
    printed = CliRunner().invoke(cli.main, ["ask", name, *options, "-f", "csv"])
    assert printed.exit_code == 0, printed.output
    sent = client.get(f"/questions/{name}?{given}", headers={"Accept": "text/csv"})
    assert sent.status_code == 200, sent.text
    assert printed.output.splitlines() == sent.text.splitlines()
    page = Cells()
    page.feed(client.get(f"/questions/{name}?{given}", headers={"Accept": "text/html"}).text)
    _, *rows = csv.reader(io.StringIO(sent.text))
    shown = [row for row in page.rows if row]
    assert shown == [[shorten(cell) if cell.startswith("http") else cell for cell in row] for row in rows]
