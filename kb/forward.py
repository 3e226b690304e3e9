"""Conclusions by compiled rules: the part of OWL 2 RL that the ontology makes use of, in time linear in the claims.

The rules are read off the axioms (``compile_rules``); an axiom of a kind that is not known here is an error and never
passed over. Each kind is a rule of OWL 2 RL (W3C, 2012, section 4.3): prp-dom, prp-rng, prp-asyp, prp-irp, prp-symp,
prp-trp, prp-spo1, prp-spo2, prp-eqp, prp-pdw, prp-inv, cax-sco, cax-eqc, cax-dw.

Rules are applied twice: to each claim by itself, for all claims at once (``alone``), and to those statements of several
claims that can meet in a rule (``together``). Most content never meets that of another claim, and then costs nothing.

A *relation* is a property, or a class in the form ``a CLASS``, whose pairs are (member, member). ``kb.reference``
concludes the same with owlrl, slowly.
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
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
    relations: Set[str] = field(init=False)
    """All from which anything follows, or that follows: statements of others need not be given."""

    def __post_init__(self) -> None:
        used = set(chain.from_iterable(self.joins))
        for table in (self.copies, self.flips, self.heads, self.tails):
            used = used.union(table, *table.values())
        used |= {name for exclusion in self.exclusions for name in exclusion.relations}
        object.__setattr__(self, "relations", frozenset(used))


@dataclass(frozen=True)
class Contradiction:
    """That the claims in ``support`` say together of ``thing`` what ``words`` exclude."""

    words: str
    terms: tuple[str, ...]
    thing: str
    support: Support


@dataclass(frozen=True)
class Alone:
    """All that holds by some claim by itself: given, concluded, or both; and the contradictions inside one claim."""

    given: Mapping[str, Set[Fact]]
    facts: Mapping[str, Set[Fact]]
    contradictions: Sequence[Contradiction]

    def concluded(self, relation: str) -> Set[Fact]:
        """What follows and was not given."""
        return self.facts.get(relation, frozenset()) - self.given.get(relation, frozenset())


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


def alone(rules: Rules, said: Mapping[str, Iterable[Triple]], background: Alone | None = None) -> Alone:
    """What follows from each of the claims in ``said`` by itself, with what is known of the default graph beside it."""
    given: dict[str, set[Fact]] = {name: set() for name in rules.relations}
    for claim, triples in said.items():
        for s, p, o in triples:
            if p == _TYPE:
                name = f"a {o}"
                if name in given:
                    given[name].add((s, s, claim))
            elif p in given:
                given[p].add((s, o, claim))
    facts: dict[str, set[Fact]] = {name: set() for name in given}
    new = {name: set(pairs) for name, pairs in given.items() if pairs}
    right, left = _joins(rules)
    indexes = _Indexes(background)
    while new:
        name, found = new.popitem()
        fresh = found - facts.setdefault(name, set())
        if not fresh:
            continue
        facts[name] |= fresh
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
    known = _known(rules, facts, background)
    facts = {
        name: {fact for fact in pairs if fact[:2] not in known[name]} if known.get(name) else pairs
        for name, pairs in facts.items()
    }
    return Alone(given, facts, _contradictions(rules, facts, known))


class _Indexes:
    """Which pairs of a relation begin or end with a term, in one claim; made when they are first asked for."""

    def __init__(self, background: Alone | None) -> None:
        self._begin: dict[str, dict[tuple[str, str], list[str]]] = {}
        self._end: dict[str, dict[tuple[str, str], list[str]]] = {}
        self._facts = background.facts if background else {}
        self._known: dict[tuple[str, int], dict[str, list[str]]] = {}

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

    def _background(self, name: str, by: int) -> Mapping[str, Sequence[str]]:
        """The other ends of the default graph's pairs of a relation, by subject (0) or object (1)."""
        if (name, by) not in self._known:
            found: dict[str, list[str]] = {}
            self._known[name, by] = found
            for fact in self._facts.get(name, ()):
                found.setdefault(fact[by], []).append(fact[1 - by])
        return self._known[name, by]


def _joins(rules: Rules) -> tuple[dict[str, list[tuple[str, str]]], dict[str, list[tuple[str, str]]]]:
    """The joins by their first relation and by their second."""
    right: dict[str, list[tuple[str, str]]] = {}
    left: dict[str, list[tuple[str, str]]] = {}
    for first, second, out in sorted(rules.joins):
        right.setdefault(first, []).append((second, out))
        left.setdefault(second, []).append((first, out))
    return right, left


def _known(rules: Rules, facts: Mapping[str, Set[Fact]], background: Alone | None) -> dict[str, set[tuple[str, str]]]:
    """The default graph's pairs of those relations that some claim has too, or that exclude one that it has."""
    if background is None:
        return {}
    names = {name for name, pairs in facts.items() if pairs}
    excluding = [exclusion.relations for exclusion in rules.exclusions if not names.isdisjoint(exclusion.relations)]
    names = names.union(*excluding)
    return {name: {(s, o) for s, o, _ in background.facts.get(name, ())} for name in names}


def _contradictions(
    rules: Rules, facts: Mapping[str, Set[Fact]], known: Mapping[str, Set[tuple[str, str]]]
) -> list[Contradiction]:
    none: frozenset[tuple[str, str]] = frozenset()
    found = set()
    for exclusion in rules.exclusions:
        one, other = exclusion.relations[0], exclusion.relations[-1]
        here, there = facts.get(one, frozenset()), facts.get(other, frozenset())
        if one != other:
            clash = here & there
            clash |= {fact for fact in here if fact[:2] in known[other]} if known.get(other) else set()
            clash |= {fact for fact in there if fact[:2] in known[one]} if known.get(one) else set()
        elif exclusion.asymmetric:
            both = known.get(one, none)
            clash = {fact for fact in here if (fact[1], fact[0], fact[2]) in here or (fact[1], fact[0]) in both}
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
    affected = {
        out for first, second, out in rules.joins if _meet(found.facts.get(first, ()), found.facts.get(second, ()))
    }
    excluded = [exclusion for exclusion in rules.exclusions if _clash(exclusion, found.facts)]
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
        for s, o, c in sorted(found.facts.get(name, ())):
            by_claim.setdefault(c, []).append((name, s, o))
    known = _Known()
    for name in sorted(needed):
        for s, o, _ in background.facts.get(name, ()):
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


def _clash(exclusion: Exclusion, facts: Mapping[str, Set[Fact]]) -> bool:
    one, other = exclusion.relations[0], exclusion.relations[-1]
    if one == other and not exclusion.asymmetric:
        return False
    here, there = facts.get(one, frozenset()), facts.get(other, frozenset())
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
