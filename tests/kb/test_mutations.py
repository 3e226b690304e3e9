"""Proof that the checks catch mistakes: each kind of mistake in the articles that ship is found where it is made.

A mistake is an edit of the text of a file as a person would make it. The whole check is run on the edited files, and
for what only the texts can tell the comparison with the texts too. What is found must be exactly what the mistake makes
wrong: rule, who breaks it, file and line. Information is left aside, but for ``TOLD``: it does not count, and the data
has some always.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest
from mutations import (
    ANY,
    Block,
    Corpus,
    Edit,
    Expected,
    Found,
    Kind,
    Round,
    as_found,
    cut,
    expect,
    line_edit,
    located,
    put,
    rounds,
    span,
    written,
)

from kb import build as builds
from kb import evidence, style
from kb.dataset import parse
from kb.derive import derive
from kb.errors import SourceError
from kb.model import Finding, Severity, Source
from kb.namespaces import PREFIXES, iri
from kb.paths import data_dir

pytestmark = pytest.mark.long

DATA = builds.sources(data_dir())
SHAPES = builds.shapes(data_dir())
VOCABULARY = Corpus(source for source in DATA if re.search(r"(^|/)ontology/[^/]+$", source.name))
CORPUS = Corpus(source for source in DATA if re.search(r"(^|/)(articles|computed|registry)/[^/]+$", source.name))
NEWSROOM, CALIBER = (source.name for source in DATA if "/articles/" in f"/{source.name}")

Edited = Block | Edit | Sequence[Block | Edit]
Finds = tuple[str, ...] | Callable[[Corpus, Block], Sequence[Expected]]


def kind(
    name: str,
    where: Callable[[Block], bool],
    edit: Callable[[Block], Edited],
    *finds: Finds,
    alone: bool = False,
    places: int = 3,
) -> Kind:
    """A kind of mistake; what is found is given as rule, way to the line and focus, or is told by a function."""

    def edits(corpus: Corpus, block: Block) -> list[Edit]:
        done: Any = edit(block)
        return [
            one if isinstance(one, Edit) else put(block, one) for one in (done if isinstance(done, list) else [done])
        ]

    def found(corpus: Corpus, block: Block) -> list[Expected]:
        every: list[Expected] = []
        for one in finds:
            if callable(one):
                every += one(corpus, block)
            else:
                rule, at, focus = (*one, "", "")[:3]
                every.append(expect(block, rule, at, focus=focus))
        return every

    return Kind(name, lambda _, block: where(block), edits, found, alone, places)


# which blocks


def article_of(block: Block) -> str:
    """The slug of the article in whose file a block stands, or to which it belongs."""
    return block.file.rpartition("/")[2].partition(".")[0]


def other(block: Block) -> str:
    """The slug of the other article."""
    (slug,) = {article_of(Block(name, 0, "", "", {})) for name in (NEWSROOM, CALIBER)} - {article_of(block)}
    return slug


def claim(*, basis: str = "", mode: str = "", has: str = "", lacks: str = "") -> Callable[[Block], bool]:
    """Claims that neither presuppose nor are presupposed, that put no person in an unfavourable part, and fit."""

    def fits(block: Block) -> bool:
        return (
            block.has("a", "t:Claim")
            and not {"t:presupposedIn", "t:repliesTo", "t:reviewed", *lacks.split()} & block.said.keys()
            and all(name in block.said for name in has.split())
            and not CORPUS.users(block.subject, "t:presupposedIn", "t:repliesTo")
            and (not basis or block.has("t:attributionBasis", f"basis:{basis}"))
            and (not mode or block.has("t:mode", f"mode:{mode}"))
        )

    return fits


def a(name: str, *, has: str = "", lacks: str = "") -> Callable[[Block], bool]:
    """Blocks of a class with some properties and without others."""
    return lambda block: (
        block.has("a", name)
        and all(each in block.said for each in has.split())
        and not any(each in block.said for each in lacks.split())
    )


def both(*tests: Callable[[Block], bool]) -> Callable[[Block], bool]:
    return lambda block: all(test(block) for test in tests)


def in_default_graph(block: Block) -> bool:
    return not block.graph


def used_only_by(*classes: str) -> Callable[[Block], bool]:
    """Anchors on which nothing rests but entries of some classes."""

    def fits(block: Block) -> bool:
        users = CORPUS.users(block.subject)
        return bool(users) and all(any(user.has("a", name) for name in classes) for user in users)

    return fits


def in_body(block: Block) -> bool:
    """Whether an anchor lies in the body of its text and not at its start, so that others lie around it."""
    return int(block.value("t:start")) > 2000


def unquoted(block: Block) -> bool:
    """Whether no paraphrase of the article quotes words of an anchor, so that it may lose them."""
    paraphrases = " ".join(each.value("t:paraphrase") for each in CORPUS.blocks if each.file == block.file)
    quoted = re.findall(r"\w+", " ".join(re.findall("“[^”]*”", paraphrases)).lower())
    return not {*quoted} & {*re.findall(r"\w+", block.value("t:exactWords").lower())}


side_anchor = both(
    a("oa:SpecificResource", has="t:exactWords"), used_only_by("t:NameUse", "oa:Annotation"), in_body, unquoted
)
"""Anchors of names and loaded words, on which no claim rests and which no paraphrase quotes."""
author_voice = claim(basis="author-voice", lacks="t:cue")


def uncompared(block: Block) -> bool:
    """Whether no comparison by hand is of the claim, which would then be of two frames, or of no two of a kind."""
    return not CORPUS.users(block.subject, "t:left", "t:right")


quoted = both(claim(basis="explicit-cue", has="t:cue"), lambda block: not block.has("t:sourceNaming", "naming:none"))


# what is made of a block


def drop(name: str) -> Callable[[Block], Block]:
    return lambda block: block.without(name)


def second(name: str, value: str) -> Callable[[Block], Block]:
    return lambda block: block.adding(name, value)


def setting(name: str, *values: str) -> Callable[[Block], Block]:
    return lambda block: block.having(name, *values)


def misspelt(name: str) -> Callable[[Block], Block]:
    """One letter of an object left out."""
    return lambda block: block.having(name, block.value(name)[:-2] + block.value(name)[-1])


def plus(name: str, number: int) -> Callable[[Block], Block]:
    return lambda block: block.having(name, str(int(block.value(name)) + number))


def swapped(one: str, two: str) -> Callable[[Block], Block]:
    return lambda block: block.having(one, block.value(two)).having(two, block.value(one))


def claims_of(file: str, fits: Callable[[Block], bool]) -> list[Block]:
    return [block for block in CORPUS.blocks if block.file == file and fits(block)]


def companion(block: Block, *, elsewhere: bool = False) -> Block:
    """Another quoted claim without a time, in the same article or in the other, for each claim another one."""
    file = block.file if not elsewhere else NEWSROOM if block.file == CALIBER else CALIBER
    found = [each for each in claims_of(file, timeless) if each.subject != block.subject]
    return found[block.first % len(found)]


def timeless(block: Block) -> bool:
    return relayed_voice(block) and names_holder(block) and not timed(block) and not block.has("t:statementTime")


def passages(_: Corpus, block: Block) -> list[Expected]:
    """What is found of the passages of a claim that lie in no text of its article."""
    return [expect(block, "evidence-in-article", name) for name in ("t:cue", "t:evidence") if block.has(name)]


def moved(_: Corpus, block: Block) -> list[Expected]:
    """What is found of the passages and times of a claim that has come into the other article."""
    stated = [CORPUS.entry(node) for node in block.said.get("t:statementTime", ())]
    times = [node for node in (*CORPUS.graph(block.subject), *stated) if node.has("t:relativeTo")]
    return [*passages(_, block), *(expect(node, "time-relative-to", "t:relativeTo") for node in times)]


def relayed(outer: Block) -> list[Expected]:
    """What is found of a claim that has come to relay another, though it has content of its own."""
    found: dict[str, tuple[str, ...]] = {}
    for node in CORPUS.graph(outer.subject):
        for name in node.said:
            found.setdefault(name, outer.at(name) if name in outer.said else node.at(name))
    return [Expected("relay-only-said-by", outer.subject, steps) for steps in found.values()]


def names_outlet(block: Block) -> bool:
    """Whether a paraphrase names the outlet, so that it names a speaker whoever the holder is."""
    return ("Newsroom" if block.file == NEWSROOM else "Caliber.Az") in block.value("t:paraphrase")


def names_holder(block: Block) -> bool:
    """Whether a paraphrase names the holder by a name of the registry."""
    holder = CORPUS.entry(block.value("t:holder"))
    labels = [*holder.said.get("rdfs:label", ()), *holder.said.get("skos:altLabel", ())]
    return any(re.sub(r' *[(].*|"@en$|"', "", label).lower() in block.value("t:paraphrase").lower() for label in labels)


def scoped(block: Block) -> bool:
    """Whether a claim speaks of a group or source that only its article knows."""
    told = [value for node in CORPUS.graph(block.subject) for value in node.said.get("t:participant", ())]
    return any(value.startswith("actor:20") for value in told)


def accuses(block: Block) -> bool:
    """Whether a claim puts a person in an unfavourable part."""
    parts = [node for node in CORPUS.graph(block.subject) if node.has("t:participant")]
    culpable = [node for node in parts if VOCABULARY.entry(node.value("sem:roleType")).has("t:culpable", "true")]
    persons = any(CORPUS.entry(node.value("t:participant")).has("a", "foaf:Person") for node in culpable)
    kind = VOCABULARY.entry(CORPUS.focus(block.subject).value("sem:eventType"))
    while not kind.has("t:valence") and kind.has("skos:broader"):
        kind = VOCABULARY.entry(kind.value("skos:broader"))
    return persons and kind.has("t:valence", "sentiment:negative")


def vouches(block: Block) -> bool:
    """Whether the cue of a claim is a verb that vouches for what it introduces."""
    words = CORPUS.entry(block.value("t:cue")).value("t:exactWords") if block.has("t:cue") else ""
    return bool(re.search("confirm|prov|reveal", words))


def shared_actor(name: str) -> bool:
    """Whether an actor is no group or source of one article, which must have some use."""
    return name.startswith("actor:") and not name.startswith("actor:20")


relayed_voice = both(
    claim(), names_outlet, lambda block: not {"basis:author-voice", "naming:none"} & {*sum(block.said.values(), ())}
)
"""Claims of others than the outlet, whose paraphrase names the outlet too."""
institution = both(relayed_voice, lambda block: shared_actor(block.value("t:holder")), lambda block: not scoped(block))
"""Claims of somebody who is named in the text and in other claims."""


def hearsay(block: Block) -> bool:
    """Claims of nobody in particular, who holds others too."""
    unnamed = {"naming:anonymous", "naming:hearsay"} & {block.value("t:sourceNaming")}
    shared = len(CORPUS.users(block.value("t:holder"), "t:holder")) > 1
    return bool(unnamed) and shared and names_outlet(block) and claim()(block)


def having(name: str, value: str | None = None) -> Callable[[Block], bool]:
    return lambda block: block.has(name, value)


def presupposed(block: Block) -> bool:
    return block.has("t:presupposedIn")


def voiced(block: Block) -> Block:
    """A claim of the same article in its own voice."""
    found = claims_of(block.file, both(author_voice, lambda each: not timed(each)))
    return found[block.first % len(found)]


def timed(block: Block) -> bool:
    return any(node.has("t:edtf") for node in CORPUS.graph(block.subject))


def elsewhere_in_article(block: Block) -> str:
    """An anchor in the same text, paragraphs away."""
    paragraph = int(CORPUS.entry(block.value("t:evidence")).value("t:paragraph"))
    found = claims_of(block.file, side_anchor)
    return next(each.subject for each in found if abs(int(each.value("t:paragraph")) - paragraph) > 3)


def foreign(block: Block) -> str:
    """A source that only the other article knows."""
    return f"actor:{other(block)}-operational-data"


ATTRIBUTION = [
    kind("claim without holder", author_voice, drop("t:holder"), ("claim-holder",)),
    kind("claim without frame", author_voice, drop("t:about"), ("claim-about",)),
    kind("claim without basis", author_voice, drop("t:attributionBasis"), ("claim-basis",)),
    kind("claim without certainty", author_voice, drop("t:certainty"), ("claim-certainty",)),
    kind("claim without mode", author_voice, drop("t:mode"), ("claim-mode",)),
    kind("claim without paraphrase", author_voice, drop("t:paraphrase"), ("claim-paraphrase",)),
    kind("claim without polarity", author_voice, drop("t:polarity"), ("claim-polarity",)),
    kind("claim without naming", author_voice, drop("t:sourceNaming"), ("claim-naming",)),
    kind("claim without evidence", author_voice, drop("t:evidence"), ("claim-evidence",)),
    kind(
        "claim reported nowhere",
        both(author_voice, names_outlet),
        drop("t:reportedIn"),
        ("claim-reported-in",),
        ("chain-ends-at-article",),
    ),
    kind("two holders", institution, second("t:holder", "actor:soviet-union"), ("claim-holder", "t:holder")),
    kind(
        "two frames",
        author_voice,
        second("t:about", "event:agreement-on-monitoring"),
        ("claim-about", "t:about"),
        ("focus-in-content", "t:about"),
        ("one-focus", "a"),
    ),
    kind(
        "two bases",
        claim(basis="explicit-cue", has="t:note"),
        second("t:attributionBasis", "basis:scope-carried-over"),
        ("claim-basis", "t:attributionBasis"),
    ),
    kind(
        "two certainties", author_voice, second("t:certainty", "certainty:possible"), ("claim-certainty", "t:certainty")
    ),
    kind("two modes", author_voice, second("t:mode", "mode:reported"), ("claim-mode", "t:mode")),
    kind(
        "two paraphrases",
        author_voice,
        second("t:paraphrase", '"Newsroom, Caliber.Az."@en'),
        ("claim-paraphrase", "t:paraphrase"),
    ),
    kind("two polarities", author_voice, second("t:polarity", "polarity:negative"), ("claim-polarity", "t:polarity")),
    kind("two namings", institution, second("t:sourceNaming", "naming:collective"), ("claim-naming", "t:sourceNaming")),
    kind(
        "reported in two articles",
        institution,
        lambda block: block.adding("t:reportedIn", f"article:{other(block)}"),
        ("claim-reported-in", "t:reportedIn"),
        ("claim-slug",),
        passages,
    ),
    kind(
        "reported in the other article",
        institution,
        lambda block: block.having("t:reportedIn", f"article:{other(block)}"),
        ("claim-slug",),
        moved,
    ),
    kind(
        "reported in itself",
        timeless,
        lambda block: block.having("t:reportedIn", block.subject),
        ("chain-ends-at-article", "t:reportedIn"),
        ("relay-mentions-inner", "t:reportedIn"),
        lambda _, block: relayed(block),
    ),
    kind(
        "statement with its day reported in itself",
        both(relayed_voice, names_holder, lambda block: not timed(block), having("t:statementTime")),
        lambda block: block.having("t:reportedIn", block.subject),
        ("chain-ends-at-article", "t:reportedIn"),
        ("relay-mentions-inner", "t:reportedIn"),
        lambda _, block: relayed(block),
    ),
    kind(
        "reported in a circle",
        timeless,
        lambda block: [
            block.having("t:reportedIn", companion(block).subject),
            put(companion(block), companion(block).having("t:reportedIn", block.subject)),
        ],
        lambda _, block: [
            found
            for one in (block, companion(block))
            for found in (
                expect(one, "chain-ends-at-article", "t:reportedIn"),
                expect(one, "relay-mentions-inner", "t:reportedIn"),
                *relayed(one),
            )
        ],
    ),
    kind(
        "relayed by a claim that does not say so",
        relayed_voice,
        lambda block: block.having("t:reportedIn", companion(block).subject),
        ("relay-mentions-inner", "t:reportedIn"),
        lambda _, block: relayed(companion(block)),
    ),
    kind(
        "relayed by a claim of the other article",
        institution,
        lambda block: block.having("t:reportedIn", companion(block, elsewhere=True).subject),
        ("relay-mentions-inner", "t:reportedIn"),
        ("claim-slug",),
        moved,
        lambda _, block: relayed(companion(block, elsewhere=True)),
    ),
    kind(
        "relayed by the voice of the article",
        institution,
        lambda block: block.having("t:reportedIn", voiced(block).subject),
        ("relay-mentions-inner", "t:reportedIn"),
        lambda _, block: [expect(voiced(block), "no-wrapper-claim", "t:holder"), *relayed(voiced(block))],
    ),
    kind("place as holder", institution, setting("t:holder", "place:izeh"), ("claim-holder", "t:holder")),
    kind("place as addressee", institution, setting("t:addressee", "place:izeh"), ("claim-addressee", "t:addressee")),
    kind(
        "voice of the article with another holder",
        both(author_voice, names_outlet),
        setting("t:holder", "actor:armenia"),
        ("author-voice-holder", "t:holder"),
        ("unnamed-holder", "t:holder"),
    ),
    kind("explicit cue without its words", quoted, drop("t:cue"), ("explicit-cue",)),
    kind(
        "cue of another paragraph",
        both(quoted, lambda block: len(block.said["t:evidence"]) == 1),
        lambda block: block.having("t:cue", elsewhere_in_article(block)),
        ("explicit-cue", "t:cue"),
    ),
    kind(
        "accusation of a person without a second reader",
        both(having("t:reviewed"), accuses),
        drop("t:reviewed"),
        ("accusation-reviewed",),
    ),
    kind(
        "refusal that is affirmed",
        having("t:mode", "mode:refused"),
        setting("t:polarity", "polarity:positive"),
        ("denied-negative", "t:polarity"),
    ),
    kind(
        "denial that is affirmed",
        both(quoted, uncompared, lambda block: block.has("t:polarity", "polarity:positive")),
        setting("t:mode", "mode:denied"),
        ("denied-negative", "t:polarity"),
    ),
    kind(
        "hearsay of somebody with a name",
        hearsay,
        setting("t:holder", "actor:armenia"),
        ("anonymous-holder", "t:holder"),
    ),
    kind(
        "carried over without a note",
        both(having("t:note"), claim(basis="scope-carried-over")),
        drop("t:note"),
        ("carried-over-note",),
    ),
    kind(
        "carried over from nowhere",
        claim(basis="scope-carried-over", has="t:cue"),
        drop("t:cue"),
        ("carried-over-cue",),
    ),
    kind(
        "cue that vouches, not marked",
        both(having("t:cueFactive", "true"), vouches),
        drop("t:cueFactive"),
        ("factive-cue", "t:cue"),
    ),
    kind("presupposition put forward", presupposed, setting("t:mode", "mode:stated"), ("presupposed-mode", "t:mode")),
    kind(
        "presupposed in the other article",
        presupposed,
        lambda block: block.having("t:presupposedIn", companion(block, elsewhere=True).subject),
        ("presupposed-sibling", "t:reportedIn"),
    ),
    kind(
        "presupposed in two claims",
        presupposed,
        lambda block: block.adding("t:presupposedIn", companion(block).subject),
        ("claim-presupposed-in", "t:presupposedIn"),
    ),
    kind(
        "second reading without a date",
        having("t:reviewed"),
        setting("t:reviewed", '"May"'),
        ("claim-reviewed", "t:reviewed"),
    ),
    kind(
        "cue that vouches, marked in words",
        both(having("t:cueFactive", "true"), vouches),
        setting("t:cueFactive", '"yes"'),
        ("claim-cue-factive", "t:cueFactive"),
        ("factive-cue", "t:cue"),
    ),
    kind(
        "statement time misspelt",
        having("t:statementTime"),
        misspelt("t:statementTime"),
        ("claim-statement-time", "t:statementTime"),
        ("leak", "/<t:statementTime> / a", "<t:statementTime>"),
    ),
    kind(
        "source known from the other article",
        hearsay,
        lambda block: block.having("t:holder", foreign(block)),
        ("scoped-to-article",),
    ),
]


# content


def in_claim(fits: Callable[[Block], bool]) -> Callable[[Block], bool]:
    """Blocks of the graph of a claim that fits."""
    return lambda block: bool(block.graph) and fits(CORPUS.entry(block.graph))


def focus_of(block: Block) -> Block:
    return CORPUS.focus(block.graph)


def on_focus(rule: str, name: str) -> Callable[[Corpus, Block], list[Expected]]:
    """A finding on the claim of a node, at a line of what the claim is about."""
    return lambda _, block: [Expected(rule, block.graph, focus_of(block).at(name))]


def spare_role(block: Block) -> bool:
    """Whether a claim can do without the role of a part: others have what its type requires."""
    required = VOCABULARY.entry(focus_of(block).value("sem:eventType")).said.get("t:requiresRole", ())
    rest = [node for node in CORPUS.graph(block.graph) if node.subject != block.subject]
    return not required or any(node.value("sem:roleType") in required for node in rest)


part = both(
    a("t:Participation", lacks="t:quantity"),
    in_claim(claim()),
    spare_role,
    lambda block: not block.value("t:participant").startswith("actor:20"),
)
"""Parts that a claim can do without, of somebody or something that has other uses."""
needed_part = both(
    a("t:Participation", lacks="t:quantity"),
    in_claim(claim()),
    lambda block: not spare_role(block) and len(focus_of(block).said["t:participation"]) > 1,
    lambda block: not block.value("t:participant").startswith("actor:20"),
)
"""Parts without which a claim says too little for the type of its event."""
number = both(a("schema:QuantitativeValue", has="schema:value", lacks="t:subsetOf"), in_claim(claim()))
time = both(a("t:TimeRef"), in_claim(claim()))
focus = both(lambda block: block.has("a", "sem:Event") or block.has("a", "t:State"), in_claim(claim()))
THIRTEEN = '"one two three four five six seven eight nine ten eleven twelve thirteen"@en'


def other_graph(block: Block) -> Block:
    """What another claim of the article is about."""
    found = claims_of(block.file, focus)
    return found[(found.index(focus_of(block)) + 7) % len(found)]


def pointing(pointer: Block, block: Block, name: str = "t:participation") -> tuple[str, ...]:
    """The way within a block to the line on which it points to another."""
    return (name, block.subject) if len(pointer.said[name]) > 1 else (name,)


def removing(block: Block, name: str, value: str) -> Block:
    return block.having(name, *(each for each in block.said[name] if each != value))


def orphaned(block: Block) -> list[Expected]:
    """What is found of the content of a claim whose graph has another name: nobody says it."""
    graph, nodes = f"{block.subject}x", CORPUS.graph(block.subject)
    return [Expected("graph-has-claim", graph, (f"{graph} {{", nodes[0].subject))]


def second_part(block: Block) -> list[Edit]:
    """Another five of the same whole beside a part of it, and apart from that."""
    more = block.named(f"{block.subject}-more").having("schema:value", "5").having("t:disjointFrom", block.subject)
    (owner,) = CORPUS.users(block.subject, "t:quantity")
    (event,) = CORPUS.users(owner.subject, "t:participation")
    doing = owner.named(f"{owner.subject}-more").having("t:quantity", more.subject)
    return [
        put(block, block, more),
        put(owner, owner, doing),
        put(event, event.adding("t:participation", doing.subject)),
    ]


def dated(block: Block) -> bool:
    """Times at which something is said to have happened, not what somebody wants or foresees."""
    modes = {"mode:demanded", "mode:promised", "mode:predicted"}
    return time(block) and CORPUS.entry(block.graph).value("t:mode") not in modes


RELATIVE = re.compile(r"\b(currently|last|now|recent|this)\b")


def yearless(block: Block) -> bool:
    """Times whose words do not give the year, so that it is that of an article."""
    return dated(block) and block.has("t:relativeTo") and not re.search(r"\d{4}", block.value("t:verbatim"))


def edtf(text: str) -> Callable[[Block], Block]:
    return setting("t:edtf", f'"{text}"^^edtf:EDTF')


def graph_edit(block: Block, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Edit:
    """The graph of a claim changed as text."""
    file, first, last = span(CORPUS, block.subject)
    return Edit(file, first, last, change(CORPUS.lines[file][first:last]))


def told_elsewhere(block: Block) -> bool:
    """Whether another claim tells of the same event, so that its frame stays in use."""
    return len(CORPUS.users(block.value("t:about"), "t:about")) > 1


def removed_graph(block: Block) -> Edit:
    file, first, last = span(CORPUS, block.subject)
    return Edit(file, first, last + 1, ())


def copy_below(block: Block) -> list[Edit]:
    """A node of a claim written once more behind the graph, where nobody says it."""
    file, _, last = span(CORPUS, block.graph)
    copy = Block(block.file, 0, block.subject, "", block.said)
    return [Edit(file, last, last, ("", *copy.lines))]


def leaked(_: Corpus, block: Block) -> list[Expected]:
    """What is found of a node of a claim that stands in the default graph as well, or only there."""
    names = [name for name in block.said if name != "a"]
    found = [Expected("leak", block.subject, (block.subject, "a"), block.file)]
    return [*found, *(Expected("leak-relation", block.subject, (block.subject, name), block.file) for name in names)]


happened = both(author_voice, claim(mode="stated"), having("t:polarity", "polarity:positive"))
"""Claims that something has happened."""

CONTENT = [
    kind("part without participant", part, drop("t:participant"), ("part-complete",)),
    kind("part without role", part, drop("sem:roleType"), ("part-complete",)),
    kind(
        "part without class",
        part,
        drop("a"),
        on_focus("node-described", "t:participation"),
        ("content-subject", "/<graph>", "<graph>"),
    ),
    kind(
        "two participants",
        both(part, having("sem:roleType", "role:agent")),
        second("t:participant", "actor:soviet-union"),
        ("part-complete",),
    ),
    kind(
        "two roles",
        both(part, having("sem:roleType", "role:agent")),
        second("sem:roleType", "role:speaker"),
        ("part-complete",),
    ),
    kind(
        "place as agent",
        both(part, having("sem:roleType", "role:agent")),
        setting("t:participant", "place:izeh"),
        ("participant-fits-role", "t:participant"),
    ),
    kind("participant misspelt", part, misspelt("t:participant"), ("participant-registered", "t:participant")),
    kind("role misspelt", part, misspelt("sem:roleType"), ("value-in-scheme", "sem:roleType")),
    kind(
        "class of a part misspelt",
        part,
        setting("a", "t:Participaton"),
        ("undeclared-term", "a"),
        ("content-class", "/<graph> { / <subject> / a", "<graph>"),
        on_focus("node-described", "t:participation"),
    ),
    kind(
        "property of a part misspelt",
        part,
        lambda block: block.without("t:participant").having("t:particpant", block.value("t:participant")),
        ("part-complete",),
        ("undeclared-term", "t:particpant"),
    ),
    kind(
        "standard property misspelt",
        part,
        lambda block: block.without("sem:roleType").having("sem:roleTyp", block.value("sem:roleType")),
        ("part-complete",),
        ("content-predicate", "/<graph> { / <subject> / sem:roleTyp", "<graph>"),
    ),
    kind(
        "part not described",
        part,
        lambda block: cut(CORPUS, block),
        lambda _, block: [
            Expected("node-described", block.graph, focus_of(block).at(*pointing(focus_of(block), block)))
        ],
    ),
    kind(
        "part that the type needs left out",
        needed_part,
        lambda block: [
            cut(CORPUS, block),
            put(focus_of(block), removing(focus_of(block), "t:participation", block.subject)),
        ],
        on_focus("required-role", "sem:eventType"),
    ),
    kind(
        "part that belongs to nothing",
        both(part, lambda block: len(focus_of(block).said["t:participation"]) > 1),
        lambda block: put(focus_of(block), removing(focus_of(block), "t:participation", block.subject)),
        ("node-attached",),
    ),
    kind(
        "part moved to another claim",
        part,
        lambda block: [
            cut(CORPUS, block),
            put(other_graph(block), other_graph(block), replace(block, graph=other_graph(block).graph)),
        ],
        on_focus("node-described", "t:participation"),
        lambda _, block: [
            Expected(rule, block.subject, (f"{other_graph(block).graph} {{", block.subject))
            for rule in ("node-attached", "node-slug")
        ],
    ),
    kind(
        "part in the graphs of two claims",
        part,
        lambda block: [put(other_graph(block), other_graph(block), replace(block, graph=other_graph(block).graph))],
        lambda _, block: [
            Expected(
                rule,
                block.subject,
                (f"{min(block, other_graph(block), key=lambda one: one.first).graph} {{", block.subject),
            )
            for rule in ("node-attached", "node-in-one-graph", "node-slug")
        ],
    ),
    kind("event without type", focus, drop("sem:eventType"), ("focus-has-type", "/<graph>", "<graph>")),
    kind(
        "type misspelt",
        focus,
        misspelt("sem:eventType"),
        ("value-in-scheme", "/<graph> { / <subject> / sem:eventType", "<graph>"),
    ),
    kind(
        "place misspelt",
        both(focus, having("sem:hasPlace")),
        misspelt("sem:hasPlace"),
        ("place-registered", "/<graph> { / <subject> / sem:hasPlace", "<graph>"),
    ),
    kind(
        "other event misspelt",
        both(focus, having("t:concerns"), lambda block: len(CORPUS.users(block.value("t:concerns"))) > 1),
        misspelt("t:concerns"),
        ("frame-registered", "/<graph> { / <subject> / t:concerns", "<graph>"),
    ),
    kind(
        "event and state",
        focus,
        setting("a", "sem:Event", "t:State"),
        ("event-or-state", "/<graph> { / <subject> / a", "<graph>"),
    ),
    kind(
        "about another frame",
        both(claim(), told_elsewhere, uncompared),
        setting("t:about", "event:agreement-on-monitoring"),
        ("focus-in-content", "t:about"),
        ("one-focus", "a"),
    ),
    kind("claim that says nothing", both(claim(), told_elsewhere), removed_graph, ("claim-has-content",)),
    kind(
        "graph named after no claim",
        both(claim(), told_elsewhere, lambda block: not scoped(block)),
        lambda block: graph_edit(block, lambda lines: (f"{block.subject}x {{", *lines[1:])),
        ("claim-has-content",),
        lambda _, block: orphaned(block),
    ),
    kind("quantity without number", number, drop("schema:value"), ("quantity-number",)),
    kind("quantity without closeness", number, drop("t:approximation"), ("quantity-complete",)),
    kind("quantity without words", number, drop("t:verbatim"), ("quantity-complete",)),
    kind(
        "two numbers",
        number,
        lambda block: block.adding("schema:value", str(int(block.value("schema:value")) + 1)),
        ("quantity-one-number",),
    ),
    kind("two closenesses", number, second("t:approximation", "approximation:nearly"), ("quantity-complete",)),
    kind("closeness misspelt", number, misspelt("t:approximation"), ("value-in-scheme", "t:approximation")),
    kind("negative number", number, setting("schema:value", "-3"), ("quantity-not-negative",)),
    kind("number in words", number, setting("schema:value", '"three"@en'), ("quantity-not-negative",)),
    kind(
        "half a thing",
        both(number, having("schema:unitText", '"person"')),
        setting("schema:value", "2.5"),
        ("quantity-whole",),
    ),
    kind(
        "more than all",
        having("schema:unitText", '"percent"'),
        setting("schema:value", "120"),
        ("quantity-percent",),
        places=1,
    ),
    kind(
        "bounds made up for “about”",
        number,
        lambda block: (
            block.without("schema:value")
            .having("schema:minValue", "1")
            .having("schema:maxValue", "20")
            .having("t:approximation", "approximation:about")
        ),
        ("quantity-bounds", "t:approximation"),
    ),
    kind(
        "value given for “more than”",
        both(a("schema:QuantitativeValue", has="schema:minValue")),
        lambda block: block.without("schema:minValue").having("schema:value", block.value("schema:minValue")),
        ("quantity-bounds", "t:approximation"),
    ),
    kind(
        "maximum below the minimum",
        number,
        lambda block: block.without("schema:value").having("schema:minValue", "20").having("schema:maxValue", "1"),
        ("quantity-one-number",),
    ),
    kind(
        "part larger than about the whole",
        a("schema:QuantitativeValue", has="t:subsetOf"),
        setting("schema:value", "15"),
        ("subset-figure", "t:subsetOf"),
        places=1,
    ),
    kind(
        "parts larger than about the whole together",
        a("schema:QuantitativeValue", has="t:subsetOf"),
        second_part,
        ("subsets-figure", "/<graph> { / <t:subsetOf>", "<t:subsetOf>"),
        places=1,
    ),
    kind(
        "quantity that belongs to nothing",
        both(a("t:Participation", has="t:quantity"), in_claim(claim())),
        drop("t:quantity"),
        ("node-attached", "/<graph> { / <t:quantity>", "<t:quantity>"),
    ),
    kind("thirteen words of a quantity", number, setting("t:verbatim", THIRTEEN), ("twelve-words", "t:verbatim")),
    kind("time without reading", time, drop("t:edtf"), ("time-complete",)),
    kind("time without words", time, drop("t:verbatim"), ("time-complete",)),
    kind(
        "two readings",
        time,
        second("t:edtf", '"2020-01-01"^^edtf:EDTF'),
        ("time-complete",),
        ("bounds-ordered", "t:edtf"),
    ),
    kind("no date of EDTF", time, edtf("2022-13-45"), ("edtf-valid", "t:edtf")),
    kind("date in words", time, edtf("last Monday"), ("edtf-valid", "t:edtf"), ("time-edtf", "t:edtf")),
    kind("time that ends before it begins", time, edtf("2022-12-10/2022-11-10"), ("edtf-valid", "t:edtf")),
    kind("date of another datatype", time, setting("t:edtf", '"2022-11-10"^^xsd:date'), ("time-edtf", "t:edtf")),
    kind(
        "event after the publication",
        dated,
        edtf("2023-05-01"),
        ("event-before-publication", "t:edtf", "<graph>"),
    ),
    kind(
        "relative words without their date",
        both(yearless, lambda block: bool(RELATIVE.search(block.value("t:verbatim")))),
        drop("t:relativeTo"),
        ("relative-time", "t:verbatim"),
    ),
    kind(
        "day without its year and without its article",
        both(yearless, lambda block: not RELATIVE.search(block.value("t:verbatim"))),
        drop("t:relativeTo"),
        ("relative-time", "t:verbatim"),
    ),
    kind(
        "statement after the publication",
        both(a("t:TimeRef"), in_default_graph),
        edtf("2023-05-01"),
        lambda _, block: users_found("statement-before-publication", "t:statementTime")(_, block),
    ),
    kind(
        "bound of a time typed by hand",
        time,
        second("sem:hasLatestEndTimeStamp", '"2022-12-12"^^xsd:date'),
        ("hand-written-computed-term", "sem:hasLatestEndTimeStamp"),
    ),
    kind("realis typed by hand", happened, second("t:realis", "true"), ("hand-written-computed-term", "t:realis")),
    kind(
        "wrong realis typed by hand",
        happened,
        second("t:realis", "false"),
        ("hand-written-computed-term", "t:realis"),
        ("claim-realis", "t:realis"),
    ),
    kind(
        "event told in our own voice",
        both(focus, lambda block: len(CORPUS.users(CORPUS.entry(block.graph).value("t:about"), "t:about")) > 1),
        copy_below,
        leaked,
    ),
    kind("part told in our own voice", part, copy_below, leaked),
    kind(
        "part told in our own voice instead of the claim's",
        part,
        lambda block: [cut(CORPUS, block), *copy_below(block)],
        leaked,
        on_focus("node-described", "t:participation"),
    ),
    kind(
        "verdict on a claim",
        claim(),
        second("schema:reviewRating", "1"),
        ("no-verdict", "schema:reviewRating"),
        ("claim-predicate", "schema:reviewRating"),
    ),
    kind(
        "blank node",
        both(claim(), lambda block: not block.has("t:note")),
        second("t:note", '[ t:note "x"@en ]'),
        ("blank-node", "t:note"),
        ("literal-or-name", "t:note"),
    ),
    kind(
        "list",
        both(claim(), lambda block: not block.has("t:note")),
        second("t:note", '( "x"@en )'),
        ("list", "t:note"),
        ("literal-or-name", "t:note"),
    ),
]


# texts and anchors


def users_found(rule: str, name: str) -> Callable[[Corpus, Block], list[Expected]]:
    """A finding on each block that points to a block, at the line of the property by which it does."""
    return lambda _, block: [Expected(rule, user.subject, user.at(name)) for user in CORPUS.users(block.subject, name)]


def around(block: Block, *, within: bool) -> list[Block]:
    """The anchors of a text that lie inside a section."""
    start, end = int(block.value("t:start")), int(block.value("t:end"))
    return [
        each
        for each in CORPUS.blocks
        if each.has("a", "oa:SpecificResource") and each.file == block.file
        if within == (start <= int(each.value("t:start")) and int(each.value("t:end")) <= end)
    ]


def outside(_: Corpus, block: Block) -> list[Expected]:
    """What is found of the anchors of a section that does not count any more."""
    return [expect(each, "anchor-in-section") for each in around(block, within=True)]


def too_early(_: Corpus, block: Block) -> list[Expected]:
    """What is found when an anchor is moved up by one paragraph: those of its paragraph that begin before its end."""
    paragraph, end = block.value("t:paragraph"), int(block.value("t:end"))
    return [
        expect(each, "paragraph-order", "t:paragraph")
        for each in CORPUS.blocks
        if each.has("a", "oa:SpecificResource") and each.file == block.file and each.subject != block.subject
        if each.value("t:paragraph") == paragraph and int(each.value("t:start")) < end
    ]


def renamed(_: Corpus, block: Block) -> list[Expected]:
    """What is found of an anchor of another name and of what rests on it."""
    name = block.subject.replace(article_of(block), other(block))
    found = [Expected("anchor-slug", name, (name,))]
    for user in CORPUS.users(block.subject):
        by = next(key for key, values in user.said.items() if block.subject in values)
        found.append(expect(user, "dangling-reference", by))
    return found


def every_anchor(_: Corpus, block: Block) -> list[Expected]:
    return [expect(each, "anchor-in-section") for each in claims_of(block.file, a("oa:SpecificResource"))]


def unlisted(block: Block) -> list[Edit]:
    (owner,) = CORPUS.users(block.subject, "t:section")
    return [put(owner, removing(owner, "t:section", block.subject))]


def all_later(_: Corpus, block: Block) -> list[Expected]:
    """What is found of the anchors of later paragraphs when one ends behind the end of the text."""
    anchors = claims_of(block.file, a("oa:SpecificResource"))
    later = [each for each in anchors if int(each.value("t:paragraph")) > int(block.value("t:paragraph"))]
    return [expect(each, "paragraph-order", "t:paragraph") for each in later]


def passages_of(block: Block) -> list[Block]:
    """The passage of one article that shares words with another, and one more passage of that article."""
    first = CORPUS.entry(block.value("t:passage"))
    return [
        first,
        next(each for each in claims_of(first.file, a("oa:SpecificResource")) if each.subject != first.subject),
    ]


def overlapped(_: Corpus, block: Block) -> list[Expected]:
    """What is found of the sections of a text behind one that has no end."""
    later = [each for each in claims_of(block.file, a("t:Section")) if each.subject != block.subject]
    start = int(block.value("t:start"))
    return [expect(each, "sections-apart", "t:start") for each in later if int(each.value("t:start")) >= start]


def of_no_text(_: Corpus, block: Block) -> list[Expected]:
    """What is found of the claims of an article that has no text in which their passages could stand."""
    return [found for each in claims_of(block.file, a("t:Claim")) for found in passages(_, each)]


def unused_prefix(name: str) -> Callable[[Corpus, Block], list[Expected]]:
    """What is found where the only use of a prefix is gone."""

    def found(_: Corpus, block: Block) -> list[Expected]:
        uses = [line for line in CORPUS.lines[block.file] if re.search(rf"\b{name}:", line)]
        top = f"@prefix {name}: <{PREFIXES[name]}> ."
        return [Expected("prefix-unused", "graph:default", (top,), block.file)] if len(uses) == 2 else []

    return found


section = both(a("t:Section"), lambda block: 0 < len(around(block, within=True)) < 8)
furniture = both(a("t:Section"), having("t:sectionType", "section:furniture"))
snapshot = a("t:TextSnapshot")
article = a("schema:NewsArticle")
excuse = both(a("t:Excused"), lambda block: block.file == CALIBER)
HASH = f'"{"0" * 64}"'

EVIDENCE = [
    kind("anchor without start", side_anchor, drop("t:start"), ("range-start",)),
    kind("anchor without end", side_anchor, drop("t:end"), ("range-end",)),
    kind("anchor without paragraph", side_anchor, drop("t:paragraph"), ("anchor-paragraph",)),
    kind("anchor without hash", side_anchor, drop("schema:sha256"), ("hash-pattern",)),
    kind("anchor without source", side_anchor, drop("oa:hasSource"), ("anchor-source",)),
    kind(
        "two starts",
        side_anchor,
        lambda block: block.adding("t:start", str(int(block.value("t:start")) + 1)),
        ("range-start", "t:start"),
    ),
    kind(
        "two ends",
        side_anchor,
        lambda block: block.adding("t:end", str(int(block.value("t:end")) - 1)),
        ("range-end", "t:end"),
    ),
    kind(
        "two paragraphs",
        side_anchor,
        lambda block: block.adding("t:paragraph", str(int(block.value("t:paragraph")) + 1)),
        ("anchor-paragraph", "t:paragraph"),
        ("paragraph-order", "t:paragraph"),
    ),
    kind("two hashes", side_anchor, second("schema:sha256", HASH), ("hash-pattern", "schema:sha256")),
    kind(
        "start and end exchanged",
        side_anchor,
        swapped("t:start", "t:end"),
        ("range-ordered", "t:start"),
    ),
    kind(
        "number of an anchor in quotation marks",
        side_anchor,
        lambda block: block.having("t:start", f'"{block.value("t:start")}"'),
        ("range-start", "t:start"),
        ("range-ordered", "t:start"),
        ("anchor-in-section",),
    ),
    kind(
        "hash cut short",
        side_anchor,
        lambda block: block.having("schema:sha256", f'{block.value("schema:sha256")[:-2]}"'),
        ("hash-pattern", "schema:sha256"),
    ),
    kind(
        "anchor behind the end of the text",
        side_anchor,
        setting("t:end", "99999"),
        ("range-in-snapshot", "t:end"),
        ("anchor-in-section",),
        all_later,
        alone=True,
        places=2,
    ),
    kind("anchor in a later paragraph", side_anchor, plus("t:paragraph", 1), ("paragraph-order", "t:paragraph")),
    kind("anchor in an earlier paragraph", side_anchor, plus("t:paragraph", -1), too_early),
    kind(
        "anchor named after the other article",
        side_anchor,
        lambda block: block.named(block.subject.replace(article_of(block), other(block))),
        renamed,
    ),
    kind(
        "selector typed by hand",
        side_anchor,
        second("oa:hasSelector", "node:x"),
        ("hand-written-computed-term", "oa:hasSelector"),
        ("dangling-reference", "oa:hasSelector"),
    ),
    kind("thirteen words of a text", side_anchor, setting("t:exactWords", THIRTEEN), ("twelve-words", "t:exactWords")),
    kind(
        "thirteen words of a name",
        a("t:NameUse"),
        lambda block: block.having("t:nameForm", f"{block.value('t:nameForm')[:-4]} {THIRTEEN[5:]}"),
        ("twelve-words", "t:nameForm"),
    ),
    kind(
        "evidence misspelt",
        both(author_voice, lambda block: len(block.said["t:evidence"]) == 1),
        misspelt("t:evidence"),
        ("claim-evidence", "t:evidence"),
    ),
    kind("cue misspelt", quoted, misspelt("t:cue"), ("claim-cue", "t:cue"), ("explicit-cue", "t:cue")),
    kind("name of nothing", a("t:NameUse"), misspelt("t:nameOf"), ("dangling-reference", "t:nameOf")),
    kind("loaded word on nothing", a("t:LoadedWording"), misspelt("t:target"), ("dangling-reference", "t:target")),
    kind("sentiment misspelt", a("t:LoadedWording"), misspelt("t:sentiment"), ("value-in-scheme", "t:sentiment")),
    kind(
        "evidence in the other article",
        both(author_voice, lambda block: len(block.said["t:evidence"]) == 1),
        lambda block: block.having("t:evidence", companion(block, elsewhere=True).value("t:evidence")),
        ("evidence-in-article", "t:evidence"),
    ),
    kind(
        "cue in the other article",
        quoted,
        lambda block: block.having("t:cue", companion(block, elsewhere=True).value("t:cue")),
        ("evidence-in-article", "t:cue"),
        ("explicit-cue", "t:cue"),
    ),
    kind("excuse without reason", excuse, drop("t:reason"), ("excuse-reason",)),
    kind("excuse without passage", excuse, drop("t:evidence"), ("excuse-evidence",)),
    kind("reason misspelt", excuse, misspelt("t:reason"), ("value-in-scheme", "t:reason")),
    kind("two reasons", excuse, second("t:reason", "excuse:metadata"), ("excuse-reason", "t:reason")),
    kind("section without type", section, drop("t:sectionType"), ("section-type",), outside),
    kind("section without start", furniture, drop("t:start"), ("range-start",)),
    kind("section without end", furniture, drop("t:end"), ("range-end",)),
    kind(
        "section of two types", furniture, second("t:sectionType", "section:byline"), ("section-type", "t:sectionType")
    ),
    kind("section turned round", furniture, swapped("t:start", "t:end"), ("range-ordered", "t:start")),
    kind("type of a section misspelt", furniture, misspelt("t:sectionType"), ("value-in-scheme", "t:sectionType")),
    kind("section taken for furniture", section, setting("t:sectionType", "section:furniture"), outside),
    kind("section not listed", section, lambda block: unlisted(block), outside),
    kind(
        "section behind the end of the text",
        furniture,
        setting("t:end", "99999"),
        ("range-in-snapshot", "t:end"),
        overlapped,
    ),
    kind("snapshot without hash", snapshot, drop("schema:sha256"), ("hash-pattern",), places=2),
    kind("snapshot without length", snapshot, drop("t:length"), ("snapshot-length",), places=2),
    kind("snapshot of two lengths", snapshot, second("t:length", "70000"), ("snapshot-length", "t:length"), places=1),
    kind(
        "snapshot of two hashes", snapshot, second("schema:sha256", HASH), ("hash-pattern", "schema:sha256"), places=1
    ),
    kind(
        "snapshot without sections",
        snapshot,
        drop("t:section"),
        ("snapshot-sections",),
        every_anchor,
        alone=True,
        places=2,
    ),
    kind("article without date", article, drop("schema:datePublished"), ("article-published",), places=2),
    kind(
        "article of two dates",
        article,
        second("schema:datePublished", '"2022-12-14"^^xsd:date'),
        ("article-published", "schema:datePublished"),
        places=1,
    ),
    kind("article without language", article, drop("schema:inLanguage"), ("article-language",), places=2),
    kind(
        "article of two languages",
        article,
        second("schema:inLanguage", '"ru"'),
        ("article-language", "schema:inLanguage"),
        places=1,
    ),
    kind(
        "article without rights",
        article,
        drop("dcterms:rights"),
        ("article-rights",),
        unused_prefix("dcterms"),
        places=2,
    ),
    kind(
        "article without snapshot",
        article,
        drop("t:snapshot"),
        ("article-snapshot",),
        of_no_text,
        alone=True,
        places=2,
    ),
    kind(
        "article without the link it asks for",
        having("t:requestedLink"),
        drop("t:requestedLink"),
        ("article-link", "dcterms:rights"),
        places=1,
    ),
    kind(
        "title of thirteen words",
        article,
        setting("schema:headline", THIRTEEN),
        ("twelve-words", "schema:headline"),
        places=1,
    ),
    kind("shared words without passage", a("t:TextReuse"), drop("t:passage"), ("reuse-passages",)),
    kind(
        "shared words of one article",
        a("t:TextReuse"),
        lambda block: block.having("t:passage", *(each.subject for each in passages_of(block))),
        ("reuse-articles", "t:passage"),
    ),
    kind(
        "who copied, guessed",
        a("t:TextReuse"),
        setting("t:direction", "direction:credited"),
        ("reuse-credit", "t:direction"),
    ),
    kind(
        "ratio above one",
        both(a("t:TextReuse"), having("t:sharing", "sharing:near-verbatim")),
        setting("t:ratio", "1.5"),
        ("reuse-ratio", "t:ratio"),
    ),
]


# registry


def labelled(label: str) -> Callable[[Block], Block]:
    return lambda block: block.having("rdfs:label", label.replace("…", block.value("rdfs:label")[1:-4]))


def entry(name: str, *, has: str = "", lacks: str = "") -> Callable[[Block], bool]:
    return both(a(name, has=has, lacks=lacks), in_default_graph)


def mentions(block: Block) -> list[Block]:
    """A block and all that speak of its subject."""
    return [
        block,
        *CORPUS.users(block.subject),
        *(each for each in CORPUS.blocks if each.graph and each.subject == block.subject),
    ]


def renaming(block: Block, name: str, new: str) -> Edit:
    """A block in which something has another name."""
    said = {key: tuple(new if value == name else value for value in values) for key, values in block.said.items()}
    return put(block, replace(block, subject=new if block.subject == name else block.subject, said=said))


def frame_of_one(block: Block) -> bool:
    """Frames that one claim is about and of which nothing else speaks."""
    return frame(block) and [each.has("a", "t:Claim") for each in CORPUS.users(block.subject)] == [True]


def renamed_frame(_: Corpus, block: Block) -> list[Expected]:
    name = f"{block.subject}-by-terrorists"
    return [Expected("neutral-slug", name, (name,), block.file)]


def moved_person(block: Block) -> bool:
    return group(block) and len(mentions(block)) < 4


def partner(block: Block) -> Block:
    """Another frame, for each frame another one."""
    found = [each for each in CORPUS.blocks if frame(each)]
    return found[(found.index(block) + 11) % len(found)]


def unnamed_elsewhere(block: Block) -> bool:
    """Actors whose names stand in the name of no frame or thing."""
    names = [*block.said["rdfs:label"], *block.said.get("skos:altLabel", ())]
    words = [re.sub(r"[^a-z0-9]+", " ", name[1:-4].lower()) for name in names]
    labels = [
        re.sub(r"[^a-z0-9]+", " ", label.lower())
        for each in CORPUS.blocks
        for label in each.said.get("rdfs:label", ())
        if each.subject != block.subject
    ]
    return not any(word in label for word in words for label in labels)


def same_label(_: Corpus, block: Block) -> list[Expected]:
    return [expect(max(block, partner(block), key=lambda one: one.subject), "same-label", "rdfs:label")]


def shared_id(_: Corpus, block: Block) -> list[Expected]:
    return [expect(max(block, ARMENIA, key=lambda one: one.subject), "external-id-unique", "schema:sameAs")]


def users_elsewhere(_: Corpus, block: Block) -> list[Expected]:
    """What is found of the claims of a group that is said to belong to the other article as well."""
    users = CORPUS.users(block.subject, "t:addressee", "t:holder", "t:participant")
    claims = sorted({user.graph or user.subject for user in users})
    return [Expected("scoped-to-article", name, (name,)) for name in claims]


ARMENIA = CORPUS.entry("place:armenia")


def one_sided(block: Block) -> Block:
    """A place without the second name of its label."""
    return block.having("rdfs:label", re.sub(r" / [^ \"]+", "", block.value("rdfs:label")))


def two_forms(block: Block) -> bool:
    """Whether the two name forms of a place are different words, and articles use its name more than once."""
    forms = block.said.get("skos:altLabel", ())
    uses = CORPUS.users(block.subject, "t:nameOf")
    return len(forms) == 2 and len(uses) > 1 and not {*forms[0][1:-4].split()} & {*forms[1][1:-4].split()}


def form_of_each(block: Block) -> bool:
    """Whether the name forms of a place are those of two sides; where only one is known, no rule can tell."""
    forms = [form[1:-4].lower() for form in block.said.get("skos:altLabel", ())]
    kept = one_sided(block).value("rdfs:label")[1:-4].lower()
    mine = [form for form in forms if f"{kept} ".startswith(f"{form} ")]
    return any(form not in other and other not in form for form in mine for other in forms)


def named_otherwise(block: Block) -> Block:
    """A use of the name of a place."""
    return CORPUS.users(block.subject, "t:nameOf")[0]


def renamed_use(block: Block) -> Block:
    """A use of the name of a place, in the form that it does not have."""
    use = named_otherwise(block)
    return use.having(
        "t:nameForm", next(each for each in block.said["skos:altLabel"] if not use.has("t:nameForm", each))
    )


two_sided = both(entry("geo:Feature"), lambda block: " / " in block.value("rdfs:label"))
frame = entry("t:EventFrame")
group = entry("t:DescribedGroup")

REGISTRY = [
    kind(
        "entry without class",
        entry("t:Vehicle"),
        drop("a"),
        ("entity-has-kind",),
        users_found("participant-registered", "t:participant"),
    ),
    kind(
        "class of an entry misspelt",
        frame_of_one,
        setting("a", "t:EventFrme"),
        ("undeclared-term", "a"),
        ("entity-class", "a"),
        ("entity-has-kind",),
        users_found("claim-about", "t:about"),
    ),
    kind(
        "person and organisation",
        entry("foaf:Person"),
        setting("a", "foaf:Person", "org:Organization"),
        ("entity-one-kind", "a"),
        places=2,
    ),
    kind(
        "organisation and person",
        both(entry("org:Organization"), unnamed_elsewhere),
        setting("a", "foaf:Person", "org:Organization"),
        ("entity-one-kind", "a"),
    ),
    kind("entry without label", group, drop("rdfs:label"), ("entity-english-label",)),
    kind(
        "label without language",
        group,
        lambda block: block.having("rdfs:label", block.value("rdfs:label")[:-3]),
        ("entity-english-label",),
        ("label-language", "rdfs:label"),
    ),
    kind(
        "two English labels",
        group,
        lambda block: block.adding(
            "rdfs:label", block.value("rdfs:label").replace("people", "persons").replace(" (", " spoken of (")
        ),
        ("label-language", "rdfs:label"),
    ),
    kind("no-break space in a label", group, labelled('"…\u00a0"@en'), ("name-blanks", "rdfs:label")),
    kind("blank around a label", group, labelled('" …"@en'), ("name-blanks", "rdfs:label")),
    kind(
        "same label twice",
        frame,
        lambda block: block.having("rdfs:label", partner(block).value("rdfs:label")),
        same_label,
    ),
    kind(
        "place named by one side",
        both(two_sided, form_of_each),
        one_sided,
        ("contested-place-one-sided", "rdfs:label"),
    ),
    kind(
        "place named by one side that articles name in two ways",
        both(two_sided, two_forms),
        lambda block: [put(block, one_sided(block)), put(named_otherwise(block), renamed_use(block))],
        ("contested-place-label", "rdfs:label"),
        ("contested-place-one-sided", "rdfs:label"),
    ),
    kind(
        "name form of one side left out",
        both(two_sided, lambda block: len(block.said.get("skos:altLabel", ())) == 2 and not block.has("t:note")),
        lambda block: block.having("skos:altLabel", block.value("skos:altLabel")),
        ("contested-place-forms", "skos:altLabel"),
    ),
    kind(
        "preferred name of a place",
        two_sided,
        second("skos:prefLabel", '"x"@en'),
        ("registry-predicate", "skos:prefLabel"),
    ),
    kind("loaded word in a label", frame, labelled('"… of the gang"@en'), ("neutral-label", "rdfs:label")),
    kind(
        "loaded word in a name form",
        frame,
        second("skos:altLabel", '"Liberation"@en'),
        ("neutral-name-form", "skos:altLabel"),
    ),
    kind(
        "loaded word in a slug",
        frame_of_one,
        lambda block: [renaming(one, block.subject, f"{block.subject}-by-terrorists") for one in mentions(block)],
        renamed_frame,
    ),
    kind("culprit in a name", frame, labelled('"… by the Azerbaijani Army"@en'), ("no-culprit-in-name", "rdfs:label")),
    kind("person in a name", frame, labelled('"… of Volkov"@en'), ("no-person-in-name", "rdfs:label")),
    kind(
        "external identifier without source",
        entry("geo:Feature", has="t:identifierSource"),
        drop("t:identifierSource"),
        ("external-id-source",),
    ),
    kind(
        "external identifier of somebody else",
        both(entry("geo:Feature", has="t:identifierSource"), lambda block: block.subject != "place:armenia"),
        second("schema:sameAs", ARMENIA.value("schema:sameAs")),
        shared_id,
    ),
    kind(
        "external identifier of no gazetteer",
        entry("geo:Feature", has="t:identifierSource"),
        lambda block: block.adding("schema:sameAs", f"<https://example.org/{block.first}>"),
        ("external-id-pattern", "schema:sameAs"),
    ),
    kind("owl:sameAs", group, second("owl:sameAs", "actor:armenia"), ("no-owl-same-as", "owl:sameAs")),
    kind(
        "ethnicity in the registry",
        entry("foaf:Person"),
        second("schema:nationality", '"x"@en'),
        ("registry-predicate", "schema:nationality"),
        places=2,
    ),
    kind(
        "place within a country",
        entry("geo:Feature"),
        second("geo:sfWithin", "place:azerbaijan"),
        ("registry-predicate", "geo:sfWithin"),
    ),
    kind(
        "side of a person",
        entry("foaf:Person"),
        lambda block: block.having("t:side", "side:armenia").having("t:sideReason", '"born there"@en'),
        ("side-of-organisation",),
        places=2,
    ),
    kind("side without reason", entry("org:Organization", has="t:sideReason"), drop("t:sideReason"), ("side-reason",)),
    kind(
        "two sides",
        entry("org:Organization", has="t:sideReason"),
        lambda block: block.adding("t:side", "side:armenia" if block.has("t:side", "side:none") else "side:none"),
        ("side-one", "t:side"),
    ),
    kind(
        "side misspelt",
        entry("org:Organization", has="t:sideReason"),
        misspelt("t:side"),
        ("value-in-scheme", "t:side"),
    ),
    kind("group of no article", group, drop("t:describedIn"), ("group-described-in",)),
    kind(
        "group of both articles",
        group,
        lambda block: block.adding("t:describedIn", f"article:{other(block)}"),
        ("group-described-in", "t:describedIn"),
        users_elsewhere,
    ),
    kind(
        "frame that nobody uses",
        frame,
        lambda block: [
            put(block, block, block.named(f"{block.subject}-x").having("rdfs:label", '"Something else"@en'))
        ],
        lambda _, block: [Expected("frame-used", f"{block.subject}-x", (f"{block.subject}-x",))],
        places=1,
    ),
    kind(
        "group that nobody uses",
        group,
        lambda block: [put(block, block, block.named(f"{block.subject}-x").having("rdfs:label", '"somebody else"@en'))],
        lambda _, block: [Expected("group-used", f"{block.subject}-x", (f"{block.subject}-x",))],
        places=1,
    ),
    kind(
        "schema.org without s",
        group,
        second("<http://schema.org/description>", '"x"@en'),
        ("foreign-namespace", "<http://schema.org/description>"),
        ("registry-predicate", "<http://schema.org/description>"),
    ),
    kind("TODO left", group, second("t:note", '"TODO"@en'), ("unfinished", "t:note")),
    kind(
        "loaded word in a paraphrase",
        author_voice,
        lambda block: block.having("t:paraphrase", block.value("t:paraphrase").replace('."@en', ', the gang."@en')),
        ("neutral-paraphrase", "t:paraphrase"),
    ),
    kind(
        "loaded word quoted that the text does not have",
        author_voice,
        lambda block: block.having(
            "t:paraphrase", block.value("t:paraphrase").replace('."@en', ', the “massacre”."@en')
        ),
        ("quoted-word-annotated", "t:paraphrase"),
    ),
    kind(
        "paraphrase without speaker",
        author_voice,
        setting("t:paraphrase", '"Something happened."@en'),
        ("paraphrase-names-speaker", "t:paraphrase"),
    ),
    kind(
        "address under the wrong kind",
        moved_person,
        lambda block: [
            renaming(one, block.subject, block.subject.replace("actor:", "object:")) for one in mentions(block)
        ],
        lambda _, block: [
            Expected(
                "entity-path",
                block.subject.replace("actor:", "object:"),
                (block.subject.replace("actor:", "object:"), "a"),
            )
        ],
    ),
]


# layout


def layout(change: Callable[[list[str]], list[str]]) -> Callable[[Block], Edit]:
    return lambda block: line_edit(block, change)


def at_line(text: str, change: Callable[[str], str]) -> Callable[[Block], Edit]:
    """The line of a block that begins with a property, changed."""
    return layout(lambda lines: [change(line) if line.strip().startswith(f"{text} ") else line for line in lines])


def exchanged(one: str, two: str) -> Callable[[Block], Edit]:
    """Two lines of a block in each other's place."""

    def change(lines: list[str]) -> list[str]:
        first, last = (
            next(n for n, line in enumerate(lines) if line.strip().startswith(f"{each} ")) for each in (one, two)
        )
        lines[first], lines[last] = lines[last], lines[first]
        return lines

    return layout(change)


