"""What a claim says, out of its content graph: parts, times, quantities, and plain sentences that name the speaker."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kb.cards.facts import Facts, Json, article_link, as_iri, as_number, by_label
from kb.engine import Reader, Term
from kb.namespaces import STAMPS, iri, shorten

_KINDS = {iri("sem:Event"): "event", iri("t:State"): "state"}
_RELATIONS = {
    "sem:hasPlace": "the place is ",
    "sem:subEventOf": "it is part of ",
    "t:after": "it comes after ",
    "t:near": "it is near ",
    "t:concerns": "it concerns ",
}
_APPROXIMATIONS = {
    "about": "about",
    "at-least": "at least",
    "more-than": "more than",
    "nearly": "nearly",
    "up-to": "up to",
}
_TOLD = {
    iri(name)
    for name in (
        *("rdf:type", "sem:eventType", "sem:hasTime", "t:participation", "t:quantity", "t:saidBy", *_RELATIONS),
        *("sem:roleType", "t:participant", "t:edtf", "t:relativeTo", "t:verbatim", *STAMPS.values()),
        *("schema:value", "schema:minValue", "schema:maxValue", "schema:unitText", "t:approximation", "t:subsetOf"),
    )
}
"""Predicates that the structured part shows; all others of a content graph are told as plain statements."""

Sentence = list[Json]


@dataclass(frozen=True)
class Content:
    """What one content graph says, read with the labels of ``facts``; ``lead`` names the speaker."""

    facts: Facts
    quads: Sequence[ox.Quad]
    inside: Mapping[tuple[str, str], Sequence[Term]]
    focus: str | None
    lead: str

    def iris(self, subject: str, name: str) -> list[str]:
        """Objects in this graph that are nodes, sorted."""
        found = self.inside.get((subject, iri(name)), ())
        return sorted(as_iri(value) for value in found if isinstance(value, ox.NamedNode))

    def text(self, subject: str, name: str) -> str | None:
        """The one lexical form in this graph; for nodes that stand in the default graph, there."""
        found = sorted(v.value for v in self.inside.get((subject, iri(name)), ()) if isinstance(v, ox.Literal))
        return found[0] if found else self.facts.text(subject, name)

    def times(self, nodes: Iterable[str]) -> list[Json]:
        """Time references with the words, their reading, and the days that follow from it."""
        return [self._time(node) for node in nodes]

    def happening(self) -> list[Json]:
        """When the event or state was, or is."""
        return self.times(self._focused("sem:hasTime"))

    def measures(self) -> list[Json]:
        """The quantities that measure the event or state itself."""
        return [self._quantity(node) for node in self._focused("t:quantity")]

    def participations(self) -> list[Json]:
        """Who and what takes part, by role."""
        return sorted(
            (
                {
                    "iri": node,
                    "role": self._first_link(node, "sem:roleType"),
                    "participant": self._first_link(node, "t:participant"),
                    "quantity": next((self._quantity(q) for q in self.iris(node, "t:quantity")), None),
                }
                for node in self._focused("t:participation")
            ),
            key=lambda part: (str((part["role"] or {}).get("label")), str(part["iri"])),
        )

    def as_json(self) -> Json:
        """The whole content: its focus, what takes part, when, where, how much, and the statements as sentences."""
        sentences = self._sentences()
        return {
            "lead": self.lead,
            "focus": self._focus(),
            "time": self.happening(),
            "places": self._focused_links("sem:hasPlace"),
            "near": self._focused_links("t:near"),
            "after": self._focused_links("t:after"),
            "part_of": self._focused_links("sem:subEventOf"),
            "concerns": self._focused_links("t:concerns"),
            "participations": self.participations(),
            "quantities": self.measures(),
            "said_by": self._said_by(),
            "sentences": sentences,
            "statements": [f"{self.lead} {''.join(str(part['text']) for part in sentence)}." for sentence in sentences],
        }

    def _focused(self, name: str) -> list[str]:
        return [] if self.focus is None else self.iris(self.focus, name)

    def _focused_links(self, name: str) -> list[Json]:
        return sorted((self.facts.link(found) for found in self._focused(name)), key=by_label)

    def _first_link(self, subject: str, name: str) -> Json | None:
        return next((self.facts.link(found) for found in self.iris(subject, name)), None)

    def _focus(self) -> Json | None:
        kinds = [_KINDS[kind] for kind in self._focused("rdf:type") if kind in _KINDS]
        if self.focus is None or not kinds:
            return None
        types = self._focused_links("sem:eventType")
        return {**self.facts.link(self.focus), "is": kinds[0], "type": types[0] if types else None, "types": types}

    def _time(self, node: str) -> Json:
        stamps = {name: self.text(node, stamp) for name, stamp in STAMPS.items()}
        relative = [*self.iris(node, "t:relativeTo"), *self.facts.iris(node, "t:relativeTo")]
        time = {
            "iri": node,
            "edtf": self.text(node, "t:edtf"),
            "verbatim": self.text(node, "t:verbatim"),
            "relative_to": article_link(self.facts, relative[0]) if relative else None,
            "bounds": stamps if any(stamps.values()) else None,
        }
        return {**time, "text": _time_words(time)}

    def _quantity(self, node: str) -> Json:
        numbers = {key: self.text(node, f"schema:{key}") for key in ("value", "minValue", "maxValue")}
        approximation = next(iter(self.iris(node, "t:approximation")), None)
        whole = next(iter(self.iris(node, "t:subsetOf")), None)
        return {
            "iri": node,
            "value": None if numbers["value"] is None else as_number(numbers["value"]),
            "minimum": None if numbers["minValue"] is None else as_number(numbers["minValue"]),
            "maximum": None if numbers["maxValue"] is None else as_number(numbers["maxValue"]),
            "unit": self.text(node, "schema:unitText"),
            "approximation": None if approximation is None else approximation.rpartition("/")[2],
            "verbatim": self.text(node, "t:verbatim"),
            "subset_of": None if whole is None else {"iri": whole, "text": self._amount(whole)},
            "text": self._amount(node),
        }

    def _amount(self, node: str) -> str:
        """A quantity in words: the text's own in quotes, or what is coded where no words are kept."""
        words = self.text(node, "t:verbatim")
        if words is not None:
            return f"“{words}”"
        value = next((v for key in ("value", "minValue", "maxValue") if (v := self.text(node, f"schema:{key}"))), "?")
        approximation = next((name.rpartition("/")[2] for name in self.iris(node, "t:approximation")), "")
        return " ".join(p for p in (_APPROXIMATIONS.get(approximation), value, self.text(node, "schema:unitText")) if p)

    def _said_by(self) -> list[Json]:
        pairs = ((as_iri(q.subject), as_iri(q.object)) for q in self.quads if q.predicate.value == iri("t:saidBy"))
        return [
            {
                "claim": {"iri": inner, "paraphrase": self.facts.text(inner, "t:paraphrase")},
                "holder": self.facts.link(voice),
            }
            for inner, voice in sorted(pairs)
        ]

    def _sentences(self) -> list[Sentence]:
        """Every statement of the graph as a sentence of linked parts, without the lead."""
        found: list[Sentence] = []
        focus = self._focus()
        if focus is not None:
            types = [str(link["label"]).lower() for link in focus["types"]] or ["no coded type"]
            found.append(
                [*_text(f"this is about the {focus['is']} of the type “{'” and “'.join(types)}”: "), *_linked(focus)]
            )
        for part in self.participations():
            found.append(self._participation(part))
        for name, words in _RELATIONS.items():
            found += [[*_text(words), *_linked(link)] for link in self._focused_links(name)]
        found += [_text(f"the time is {time['text']}") for time in self.happening()]
        found += [_text(f"it measures {self._amount(node)}") for node in self._focused("t:quantity")]
        for relay in self._said_by():
            inner = relay["claim"]
            found.append([*_linked(relay["holder"]), *_text(" says: "), *_linked(inner, inner["paraphrase"])])
        return found + [self._plain(quad) for quad in self.quads if self._is_untold(quad)]

    def _participation(self, part: Json) -> Sentence:
        role = part["role"] or {"label": "participant"}
        quantity = part["quantity"]
        sentence = [*_text(f"the {role['label'].lower()} is "), *_linked(part["participant"])]
        if quantity is not None:
            sentence += _text(f", {quantity['text']}")
            if quantity["subset_of"] is not None:
                sentence += _text(f" (out of {quantity['subset_of']['text']})")
        return sentence

    def _is_untold(self, quad: ox.Quad) -> bool:
        """Whether nothing above tells a statement: another predicate, or one about something beside the focus."""
        predicate = quad.predicate.value
        if predicate not in _TOLD:
            return True
        of_focus = ("sem:eventType", "sem:hasTime", "t:participation", *_RELATIONS)
        return as_iri(quad.subject) != self.focus and predicate in {iri(name) for name in of_focus}

    def _plain(self, quad: ox.Quad) -> Sentence:
        value = quad.object
        last = _linked(self.facts.link(value.value)) if isinstance(value, ox.NamedNode) else _text(f"“{as_iri(value)}”")
        predicate = self.facts.link(quad.predicate.value)
        return [*_linked(self.facts.link(as_iri(quad.subject))), *_text(f" — {predicate['label']} — "), *last]


