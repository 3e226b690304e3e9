"""What is known of a foreign query before anything evaluates it: its form, its dataset, and whether it is let in.

The checks run over tokens and over a grammar that does not recurse (``kb.grammar``): a few hundred nested brackets end
the process that evaluates them, and what the engine takes for SERVICE need not be a word of its own.
"""

import contextlib
import functools
import itertools
import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urljoin

from kb import grammar
from kb.errors import LimitError, QueryError
from kb.grammar import Begun, Fault, Reading, Token
from kb.namespaces import BASE, DEFAULT_GRAPH


@dataclass(frozen=True)
class Limit:
    """How much of something a query may have: ``what`` is counted, the most that is let in, and why."""

    name: str
    most: int
    what: str
    why: str


LIMITS: Final = {
    limit.name: limit
    for limit in (
        Limit(
            "length", 100_000, "characters", "Reading is linear in the text; this much is read in a tenth of a second."
        ),
        Limit(
            "tokens",
            grammar.MOST_TOKENS,
            "tokens",
            "20,000 sort keys keep the planner busy for 0.2 s; longer lists are data.",
        ),
        Limit(
            "depth",
            grammar.MOST_DEPTH,
            "brackets inside each other",
            "The parser recurses: 1,000 nested calls or groups end its process.",
        ),
        Limit(
            "operators",
            500,
            "operators in expressions",
            "1,500 comparisons take the planner 0.7 s, 10,000 end its process.",
        ),
        Limit(
            "clauses",
            200,
            "clauses (FILTER, BIND, AS, OPTIONAL, UNION, …)",
            "3,000 BINDs or MINUSes end the process; 1,000 OPTIONALs take 0.4 s to plan.",
        ),
        Limit(
            "joins",
            80,
            "triple patterns (two for each item of a list), path steps and VALUES blocks",
            "The planner needs cubic time to order joins: 0.2 s for 75, 0.9 s for 100, 24 s for 400.",
        ),
        Limit(
            "path",
            30,
            "steps in one property path",
            "1,000 steps keep the planner busy for over a minute, and each step multiplies the answer.",
        ),
        Limit(
            "closures",
            2,
            "repetitions (* and +) inside each other",
            "Each level walks the whole graph again from every node that the level below reached.",
        ),
        Limit(
            "values",
            10_000,
            "terms in VALUES",
            "Each row is joined with everything else; 200,000 terms are a data set.",
        ),
        Limit(
            "declarations",
            200,
            "PREFIX and BASE declarations",
            "No query needs more; the whole table of known prefixes has sixty.",
        ),
        Limit("described", 200, "things to DESCRIBE", "3,000 end the process that parses them."),
        Limit(
            "graphs",
            500,
            "graphs in FROM and FROM NAMED",
            "Each is copied into the dataset of the query before it is asked.",
        ),
    )
}
"""All limits on the text of a query, by name, in the order in which they are looked at; docs/limits.md has them too."""

_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_CLAUSES = ("As", "Bind", "Condition", "Exists", "Filter", "Graph", "Minus", "Optional", "SubSelect", "Union", "Values")
_NOT_LIGHT = (
    *("Aggregate", "Arguments", "As", "Bind", "Condition", "Dataset", "Distinct", "Exists", "Function", "GroupBy"),
    *("Having", "Minus", "Negated", "Offset", "Optional", "OrderBy", "Repeat", "SubSelect", "Union", "Values"),
)
_MOST_LIGHT_ROWS = 1000
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_WORDS = {
    "var": "a variable",
    "iri": "an IRI",
    "name": "an IRI",
    "ns": "an IRI",
    "bnode": "a blank node",
    "string": "a text in quotes",
    "number": "a number",
    "integer": "a number",
    "lang": "a language tag",
    "a": "“a”",
    "true": "true",
    "false": "false",
}
"""What is said of classes of tokens; words and marks speak for themselves."""


@dataclass(frozen=True)
class Mention:
    """An IRI that a query names: where (offset of the token), as ``graph``, ``predicate``, ``type`` (behind ``a``),
    ``function``, ``datatype``, ``template`` (what CONSTRUCT makes) or ``term``, and whether inside a GRAPH."""

    iri: str
    at: int
    role: str
    in_graph: bool