def prefix_line(name: str, change: Callable[[str], tuple[str, ...]]) -> Callable[[Block], Edit]:
    """The declaration of a prefix in the file of a block changed."""

    def edit(block: Block) -> Edit:
        top = f"@prefix {name}: <{PREFIXES[name]}> ."
        at = CORPUS.lines[block.file].index(top)
        return Edit(block.file, at, at + 1, change(top))

    return edit


def at_prefix(rule: str, line: str) -> Callable[[Corpus, Block], list[Expected]]:
    return lambda _, block: [Expected(rule, "graph:default", (line,), block.file)]


def styled(rule: str, at: str = "") -> tuple[str, str, str]:
    """A finding on the layout of a line, which speaks of nobody."""
    return (rule, at, "graph:default")


DCTERMS = f"@prefix dcterms: <{PREFIXES['dcterms']}> ."
LOOK_ALIKE = "@prefix dcterms: <http://purl.org/dc/elements/1.1/> ."
UNUSED = f"@prefix direction: <{PREFIXES['direction']}> ."
UNKNOWN = "@prefix dct: <http://purl.org/dc/terms/> ."


def turned(lines: list[str]) -> list[str]:
    """The first two of several objects in each other's place."""
    at = next(n for n, line in enumerate(lines) if line.strip() == "t:participation") + 1
    ends = [line[line.rindex(" ") :] for line in lines[at : at + 2]]
    one, two = (line[: line.rindex(" ")] for line in lines[at : at + 2])
    return [*lines[:at], two + ends[0], one + ends[1], *lines[at + 2 :]]


