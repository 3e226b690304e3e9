"""The files of a data folder in the house style: one block per subject, one statement per line, properties in order."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from benchmarks.nouns import Claim, Count, Entity, Frame, Line, Part, Printed, When
from benchmarks.telling import day_in_words
from benchmarks.world import Sizes, organisation, outlet, person, place, thing
from kb.namespaces import PREFIXES, turtle_prologue
from kb.passages import sha256


@dataclass(frozen=True)
class Block:
    """The statements about one subject; ``kind`` is empty where nothing says what it is."""

    subject: str
    kind: str
    properties: Mapping[str, Sequence[str]]

    @property
    def quads(self) -> int:
        """How many statements it makes."""
        return sum(map(len, self.properties.values())) + (self.kind.count(" , ") + 1 if self.kind else 0)

    def text(self, indent: str = "") -> str:
        """The block as it is written."""
        lines = [f"{indent}{self.subject}"]
        if self.kind:
            lines.append(f"{indent}    a {self.kind} ;")
        for name in sorted(self.properties):
            values = self.properties[name]
            if len(values) == 1:
                lines.append(f"{indent}    {name} {values[0]} ;")
            else:
                lines.append(f"{indent}    {name}")
                *others, last = sorted(values)
                lines += [f"{indent}        {value} ," for value in others]
                lines.append(f"{indent}        {last} ;")
        lines.append(f"{indent}    .\n")
        return "\n".join(lines)


@dataclass(frozen=True)
class Entry:
    """A claim as it is written down: its block, what stands beside it, its graph, and the passage that it rests on."""

    claim: Block
    beside: tuple[Block, ...]
    content: tuple[Block, ...]
    anchor: Block
    first: bool
    """Whether it is the first claim of its sentence."""


@dataclass
class Sheet:
    """Blocks in the order of the file, and how many statements they make. Filled once, then put together."""

    parts: list[str] = field(default_factory=list)
    quads: int = 0

    def add(self, *blocks: Block) -> None:
        """Writes blocks of the default graph."""
        for block in blocks:
            self.parts.append(block.text())
            self.quads += block.quads

    def add_graph(self, name: str, blocks: Iterable[Block]) -> None:
        """Writes the graph of a claim."""
        written = list(blocks)
        if written:
            self.parts.append(f"{name} {{\n" + "\n".join(block.text("    ") for block in written) + "}\n")
            self.quads += sum(block.quads for block in written)

    def text(self) -> str:
        """The whole file, with the prefixes that it uses."""
        body = "\n" + "\n".join(self.parts)
        used = [name for name in PREFIXES if any(f"{lead}{name}:" in body for lead in (" ", "\n", "^^"))]
        return turtle_prologue(used) + body


def article_file(page: Printed, *, spoil: Callable[[Entry], Entry] = lambda entry: entry) -> tuple[str, int, int]:
    """The TriG of an article, its statements, and those that ``kb.derive`` will add; ``spoil`` plants defects."""
    sheet = Sheet()
    article = page.article
    sheet.add(*_heads(page))
    derived = 0
    for line in page.sentences:
        writer = _Writer(page, line)
        anchor = writer.anchor(line.name, line.start, line.end)
        derived += 4
        if not line.sentence.claims:
            excused = f"node:{article.slug}-excused-{line.name}"
            reason = {"t:evidence": [anchor.subject], "t:reason": [f"excuse:{line.sentence.excuse}"]}
            sheet.add(anchor, Block(excused, "t:Excused", reason))
            continue
        entries = [writer.entry(number, anchor) for number in range(len(line.sentence.claims))]
        entries = [spoil(entry) for entry in entries]
        sheet.add(entries[0].anchor)
        cues = dict.fromkeys(claim.cue for claim in line.sentence.claims if claim.cue)
        for cue in cues:
            sheet.add(writer.tagged(cue))
        for entry in entries:
            sheet.add(entry.claim, *entry.beside)
            sheet.add_graph(entry.claim.subject, entry.content)
        for blocks in (*writer.names(), *writer.loaded()):
            sheet.add(*blocks)
        derived += len(entries) + 4 * (len(cues) + len(line.sentence.names) + len(line.sentence.loaded))
        derived += sum(_stamps(claim.when) + _stamps(claim.said) for claim in line.sentence.claims)
    note = {
        "t:note": [quoted("No reply of those whom it speaks of is reported.")],
        "t:regarding": [f"article:{article.slug}"],
    }
    sheet.add(Block(f"node:{article.slug}-note-no-reply", "t:EditorialNote", note))
    return sheet.text(), sheet.quads, derived


def claim_name(page: Printed, line: Line, number: int) -> str:
    """The IRI of a claim of a sentence, as a prefixed name; topic and number, never the holder."""
    claim = line.sentence.claims[number]
    return f"claim:{page.article.slug}-{claim.frame.pattern.type}-{line.first_claim + number + 1}"


def entity_name(page: Printed, who: Entity | Frame) -> str:
    """The IRI of somebody or something, as a prefixed name; groups and sources are those of the article."""
    if isinstance(who, Entity) and who.scoped:
        return f"actor:{page.article.slug}-{who.name.partition(':')[2]}"
    return who.name


def quoted(text: str, tag: str = "@en") -> str:
    """A literal of Turtle."""
    return json.dumps(text, ensure_ascii=False) + tag


def _heads(page: Printed) -> Iterator[Block]:
    article = page.article
    nodes = [f"node:{article.slug}-section-{number}" for number in range(1, len(page.sections) + 1)]
    snapshot = f"snapshot:{article.slug}"
    yield Block(
        snapshot,
        "t:TextSnapshot",
        {
            "schema:sha256": [quoted(sha256(page.text), "")],
            "t:length": [str(len(page.text))],
            "t:section": nodes,
        },
    )
    for node, (kind, start, end) in zip(nodes, page.sections, strict=True):
        section = {"t:end": [str(end)], "t:sectionType": [f"section:{kind}"], "t:start": [str(start)]}
        yield Block(node, "t:Section", section)
    yield Block(
        f"article:{article.slug}",
        "schema:NewsArticle",
        {
            "dcterms:rights": [quoted("The page says nothing about reuse.")],
            "schema:author": [quoted(article.author, "")],
            "schema:datePublished": [quoted(article.published.isoformat(), "^^xsd:date")],
            "schema:headline": [quoted(article.headline)],
            "schema:inLanguage": [quoted("en", "")],
            "schema:publisher": [article.outlet.name],
            "schema:wordCount": [str(page.words)],
            "t:fullyEncoded": ["true"],
            "t:snapshot": [snapshot],
        },
    )


@dataclass(frozen=True)
class _Writer:
    """Writes what hangs on one sentence of an article."""

    page: Printed
    line: Line

    @property
    def slug(self) -> str:
        return self.page.article.slug

    def anchor(self, name: str, start: int, end: int, *, words: bool = False) -> Block:
        text = self.page.text[start:end]
        properties = {
            "oa:hasSource": [f"snapshot:{self.slug}"],
            "schema:sha256": [quoted(sha256(text), "")],
            "t:end": [str(end)],
            "t:paragraph": [str(self.line.paragraph)],
            "t:start": [str(start)],
        }
        if words:
            properties["t:exactWords"] = [quoted(text)]
        return Block(f"anchor:{self.slug}-{name}", "oa:SpecificResource", properties)

    def tagged(self, tag: str) -> Block:
        """The anchor of tagged words: a cue, a name, a loaded word."""
        return self.anchor(self._tag_name(tag), *self.line.spans[tag], words=True)

    def names(self) -> Iterator[tuple[Block, Block]]:
        for tag, who in self.line.sentence.names:
            anchor = self.tagged(tag)
            use = {
                "t:evidence": [anchor.subject],
                "t:nameForm": anchor.properties["t:exactWords"],
                "t:nameOf": [who.name],
                "t:usedBy": [f"article:{self.slug}"],
            }
            yield anchor, Block(f"node:{self.slug}-{self._tag_name(tag)}-use", "t:NameUse", use)

    def loaded(self) -> Iterator[tuple[Block, Block, Block]]:
        for word in self.line.sentence.loaded:
            anchor = self.tagged(word.tag)
            node = f"node:{self.slug}-{self._tag_name(word.tag)}"
            annotation = {"oa:hasBody": [f"{node}-wording"], "oa:hasTarget": [anchor.subject]}
            wording = {
                "t:neutralEquivalent": [quoted(word.neutral)],
                "t:sentiment": [f"sentiment:{word.sentiment}"],
                "t:target": [entity_name(self.page, word.target)],
            }
            yield anchor, Block(node, "oa:Annotation", annotation), Block(f"{node}-wording", "t:LoadedWording", wording)

    def entry(self, number: int, anchor: Block) -> Entry:
        """One claim of the sentence, with its graph."""
        claims = self.line.sentence.claims
        claim = claims[number]
        subject = claim_name(self.page, self.line, number)
        node = f"node:{subject.partition(':')[2]}"
        properties = self._attribution(claim, anchor)
        beside: tuple[Block, ...] = ()
        if claim.above is not None:
            properties["t:reportedIn"] = [claim_name(self.page, self.line, claim.above)]
        if claim.presupposed is not None:
            properties["t:presupposedIn"] = [claim_name(self.page, self.line, claim.presupposed)]
        if claim.said is not None:
            properties["t:statementTime"] = [f"{node}-said"]
            beside = (self._time(f"{node}-said", claim.said),)
        if claim.relay:
            inner = [at for at, other in enumerate(claims) if other.above == number]
            content = tuple(
                Block(claim_name(self.page, self.line, at), "", {"t:saidBy": [self._holder(claims[at])]})
                for at in inner
            )
        else:
            content = tuple(self._content(claim, node))
        return Entry(Block(subject, "t:Claim", properties), beside, content, anchor, number == 0)

    def _attribution(self, claim: Claim, anchor: Block) -> dict[str, Sequence[str]]:
        article = self.page.article
        found: dict[str, Sequence[str]] = {
            "t:about": [claim.frame.name],
            "t:attributionBasis": [f"basis:{claim.basis}"],
            "t:certainty": [f"certainty:{claim.certainty}"],
            "t:evidence": [anchor.subject],
            "t:holder": [self._holder(claim)],
            "t:mode": [f"mode:{claim.mode}"],
            "t:paraphrase": [quoted(claim.gist.replace("{outlet}", article.outlet.label) + ".")],
            "t:polarity": [f"polarity:{'positive' if claim.positive else 'negative'}"],
            "t:reportedIn": [f"article:{article.slug}"],
            "t:sourceNaming": [f"naming:{claim.naming}"],
        }
        if claim.cue:
            found["t:cue"] = [f"anchor:{self.slug}-{self._tag_name(claim.cue)}"]
        if claim.factive:
            found["t:cueFactive"] = ["true"]
        if claim.note:
            found["t:note"] = [quoted(claim.note)]
        if claim.addressee:
            found["t:addressee"] = [entity_name(self.page, claim.addressee)]
        if claim.frame.pattern.negative and any(_is_person(part.who) for part in claim.parts):
            found["t:reviewed"] = [quoted((article.published + timedelta(days=30)).isoformat(), "^^xsd:date")]
        return found

    def _content(self, claim: Claim, node: str) -> Iterator[Block]:
        pattern = claim.frame.pattern
        event: dict[str, list[str]] = {"sem:eventType": [f"type:{pattern.type}"]}
        for name, other in (
            ("sem:hasPlace", claim.place),
            ("t:near", claim.near),
            ("t:concerns", claim.concerns),
            ("t:after", claim.after),
        ):
            if other is not None:
                event[name] = [other.name]
        if claim.when:
            event["sem:hasTime"] = [f"{node}-when"]
        counts = {part.count.tag: f"{node}-count-{at}" for at, part in enumerate(claim.parts, start=1) if part.count}
        roles: dict[str, Part] = {}
        for part in claim.parts:
            same = sum(other.role == part.role for other in roles.values())
            roles[f"{node}-{part.role}" + (f"-{same + 1}" if same else "")] = part
        if roles:
            event["t:participation"] = list(roles)
        yield Block(claim.frame.name, "t:State" if pattern.state else "sem:Event", event)
        for name, part in roles.items():
            properties = {"sem:roleType": [f"role:{part.role}"], "t:participant": [entity_name(self.page, part.who)]}
            if part.count:
                properties["t:quantity"] = [counts[part.count.tag]]
            yield Block(name, "t:Participation", properties)
        for part in claim.parts:
            if part.count:
                yield self._count(part.count, counts)
        if claim.when:
            yield self._time(f"{node}-when", claim.when)

    def _count(self, count: Count, names: Mapping[str, str]) -> Block:
        start, end = self.line.spans[count.tag]
        found = {
            "schema:unitText": [quoted(count.unit, "")],
            "t:approximation": [f"approximation:{count.close}"],
            "t:verbatim": [quoted(self.page.text[start:end])],
        }
        if count.value is not None:
            bound = {"at-least": "min", "more-than": "min", "up-to": "max"}.get(count.close, "")
            found[f"schema:{bound}Value" if bound else "schema:value"] = [str(count.value)]
        if count.out_of:
            found["t:subsetOf"] = [names[count.out_of]]
        return Block(names[count.tag], "schema:QuantitativeValue", found)

    def _time(self, name: str, when: When) -> Block:
        start, end = self.line.spans[when.tag]
        found = {"t:edtf": [quoted(when.edtf, "^^edtf:EDTF")], "t:verbatim": [quoted(self.page.text[start:end])]}
        if when.relative:
            found["t:relativeTo"] = [f"article:{self.slug}"]
        return Block(name, "t:TimeRef", found)

    def _holder(self, claim: Claim) -> str:
        return self.page.article.outlet.name if claim.holder is None else entity_name(self.page, claim.holder)

    def _tag_name(self, tag: str) -> str:
        kind = {"c": "cue", "l": "loaded", "n": "name"}[tag[0]]
        return f"{self.line.name}-{kind}-{tag[1:]}"


def _is_person(who: Entity | Frame) -> bool:
    return isinstance(who, Entity) and who.kind == "foaf:Person"


def _stamps(when: When | None) -> int:
    """How many bounds a time has: those open on a side have two."""
    return 0 if when is None else 2 if ".." in when.edtf.strip("[]").split("/") or when.edtf.startswith("[..") else 4


def article_registry(page: Printed, frames: Sequence[Frame]) -> tuple[str, int]:
    """The registry file of an article and its statements: groups and sources, frames of its own, its perspective."""
    article = page.article
    sheet = Sheet()
    day = f"{day_in_words(article.published)} {article.published.year}"
    own = {who for line in page.sentences for claim in line.sentence.claims for who in _whom(claim) if who.scoped}
    blocks = [
        Block(
            entity_name(page, who),
            who.kind,
            {
                "rdfs:label": [quoted(f"{who.label} ({article.outlet.label}, {day})")],
                "t:describedIn": [f"article:{article.slug}"],
                **({"skos:altLabel": [quoted(who.words[0])]} if who.kind == "t:AnonymousSource" else {}),
            },
        )
        for who in own
    ]
    blocks += [frame_block(frame) for frame in frames]
    blocks.append(
        Block(
            f"perspective:{article.slug}",
            "t:Perspective",
            {
                "rdfs:label": [quoted(f"Claims reached through the {article.outlet.label} of {day}")],
                "t:selectsArticle": [f"article:{article.slug}"],
            },
        )
    )
    sheet.add(*sorted(blocks, key=lambda block: block.subject))
    return sheet.text(), sheet.quads


def frames_file(frames: Iterable[Frame]) -> tuple[str, int]:
    """The registry file of the frames that several articles of a week tell of, and its statements."""
    sheet = Sheet()
    sheet.add(*sorted(map(frame_block, frames), key=lambda block: block.subject))
    return sheet.text(), sheet.quads


def frame_block(frame: Frame) -> Block:
    """The entry of a frame."""
    return Block(frame.name, "t:EventFrame", {"rdfs:label": [quoted(frame.label)]})


def shared_registry(seed: int, known: Sizes, outlets: int) -> Iterator[tuple[str, str, int]]:
    """Name, text and statements of the registry files that every article shares."""
    actors = [person(seed, at) for at in range(known.persons)]
    actors += [organisation(seed, at) for at in range(known.organisations)]
    actors += [outlet(seed, at) for at in range(outlets)]
    for name, entities in (
        ("actors", actors),
        ("objects", [thing(seed, at) for at in range(known.things)]),
        ("places", [place(seed, at) for at in range(known.places)]),
    ):
        sheet = Sheet()
        sheet.add(*sorted(map(_entity_block, entities), key=lambda block: block.subject))
        yield f"{name}.ttl", sheet.text(), sheet.quads


def _entity_block(who: Entity) -> Block:
    properties = {"rdfs:label": [quoted(who.label)]}
    if who.contested:
        properties["skos:altLabel"] = [quoted(form) for form in who.words]
    return Block(who.name, who.kind, properties)


def _whom(claim: Claim) -> Iterator[Entity]:
    """Everybody and everything that a claim names."""
    found = (claim.holder, claim.addressee, *(part.who for part in claim.parts))
    return (who for who in found if isinstance(who, Entity))


def with_property(block: Block, name: str, *values: str) -> Block:
    """The block with other values of one property; without it where there are none."""
    rest = {key: value for key, value in block.properties.items() if key != name}
    return replace(block, properties={**rest, name: values} if values else rest)
