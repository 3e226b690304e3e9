"""Reading files into one dataset."""

import re
from pathlib import Path

import pytest

from kb.dataset import Dataset, parse
from kb.errors import SourceError
from kb.model import Source
from kb.namespaces import iri
from kb.sources import read_data, read_text


def test_a_syntax_error_has_file_and_line() -> None:
    """An error in a file says in one line which file, which line, and what was expected."""
    with pytest.raises(SourceError) as caught:
        parse([Source("articles/x.trig", "@prefix c: <http://c/> .\n\nc:a c:b c:c\nc:d c:e c:f .\n", True)])
    assert str(caught.value).startswith("articles/x.trig:4: ")
    assert "\n" not in str(caught.value)


def test_an_unknown_prefix_has_its_line() -> None:
    """A prefix that was not declared is an error at its line."""
    with pytest.raises(SourceError, match=r"^x\.ttl:3: "):
        parse([Source("x.ttl", "@prefix c: <http://c/> .\n\nmissing:a c:b c:c .\n", False)])


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("actor:x t:a 1 .", "add @prefix actor: <https://w3id.org/testimonia/actor/> ., or run testimonia check --fix"),
        ("acter:x t:a 1 .", "did you mean actor:?"),
        ("qqqqq:x t:a 1 .", "has not been declared"),
        ("<http://x>\u00a0<http://y> 1 .", "an invisible character stands here"),
        ("\ufeff<http://x> <http://y> 1 .", "an invisible character stands here"),
    ],
)
def test_errors_of_the_parser_say_what_to_do(text: str, advice: str) -> None:
    """For a prefix that is not declared, and a character that cannot be seen, the error names the mend."""
    with pytest.raises(SourceError, match=re.escape(advice)):
        parse([Source("x.ttl", text + "\n", False)])


def test_blank_nodes_of_two_files_never_meet() -> None:
    """The same label in two files means two nodes."""
    both = parse([Source(name, "_:x <http://p> <http://o> .\n", False) for name in ("a.ttl", "b.ttl")])
    assert len(both.quads) == 2


def test_a_statement_is_found_at_its_line(example: Dataset) -> None:
    """The place of a predicate is its own line, the place of a subject its block."""
    claim = iri("claim:2024-03-05-gazette-demand")
    block = example.place(claim)
    line = example.place(claim, iri("t:mode"))
    assert block is not None and line is not None
    text = Path(line.file).read_text(encoding="utf-8").splitlines()
    assert text[block.line - 1] == "claim:2024-03-05-gazette-demand"
    assert text[line.line - 1].strip() == "t:mode mode:demanded ;"
    assert block.line < line.line < block.end


def test_a_selector_is_found_at_its_anchor(example: Dataset) -> None:
    """What is computed for an entry is placed where the entry is written."""
    anchor = iri("anchor:2024-03-05-gazette-p5-s1")
    assert example.place(f"{anchor}#selector") == example.place(anchor)


def test_the_shipped_ontology_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the shipped ontology stands inside the data folder, as in a wheel, it is not read a second time."""
    from kb import sources
    from kb.paths import data_dir

    inside = data_dir() / "ontology"
    monkeypatch.setattr(Path, "is_dir", lambda path, real=Path.is_dir: path == inside or real(path))
    monkeypatch.setattr(sources, "ontology_dir", lambda: inside)
    assert not any("ontology" in source.name for source in read_data(data_dir()))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A data folder that is not there, or is none, is named with what was expected."""
    with pytest.raises(SourceError, match="no such folder"):
        read_data(tmp_path / "nowhere")
    with pytest.raises(SourceError, match="neither articles/ nor registry/"):
        read_data(tmp_path)


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder whose files cannot be listed is an error, not an empty folder."""
    (tmp_path / "articles").mkdir()

    def refused(folder: Path) -> list[str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("kb.sources.os.listdir", refused)
    with pytest.raises(SourceError, match="cannot be read: Permission denied"):
        read_data(tmp_path)


def test_a_file_that_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    """A byte that is not UTF-8 is an error at its line, never replaced."""
    path = tmp_path / "x.ttl"
    path.write_bytes(b"# fine\n# caf\xe9\n")
    with pytest.raises(SourceError, match=r"x\.ttl:2: is not UTF-8"):
        read_text(path)