def second_object(_: Corpus, block: Block) -> list[Expected]:
    return [
        expect(
            block, "object-order", f"/{block.graph} {{ / {block.subject} / {sorted(block.said['t:participation'])[1]}"
        )
    ]


def joined(lines: list[str]) -> list[str]:
    at = next(n for n, line in enumerate(lines) if line.strip().startswith("t:holder"))
    return [*lines[:at], f"{lines[at]} {lines[at + 1].strip()}", *lines[at + 2 :]]


def twice(lines: list[str]) -> list[str]:
    """The first of several objects given under the property by itself, behind the others."""
    at = next(n for n, line in enumerate(lines) if line.strip() == "t:participation")
    end = next(n for n in range(at, len(lines)) if lines[n].endswith(" ;"))
    alone = f"        t:participation {lines[at + 1].strip().removesuffix(' ,')} ;"
    rest = lines[at + 2 : end + 1]
    rest = [lines[at], *rest] if len(rest) > 1 else [f"{lines[at]} {rest[0].strip()}"]
    return [*lines[:at], *rest, alone, *lines[end + 1 :]]


def split(lines: list[str]) -> list[str]:
    """The last property of a block in a block of its own."""
    return [*lines[:-2], lines[-1], "", lines[0], *lines[-2:]]


def block_behind(block: Block) -> list[Edit]:
    """A claim's block moved behind its graph."""
    file, _, last = span(CORPUS, block.subject)
    return [cut(CORPUS, block), Edit(file, last, last, ("", *block.lines))]


