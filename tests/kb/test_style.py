"""The house style of hand-written files: each rule with a file that breaks it, and files mended."""

import random
import re
from collections import Counter
from pathlib import Path

import pytest
from places import CASES, EXAMPLE, ROOT

from kb import build as builds
from kb import style
from kb.dataset import Dataset, parse
from kb.errors import SetupError, SourceError
from kb.model import Finding, Severity, Source
from kb.namespaces import PREFIXES, iri, turtle_prologue
from kb.paths import data_dir, ontology_dir, shapes_dir
from kb.sources import read_source, write_text
from kb.turtle import tokens

SLUG = "2024-03-05-gazette"
FILES = sorted(
    path
    for folder in (ontology_dir(), shapes_dir(), data_dir(), EXAMPLE, CASES)
    for path in folder.rglob("*.*")
    if path.suffix in (".ttl", ".trig")
)
GOOD = """\
# Letters to the Gazette.
@prefix actor: <https://w3id.org/testimonia/actor/> .
@prefix article: <https://w3id.org/testimonia/article/> .
@prefix claim: <https://w3id.org/testimonia/claim/> .
@prefix node: <https://w3id.org/testimonia/node/> .
@prefix schema: <https://schema.org/> .
@prefix snapshot: <https://w3id.org/testimonia/snapshot/> .
@prefix t: <https://w3id.org/testimonia/ontology#> .

snapshot:2024-03-05-gazette
    a t:TextSnapshot ;
    t:length 7 ;
    t:section
        node:2024-03-05-gazette-section-1 ,
        node:2024-03-05-gazette-section-2 ;
    .

node:2024-03-05-gazette-section-1
    a t:Section ;
    t:end 9 ;
    .

article:2024-03-05-gazette
    a schema:AnalysisNewsArticle , schema:NewsArticle ;
    schema:author "Ada  Quill, tab\t; and more ." ;
    .

# The only claim.
claim:2024-03-05-gazette-letters
    a t:Claim ;
    t:holder actor:gazette ;  # not the editor
    t:statementTime node:2024-03-05-gazette-letters-said ;
    .

node:2024-03-05-gazette-letters-said
    a t:TimeRef ;
    .

claim:2024-03-05-gazette-letters {
    node:2024-03-05-gazette-letters-who
        a t:Participation ;
        # who wrote
        t:participant actor:gazette ;
        .

    node:2024-03-05-gazette-letters-when
        a t:TimeRef ;
        .
}
"""
SAID = GOOD[GOOD.index("node:2024-03-05-gazette-letters-said\n") :].partition("\n\n")[0] + "\n\n"
SECTION = GOOD[GOOD.index("node:2024-03-05-gazette-section-1\n") :].partition("\n\n")[0] + "\n\n"

ARTICLE = GOOD[GOOD.index("article:2024-03-05-gazette\n") :].partition("\n\n")[0] + "\n\n"
CLAIM, NODE, VOID = (turtle_prologue([name]) for name in ("claim", "node", "void"))
FOLDERS = ("articles", "registry", "ontology")
SONG = "@prefix song: <https://example.org/song/> .\n\nsong:x\n    t:end 1 ;\n    .\n\n"