def content(facts: Facts, quads: Sequence[ox.Quad], *, focus: str | None, lead: str) -> Content:
    """The content that ``quads`` make up; ``facts`` must have ``content_iris(quads)`` loaded."""
    inside: dict[tuple[str, str], list[Term]] = {}
    for quad in quads:
        inside.setdefault((as_iri(quad.subject), quad.predicate.value), []).append(quad.object)
    return Content(facts, quads, inside, focus, lead)


def content_of(engine: Reader, facts: Facts, claims: Sequence[str]) -> dict[str, Content]:
    """What loaded claims say, by claim, in their order, with the labels of all that they name; without a lead."""
    held: dict[str, list[ox.Quad]] = {claim: [] for claim in claims}
    for quad in engine.quads(graphs=claims) if claims else ():
        if isinstance(quad.graph_name, ox.NamedNode):
            held[quad.graph_name.value].append(quad)
    facts.load({name for quads in held.values() for name in content_iris(quads)})
    return {claim: content(facts, quads, focus=facts.iri(claim, "t:about"), lead="") for claim, quads in held.items()}


def content_iris(quads: Sequence[ox.Quad]) -> set[str]:
    """Everything a content graph names whose label may be needed."""
    return {
        term.value
        for quad in quads
        for term in (quad.subject, quad.predicate, quad.object)
        if isinstance(term, ox.NamedNode)
    }