two_parts = both(focus, lambda block: len(block.said.get("t:participation", ())) > 1)

LAYOUT = [
    kind("properties out of order", claim(), exchanged("t:holder", "t:mode"), ("property-order", "t:mode")),
    kind("type not on top", claim(), exchanged("a", "t:about"), ("type-first", "a")),
    kind("objects out of order", two_parts, layout(turned), second_object),
    kind("line too far left", claim(), at_line("t:mode", lambda line: line[2:]), styled("indent", "t:mode")),
    kind("tab", claim(), at_line("t:mode", lambda line: line.replace("    ", "\t", 1)), styled("tab", "t:mode")),
    kind(
        "blank at the end of a line",
        claim(),
        at_line("t:mode", lambda line: f"{line} "),
        styled("trailing-blank", "t:mode"),
    ),
    kind(
        "two blanks",
        claim(),
        at_line("t:mode", lambda line: line.replace(" mode:", "  mode:")),
        styled("spacing", "t:mode"),
    ),
    kind("two properties on a line", claim(), layout(joined), styled("property-line", "t:holder")),
    kind(
        "last line ended by the dot",
        claim(),
        layout(lambda lines: [*lines[:-2], lines[-2].replace(" ;", " .")]),
        styled("statement-end", "t:sourceNaming"),
    ),
    kind(
        "blank line in a block",
        claim(),
        layout(lambda lines: [*lines[:3], "", *lines[3:]]),
        styled("blank-line", "t:attributionBasis"),
    ),
    kind("two blank lines between blocks", claim(), layout(lambda lines: ["", *lines]), styled("blank-line")),
    kind(
        "subject beside its type",
        claim(),
        layout(lambda lines: [f"{lines[0]} {lines[1].strip()}", *lines[2:]]),
        styled("subject-line", "/<subject> a t:Claim ;"),
    ),
    kind(
        "property given in two places",
        two_parts,
        layout(twice),
        ("property-twice", "/<graph> { / <subject> / t:participation / t:participation"),
    ),
    kind("two blocks of a subject", claim(), layout(split), styled("one-block", "/<subject> / . / <subject>")),
    kind("graph before its claim", claim(), lambda block: block_behind(block), styled("claim-graph", "/<subject> {")),
    kind(
        "prefix of a look-alike",
        article,
        prefix_line("dcterms", lambda _: (LOOK_ALIKE,)),
        at_prefix("prefix-iri", LOOK_ALIKE),
        ("article-rights",),
        ("layer-predicate", "dcterms:rights"),
        alone=True,
        places=2,
    ),
    kind(
        "prefix that nobody uses",
        article,
        prefix_line("dcterms", lambda line: (line, UNUSED)),
        at_prefix("prefix-unused", UNUSED),
        places=2,
    ),
    kind(
        "prefix of our own",
        article,
        prefix_line("dcterms", lambda line: (UNKNOWN, line)),
        at_prefix("prefix-unknown", UNKNOWN),
        at_prefix("prefix-unused", UNKNOWN),
        alone=True,
        places=2,
    ),
    kind(
        "prefixes out of order",
        article,
        lambda block: [
            prefix_line("dcterms", lambda line: ())(block),
            prefix_line("edtf", lambda line: (line, DCTERMS))(block),
        ],
        at_prefix("prefix-order", f"@prefix edtf: <{PREFIXES['edtf']}> ."),
        alone=True,
        places=2,
    ),
]


