"""Conclusions by compiled rules: the part of OWL 2 RL that the ontology makes use of, in time linear in the claims.

The rules are read off the axioms (``compile_rules``); an axiom of a kind that is not known here is an error and never
passed over. Each kind is a rule of OWL 2 RL (W3C, 2012, section 4.3): prp-dom, prp-rng, prp-asyp, prp-irp, prp-symp,
prp-trp, prp-spo1, prp-spo2, prp-eqp, prp-pdw, prp-inv, cax-sco, cax-eqc, cax-dw.

Rules are applied twice: to each claim by itself, some thousand statements at a time (``alone``), and to those that can
meet in a rule with those of other claims (``together``). Most content never does, and then costs nothing.

A *relation* is a property, or a class in the form ``a CLASS``, whose pairs are (member, member). ``kb.reference``
concludes the same with owlrl, slowly.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import Final

from kb.errors import SourceError
from kb.namespaces import PREFIXES, iri, shorten

Triple = tuple[str, str, str]
Fact = tuple[str, str, str]
"""Subject, object, and the claim that it rests on; "" where that is the default graph."""

_Pair = tuple[str, str, str]
"""Relation, subject, object."""

Support = tuple[str, ...]
"""The claims that something rests on, all together, sorted."""

BATCH: Final = 4000
"""About how many statements are taken at a time, so that what is made of them stays in the caches of a processor."""

_AHEAD: Final = 500
"""How many statements are looked at first to find where many can be cut: more than most articles have."""

_TYPE: Final = iri("rdf:type")
_PROPERTY_AXIOMS: Final = (
    "owl:equivalentProperty",
    "owl:inverseOf",
    "owl:propertyChainAxiom",
    "owl:propertyDisjointWith",
    "rdfs:domain",
    "rdfs:range",
    "rdfs:subPropertyOf",
)
_CLASS_AXIOMS: Final = ("owl:disjointWith", "owl:equivalentClass", "rdfs:subClassOf")
_CHARACTERISTICS: Final = (
    "owl:AsymmetricProperty",
    "owl:IrreflexiveProperty",
    "owl:SymmetricProperty",
    "owl:TransitiveProperty",
)
_SILENT: Final = (
    *("owl:deprecated", "owl:versionInfo", "rdfs:comment", "rdfs:isDefinedBy", "rdfs:label", "rdfs:seeAlso"),
    *("owl:AnnotationProperty", "owl:Class", "owl:DatatypeProperty", "owl:ObjectProperty", "owl:Ontology"),
)
"""Terms of RDFS and OWL from which nothing follows for what claims say."""

AXIOMS: Final = frozenset(iri(name) for name in (*_PROPERTY_AXIOMS, *_CLASS_AXIOMS, "rdf:first", "rdf:rest"))
CHARACTERISTICS: Final = frozenset(iri(name) for name in _CHARACTERISTICS)
_SPACES: Final = (PREFIXES["owl"], PREFIXES["rdfs"])
_HARMLESS: Final = frozenset(iri(name) for name in _SILENT)


@dataclass(frozen=True)
class Exclusion:
    """What cannot be: ``words`` of it, and the relations it is about: two that share no pair, or one that is
    ``asymmetric`` (a pair and its reverse) or irreflexive (a thing with itself)."""

    words: str
    relations: tuple[str, ...]
    asymmetric: bool = False


@dataclass(frozen=True)
class Rules:
    """What follows from a pair of a relation: the same pair in another (``copies``), the reverse one (``flips``), a
    class of its subject or object (``heads``, ``tails``), and from two pairs that meet (``joins``: first relation,
    second, conclusion); and what is excluded."""

    copies: Mapping[str, Set[str]]
    flips: Mapping[str, Set[str]]
    heads: Mapping[str, Set[str]]
    tails: Mapping[str, Set[str]]
    joins: Set[tuple[str, str, str]]
    exclusions: Sequence[Exclusion]
    relations: Mapping[str, int] = field(init=False)
    """All from which anything follows, or that follows: statements of others need not be given. Each with its turn:
    what it follows from, and what is looked up to join others to it, comes before, circles aside."""
    concluded: Set[str] = field(init=False)
    """Those that follow."""

    def __post_init__(self) -> None:
        steps = [(name, out) for first, second, out in sorted(self.joins) for name in (first, second)]
        for table in (self.copies, self.flips, self.heads, self.tails):
            steps += [(name, out) for name, outs in table.items() for out in sorted(outs)]
        concluded = frozenset(out for _, out in steps)
        used = {name for step in steps for name in step}
        used |= {name for exclusion in self.exclusions for name in exclusion.relations}
        steps += [(first, second) for first, second, _ in sorted(self.joins)]
        turns = dict.fromkeys(sorted(used), 0)
        for _ in used:
            for before, after in steps:
                if before != after:
                    turns[after] = max(turns[after], min(turns[before] + 1, len(used)))
        object.__setattr__(self, "relations", turns)
        object.__setattr__(self, "concluded", concluded)


@dataclass(frozen=True)
class Contradiction:
    """That the claims in ``support`` say together of ``thing`` what ``words`` exclude."""

    words: str
    terms: tuple[str, ...]
    thing: str
    support: Support


@dataclass(frozen=True)
class _Part:
    """What holds by some claims, by relation; what of it follows and was not given; the contradictions inside one."""

    facts: Mapping[str, Set[Fact]]
    concluded: Mapping[str, Set[Fact]]
    contradictions: Sequence[Contradiction]


@dataclass(frozen=True)
class Alone:
    """All that holds by some claim by itself, given, concluded, or both, in parts that have no fact in common."""

    parts: Sequence[_Part]
    crossed: Set[tuple[str, str, str]]
    """The joins at which statements of different claims meet; at times one at which none do."""

    @property
    def contradictions(self) -> list[Contradiction]:
        """The contradictions inside one claim."""
        return sorted(chain.from_iterable(part.contradictions for part in self.parts), key=_order)

    def facts(self, relation: str) -> list[Fact]:
        """All pairs of a relation."""
        return list(chain.from_iterable(part.facts.get(relation, ()) for part in self.parts))

    def concluded(self, relation: str) -> list[Fact]:
        """What follows and was not given."""
        return list(chain.from_iterable(part.concluded.get(relation, ()) for part in self.parts))


def axioms(triples: Iterable[Triple]) -> list[Triple]:
    """Those of the statements that rules are made of, and those of RDFS and OWL that ``compile_rules`` must refuse."""
    return [
        (s, p, o)
        for s, p, o in triples
        if p in AXIOMS
        or (p.startswith(_SPACES) and p not in _HARMLESS)
        or (p == _TYPE and o.startswith(_SPACES[0]) and o not in _HARMLESS)
    ]


def relation(triple: Triple) -> str:
    """The relation that a statement belongs to."""
    return f"a {triple[2]}" if triple[1] == _TYPE else triple[1]


def compile_rules(given: Iterable[Triple]) -> Rules:
    """The rules that axioms stand for; SourceError for an axiom of a kind, or about a term, that is not known here."""
    triples = sorted(set(given))
    rest = {s: o for s, p, o in triples if p == iri("rdf:rest")}
    first = {s: o for s, p, o in triples if p == iri("rdf:first")}
    copies: dict[str, set[str]] = {}
    flips: dict[str, set[str]] = {}
    heads: dict[str, set[str]] = {}
    tails: dict[str, set[str]] = {}
    joins: set[tuple[str, str, str]] = set()
    exclusions: dict[tuple[str, ...], Exclusion] = {}
    for s, p, o in triples:
        name = shorten(o if p == _TYPE else p)
        if name in ("rdf:first", "rdf:rest"):
            continue
        if name not in (*_PROPERTY_AXIOMS, *_CLASS_AXIOMS, *_CHARACTERISTICS):
            raise SourceError(
                f"{shorten(s)} has an axiom of a kind that no conclusions are drawn from, {name}; "
                "take it out, or teach kb.forward the rule"
            )
        members = _members(o, first, rest) if name == "owl:propertyChainAxiom" else [o] if p != _TYPE else []
        classes = name in _CLASS_AXIOMS
        _refuse_about([s, *members] if name not in ("rdfs:domain", "rdfs:range") else [s], name, classes=classes)
        one, other = (f"a {s}", f"a {o}") if classes else (s, o)
        match name:
            case "rdfs:subClassOf" | "rdfs:subPropertyOf":
                copies.setdefault(one, set()).add(other)
            case "owl:equivalentClass" | "owl:equivalentProperty":
                copies.setdefault(one, set()).add(other)
                copies.setdefault(other, set()).add(one)
            case "owl:inverseOf":
                flips.setdefault(one, set()).add(other)
                flips.setdefault(other, set()).add(one)
            case "owl:SymmetricProperty":
                flips.setdefault(s, set()).add(s)
            case "rdfs:domain":
                heads.setdefault(s, set()).add(f"a {o}")
            case "rdfs:range":
                tails.setdefault(s, set()).add(f"a {o}")
            case "owl:TransitiveProperty":
                joins.add((s, s, s))
            case "owl:propertyChainAxiom":
                if len(members) == 1:
                    copies.setdefault(members[0], set()).add(s)
                joins |= _binary(members, s)
            case "owl:disjointWith" | "owl:propertyDisjointWith":
                pair = tuple(sorted((one, other)))
                if one == other:
                    raise SourceError(f"{shorten(s)} is said to exclude itself; nothing could have it")
                shown = " and ".join(shorten(term.removeprefix("a ")) for term in pair)
                exclusions[pair] = Exclusion(f"{shown} exclude each other", pair)
            case "owl:AsymmetricProperty":
                exclusions[s, name] = Exclusion(f"{shorten(s)} does not hold both ways", (s,), True)
            case "owl:IrreflexiveProperty":
                exclusions[s, name] = Exclusion(f"nothing is {shorten(s)} itself", (s,))
    return Rules(copies, flips, heads, tails, joins, [exclusions[key] for key in sorted(exclusions)])


def _members(head: str, first: Mapping[str, str], rest: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    while head != iri("rdf:nil"):
        if head not in first or head not in rest or len(found) > len(first):
            raise SourceError("a property chain is no whole list; write it in round brackets")
        found.append(first[head])
        head = rest[head]
    return found


def _binary(members: Sequence[str], conclusion: str) -> set[tuple[str, str, str]]:
    """A chain as joins of two, with a relation of its own for each part of it."""
    parts = [members[0], *(" / ".join(members[: n + 1]) for n in range(1, len(members) - 1)), conclusion]
    return {(left, member, out) for (left, out), member in zip(pairwise(parts), members[1:], strict=True)}


def _refuse_about(terms: Iterable[str], name: str, *, classes: bool) -> None:
    for term in terms:
        known = term == iri("owl:Thing") if classes else term.startswith(PREFIXES["rdfs"])
        if (term == _TYPE or term.startswith(_SPACES)) and not known:
            raise SourceError(f"{name} is said of {shorten(term)}, from which no conclusions are drawn; take it out")


def alone(rules: Rules, said: Mapping[str, Sequence[Triple]], background: Alone | None = None) -> Alone:
    """What follows from each of the claims in ``said`` by itself, with what is known of the default graph beside it."""
    known, crossing, parts = _Background(background), _Crossing(rules), list[_Part]()
    for batch in _batches(said):
        if background is None and len(batch[0][1]) > BATCH:
            parts += _cut(rules, *batch[0])
        else:
            parts.append(_part(rules, batch, known))
        if len(said) > 1:
            crossing.look(parts)
    return Alone(parts, crossing.joins)


def _batches(said: Mapping[str, Sequence[Triple]]) -> Iterator[list[tuple[str, Sequence[Triple]]]]:
    """Claims that have ``BATCH`` statements together; one that has more by itself."""
    batch: list[tuple[str, Sequence[Triple]]] = []
    size = 0
    for claim, triples in said.items():
        if len(triples) > BATCH:
            yield [(claim, triples)]
            continue
        batch.append((claim, triples))
        size += len(triples)
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _cut(rules: Rules, claim: str, triples: Sequence[Triple]) -> list[_Part]:
    """What follows from many statements of one claim, or of the default graph, with nothing beside it, by runs of them.

    Runs that turn out to share a term through which statements can meet are taken together after all.
    """
    bridging, background = _bridging(rules), _Background(None)
    runs: list[Sequence[Triple]] = []
    parts: list[_Part] = []
    seen: set[str] = set()
    shared: set[str] = set()
    for run, terms in _runs(triples, bridging):
        shared |= terms & seen
        seen |= terms
        runs.append(run)
        parts.append(_part(rules, [(claim, run)], background))
    if not shared:
        return parts
    same, run_of = list(range(len(runs))), dict[str, int]()
    for number, run in enumerate(runs):
        joined = {same[run_of.setdefault(term, number)] for term in _terms_of(run, bridging) & shared} | {same[number]}
        same = [min(joined) if n in joined else n for n in same]
    together: dict[int, list[int]] = {}
    for number, least in enumerate(same):
        together.setdefault(least, []).append(number)
    return [
        parts[numbers[0]] if len(numbers) == 1 else _part(rules, [(claim, runs[n]) for n in numbers], background)
        for numbers in together.values()
    ]


def _runs(triples: Sequence[Triple], bridging: Set[str]) -> Iterator[tuple[Sequence[Triple], set[str]]]:
    """``BATCH`` statements after the other, and more up to where those right after share no term; and their terms."""
    begin = 0
    while begin < len(triples):
        run = triples[begin : begin + BATCH]
        terms = _terms_of(run, bridging)
        begin += len(run)
        if more := _bound(triples, begin, terms, bridging):
            rest = triples[begin : begin + more]
            run, terms = [*run, *rest], terms | _terms_of(rest, bridging)
            begin += more
        yield run, terms


def _bound(triples: Sequence[Triple], begin: int, terms: Set[str], bridging: Set[str]) -> int:
    """How many statements from ``begin`` on go with those before, whose terms are given, or with each other."""
    ahead = _AHEAD
    while True:
        following = triples[begin : begin + ahead]
        subjects = {s: number for number, (s, _, _) in enumerate(following, 1)}
        objects = {o: number for number, (_, p, o) in enumerate(following, 1) if p in bridging}
        bound, known, found = 0, 0, terms
        while True:
            last = (table[term] for table in (subjects, objects) for term in table.keys() & found)
            bound = max(bound, max(last, default=0))
            if bound == known:
                break
            known, found = bound, _terms_of(following[known:bound], bridging)
        if bound < len(following) or begin + ahead >= len(triples):
            return bound
        ahead *= 2


def _terms_of(triples: Iterable[Triple], bridging: Set[str]) -> set[str]:
    """The terms through which statements can meet others."""
    terms = {s for s, _, _ in triples}
    terms.update([o for _, p, o in triples if p in bridging])
    return terms


def _bridging(rules: Rules) -> set[str]:
    """The relations through whose objects statements can meet others in a rule; they do through all subjects.

    What follows is about the same terms: an object counts where it can become a subject, or be met as an object.
    """
    found = {first for first, _, _ in rules.joins} | rules.flips.keys() | rules.tails.keys()
    found |= {exclusion.relations[0] for exclusion in rules.exclusions if exclusion.asymmetric}
    before = -1
    while before != len(found):
        before = len(found)
        found |= {name for name, outs in rules.copies.items() if not found.isdisjoint(outs)}
        found |= {second for _, second, out in rules.joins if out in found}
    return found


class _Crossing:
    """The joins at which statements of different claims meet; at times one at which none do."""

    def __init__(self, rules: Rules) -> None:
        self.joins: set[tuple[str, str, str]] = set()
        self._terms = {join: (set[str](), set[str]()) for join in sorted(rules.joins)}
        self._looked = dict.fromkeys(self._terms, 0)
        self._names: set[str] = set()

    def look(self, parts: Sequence[_Part]) -> None:
        """Takes in the last of some parts, whose claims no other has; a join only from where both its relations are."""
        self._names |= parts[-1].facts.keys()
        for join, (ends, begins) in self._terms.items():
            first, second, _ = join
            if join in self.joins or first not in self._names or second not in self._names:
                continue
            for part in parts[self._looked[join] :]:
                firsts, seconds = part.facts.get(first, frozenset()), part.facts.get(second, frozenset())
                ending, beginning = {o for _, o, _ in firsts}, {s for s, _, _ in seconds}
                if not ending.isdisjoint(begins) or not beginning.isdisjoint(ends) or _meet(firsts, seconds):
                    self.joins.add(join)
                ends |= ending
                begins |= beginning
            self._looked[join] = len(parts)


def _part(rules: Rules, said: Iterable[tuple[str, Iterable[Triple]]], background: "_Background") -> _Part:
    """What follows from each of some claims by itself."""
    given: dict[str, set[Fact]] = {name: set() for name in rules.relations}
    members = {name[2:]: pairs for name, pairs in given.items() if name.startswith("a ")}
    for claim, triples in said:
        for s, p, o in triples:
            if p == _TYPE:
                if o in members:
                    members[o].add((s, s, claim))
            elif p in given:
                given[p].add((s, o, claim))
    facts: dict[str, set[Fact]] = {}
    new = {name: set(pairs) if name in rules.concluded else pairs for name, pairs in given.items() if pairs}
    right, left = _joins(rules)
    indexes = _Indexes(background)
    while new:
        name = min(new, key=rules.relations.__getitem__)
        fresh = new.pop(name)
        if name in facts:
            fresh -= facts[name]
            facts[name] |= fresh
        elif fresh:
            facts[name] = fresh
        if not fresh:
            continue
        indexes.extend(name, fresh)
        for out in rules.copies.get(name, ()):
            new.setdefault(out, set()).update(fresh)
        for out in rules.flips.get(name, ()):
            new.setdefault(out, set()).update([(o, s, c) for s, o, c in fresh])
        for out in rules.heads.get(name, ()):
            new.setdefault(out, set()).update([(s, s, c) for s, o, c in fresh])
        for out in rules.tails.get(name, ()):
            new.setdefault(out, set()).update([(o, o, c) for s, o, c in fresh])
        for second, out in right.get(name, ()):
            new.setdefault(out, set()).update(indexes.behind(fresh, second, facts.get(second, ())))
        for first, out in left.get(name, ()):
            new.setdefault(out, set()).update(indexes.before(fresh, first, facts.get(first, ())))
    for name, pairs in facts.items():
        if known := background.having(name, pairs):
            facts[name] = pairs - known
    concluded = {name: facts[name] - given[name] for name in facts if name in rules.concluded}
    return _Part(facts, concluded, _contradictions(rules, facts, background))


class _Indexes:
    """Which pairs of a relation begin or end with a term, in one claim; made when they are first asked for."""

    def __init__(self, background: "_Background") -> None:
        self._begin: dict[str, dict[tuple[str, str], list[str]]] = {}
        self._end: dict[str, dict[tuple[str, str], list[str]]] = {}
        self._background = background.ends

    def extend(self, name: str, fresh: Collection[Fact]) -> None:
        if (begin := self._begin.get(name)) is not None:
            for s, o, c in fresh:
                begin.setdefault((s, c), []).append(o)
        if (end := self._end.get(name)) is not None:
            for s, o, c in fresh:
                end.setdefault((o, c), []).append(s)

    def behind(self, fresh: Iterable[Fact], second: str, there: Collection[Fact]) -> list[Fact]:
        """What follows where a fresh pair comes first."""
        found: list[Fact] = []
        if there:
            if second not in self._begin:
                self._begin[second] = {}
                begin = self._begin[second]
                for s, o, c in there:
                    begin.setdefault((s, c), []).append(o)
            begin = self._begin[second]
            found = [(s, x, c) for s, o, c in fresh if (o, c) in begin for x in begin[o, c]]
        if known := self._background(second, 0):
            found += [(s, x, c) for s, o, c in fresh if o in known for x in known[o]]
        return found

    def before(self, fresh: Iterable[Fact], first: str, there: Collection[Fact]) -> list[Fact]:
        """What follows where a fresh pair comes second."""
        found: list[Fact] = []
        if there:
            if first not in self._end:
                self._end[first] = {}
                end = self._end[first]
                for s, o, c in there:
                    end.setdefault((o, c), []).append(s)
            end = self._end[first]
            found = [(x, o, c) for s, o, c in fresh if (s, c) in end for x in end[s, c]]
        if known := self._background(first, 1):
            found += [(x, o, c) for s, o, c in fresh if s in known for x in known[s]]
        return found


class _Background:
    """What is known of the default graph, in tables that are made when they are first asked for."""

    def __init__(self, known: Alone | None) -> None:
        self._known = known or Alone((), frozenset())
        self._ends: dict[tuple[str, int], dict[str, list[str]]] = {}
        self._pairs: dict[str, frozenset[Fact]] = {}

    def ends(self, name: str, by: int) -> Mapping[str, Sequence[str]]:
        """The other ends of the pairs of a relation, by subject (0) or object (1)."""
        if (name, by) not in self._ends:
            found: dict[str, list[str]] = {}
            self._ends[name, by] = found
            for fact in self._known.facts(name):
                found.setdefault(fact[by], []).append(fact[1 - by])
        return self._ends[name, by]

    def pairs(self, name: str) -> Set[Fact]:
        """All pairs of a relation."""
        if name not in self._pairs:
            self._pairs[name] = frozenset(self._known.facts(name))
        return self._pairs[name]

    def having(self, name: str, pairs: Set[Fact]) -> set[Fact]:
        """Those of some claims' pairs that the default graph has in a relation."""
        if not pairs or not (known := self.pairs(name)):
            return set()
        return {(s, o, claim) for s, o, claim in pairs if (s, o, "") in known}