@dataclass(frozen=True)
class Guarded:
    """A query that may be evaluated.

    ``form`` is SELECT, ASK, CONSTRUCT or DESCRIBE; the graphs are those of FROM and FROM NAMED. ``light`` tells that it
    cannot be expensive by its shape: at most one triple pattern, nothing computed, and few rows; ``volatile``
    that its answer is another each time; ``bare`` that it looks for a text without language and datatype. ``described``
    are the IRIs of a DESCRIBE that names some and asks for nothing else; ``respelled`` what ``spelled`` changes, with
    offsets. ``text`` is the query, of which ``mentioned`` may be known.
    """

    form: str
    text: str = field(repr=False)
    light: bool
    volatile: bool
    bare: bool
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    described: tuple[str, ...] = ()
    respelled: tuple[tuple[int, str], ...] = ()
    mentioned: "_Mentioned | None" = field(default=None, repr=False, compare=False)

    @property
    def prefixes(self) -> tuple[tuple[str, str], ...]:
        """The prefixes that it declares."""
        return tuple(self._told()[0].items())

    @property
    def iris(self) -> tuple[Mention, ...]:
        """All absolute IRIs that it names, expanded, in the order of the text."""
        return self._told()[1]

    def _told(self) -> "_Mentioned":
        return _mentions(self.text, *_shaped(self.text)) if self.mentioned is None else self.mentioned

    def spelled(self, text: str, *, moved: bool = False) -> str:
        """The text of the query as the engine takes it, with every word at its place: ``TRUE`` as ``true``, and what is
        asked of the default graph by its name (``GRAPH <…/graph/default>``) as asked of the default graph, unless the
        request ``moved`` that elsewhere."""
        for at, words in self.respelled:
            if moved and words.isspace():
                continue
            text = text[:at] + words + text[at + len(words) :]
        return text


_Mentioned = tuple[dict[str, str], tuple[Mention, ...]]
"""Prefixes that are declared, and IRIs that are named."""

_VOLATILE = frozenset({"BNODE", "F0"})
"""Classes of the functions with another value each time: BNODE, and those without arguments (NOW, RAND, UUID, …)."""


@dataclass(frozen=True)
class _Named:
    """An IRI in a shape: the index of its token, and role and place as in ``Mention``."""

    index: int
    role: str
    in_graph: bool


@dataclass(frozen=True)
class _Shape:
    """What follows from the classes of a query's tokens alone, so that it is the same for all queries of that shape.

    ``declarations`` are the indices of BASE and PREFIX, ``sources`` those of graphs with the word before them;
    ``limits`` those of LIMIT, of which one must be low for the query to be light, where ``light`` is None; ``inside``
    those of each sub-select inside a GRAPH with a variable, and of that variable; ``booleans`` those of true and false.
    ``constants_matter`` where more depends on the constants of a query than what it mentions.
    """

    form: str
    named: tuple[_Named, ...]
    declarations: tuple[int, ...]
    sources: tuple[tuple[int, str], ...]
    light: bool | None
    limits: tuple[int, ...]
    bare: bool
    describes: bool
    volatile: bool
    inside: tuple[tuple[int, int], ...]
    booleans: tuple[int, ...]
    constants_matter: bool


def guard(text: str) -> Guarded:
    """What a foreign query asks for, if it may be evaluated; what was asked last is remembered.

    QueryError with reason ``too-long``, ``too-complex``, ``forbidden`` (SERVICE, update) or ``syntax`` otherwise;
    LimitError ``busy`` where too many long texts wait to be read.
    """
    _check("length", len(text))
    found = _remembered(text)
    if isinstance(found, QueryError):
        raise found.with_traceback(None)
    return found


def with_inserted(text: str, words: Iterable[tuple[int, str]]) -> str | None:
    """A query with words inserted at offsets, in their order; None where it grows beyond what a query may be."""
    parts, at = [], 0
    for place, word in words:
        parts += [text[at:place], word]
        at = place
    found = "".join([*parts, text[at:]])
    try:
        guard(found)
    except QueryError:
        return None
    return found


@contextlib.contextmanager
def in_turn(text: str) -> Iterator[None]:
    """Lets one long text be read at a time, so that reading does not keep the rest of the process from its work.

    LimitError ``busy`` where too many wait for that already, or this one has waited too long.
    """
    if len(text) <= READ_AT_ONCE:
        yield
        return
    if not _waiting.acquire(blocking=False):
        raise _crowded()
    try:
        if not _reading.acquire(timeout=_PATIENCE):
            raise _crowded()
        try:
            yield
        finally:
            _reading.release()
    finally:
        _waiting.release()


