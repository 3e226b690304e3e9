"""docs/questions.md against the saved questions that there are."""

import pytest
from places import ROOT

from kb.paths import queries_dir
from kb.questions import Parameter, Question, load, shown

PAGE = ROOT / "docs" / "questions.md"
HEAD = """# The saved questions

Each is a file of `kb/queries/`, asked as `testimonia ask NAME --param value`, or with a form at `/questions/NAME`.
A parameter that is not given has its default; where it has none, or is given empty, nothing is asked of it. One that
takes several values can be given several times.

This page is written from the heads of the files by `pytest tests/repository/test_questions_page.py --write-answers`.

| name | asks | parameters |
|---|---|---|
"""


def told(parameter: Parameter) -> str:
    """A parameter in a cell: its name, its type, what it is, and its values where none is given."""
    kind = " or ".join(parameter.choices) or parameter.type
    kind = f"{kind}, several" if parameter.several else kind
    default = ", ".join(f"`{shown(parameter, value)}`" for value in parameter.default)
    return f"`{parameter.name}` ({kind}): {parameter.description}" + (f" By default {default}." if default else "")


def page(questions: dict[str, Question]) -> str:
    """The page of all questions, a row each."""
    rows = (
        f"| `{one.name}` | {one.title} | {'<br>'.join(told(parameter) for parameter in one.parameters) or '–'} |\n"
        for one in questions.values()
    )
    return HEAD + "".join(rows)


def test_the_page_lists_each_saved_question(request: pytest.FixtureRequest) -> None:
    """docs/questions.md has the title and the parameters of every saved question, as its file has them."""
    written = page(load(queries_dir()))
    if request.config.getoption("--write-answers"):
        PAGE.write_text(written, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == written