def _joins(rules: Rules) -> tuple[dict[str, list[tuple[str, str]]], dict[str, list[tuple[str, str]]]]:
    """The joins by their first relation and by their second."""
    right: dict[str, list[tuple[str, str]]] = {}
    left: dict[str, list[tuple[str, str]]] = {}
    for first, second, out in sorted(rules.joins):
        right.setdefault(first, []).append((second, out))
        left.setdefault(second, []).append((first, out))
    return right, left


def _contradictions(rules: Rules, facts: Mapping[str, Set[Fact]], background: "_Background") -> list[Contradiction]:
    found = set()
    for exclusion in rules.exclusions:
        one, other = exclusion.relations[0], exclusion.relations[-1]
        here, there = facts.get(one, frozenset()), facts.get(other, frozenset())
        if one != other:
            clash = (here & there) | background.having(other, here) | background.having(one, there)
        elif exclusion.asymmetric:
            known = background.pairs(one)
            clash = {(s, o, claim) for s, o, claim in here if (o, s, claim) in here or (o, s, "") in known}
        else:
            clash = {fact for fact in here if fact[0] == fact[1]}
        found |= {Contradiction(exclusion.words, _terms(exclusion), s, (c,)) for s, _, c in clash}
    return sorted(found, key=_order)


def _terms(exclusion: Exclusion) -> tuple[str, ...]:
    return tuple(name.removeprefix("a ") for name in exclusion.relations)