# what only the texts can tell


def told_once(fits: Callable[[Block], bool]) -> Callable[[Block], bool]:
    """Times and quantities in figures that one claim tells of, which rests on one passage."""

    def once(block: Block) -> bool:
        if not fits(block) or not re.search(r"\d", block.value("t:verbatim")):
            return False
        passages = CORPUS.entry(block.graph).said["t:evidence"]
        told = [
            node.value("t:verbatim")
            for user in CORPUS.users(passages[0], "t:evidence")
            for node in CORPUS.graph(user.subject)
        ]
        figures = set(re.findall(r"\d+", block.value("t:verbatim")))
        return len(passages) == 1 and sum(bool(figures & set(re.findall(r"\d+", words))) for words in told) == 1

    return once


def left_over(_: Corpus, block: Block) -> list[Expected]:
    """What is found of figures in a sentence that no claim uses: told of the first of its claims."""
    passage = CORPUS.entry(block.graph).value("t:evidence")
    first = min(user.subject for user in CORPUS.users(passage, "t:evidence") if user.has("a", "t:Claim"))
    return [Expected("unused-content", first, (first,))]


def beheaded(_: Corpus, block: Block) -> list[Expected]:
    """What is found of the names that stand at the very start of a passage when that begins too late."""
    words = block.value("t:exactWords").removesuffix('"@en')
    return [
        expect(user, "verbatim-in-passage", "t:nameForm")
        for user in CORPUS.users(block.subject, "t:evidence")
        if user.has("t:nameForm") and words.startswith(user.value("t:nameForm").removesuffix('"@en'))
    ]