READ_AT_ONCE: Final = 4000
"""Characters of a query that is read without waiting for a turn."""

_PATIENCE: Final = 5.0
"""Seconds that a long query waits to be read."""

_reading = threading.Lock()
_waiting = threading.BoundedSemaphore(16)


def _crowded() -> LimitError:
    return LimitError(
        "Too many long queries wait to be read; this one was not.",
        reason="busy",
        hint=f"Try again shortly; queries of up to {READ_AT_ONCE:,} characters do not wait.",
        retry_after=5,
    )


@functools.lru_cache(maxsize=32)
def _remembered(text: str) -> Guarded | QueryError:
    """What a query asks for, or why it is refused, so that a text that is refused is not read again either."""
    try:
        with in_turn(text):
            return _read(text)
    except QueryError as error:
        return error.with_traceback(None)


def _read(text: str) -> Guarded:
    """As ``guard``, of a text that is not too long."""
    if "\x00" in text:
        raise _syntax(text, text.index("\x00"), "The query contains a NUL character.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _syntax(
            text, error.start, "The query contains half of a surrogate pair, which is no character."
        ) from None
    outline = _outline(text)
    if outline is not None and (alike := _outlines.get(outline)) is not None:
        return replace(alike, text=text)
    tokens, shape = _shaped(text)
    mentioned = _mentions(text, tokens, shape)
    by_place = {mention.at: mention.iri for mention in mentioned[1]}
    found = Guarded(
        shape.form,
        text,
        any(int(tokens[index + 1].text) <= _MOST_LIGHT_ROWS for index in shape.limits)
        if shape.light is None
        else shape.light,
        shape.volatile,
        shape.bare,
        tuple(by_place[tokens[index].at] for index, before in shape.sources if before == "FROM"),
        tuple(by_place[tokens[index].at] for index, before in shape.sources if before == "NAMED"),
        tuple(mention.iri for mention in mentioned[1]) if shape.describes else (),
        tuple(_respelled(tokens, shape, mentioned[1])),
        mentioned,
    )
    if outline is not None and not shape.constants_matter and not found.respelled:
        with _outlines_lock:
            while len(_outlines) >= _OUTLINES:
                del _outlines[next(iter(_outlines))]
            _outlines[outline] = replace(found, text="", mentioned=None)
    return found


_CONSTANT = re.compile(r"""<[A-Za-z][A-Za-z0-9+.-]*+:[^<>"{}|^`\x00-\x20]*+>|"[^"\n\r]*+"|'[^'\n\r]*+'|\#[^\n\r]*+""")
"""An absolute IRI, a text in quotes, or a comment, where no quotes are tripled and nothing is escaped."""

_OUTLINES = 512
_outlines: dict[str, Guarded] = {}
_outlines_lock = threading.Lock()


def _outline(text: str) -> str | None:
    """A query with its constants emptied: what may be asked does not depend on them, and queries of one outline have
    tokens of the same classes. None where that is not so plain: for relative IRIs, comparisons with ``<``, escapes,
    long texts, and the default graph by its name."""
    if len(text) > READ_AT_ONCE or "\\" in text or DEFAULT_GRAPH in text or '"""' in text or "'''" in text:
        return None
    outline = _CONSTANT.sub(_emptied, text)
    return outline if outline.count("<") == outline.count(_EMPTY_IRI) else None


_EMPTY_IRI = "<x:>"


def _emptied(constant: re.Match[str]) -> str:
    first = constant[0][0]
    return _EMPTY_IRI if first == "<" else "" if first == "#" else '""'


def _shaped(text: str) -> tuple[Sequence[Token], _Shape]:
    """The tokens of a query and their shape; QueryError where it may not be evaluated."""
    reading = grammar.read(text)
    tokens = reading.tokens
    _check("tokens", len(tokens))
    if "SERVICE" in text.upper():
        _refuse_service(text, tokens)
    _refuse_update(text, tokens)
    _check("depth", _depth(reading.classes))
    if reading.fault is not None:
        raise _fault(text, reading, reading.fault)
    shape = _kept_shape(reading.classes) if len(tokens) <= grammar.SHORT else _shape(reading.classes)
    _refuse_forgetting(text, tokens, shape)
    return tokens, shape