def _order(contradiction: Contradiction) -> tuple[Support, str, str]:
    return contradiction.support, contradiction.words, contradiction.thing


@dataclass(frozen=True)
class Meeting:
    """Where statements of different claims can meet: what each claim gives to rules in which they do, and what the
    default graph has beside it; each a relation, subject and object."""

    by_claim: Mapping[str, Sequence[_Pair]] = field(default_factory=dict)
    background: "_Known" = field(default_factory=lambda: _Known())


@dataclass(frozen=True)
class _Known:
    """Pairs with the claims that they rest on, and where those of a relation lead from a term, and whence to it."""

    support: dict[_Pair, Support] = field(default_factory=dict)
    begin: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    end: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def add(self, pair: _Pair, support: Support) -> bool:
        """Whether this was not known yet, or only of more claims."""
        before = self.support.get(pair)
        if before is not None and (len(before), before) <= (len(support), support):
            return False
        self.support[pair] = support
        name, s, o = pair
        self.begin.setdefault((name, s), set()).add(o)
        self.end.setdefault((name, o), set()).add(s)
        return True


def meeting(rules: Rules, found: Alone, background: Alone) -> Meeting:
    """The statements from which, taken together, something could follow that follows from no claim alone."""
    affected = {out for _, _, out in found.crossed}
    excluded = [exclusion for exclusion in rules.exclusions if _clash(exclusion, found)]
    if not affected and not excluded:
        return Meeting()
    needed: set[str] = set(chain.from_iterable(exclusion.relations for exclusion in excluded))
    steps = [
        (name, out)
        for table in (rules.copies, rules.flips, rules.heads, rules.tails)
        for name, outs in table.items()
        for out in outs
    ]
    while True:
        before = len(affected)
        affected |= {out for name, out in steps if name in affected}
        affected |= {out for first, second, out in rules.joins if first in affected or second in affected}
        if len(affected) == before:
            break
    needed |= {name for name, out in steps if out in affected and name in affected}
    needed |= {name for first, second, out in rules.joins if out in affected for name in (first, second)}
    needed |= {
        name
        for exclusion in rules.exclusions
        if not affected.isdisjoint(exclusion.relations)
        for name in exclusion.relations
    }
    needed |= affected
    by_claim: dict[str, list[tuple[str, str, str]]] = {}
    for name in sorted(needed):
        for s, o, c in sorted(found.facts(name)):
            by_claim.setdefault(c, []).append((name, s, o))
    known = _Known()
    for name in sorted(needed):
        for s, o, _ in background.facts(name):
            known.add((name, s, o), ())
    return Meeting(by_claim, known)


