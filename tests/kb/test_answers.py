"""Every saved question with its expected answer, in ``tests/answers``: one file each, with one part for each asking.

A part begins with ``?`` and what is given for the parameters, as in an address; below stand the rows as CSV, IRIs as
prefixed names. Where an answer changes, ``pytest tests/kb/test_answers.py --write-answers`` writes what is answered
now; read the difference against the articles before it is committed.
"""

import csv
import io
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from places import ROOT

from kb import cards
from kb.engine import EmbeddedEngine, QueryRequest
from kb.namespaces import shorten
from kb.paths import queries_dir
from kb.questions import Question, load

ANSWERS = ROOT / "tests" / "answers"
QUESTIONS = load(queries_dir())


def answer(engine: EmbeddedEngine, question: Question, given: str) -> str:
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