BAD = [
    # what is replaced, by what, and all that this breaks
    ("\n\nnode:2024-03-05-gazette-section-1\n", "\nnode:2024-03-05-gazette-section-1\n", {("blank-line", 17)}),
    ("    t:length", "\n    t:length", {("blank-line", 13)}),
    (".\n\nsnapshot", ".\n\n\nsnapshot", {("blank-line", 11)}),
    ("# The only claim.\n", "# The only claim.\n\n\n", {("blank-line", 31)}),
    ("t:end 9", "t:end _:nine", {("blank-node", 20)}),
    ("t:end 9", "t:end [ t:start 9 ]", {("blank-node", 20)}),
    (SAID, "", set()),
    (SAID, SAID + SAID.replace("-said", "-told"), set()),
    (SAID, SAID + SAID.replace("-letters-said", "-names-said"), {("claim-graph", 43)}),
    ("    .\n}\n", "    .\n}", {("end-of-file", 49)}),
    ("    .\n}\n", "    .\n}\n\n\n", {("end-of-file", 49)}),
    ("    .\n}\n", "    .\n}\n\n# To be continued.\n", set()),
    ("    .\n}\n", "    .\n}\n\n# To be continued.", {("end-of-file", 49)}),
    (ARTICLE, "", {("file-name", 1), ("prefix-unused", 3), ("prefix-unused", 6)}),
    ("article:2024-03-05-gazette\n", "article:2024-03-06-gazette\n", {("file-name", 23)}),
    ("# The only", "article:2024-03-06-gazette\n    t:length 7 ;\n    .\n\n# The only", {("file-name", 28)}),
    (SECTION + "article", "article", set()),
    ("\nsnapshot:", "\nactor:gazette\n    t:end 9 ;\n    .\n\nsnapshot:", {("file-order", 14)}),
    ("# The only", SECTION.replace("section-1", "section-2") + "# The only", {("file-order", 28)}),
    ("letters {\n", "letters\n{\n", {("graph-line", 40)}),
    ("letters {\n    node", "letters { node", {("graph-line", 39)}),
    ("    .\n}", "    . }", {("graph-line", 48)}),
    ("    t:end", "  t:end", {("indent", 20)}),
    ("# Letters", "  # Letters", {("indent", 1)}),
    ("# The only", "  # The only", {("indent", 28)}),
    ("        # who", "    # who", {("indent", 42)}),
    ("t:holder actor", "t:holder\u00a0actor", {("invisible-character", 31)}),
    ("# Letters", "\ufeff# Letters", {("invisible-character", 1)}),
    ("t:end 9 ;\n", "t:end 9 ;\r\n", {("line-end", 1)}),
    ("t:end 9", "t:end ( 9 )", {("list", 20)}),
    ("@prefix actor:", "@base <https://w3id.org/> .\n@prefix actor:", {("no-base", 2)}),
    (" ,\n        node", " , node", {("object-line", 14)}),
    ("t:end 9", "t:end\n        9", {("object-line", 21)}),
    ("section-1 ,", "section-3 ,", {("object-order", 14)}),
    ("# The only", SECTION + "# The only", {("file-order", 28), ("one-block", 28)}),
    (NODE, NODE.replace("@prefix", "PREFIX").replace(" .", ""), {("prefix-form", 5)}),
    ("@prefix node: <", "@prefix node:\n    <", {("prefix-form", 6)}),
    ("/actor/> .\n", "/actor/> . ", {("prefix-form", 2)}),
    ("testimonia/actor/>", "testimonia/agent/>", {("prefix-iri", 2)}),
    ("@prefix node: <https://w3id.org/testimonia/node/> .\n", "", {("prefix-missing", 13)}),
    ("@prefix actor: ", VOID + "@prefix actor: ", {("prefix-order", 2), ("prefix-unused", 2)}),
    ("# The only", f"{CLAIM}\n# The only", {("prefix-place", 28), ("prefix-unused", 28)}),
    ("# The only", SONG + "# The only", {("prefix-place", 28), ("prefix-unknown", 28)}),
    ("@prefix t:", "@prefix snapshot: <https://w3id.org/testimonia/snapshot/> .\n@prefix t:", {("prefix-unused", 8)}),
    ("section-1 ,", "section-1,", {("spacing", 14)}),
    ("t:end 9", "t:end   9", {("spacing", 20)}),
    (" ;  # not", " ; # not", {("spacing", 31)}),
    ("t:end 9 ;\n    .", "t:end 9 .", {("statement-end", 20)}),
    ("t:end 9 ;\n    .", "t:end 9 ; .", {("statement-end", 20)}),
    ("t:end 9 ;", "t:end 9 ; ;", {("statement-end", 20)}),
    ("        .\n}", "    # fine\n}", {("statement-end", 47)}),
    ("section-1\n    a", "section-1 a", {("subject-line", 18)}),
    ("    t:end", "\tt:end", {("tab", 20)}),
    ("t:end 9 ;", "t:end 9 ; ", {("trailing-blank", 20)}),
    ("only claim.", "only claim.  ", {("trailing-blank", 28)}),
    ("    a t:Section ;\n    t:end 9 ;", "    t:end 9 ;\n    a t:Section ;", {("type-first", 20)}),
    ("    t:length", "    t:about 1 ; t:length", {("property-line", 12)}),
    ("    t:length 7", "    t:within 7", {("property-order", 12)}),
    ("    t:length 7", "    t:section 7", {("property-twice", 13)}),
]


def source(text: str, name: str = f"articles/{SLUG}.trig") -> Source:
    return Source(name, text, name.endswith(".trig"))