def _shape(classes: tuple[str, ...]) -> _Shape:
    """The shape of a query without fault; QueryError where it has too much of something."""
    begun, _ = grammar.parse(classes)
    counts = Counter(rule for _, rule in begun)
    _check_counts(counts, classes, begun)
    limits = tuple(index for index, rule in begun if rule == "Limit")
    return _Shape(
        next(klass for klass in classes if klass in _FORMS),
        _named(classes, begun),
        tuple(index for index, rule in begun if rule == "Prologue"),
        tuple((index, classes[index - 1]) for index, rule in begun if rule == "Source"),
        _is_light(counts),
        limits,
        any(
            klass == "string" and before in ("iri", "name") and after not in ("lang", "^^")
            for before, klass, after in zip(classes, classes[1:], classes[2:], strict=False)
        ),
        _NAMING.issuperset(classes) and "DESCRIBE" in classes,
        not _VOLATILE.isdisjoint(classes),
        tuple(_inside(classes, begun)),
        tuple(index for index, klass in enumerate(classes) if klass in ("true", "false")),
        "FROM" in classes or "DESCRIBE" in classes or _names_graph(classes),
    )


def _names_graph(classes: Sequence[str]) -> bool:
    """Whether a graph is named by a prefix, which may stand for the default graph."""
    return any(klass == "GRAPH" and after in ("name", "ns") for klass, after in itertools.pairwise(classes))


_NAMING = frozenset({"DESCRIBE", "PREFIX", "iri", "name", "ns"})
"""Classes of tokens of which a DESCRIBE of named things alone is made."""

_kept_shape = functools.lru_cache(maxsize=512)(_shape)


def _check(name: str, count: int) -> None:
    limit = LIMITS[name]
    if count > limit.most:
        much = f"over {limit.most:,}" if name in ("tokens", "depth") else f"{count:,}"
        raise QueryError(
            f"The query has {much} {limit.what}; the limit is {limit.most:,}.",
            reason="too-long" if name == "length" else "too-complex",
            hint=f"This is the limit “{name}”. Ask in several smaller queries, or fetch the dump and ask it at home.",
        )


def _refuse_service(text: str, tokens: Sequence[Token]) -> None:
    """QueryError where the engine could find SERVICE: it sees it at the head, end and middle of other words, and of a
    prefix where the name is followed by a group."""
    for index, token in enumerate(tokens):
        if token.kind not in ("word", "name") or "SERVICE" not in token.text.partition(":")[0].upper():
            continue
        before = tokens[index - 1].klass if index else ""
        after = tokens[index + 1].text if index + 1 < len(tokens) else ""
        if token.kind == "word" or (after == "{" and before not in ("GRAPH", "FROM", "NAMED")):
            raise QueryError(
                "SERVICE is not served: this endpoint answers from its own data only.",
                reason="forbidden",
                hint="Ask the other service yourself and join the answers at home.",
                line=line(text, token.at),
                column=column(text, token.at),
            )


def _refuse_update(text: str, tokens: Sequence[Token]) -> None:
    first = next((token for token in tokens if token.kind == "word" and token.klass not in ("BASE", "PREFIX")), None)
    if first is not None and first.text.upper() in _UPDATES:
        raise QueryError(
            f"{first.text.upper()} is an update, and this knowledge base is edited by pull request, not over SPARQL.",
            reason="forbidden",
            hint="See /corrections for how to propose a change.",
            line=line(text, first.at),
            column=column(text, first.at),
        )


def _respelled(tokens: Sequence[Token], shape: _Shape, iris: Sequence[Mention]) -> Iterator[tuple[int, str]]:
    """Offsets, and words of the same length as those that stand there."""
    for index in shape.booleans:
        if tokens[index].text != tokens[index].klass:
            yield tokens[index].at, tokens[index].klass
    for named, mention in zip(shape.named, iris, strict=True):
        before = tokens[named.index - 1]
        if mention.iri == DEFAULT_GRAPH and before.klass == "GRAPH" and not mention.in_graph and not shape.sources:
            yield before.at, " " * len(before.text)
            yield mention.at, " " * len(tokens[named.index].text)


