"""What became of claims and other things from one state of the data to another. Pure: two sides in, a ``Diff`` out.

    model      the nouns
    side       one of two states, as sorted N-Quads
    state      a side with what is known of it so far
    reading    the edge: builds, data folders, dumps and servers as sides

A thing is there where something is said of it in the default graph and it is not retired (``owl:deprecated``). What is
computed at build (``t:computedBy``) follows from the rest and makes no change of its own; things that are computed,
and parts of others, are counted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pyoxigraph as ox

from kb.cards.facts import kind_of
from kb.diff.model import CLAIM, COUNTED, LISTED, Change, Diff, Entry, Tally, kind
from kb.diff.side import Side, differing, parsed
from kb.diff.state import State

__all__ = ["CLAIM", "COUNTED", "LISTED", "Change", "Diff", "Entry", "Tally", "compare"]

_SAID = "what it says"


def compare(old: Side, new: Side) -> Diff:
    """What became of everything, from the old state to the new."""
    before, after = State.of(old), State.of(new)
    touched, has_lists = _touched(parsed(differing(old, new)), before.computed | after.computed)
    listed = {name for name in touched if kind(name) in LISTED}
    counts = _counts(touched - listed, old, new)
    held = {name for name in touched if kind_of(name) in ("anchor", "node") and old.has(name) and new.has(name)}
    if held:
        listed |= {name for name in old.resting_on(held) | new.resting_on(held) if kind_of(name) == CLAIM}
    if has_lists:
        listed |= old.with_lists() | new.with_lists()
    for state in (before, after):
        state.facts.load(listed)
    standings = {name: (before.standing(name), after.standing(name)) for name in listed}
    pairs = {name: name for name, (was, now) in standings.items() if was == now != "absent"}
    added = {name for name, (was, now) in standings.items() if was != now == "there"}
    gone = {name for name, (was, now) in standings.items() if was != now != "there"}
    left = {name for name in gone if before.standing(name) == "there"}
    renamed = {name: other for name in left if (other := after.renamed(name)) in added}
    after.facts.load(reason for name in gone for reason in after.facts.iris(name, "t:retiredBecause"))
    compared = {**pairs, **renamed}
    before.load([*gone, *pairs], compared=compared)
    after.load([*added, *pairs], compared=compared.values())
    entries = [after.entry("added", name) for name in added - set(renamed.values())]
    entries += [_gone(before, after, name) for name in gone - renamed.keys()]
    for name, other in compared.items():
        changes = _changes(before, after, name, other, renamed)
        if changes or name in renamed:
            entries.append(_changed(before, after, name, other, changes))
    return Diff(tuple(sorted(entries, key=_order)), counts)


def _touched(quads: Iterable[ox.Quad], computed: frozenset[str]) -> tuple[set[str], bool]:
    """The things of which something else is said than before, and whether a list is another."""
    touched: set[str] = set()
    has_lists = False
    for quad in quads:
        if isinstance(quad.graph_name, ox.NamedNode):
            touched.add(quad.graph_name.value)
        elif not isinstance(quad.subject, ox.NamedNode):
            has_lists = True
        elif quad.predicate.value not in computed:
            touched.add(quad.subject.value.removesuffix("#selector"))
    return touched, has_lists


def _counts(names: Iterable[str], old: Side, new: Side) -> dict[str, Tally]:
    """How many things of each kind came, changed and went."""
    found: Counter[tuple[str, str]] = Counter()
    for name in names:
        what = "changed" if old.has(name) and new.has(name) else "added" if new.has(name) else "removed"
        found[kind(name), what] += 1
    kinds = sorted({kind for kind, _ in found})
    return {kind: Tally(found[kind, "added"], found[kind, "changed"], found[kind, "removed"]) for kind in kinds}


def _gone(before: State, after: State, name: str) -> Entry:
    """What is no longer there, or was and is retired."""
    entry = (after if before.standing(name) == "absent" else before).entry("removed", name)
    return after.retired(entry, "retired") if after.standing(name) == "retired" else entry


def _changed(before: State, after: State, name: str, other: str, changes: tuple[Change, ...]) -> Entry:
    entry, earlier = after.entry("changed", other), before.entry("changed", name)
    entry = replace(entry, iri=name, changes=changes)
    if entry.speaker != earlier.speaker:
        entry = replace(entry, speaker_before=earlier.speaker)
    return entry if name == other else after.retired(entry, "renamed")


def _changes(before: State, after: State, name: str, other: str, renamed: Mapping[str, str]) -> tuple[Change, ...]:
    """What changed of a thing that was called ``name`` and is called ``other``."""
    computed = before.computed | after.computed
    olds, news = before.values(name, computed, renamed), after.values(other, computed, {})
    found = []
    for predicate in sorted({predicate for predicate, _ in olds.keys() ^ news.keys()}):
        label = str(after.facts.link(predicate)["label"])
        gone = sorted(olds[key] for key in olds.keys() - news.keys() if key[0] == predicate)
        come = sorted(news[key] for key in news.keys() - olds.keys() if key[0] == predicate)
        found.append(Change(label, predicate, tuple(gone), tuple(come)))
    if kind(name) == CLAIM:
        found += _said(before, after, name, other)
    return tuple(found)


def _said(before: State, after: State, name: str, other: str) -> list[Change]:
    """What a claim says no longer, and says now: sentences, and bare statements of what no sentence tells."""
    olds, news = before.bare(name, other, plain=False), after.bare(other, other, plain=False)
    if olds.keys() == news.keys():
        return []
    told = [
        _differing(before.statements(name), after.statements(other)),
        _differing(before.bare(name, other, plain=True), after.bare(other, other, plain=True)),
    ]
    if not any(old or new for old, new in told):
        told = [_differing(olds, news)]
    old, new = (tuple(line for pair in told for line in pair[at]) for at in (0, 1))
    return [Change(_SAID, "", old, new)]


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The values of what only one of two has."""
    return sorted(old[key] for key in old.keys() - new.keys()), sorted(new[key] for key in new.keys() - old.keys())


def _order(entry: Entry) -> tuple[object, ...]:
    """Claims first and by article; then kind by kind; of each what was added, changed and removed."""
    what = ("added", "changed", "renamed", "retired", "removed").index(entry.what)
    return LISTED.index(entry.kind), entry.article, what, entry.iri