def _time_words(time: Json) -> str:
    """A time in words: the text's own, then the days that its reading allows."""
    words = f"“{time['verbatim']}”" if time["verbatim"] else str(time["edtf"])
    bounds = time["bounds"]
    if bounds is None:
        return words
    about = "about " if "~" in str(time["edtf"]) else ""
    begin = (bounds["earliest_begin"], bounds["latest_begin"])
    end = (bounds["earliest_end"], bounds["latest_end"])
    if begin != end:
        sides = (("from", *begin), ("to" if any(begin) else "up to", *end))
        told = [f"{word} {_some_day(about, *days)}" for word, *days in sides if any(days)]
        return f"{words}, read as {' '.join(told)}{'' if any(end) else ' on'}"
    first, last = begin
    if first and last and first == last:
        return f"{words}, read as {about}{first}"
    if first and last:
        return f"{words}, read as some time from {about}{first} to {about}{last}"
    return f"{words}, read as some time {f'from {about}{first} on' if first else f'up to {about}{last}'}"


def _some_day(about: str, first: str | None, last: str | None) -> str:
    """The day on which one side of an interval lies."""
    return f"{about}{first}" if first == last else f"some day between {about}{first} and {about}{last}"


def _text(text: str) -> Sentence:
    return [{"text": text, "iri": None}]


def _linked(link: Mapping[str, object] | None, text: object = None) -> Sentence:
    """A part that links to what it names; claims are named by their paraphrase."""
    if link is None:
        return _text("not said")
    label = text or link.get("label") or shorten(str(link["iri"]))
    return [{"text": str(label).rstrip(".") if text else str(label), "iri": link["iri"]}]