def broken(findings: list[Finding]) -> set[tuple[str, int]]:
    return {(finding.rule, finding.place.line) for finding in findings if finding.place}


@pytest.mark.parametrize(("old", "new", "wanted"), BAD, ids=lambda value: repr(value)[:30])
def test_a_file_breaks_the_rules_that_it_should_and_no_others(old: str, new: str, wanted: set[tuple[str, int]]) -> None:
    """One change breaks exactly the rules that it should, at exactly these lines."""
    assert old in GOOD
    assert broken(style.lint_file(source(GOOD.replace(old, new, 1)))) == wanted


def test_the_good_twin_is_good() -> None:
    """The file of which the bad ones are made breaks no rule."""
    assert style.lint_file(source(GOOD)) == []


def test_an_article_is_named_by_day_and_words() -> None:
    """A file and an article that agree on a name without a day are still named wrongly."""
    file = source(GOOD.replace(f"article:{SLUG}", "article:gazette"), "articles/gazette.trig")
    assert broken(style.lint_file(file)) == {("file-name", 23)}


def test_the_plan_of_an_article_is_for_articles() -> None:
    """Blank nodes and order are looked at in articles, blank nodes in the registry, and neither in an ontology."""
    text = GOOD.replace("t:end 9", "t:end _:nine").replace(SAID, "").replace("article:2024", "article:2023")
    rules = {folder: {r for r, _ in broken(style.lint_file(source(text, f"{folder}/x.trig")))} for folder in FOLDERS}
    assert rules == {"articles": {"blank-node", "file-name"}, "registry": {"blank-node"}, "ontology": set()}


def test_every_rule_has_a_file_that_breaks_it() -> None:
    """No rule of style is without a case; those on names are tried on the invented story."""
    tried = {rule for _, _, wanted in BAD for rule, _ in wanted}
    assert tried | {"dangling-reference", "undeclared-term"} == style.RULES.keys()
    assert list(style.RULES) == sorted(style.RULES)


@pytest.mark.parametrize(("old", "new"), [case[:2] for case in BAD], ids=lambda value: repr(value)[:30])
def test_what_can_be_mended_is_mended_and_the_rest_stays(old: str, new: str) -> None:
    """After mending no mechanical rule is broken, every other finding is still there, and nothing is mended twice."""
    before = source(GOOD.replace(old, new, 1))
    after = style.mend(before)
    rest = {rule for rule, _ in broken(style.lint_file(before)) if not style.RULES[rule].mended}
    settled = "no-base" not in rest
    assert {rule for rule, _ in broken(style.lint_file(after))} == rest
    assert style.mend(after) == after
    assert (after == before) is (not settled or style.difference(before, after) == "")
    assert Counter(re.findall("# .*[^ \n]", after.text)) == Counter(re.findall("# .*[^ \n]", before.text))


def test_a_style_message_says_what_is_wrong_and_what_to_do() -> None:
    """Every message is a fault and its mend, in two sentences or more."""
    for old, new, _ in BAD:
        for finding in style.lint_file(source(GOOD.replace(old, new, 1))):
            assert re.fullmatch(r"\S.+[.:;?] [A-Z].+\.", finding.message), finding
            assert finding.severity is style.RULES[finding.rule].severity


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_mending_changes_no_file_of_the_project(path: Path) -> None:
    """Every Turtle and TriG file of the project is as mending would write it."""
    file = read_source(path)
    assert style.mend(file) == file


def shuffled(text: str, chance: random.Random) -> str:
    """A text in house style with prefixes, the properties of blocks and listed objects in another order."""

    def listed(part: str) -> str:
        first, *objects = part.splitlines(keepends=True)
        values = chance.sample([line[:-3] for line in objects], len(objects))
        return first + " ,\n".join(values) + (" ;\n" if values else "")

    def block(match: re.Match[str]) -> str:
        inner = match[1] + "    "
        parts = [listed(part) for part in re.split(rf"(?m)^(?={inner}\S)", match[3])[1:]]
        return f"{match[1]}{match[2]}\n{''.join(chance.sample(parts, len(parts)))}{inner}."

    text = re.sub(r"(?m)^( *)(\S+)\n((?:\1    [^.].*\n)+?)\1    \.$", block, text)
    prefixes = re.findall(r"(?m)^@prefix .*\n", text)
    return text.replace("".join(prefixes), "".join(chance.sample(prefixes, len(prefixes))), 1)