def told_too(block: Block) -> bool:
    """Whether a claim on the sentence around an anchor speaks of each place that is named there."""
    start, end = int(block.value("t:start")), int(block.value("t:end"))
    told = {
        value
        for each in claims_of(block.file, a("oa:SpecificResource"))
        if int(each.value("t:start")) <= start and end <= int(each.value("t:end"))
        for user in CORPUS.users(each.subject, "t:evidence")
        for node in CORPUS.graph(user.subject)
        for values in node.said.values()
        for value in values
    }
    names = [user for user in CORPUS.users(block.subject, "t:evidence") if user.has("a", "t:NameUse")]
    return all(name.value("t:nameOf") in told for name in names)


def of_article(rule: str) -> Callable[[Corpus, Block], list[Expected]]:
    name = "article:{}"
    return lambda _, block: [Expected(rule, name.format(article_of(block)), (name.format(article_of(block)),))]


def neighbour(block: Block) -> str:
    """The passage of another claim of the article."""
    found = [
        each for each in claims_of(block.file, author_voice) if each.value("t:evidence") != block.value("t:evidence")
    ]
    return found[block.first % len(found)].value("t:evidence")


def only_claim(block: Block) -> bool:
    """Claims that alone rest on the one passage they have, and keep no words of it."""
    if (
        not author_voice(block)
        or len(block.said["t:evidence"]) > 1
        or any(node.has("t:verbatim") for node in CORPUS.graph(block.subject))
    ):
        return False
    return [user.subject for user in CORPUS.users(block.value("t:evidence"))] == [block.subject]


