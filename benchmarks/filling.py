"""The questions of the benchmark, with constants taken from a corpus: its most popular actor, source, place, article.

In a question ``$actor`` stands for a constant and ``?actor`` for a variable; to SPARQL both are variables, so that the
files can be read and linted as they are.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kb import questions
from kb.namespaces import PREFIXES, iri

HERE: Final = Path(__file__).parent
QUESTIONS: Final = HERE / "questions"
MIX: Final = HERE / "mix"
SEARCH: Final = HERE / "search.rq"

MIXED: Final = 200
"""How many questions are in the mix."""

_CONSTANT = re.compile(r"\$(\w+)")
_ACTOR, _PLACE, _CLAIM = PREFIXES["actor"], PREFIXES["place"], PREFIXES["claim"]


@dataclass(frozen=True)
class Chosen:
    """What of a corpus the questions ask about.

    ``constants`` are the terms of ``$actor`` and the others, in SPARQL; ``actors`` are those that take part in
    anything, most popular first; ``articles`` are all, those with most claims first; ``shared`` are all claims, those
    first whose event most claims tell of.
    """

    constants: Mapping[str, str]
    actors: tuple[str, ...]
    articles: tuple[str, ...]
    shared: tuple[str, ...]


def choose(quads: Iterable[ox.Quad]) -> Chosen:
    """The constants of a corpus, from its quads in any order; of equals the first by name, so the same every time.

    ValueError for a corpus that lacks what is asked about.
    """
    holder: dict[str, str] = {}
    about: dict[str, set[str]] = defaultdict(set)
    taking_part: dict[str, set[str]] = defaultdict(set)
    lies_in: dict[str, str] = {}
    located: set[str] = set()
    articles: Counter[str] = Counter()
    labels: dict[str, str] = {}
    for quad in quads:
        predicate, subject, value = quad.predicate.value, _value(quad.subject), _value(quad.object)
        graph = "" if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name.value
        if not graph:
            if predicate == iri("t:holder"):
                holder[subject] = value
            elif predicate == iri("t:about"):
                about[value].add(subject)
            elif predicate == iri("t:inArticle"):
                articles[value] += 1
            elif predicate == iri("rdfs:label") and subject.startswith(_ACTOR):
                labels[subject] = value
        elif graph.startswith(_CLAIM):
            if predicate == iri("t:participant"):
                taking_part[graph].add(value)
            elif predicate == iri("sem:hasPlace"):
                lies_in[graph] = value
            elif predicate == iri("sem:eventType") and value == iri("type:location"):
                located.add(graph)
    played = Counter(who for parts in taking_part.values() for who in parts if who.startswith(_ACTOR))
    actors, ranked = tuple(_ranked(played)), tuple(_ranked(articles))
    actor = _first(actors, "actor that takes part in anything")
    sources = Counter(holder[claim] for claim, parts in taking_part.items() if actor in parts and claim in holder)
    del sources[actor]
    around = Counter(
        lies_in[graph]
        for graph in located & lies_in.keys()
        if any(part.startswith(_PLACE) for part in taking_part[graph])
    )
    by_event = sorted(about.values(), key=lambda claims: (-len(claims), min(claims)))
    return Chosen(
        {
            "actor": f"<{actor}>",
            "article": f"<{_first(ranked, 'article')}>",
            "place": f"<{_first(_ranked(around), 'place with another in it')}>",
            "source": f"<{_first(_ranked(sources), 'source that speaks of an actor')}>",
            "word": str(ox.Literal(labels[actor].split()[-1].lower())),
        },
        actors,
        ranked,
        tuple(claim for claims in by_event for claim in sorted(claims)),
    )


def fourteen(chosen: Chosen) -> dict[str, str]:
    """The fourteen questions by name, filled."""
    return {name: fill(question.text, chosen.constants) for name, question in questions.load(QUESTIONS).items()}


def mix(chosen: Chosen) -> list[str]:
    """Two hundred cheap questions of a few kinds on actors and articles of all ranks; fewer where there are few."""
    kinds = [question.text for question in questions.load(MIX).values()]
    count = MIXED // len(kinds)
    filled = [
        fill(
            text,
            {"actor": f"<{_spread(chosen.actors, at, count)}>", "article": f"<{_spread(chosen.articles, at, count)}>"},
        )
        for at in range(count)
        for text in kinds
    ]
    return list(dict.fromkeys(filled))


def fill(text: str, constants: Mapping[str, str]) -> str:
    """A question with its constants put in and without the lines of comment on top; KeyError for an unknown one."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return _CONSTANT.sub(lambda found: constants[found[1]], "\n".join(lines).strip())


def numbered(text: str, number: int | str) -> str:
    """The same question in a text that no cache has seen: with a number in a comment at its end."""
    return f"{text} # {number}"


def _value(term: object) -> str:
    return str(getattr(term, "value", term))


def _spread(names: Sequence[str], at: int, count: int) -> str:
    """One of ``count`` names at equal distances."""
    return names[at * len(names) // count]


def _ranked(counted: Counter[str]) -> list[str]:
    return sorted(counted, key=lambda name: (-counted[name], name))


def _first(names: Iterable[str], what: str) -> str:
    for name in names:
        return name
    raise ValueError(f"the corpus has no {what}")