def _meet(firsts: Collection[Fact], seconds: Collection[Fact]) -> bool:
    """Whether a pair of one claim ends where one of another claim begins; True at times where none does."""
    if not firsts or not seconds:
        return False
    claim_of = {s: c for s, _, c in seconds}
    if any(claim_of.get(o, c) != c for _, o, c in firsts):
        return True
    several = {s for s, _, c in seconds if claim_of[s] != c}
    return bool(several) and any(o in several for _, o, _ in firsts)


def _clash(exclusion: Exclusion, found: Alone) -> bool:
    one, other = exclusion.relations[0], exclusion.relations[-1]
    if one == other and not exclusion.asymmetric:
        return False
    here, there = found.facts(one), found.facts(other)
    if not here or not there:
        return False
    pairs = {(o, s) for s, o, _ in there} if one == other else {(s, o) for s, o, _ in there}
    return any((s, o) in pairs for s, o, _ in here)


def together(
    rules: Rules, met: Meeting, claims: Iterable[str]
) -> tuple[dict[Triple, Support], list[Contradiction], list[str]]:
    """What follows from several of ``claims`` and from none of them alone, each with claims that it rests on; the
    contradictions among them; and the claims that these leave.

    Of several sets of claims that would do, the one is given that is the smallest among those made of the smallest for
    each step, and the first of these in the alphabet. Claims that contradict each other take no part.
    """
    left = [claim for claim in sorted(claims) if claim in met.by_claim]
    told: list[Contradiction] = []
    while len(left) > 1:
        known = _supported(rules, met, left)
        clashes = _supported_contradictions(rules, known, met.background)
        if not clashes:
            found = {(s, name, o): support for (name, s, o), support in known.support.items() if len(support) > 1}
            return found, told, left
        told += clashes
        out = {claim for clash in clashes for claim in clash.support}
        left = [claim for claim in left if claim not in out]
    return {}, told, left