TEXTS = [
    kind(
        "wrong hash",
        side_anchor,
        lambda block: block.having("schema:sha256", f'"{block.value("schema:sha256")[-2:0:-1]}"'),
        ("anchor-hash", "schema:sha256"),
    ),
    kind(
        "anchor one letter late",
        side_anchor,
        plus("t:start", 1),
        ("anchor-hash", "schema:sha256"),
        ("anchor-exact-words", "t:exactWords"),
        beheaded,
    ),
    kind(
        "anchor one letter long",
        side_anchor,
        plus("t:end", 1),
        ("anchor-hash", "schema:sha256"),
        ("anchor-exact-words", "t:exactWords"),
    ),
    kind(
        "start and end of an anchor exchanged",
        both(side_anchor, told_too),
        swapped("t:start", "t:end"),
        ("range-ordered", "t:start"),
        ("anchor-bounds", "t:end"),
        beheaded,
    ),
    kind(
        "wrong paragraph",
        side_anchor,
        plus("t:paragraph", 1),
        ("paragraph-order", "t:paragraph"),
        ("anchor-paragraph", "t:paragraph"),
    ),
    kind(
        "words that do not stand there",
        side_anchor,
        setting("t:exactWords", '"something else"@en'),
        ("anchor-exact-words", "t:exactWords"),
    ),
    kind(
        "thirteen words kept",
        side_anchor,
        setting("t:exactWords", THIRTEEN),
        ("twelve-words", "t:exactWords"),
        ("anchor-exact-words", "t:exactWords"),
    ),
    kind(
        "words of a time that do not stand there",
        told_once(time),
        setting("t:verbatim", '"one fine day"@en'),
        ("verbatim-in-passage", "t:verbatim"),
        left_over,
    ),
    kind(
        "words of a number that do not stand there",
        told_once(number),
        setting("t:verbatim", '"one fine day"@en'),
        ("verbatim-in-passage", "t:verbatim"),
        left_over,
    ),
    kind(
        "time left out",
        told_once(time),
        lambda block: [cut(CORPUS, block), put(focus_of(block), focus_of(block).without("sem:hasTime"))],
        left_over,
    ),
    kind("wrong length of a text", snapshot, plus("t:length", 1), ("snapshot-length", "t:length"), places=2),
    kind("wrong number of words", article, plus("schema:wordCount", 1), ("word-count", "schema:wordCount"), places=2),
    kind(
        "another version of a text",
        snapshot,
        setting("schema:sha256", HASH),
        ("snapshot-hash", "schema:sha256"),
        alone=True,
        places=2,
    ),
    kind(
        "excused sentence left out", excuse, lambda block: cut(CORPUS, block), of_article("sentence-not-accounted-for")
    ),
    kind(
        "claim on another sentence",
        only_claim,
        lambda block: block.having("t:evidence", neighbour(block)),
        of_article("sentence-not-accounted-for"),
    ),
]