def damaged(text: str, chance: random.Random, spaces: tuple[str, ...]) -> str:
    """A text with other white space between its words, outside of brackets and where there is some already."""
    out, last, depth, notes = "", 0, 0, 0
    for token in tokens(text):
        gap = text[last : token.at]
        if last and gap.isspace() and not depth and chance.random() < 0.2:
            notes += 1
            gap = chance.choice(spaces).replace("note", f"note {notes}")
        depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(token.text, 0)
        out, last = out + gap + token.text, token.at + len(token.text)
    return out + text[last:]


SPACES = ("  ", "\t", "\n", "\n\n\n", "\r\n", "\n        ", " \n", "\u00a0", "\n\t \n")
NOTES = (*SPACES, " # note\n", "\n    # note\n\n", "# note\n # note, more\n")
WHOLE = [path for path in FILES if CASES not in path.parents and path.parent != shapes_dir()]


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_in_disorder_is_put_right_again(path: Path) -> None:
    """Shuffled, with other white space and line ends, a file is mended to the very text that it was."""
    good, chance = read_source(path), random.Random(path.name)
    bad = Source(good.name, damaged(shuffled(good.text, chance), chance, SPACES), good.trig)
    assert bad.text != good.text
    assert style.mend(bad).text == good.text


@pytest.mark.parametrize("path", [*WHOLE, *sorted(shapes_dir().glob("*.ttl"))], ids=lambda path: path.name)
def test_mending_keeps_statements_and_comments(path: Path) -> None:
    """With comments strewn between its words a file says the same when mended, has them all, and stays so."""
    good, chance = read_source(path), random.Random(path.name)
    plain = tuple(space for space in NOTES if space != "\u00a0")
    bad = Source(good.name, damaged(good.text, chance, plain), good.trig)
    mended = style.mend(bad)
    assert set(re.findall(r"# note \d+", bad.text)) == set(re.findall(r"# note \d+", mended.text)) != set()
    assert Counter(re.findall(r"# note \d+", bad.text)) == Counter(re.findall(r"# note \d+", mended.text))
    assert style.mend(mended) == mended
    assert {finding.rule for finding in style.lint_file(mended) if style.RULES[finding.rule].mended} == set()


def test_comments_stay_with_their_lines() -> None:
    """A comment on its own line moves with the line below it, one at the end of a line with that line."""
    text = turtle_prologue(("actor", "t")) + (
        "\n# Of the Gazette.\nactor:gazette\n    # why b\n    t:b actor:x ;  # b\n    t:a  # first\n"
        "        # why y\n        actor:y , # y\n        actor:x ;\n    # to do\n    .\n"
    )
    assert style.mend(source(text, "x.ttl")).text == turtle_prologue(("actor", "t")) + (
        "\n# Of the Gazette.\nactor:gazette\n    t:a  # first\n        actor:x ,\n        # why y\n"
        "        actor:y ;  # y\n    # why b\n    t:b actor:x ;  # b\n    # to do\n    .\n"
    )


def test_one_line_becomes_a_block() -> None:
    """Statements written in a row, twice of one property, in a graph without its last dot, become lines in order."""
    text = turtle_prologue(("claim", "t")) + "claim:x{claim:y t:b 2,1;t:a 'x'@en,claim:z;t:b 0}"
    assert style.mend(source(text, "x.trig")).text == turtle_prologue(("claim", "t")) + (
        "\nclaim:x {\n    claim:y\n        t:a\n            'x'@en ,\n            claim:z ;\n"
        "        t:b\n            0 ,\n            1 ,\n            2 ;\n        .\n}\n"
    )


def test_prefixes_are_put_right_without_losing_a_comment() -> None:
    """Missing prefixes of the table are added, unused ones go unless a comment is on them, late ones move up."""
    text = (
        "# Head.\n@prefix void: <http://rdfs.org/ns/void#> .\n@prefix oa: <http://www.w3.org/ns/oa#> .  # soon\n\n"
        "actor:x\n    t:a actor:y ;\n    .\n\n@prefix schema: <https://schema.org/> .\n\nschema:x\n    t:a 1 ;\n    .\n"
    )
    assert style.mend(source(text, "x.ttl")).text == (
        "# Head.\n@prefix actor: <https://w3id.org/testimonia/actor/> .\n"
        "@prefix oa: <http://www.w3.org/ns/oa#> .  # soon\n@prefix schema: <https://schema.org/> .\n"
        "@prefix t: <https://w3id.org/testimonia/ontology#> .\n\n"
        "actor:x\n    t:a actor:y ;\n    .\n\nschema:x\n    t:a 1 ;\n    .\n"
    )