def _supported(rules: Rules, met: Meeting, claims: Iterable[str]) -> _Known:
    known, base = _Known(), met.background
    queue: deque[_Pair] = deque()
    right, left = _joins(rules)

    def add(pair: _Pair, support: Support) -> None:
        if pair not in base.support and known.add(pair, support):
            queue.append(pair)

    def ends(begin: bool, name: str, term: str) -> list[str]:
        tables = (known.begin, base.begin) if begin else (known.end, base.end)
        return sorted({end for table in tables for end in table.get((name, term), ())})

    def rests_on(pair: _Pair) -> Support:
        return () if pair in base.support else known.support[pair]

    for claim in claims:
        for pair in met.by_claim[claim]:
            add(pair, (claim,))
    while queue:
        name, s, o = pair = queue.popleft()
        support = known.support[pair]
        for out in rules.copies.get(name, ()):
            add((out, s, o), support)
        for out in rules.flips.get(name, ()):
            add((out, o, s), support)
        for out in rules.heads.get(name, ()):
            add((out, s, s), support)
        for out in rules.tails.get(name, ()):
            add((out, o, o), support)
        for second, out in right.get(name, ()):
            for x in ends(True, second, o):
                add((out, s, x), _union(support, rests_on((second, o, x))))
        for first, out in left.get(name, ()):
            for x in ends(False, first, s):
                add((out, x, o), _union(support, rests_on((first, x, s))))
    return known


def _union(one: Support, other: Support) -> Support:
    return one if one == other or not other else tuple(sorted({*one, *other}))


def _supported_contradictions(rules: Rules, known: _Known, base: _Known) -> list[Contradiction]:
    by_name: dict[str, list[_Pair]] = {}
    for pair in (*known.support, *base.support):
        by_name.setdefault(pair[0], []).append(pair)
    found = set()
    for exclusion in rules.exclusions:
        one, other = exclusion.relations[0], exclusion.relations[-1]
        irreflexive = one == other and not exclusion.asymmetric
        for pair in by_name.get(one, ()):
            _, s, o = pair
            against = (other, o, s) if one == other else (other, s, o)
            if (s == o) if irreflexive else (against in known.support or against in base.support):
                support = _union(known.support.get(pair, ()), known.support.get(against, ()))
                if support:
                    found.add(Contradiction(exclusion.words, _terms(exclusion), s, support))
    return sorted(found, key=_order)