TOLD = {"name-blanks"}
"""Rules that only inform, of which the articles as they ship have no finding, so that each is due to a mistake."""


def found_by_check(sources: Sequence[Source]) -> set[Found]:
    """What the whole check finds in files, but for information."""
    raw = parse([*(source for source in DATA if source.name not in CORPUS.lines), *sources])
    return _counting(builds.findings(raw, SHAPES))


def found_in_texts(sources: Sequence[Source], texts: Mapping[str, str]) -> set[Found]:
    """What the comparison with the article texts finds in files, but for information."""
    dataset = derive(parse([*(source for source in DATA if source.name not in CORPUS.lines), *sources]))
    return _counting(finding for one in evidence.verify(dataset, texts) for finding in one.findings)


def _counting(findings: Iterable[Finding]) -> set[Found]:
    return as_found(each for each in findings if each.severity > Severity.INFO or each.rule in TOLD)


IN_ARTICLES = [*ATTRIBUTION, *CONTENT, *EVIDENCE, *LAYOUT]
CHECKED = [*IN_ARTICLES, *REGISTRY]


def params(kinds: Iterable[Kind]) -> list[Any]:
    return [pytest.param(one, id=one.name) for one in kinds]


@cache
def check_rounds() -> list[Round]:
    """All mistakes that the check must find; made here, so that collecting the tests takes no time."""
    return [*rounds(CORPUS, IN_ARTICLES), *rounds(CORPUS, REGISTRY)]


@cache
def text_rounds() -> list[Round]:
    """All mistakes that only the texts can tell."""
    return rounds(CORPUS, TEXTS)


@dataclass(frozen=True)
class Outcome:
    """What should be found of a round of mistakes, and what is."""

    made: Round
    expected: Mapping[Expected, Found]
    found: Set[Found]


def outcome(made: Round, find: Callable[[Sequence[Source]], set[Found]]) -> Outcome:
    """A round of mistakes made, and looked for."""
    sources = written(CORPUS, [edit for mistake in made.mistakes for edit in mistake.edits])
    expected = [each for mistake in made.mistakes for each in mistake.expected]
    return Outcome(made, located(expected, sources), find(sources))


def outcomes(made: Sequence[Round], find: Callable[[Sequence[Source]], set[Found]]) -> Callable[[Kind], Outcome]:
    """The outcome of the round that has a kind of mistake; each round is looked at once."""
    at = cache(lambda number: outcome(made[number], find))
    numbers = {mistake.kind.name: number for number, one in enumerate(made) for mistake in one.mistakes}
    return lambda one: at(numbers[one.name])


@pytest.fixture(scope="module")
def checked() -> Callable[[Kind], Outcome]:
    """What the check finds of each kind of mistake."""
    return outcomes(check_rounds(), found_by_check)


@pytest.fixture(scope="module")
def verified(texts: dict[str, str]) -> Callable[[Kind], Outcome]:
    """What the check and the comparison with the texts find of each kind of mistake."""
    return outcomes(text_rounds(), lambda sources: found_by_check(sources) | found_in_texts(sources, texts))


def causes(stray: Found, made: Round) -> list[Kind]:
    """The kinds of mistake that may have caused a finding: those about its focus, else those that name it, else all."""
    about = [mistake.kind for mistake in made.mistakes if stray[1] in mistake.names]
    naming = [mistake.kind for mistake in made.mistakes if stray[1] in mistake.touched]
    return about or naming or [mistake.kind for mistake in made.mistakes]


def assert_as_expected(one: Kind, told: Outcome) -> None:
    """What is found of a kind of mistake, and of nobody in particular, is exactly what is expected."""
    mine = [mistake for mistake in told.made.mistakes if mistake.kind is one]
    surplus = told.found - set(told.expected.values())
    for mistake in mine:
        for each in mistake.expected:
            if each.rule == ANY:
                assert any(stray[1] in mistake.names for stray in surplus), each
            else:
                assert told.expected[each] in told.found
    if all(each.rule != ANY for mistake in mine for each in mistake.expected):
        assert sorted(stray for stray in surplus if one in causes(stray, told.made)) == []


def test_the_articles_as_they_ship_have_no_mistake() -> None:
    """What is found of the edited files is due to the edits, since nothing is found without."""
    assert found_by_check(CORPUS.sources) == set()


def test_mistakes_are_of_many_kinds_at_several_places() -> None:
    """There are more than a hundred and fifty kinds of mistake, each with a name of its own and made somewhere."""
    kinds = [one for kinds in (CHECKED, TEXTS) for one in kinds]
    assert len({one.name for one in kinds}) == len(kinds) > 150
    made = [mistake for one in (*check_rounds(), *text_rounds()) for mistake in one.mistakes]
    assert {mistake.kind.name for mistake in made} == {one.name for one in kinds}
    assert {mistake.block.file for mistake in made} >= {NEWSROOM, CALIBER} and len(made) > 450


@pytest.mark.parametrize("one", params(CHECKED))
def test_check_finds_a_mistake_where_it_is_made(one: Kind, checked: Callable[[Kind], Outcome]) -> None:
    """The whole check finds a mistake by the rule meant for it, at its line, and nothing else."""
    assert_as_expected(one, checked(one))


@pytest.mark.parametrize("one", params(TEXTS))
def test_verify_finds_a_mistake_where_it_is_made(one: Kind, verified: Callable[[Kind], Outcome]) -> None:
    """What is encoded wrongly is found where it is compared with the text, beside what the check finds."""
    assert_as_expected(one, verified(one))


UNREADABLE = {
    "prefix left out": ("@prefix sem: <http://semanticweb.cs.vu.nl/2009/11/sem/> .\n", "", "        a sem:Event ;"),
    "no-break space between words": (
        "    t:mode mode:stated",
        "    t:mode\u00a0mode:stated",
        "    t:mode\u00a0mode:stated ;",
    ),
    "block without its dot": ("    t:start 0 ;\n    .\n", "    t:start 0 ;\n", "    a t:Section ;"),
    "quotation mark left out": ('"Nigar', "Nigar", '    schema:author Nigar Bayramli" ;'),
    "semicolon left out": ("    t:length 6929 ;", "    t:length 6929", "    t:section"),
}
"""Edits after which no parser takes a file: what is written, what instead, and the line at which it stops."""


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_mistake_that_stops_every_reader_is_told_with_its_line(name: str) -> None:
    """A file that cannot be parsed is named with the line at which the parser stops."""
    old, new, stop = UNREADABLE[name]
    text = next(source.text for source in CORPUS.sources if source.name == NEWSROOM)
    assert old in text
    edited = text.replace(old, new, 1)
    with pytest.raises(SourceError) as caught:
        parse([Source(NEWSROOM, edited, True)])
    assert (caught.value.file, edited.split("\n")[(caught.value.line or 0) - 1]) == (NEWSROOM, stop)


def test_every_finding_names_its_subject_by_its_iri() -> None:
    """A finding on layout speaks of the same IRI as one on content, so that both are grouped alike."""
    text = next(source.text for source in CORPUS.sources if source.name == NEWSROOM)
    (finding,) = style.lint_file(Source(NEWSROOM, _exchanged(text), True))
    assert finding.focus == iri("snapshot:2022-12-12-newsroom")


def _exchanged(text: str) -> str:
    """The two first properties of a text in each other's place."""
    lines = text.split("\n")
    at = lines.index("snapshot:2022-12-12-newsroom") + 2
    lines[at : at + 2] = lines[at + 1], lines[at]
    return "\n".join(lines)