def _refuse_forgetting(text: str, tokens: Sequence[Token], shape: _Shape) -> None:
    """QueryError for a sub-select inside ``GRAPH ?g`` that does not select ``?g``: the engine would forget of which
    graph its rows are, and tell what one claim says as if any had said it."""
    for select, variable in shape.inside:
        name, depth = tokens[variable].text[1:], 0
        for token in itertools.takewhile(lambda token: token.klass not in ("{", "WHERE"), tokens[select:]):
            depth += (token.klass == "(") - (token.klass == ")")
            if token.kind == "var" and token.text[1:] == name and not depth:
                break
        else:
            raise QueryError(
                f"A sub-select inside GRAPH ?{name} has to select ?{name}, or the graph of its rows is lost.",
                reason="too-complex",
                hint=f"Add ?{name} to what it selects, and to its GROUP BY if it counts; or put GRAPH into it.",
                line=line(text, tokens[select].at),
                column=column(text, tokens[select].at),
            )


def _inside(classes: Sequence[str], begun: Begun) -> Iterator[tuple[int, int]]:
    """Each sub-select inside a GRAPH with a variable: the index of its SELECT, and of that variable."""
    graphs = {index + 1 for index, rule in begun if rule == "Graph"}
    selects = {index for index, rule in begun if rule == "SubSelect"}
    if not graphs or not selects:
        return
    stack, waiting = [0], 0
    for index, klass in enumerate(classes):
        if index in graphs:
            waiting = index
        if index in selects and classes[stack[-1]] == "var":
            yield index, stack[-1]
        if klass == "{":
            stack.append(waiting or stack[-1])
            waiting = 0
        elif klass == "}":
            stack.pop()


def _depth(classes: Sequence[str]) -> int:
    deepest = depth = 0
    for klass in classes:
        if klass in ("{", "(", "["):
            depth += 1
            deepest = max(deepest, depth)
        elif klass in ("}", ")", "]"):
            depth -= 1
    return deepest


def _fault(text: str, reading: Reading, fault: Fault) -> QueryError:
    found = "its end" if fault.index >= len(reading.tokens) else f"“{reading.tokens[fault.index].text[:40]}”"
    at = len(text.rstrip()) if fault.index >= len(reading.tokens) else reading.tokens[fault.index].at
    return _syntax(text, at, f"The query is not valid SPARQL at {found}: {expected(fault.expected)}.")


