"""Saved questions over an invented corpus: they answer what it was planned to say, whatever they are asked."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from math import ceil
from pathlib import Path

import pytest

pytest.importorskip("benchmarks.corpus", reason="benchmarks/ is part of a checkout, not of the installed package")

from oracles import ORACLES, Oracle
from planned import Perspective, Row, Told, World

from benchmarks.corpus import Plan, week, write
from benchmarks.nouns import Printed
from benchmarks.world import WEEK
from kb import build as builds
from kb import cards
from kb.dataset import Dataset, parse, text_of
from kb.engine import EmbeddedEngine, QueryRequest
from kb.namespaces import iri, shorten, turtle_prologue
from kb.paths import queries_dir
from kb.questions import Parameter, Question, load
from kb.sources import read_snapshots

pytestmark = pytest.mark.long

PLAN = Plan(articles=24, claims=32, reuse_share=0.5)
"""So few articles that all claims about one event are compared with each other."""
QUESTIONS = load(queries_dir())
Asked = Mapping[str, Sequence[str]]


def short(text: str) -> str:
    """An IRI as a prefixed name; any other text as it is."""
    return shorten(text) if text.startswith("http") else text


@pytest.fixture(scope="module")
def pages() -> list[Printed]:
    """The articles of the corpus as they were planned."""
    return [page for number in range(ceil(PLAN.articles / WEEK)) for page in week(PLAN, number)]


@pytest.fixture(scope="module")
def sides(pages: list[Printed]) -> dict[str, str]:
    """Some of those who speak, counted on two sides or on none."""
    known = ("side:armenia", "side:azerbaijan", "side:none", "side:armenia")
    speaking = {
        told.holder for told in World(pages, {}, {}, {}, {}).claims if told.plan.naming in ("institution", "medium")
    }
    return {name: known[at % len(known)] for at, name in enumerate(sorted(speaking)) if at % 3}


@pytest.fixture(scope="module")
def outlet(pages: list[Printed]) -> str:
    """The outlet of most articles."""
    return Counter(page.article.outlet.name for page in pages).most_common(1)[0][0]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, sides: dict[str, str], outlet: str) -> Path:
    """The files of the corpus, with sides and two perspectives beside them."""
    out = tmp_path_factory.mktemp("corpus")
    write(PLAN, out)
    blocks = [f"{name} t:side {side} .\n" for name, side in sides.items()]
    for name, condition in (("of-one-outlet", "t:selectsOutlet"), ("without-one-outlet", "t:withoutVoice")):
        blocks.append(f'perspective:{name} a t:Perspective ; rdfs:label "{name}"@en ; {condition} {outlet} .\n')
    prologue = turtle_prologue(["actor", "perspective", "rdfs", "side", "t"])
    (out / "registry" / "added.ttl").write_text(prologue + "\n".join(blocks), encoding="utf-8")
    return out


@pytest.fixture(scope="module")
def world(corpus: Path, pages: list[Printed], sides: dict[str, str], outlet: str) -> World:
    """The corpus as it was planned, with the labels under which it is answered."""
    raw = parse(builds.sources(corpus))
    perspectives = {f"perspective:{page.article.slug}": Perspective(partial(_stands_in, page), True) for page in pages}
    perspectives["perspective:of-one-outlet"] = Perspective(lambda told: told.outlet == outlet, True)
    perspectives["perspective:without-one-outlet"] = Perspective(
        lambda told: outlet not in {told.holder, *told.relays}, False
    )
    return World(pages, _values(raw, "rdfs:label", "skos:prefLabel"), _values(raw, "skos:broader"), sides, perspectives)


def _stands_in(page: Printed, told: Told) -> bool:
    return told.page is page


def _values(dataset: Dataset, *properties: str) -> dict[str, str]:
    """What the data says under some properties, by prefixed name."""
    wanted = set(map(iri, properties))
    return {
        short(text_of(quad.subject)): short(text_of(quad.object))
        for quad in dataset.default
        if quad.predicate.value in wanted
    }


@pytest.fixture(scope="module")
def engine(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    """An engine over a build of the corpus."""
    texts = read_snapshots(corpus / "sources")
    build = builds.build(corpus, tmp_path_factory.mktemp("builds"), check=False, texts=texts)
    found = EmbeddedEngine(build, timeout=30, workers=1)
    yield found
    found.close()


def answered(engine: EmbeddedEngine, question: Question, columns: Row, asked: Asked) -> Counter[Row]:
    """The rows of a question in some of its columns, with prefixed names."""
    query = cards.asked(engine, question, asked).query
    body = engine.answer(QueryRequest(query, solutions="text/csv")).body
    rows = csv.DictReader(io.StringIO(bytes(body).decode()))
    return Counter(tuple(short(row[column]) for column in columns) for row in rows)


def told(world: World, oracle: Oracle, asked: Asked) -> Counter[Row]:
    """The rows that the oracle of a question gives."""
    return Counter(oracle.rows(world, {name: frozenset(filter(None, values)) for name, values in asked.items()}))


def candidates(world: World, parameter: Parameter) -> list[str]:
    """The values of the corpus that a parameter can be given, those that most claims have first."""
    named = Counter(chain.from_iterable(_named(one) for one in world.claims))
    if parameter.choices:
        return list(parameter.choices)
    if parameter.type == "truth":
        return ["true", "false"]
    if parameter.type == "text":
        return ["actor", "event", "person", "crate"]
    if parameter.type in ("date", "number"):
        return [value for value, _ in named.most_common() if _plain(value) == parameter.type]
    kinds = ("actor", "event", "object", "place") if parameter.type == "thing" else (parameter.type,)
    known = dict.fromkeys((*(name for name, _ in named.most_common()), *world.perspectives, *sorted(world.labels)))
    return [name for name in known if name.partition(":")[0] in kinds]


def _named(one: Told) -> Iterator[str]:
    """All that a claim has to do with, and the numbers and days in it."""
    yield from (one.name, one.article, one.holder, one.plan.frame.name, *one.relays)
    yield from (who for _, who in one.mentions)
    yield from (name for part in one.parted for name in part)
    yield from (str(count.value) for _, _, count in one.counts if count.value)
    yield from (str(number) for number in (2, 3))
    if one.plan.when and one.plan.when.edtf.count("-") == 2:
        yield one.plan.when.edtf.strip("[.]")


def _plain(value: str) -> str:
    """Whether a value is a date, a number or a name."""
    return "number" if value.isdecimal() else "date" if value[:4].isdecimal() else ""


def fitting(world: World, oracle: Oracle, parameter: Parameter, base: Asked) -> list[str]:
    """One or two values of a parameter that leave some rows of a base, fewer where it narrows."""
    whole, free = told(world, oracle, base), (*oracle.always, *oracle.other)
    found: list[str] = []
    for value in candidates(world, parameter):
        narrowed = told(world, oracle, {**base, parameter.name: [value]})
        if narrowed and (narrowed.total() < whole.total() or parameter.name in free):
            found.append(value)
        if len(found) == 2:
            break
    return found


@pytest.mark.parametrize("name", sorted(ORACLES))
def test_a_question_answers_what_was_planned(engine: EmbeddedEngine, world: World, name: str) -> None:
    """Rows are those that were planned: as saved, with nothing asked, with each parameter, and with all of them."""
    question, oracle = QUESTIONS[name], ORACLES[name]

    def same(asked: Asked, meaning: Asked) -> int:
        got, wanted = answered(engine, question, oracle.columns, asked), told(world, oracle, meaning)
        assert ((got - wanted).most_common(3), (wanted - got).most_common(3)) == ([], []), asked
        return got.total()

    same({}, {one.name: [short(term.value) for term in one.default] for one in question.parameters})
    base = {one.name: [""] for one in question.parameters}
    for parameter in question.parameters:
        if parameter.name in oracle.always:
            base[parameter.name] = fitting(world, oracle, parameter, base)[:1]
    whole, together = same(base, base), base
    assert whole > 0
    for parameter in question.parameters:
        key = parameter.name
        values = fitting(world, oracle, parameter, {**base, key: [""]})
        narrowed = same(one := {**base, key: values[:1]}, one)
        assert values and narrowed > 0, f"no value of the corpus fits {key}"
        assert narrowed < whole or key in (*oracle.always, *oracle.other), f"{key} narrows nothing"
        if parameter.several:
            assert same(both := {**base, key: values}, both) > 0
        more = fitting(world, oracle, parameter, {**together, key: [""]})
        together = {**together, key: more[:1]} if more else together
    assert same(together, together) > 0


def test_most_questions_have_an_oracle() -> None:
    """Four of five saved questions are asked of the corpus, and no oracle is of a question that is gone."""
    assert ORACLES.keys() <= QUESTIONS.keys()
    assert len(ORACLES) >= 0.8 * len(QUESTIONS)