@pytest.mark.parametrize(
    "head",
    [
        "@base <https://example.org/> .\n@prefix t: <x#> .\n",
        "@prefix t: <https://example.org/a#> .\nt:x t:y 1 .\n@prefix t: <https://example.org/b#> .\n",
    ],
    ids=["base", "rebound"],
)
def test_a_file_whose_names_change_meaning_is_left_alone(head: str) -> None:
    """With a base, or a prefix bound twice, lines cannot be moved; the file stays as it is, and so does the finding."""
    file = source(head + "t:z   t:b 1; t:a 2 .\n", "x.ttl")
    assert style.mend(file) == file
    assert {rule for rule, _ in broken(style.lint_file(file))} & {"no-base", "prefix-iri"}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("t:end 9 ;", "t:end ;", 20), ("    .\n}", "    .\n", 50), ('"Ada', "Ada", 25), ("t:end", "tt:end", 20)],
)
def test_what_no_parser_takes_is_an_error_with_its_line(old: str, new: str, line: int) -> None:
    """A file that is broken or has an unknown prefix is not mended; the error names file and line."""
    with pytest.raises(SourceError, match=rf"{SLUG}\.trig:{line}: "):
        style.mend(source(GOOD.replace(old, new, 1)))


def test_a_mend_that_would_change_what_is_said_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the mended text said anything else than before, the file would be left as it is."""
    monkeypatch.setattr("kb.style.mending.written", lambda document: GOOD.replace("t:end 9", "t:end 8"))
    with pytest.raises(SourceError, match="would change what the file says"):
        style.mend(source(GOOD))


def test_blank_nodes_do_not_hide_a_change() -> None:
    """Files with blank nodes are compared by what they say, whatever the nodes are called."""
    text = turtle_prologue(("t",)) + "\nt:x   t:b [ t:c _:one ] , _:one ; t:a ( 1 2 ) .\n"
    assert style.mend(source(text, "x.ttl")).text.endswith(
        "t:x\n    t:a ( 1 2 ) ;\n    t:b\n        [ t:c _:one ] ,\n        _:one ;\n    .\n"
    )


def test_what_is_mended_is_never_without_a_finding() -> None:
    """A change that no other rule tells of, such as a tab in a comment in brackets, is told as spacing."""
    file = source(turtle_prologue(("t",)) + "\nt:x\n    t:a [ # one\ttwo\n        t:b 1 ] ;\n    .\n", "x.ttl")
    assert style.mend(file).text == file.text.replace("\t", "    ")
    assert broken(style.lint_file(file)) == {("spacing", 4)}


def test_the_least_is_said_to_be_out_of_order() -> None:
    """One thing in the wrong place is one finding, wherever it was moved to."""
    from kb.style.layout import misplaced

    assert misplaced(list("bcda")) == [3]
    assert misplaced(list("dabc")) == [0]
    assert misplaced(list("abcd")) == misplaced([]) == []
    assert misplaced(list("aabb")) == []


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """Writing keeps the rights of the file, leaves nothing beside it, and fails in words."""
    path = tmp_path / "x.ttl"
    path.write_text("# old\n", encoding="utf-8")
    path.chmod(0o640)
    write_text(path, "# new\r\n")
    assert path.read_bytes() == b"# new\r\n"
    assert (path.stat().st_mode & 0o777, list(tmp_path.iterdir())) == (0o640, [path])
    with pytest.raises(SetupError, match="cannot be written"):
        write_text(path / "below.ttl", "")


def story(old: str, new: str) -> Dataset:
    """The invented story with one thing changed in its article."""
    files = builds.sources(EXAMPLE)
    changed = [Source(f.name, f.text.replace(old, new, 1) if f.trig else f.text, f.trig) for f in files]
    assert changed != files
    return parse(changed)


@pytest.mark.parametrize(
    ("old", "new", "rule", "meant"),
    [
        ("schema:headline", "schema:headlin", "undeclared-term", "schema:headline"),
        ("oa:hasSource", "oa:hasSorce", "undeclared-term", "oa:hasSource"),
        ("a oa:SpecificResource", "a oa:SpecificResorce", "undeclared-term", "oa:SpecificResource"),
        ("a oa:SpecificResource", "a schema:SpecificResource", "undeclared-term", "oa:SpecificResource"),
        ("mode:demanded", "mode:demandd", "undeclared-term", "mode:demanded"),
        ("t:relativeTo article:2024", "t:relativeTo article:2023", "dangling-reference", f"article:{SLUG}"),
        ("t:holder actor:harbour-office", "t:holder actor:harbor-office", "dangling-reference", "actor:harbour-office"),
        (
            "t:holder actor:harbour-office",
            "t:holder place:harbour-office",
            "dangling-reference",
            "actor:harbour-office",
        ),
        ("t:subsetOf node:2024", "t:subsetOf node:2023", "dangling-reference", f"node:{SLUG}-barrels-40"),
        ("t:holder actor:harbour-office", "t:holder actor:zzz", "dangling-reference", None),
    ],
)
def test_a_name_that_nothing_describes_is_told_with_the_likely_one(old: str, new: str, rule: str, meant: str) -> None:
    """A misspelt term or reference is a violation at its own line, and what was probably meant is named."""
    dataset = story(old, new)
    (finding,) = style.lint(dataset)
    text = next(file.text for file in dataset.sources if file.trig)
    assert (finding.rule, finding.severity) == (rule, Severity.VIOLATION)
    assert finding.place is not None and new.split()[-1] in text.split("\n")[finding.place.line - 1]
    assert (f"Did you mean {meant}?" in finding.message) is (meant is not None)
    assert "Did you mean" in finding.message or meant is None


def test_one_fault_is_told_once() -> None:
    """What a rule says of an unknown name is told in its words, at the line of the name, with the likely one."""
    name = iri("actor:harbor-office")
    claim = iri(f"claim:{SLUG}-barrels")
    dataset = story("t:holder actor:harbour-office", "t:holder actor:harbor-office")
    by_value = Finding(Severity.VIOLATION, "claim-holder", claim, "Wrong. Mend it.", value=name)
    by_words = Finding(Severity.WARNING, "other", claim, "There is no actor:harbor-office. Mend it.")
    others = [
        Finding(Severity.WARNING, "longer", claim, "There is no actor:harbor-office-two. Mend it."),
        Finding(
            Severity.WARNING, "elsewhere", iri(f"claim:{SLUG}-demand"), "There is no actor:harbor-office. Mend it."
        ),
    ]
    (told,) = style.lint(dataset, [by_value])
    assert told.message == "Wrong. Mend it. Did you mean actor:harbour-office?"
    assert told.place == style.lint(dataset)[0].place
    assert [finding.rule for finding in style.lint(dataset, [by_words])] == ["other"]
    assert {finding.rule for finding in style.lint(dataset, others)} == {"longer", "elsewhere", "dangling-reference"}


def test_a_whole_vocabulary_of_unknown_names_is_no_matter_of_spelling() -> None:
    """Where hundreds of names are unknown each is told, but a likely one is not looked for a hundred times."""
    lines = "".join(f"actor:x{number}\n    t:note place:eastqay{number} ;\n    .\n\n" for number in range(300))
    file = source(turtle_prologue(("actor", "place", "t")) + "\n" + lines, "registry/x.ttl")
    found = style.lint(parse([*builds.sources(EXAMPLE), file]))
    assert len(found) >= 300
    assert 0 < sum("Did you mean" in finding.message for finding in found) <= 20


def test_the_guide_lists_the_rules() -> None:
    """The editorial guide has one line for each rule, with its weight and whether it is mended, as the code has it."""
    page = (ROOT / "docs" / "editorial-guide.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| (\w*) \| (.+) \|$", page, re.M)
    assert rows == [
        (name, rule.severity.name.lower(), "yes" if rule.mended else "", rule.wants)
        for name, rule in style.RULES.items()
    ]


def test_prefixes_of_the_table_are_never_unknown() -> None:
    """Each prefix of the table may be declared where it is used."""
    text = (
        turtle_prologue() + "\n" + "".join(f"{name}:x\n    a {name}:y ;\n    .\n\n" for name in PREFIXES).rstrip("\n")
    )
    assert style.lint_file(source(text + "\n", "x.ttl")) == []