def expected(classes: frozenset[str]) -> str:
    """What could stand at a place, in words: ``expected a variable, an IRI or “{”``."""
    if {"var", "string", "(", "iri"} <= classes:
        words = ["a variable, an IRI or a value"]
    else:
        words = sorted({_WORDS.get(klass, f"“{name}”") for klass in classes for name in grammar.functions(klass)})
    if not words:
        return "nothing more is expected"
    if len(words) > 8:
        words = [*words[:7], "others"]
    return "expected " + (" or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0])


def _check_counts(counts: Mapping[str, int], classes: Sequence[str], begun: Begun) -> None:
    triples = counts["Object"] + (counts["TObject"] if counts["Short"] else 0)
    longest, closures = _paths(classes, begun)
    found = {
        "operators": counts["Operator"] + counts["Sign"] + counts["Not"],
        "clauses": sum(counts[rule] for rule in _CLAUSES),
        "joins": triples + counts["Item"] + counts["Step"] - counts["Path"] + counts["Values"],
        "path": longest,
        "closures": closures,
        "values": counts["Value"],
        "declarations": counts["Prologue"],
        "described": counts["Described"],
        "graphs": counts["Dataset"],
    }
    for name, count in found.items():
        _check(name, count)


def _paths(classes: Sequence[str], begun: Begun) -> tuple[int, int]:
    """How many steps the longest property path has, and how deep repetitions stand inside each other."""
    longest = steps = deepest = 0
    inside = [0]
    repeats = {index for index, rule in begun if rule == "Repeat"}
    if repeats:
        closed = 0
        for index, klass in enumerate(classes):
            if klass == "(":
                inside.append(0)
            elif klass == ")" and len(inside) > 1:
                closed = inside.pop()
                inside[-1] = max(inside[-1], closed)
            elif index in repeats and klass != "?":
                level = 1 + (closed if classes[index - 1] == ")" else 0)
                inside[-1] = max(inside[-1], level)
                deepest = max(deepest, level)
    for _, rule in begun:
        if rule == "Verb":
            steps = 0
        elif rule in ("Primary", "Negated"):
            steps += 1
            longest = max(longest, steps)
    return longest, deepest


def _named(classes: Sequence[str], begun: Begun) -> tuple[_Named, ...]:
    """Where a query names IRIs, and what for."""
    spans = _graph_spans(classes, begun)
    called = {index - 1 for index, rule in begun if rule == "Arguments"}
    predicates = {index for index, rule in begun if rule in ("Primary", "Negated")}
    predicates |= {index + 1 for index in predicates if classes[index] == "^"}
    found = []
    span = 0
    for index, rule in begun:
        if rule != "Iri":
            continue
        while span < len(spans) and spans[span][0] <= index:
            span += 1
        place = spans[span - 1][1] if span else ""
        before = classes[index - 1]
        if place == "template":
            role = "template"
        elif before in ("GRAPH", "FROM", "NAMED"):
            role = "graph"
        elif index in predicates:
            role = "predicate"
        elif before == "^^" or index in called:
            role = "function" if index in called else "datatype"
        else:
            role = "type" if before == "a" else "term"
        found.append(_Named(index, role, place == "graph"))
    return tuple(found)


def _graph_spans(classes: Sequence[str], begun: Begun) -> list[tuple[int, str]]:
    """From which tokens on the query is in a ``graph``, a ``template`` or neither, in their order."""
    opening = {index: rule for index, rule in begun if rule in ("Graph", "Template")}
    if not opening:
        return []
    spans: list[tuple[int, str]] = []
    stack: list[str] = []
    waiting = ""
    for index, klass in enumerate(classes):
        if index in opening:
            waiting = opening[index].lower()
        if klass == "{":
            stack.append(waiting or (stack[-1] if stack else ""))
            waiting = ""
            spans.append((index, stack[-1]))
        elif klass == "}":
            stack.pop()
            spans.append((index, stack[-1] if stack else ""))
    return spans


def _mentions(text: str, tokens: Sequence[Token], shape: _Shape) -> _Mentioned:
    """The prefixes that a query declares, and the IRIs that it names; QueryError for a prefix that it lacks."""
    prefixes: dict[str, str] = {}
    base = BASE
    for index in shape.declarations:
        target = _resolved(text, tokens[index + (1 if tokens[index].klass == "BASE" else 2)], base)
        if tokens[index].klass == "BASE":
            base = target
        else:
            prefixes[tokens[index + 1].text[:-1]] = target
    return prefixes, tuple(
        Mention(
            _absolute(text, tokens[named.index], prefixes, base), tokens[named.index].at, named.role, named.in_graph
        )
        for named in shape.named
    )


def _absolute(text: str, token: Token, prefixes: Mapping[str, str], base: str) -> str:
    if token.kind == "iri":
        return _resolved(text, token, base)
    prefix, _, local = token.text.partition(":")
    if prefix not in prefixes:
        raise _syntax(text, token.at, f"The prefix “{prefix}:” is not declared.")
    return prefixes[prefix] + (re.sub(r"\\(.)", r"\1", local) if "\\" in local else local)


def _resolved(text: str, token: Token, base: str) -> str:
    """The absolute IRI of one in angle brackets; QueryError where it cannot be one."""
    plain = token.text[1:-1]
    if "\\" in plain:
        plain = _ESCAPED.sub(lambda match: chr(min(int(match[1] or match[2], 16), 0x10FFFF)), plain)
    if _SCHEME.match(plain):
        return plain
    try:
        return urljoin(base, plain) + ("#" if plain.endswith("#") else "")  # which urljoin drops
    except ValueError:
        raise _syntax(text, token.at, f"“{token.text[:80]}” is no valid IRI.") from None


def _is_light(counts: Mapping[str, int]) -> bool | None:
    """Whether a query cannot be expensive, whatever the data: one look-up or scan, and an answer that is cut short;
    None where that depends on how short."""
    if any(counts[rule] for rule in _NOT_LIGHT) or counts["Step"] > counts["Object"]:
        return False
    triples = counts["Object"] + (counts["TObject"] if counts["Short"] else 0)
    if counts["Describe"]:
        return counts["Described"] == counts["Iri"] == 1 and not triples and not counts["Graph"] + counts["Filter"]
    if triples > 1 or counts["Graph"] > 1:
        return False
    return True if counts["Ask"] else None


def _syntax(text: str, at: int, message: str) -> QueryError:
    return QueryError(message, reason="syntax", line=line(text, at), column=column(text, at))


def line(text: str, at: int) -> int:
    """The line of an offset, from 1."""
    return text.count("\n", 0, at) + 1


def column(text: str, at: int) -> int:
    """The column of an offset, from 1."""
    return at - text.rfind("\n", 0, at)
