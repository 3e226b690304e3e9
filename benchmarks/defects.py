"""Faults planted one to a claim, each with the rule that must find it and on whom."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from benchmarks.draws import chance, one
from benchmarks.writing import Block, Entry, quoted, with_property


@dataclass(frozen=True)
class Planted:
    """A defect as it stands in the files."""

    kind: str
    subject: str
    rule: str
    found_by: str


@dataclass(frozen=True)
class Defect:
    """A way to spoil a claim (None where it does not go with that claim), and the rule and command that find it."""

    rule: str
    spoil: "Callable[[Entry], tuple[Entry, str] | None]"
    found_by: str = "check"


def spoiler(rng: Random, share: float, planted: list[Planted]) -> Callable[[Entry], Entry]:
    """What spoils this share of the claims it is shown, each in one way, and notes it in ``planted``.

    A kind that does not go with the claim at hand waits for one that it goes with, so that rare kinds occur too.
    """
    kinds = sorted(DEFECTS)
    waiting: list[str] = []

    def spoil(entry: Entry) -> Entry:
        if share and chance(rng, share):
            waiting.append(one(rng, kinds))
        for kind in waiting:
            done = DEFECTS[kind].spoil(entry)
            if done is not None:
                spoiled, subject = done
                waiting.remove(kind)
                planted.append(Planted(kind, subject, DEFECTS[kind].rule, DEFECTS[kind].found_by))
                return spoiled
        return entry

    return spoil


def _set(name: str, *values: str) -> Callable[[Entry], tuple[Entry, str] | None]:
    """Gives a property of the claim these values; none removes it."""

    def spoil(entry: Entry) -> tuple[Entry, str] | None:
        return replace(entry, claim=with_property(entry.claim, name, *values)), entry.claim.subject

    return spoil


def _two_holders(entry: Entry) -> tuple[Entry, str] | None:
    (holder,) = entry.claim.properties["t:holder"]
    claim = with_property(entry.claim, "t:holder", holder, "actor:second-holder")
    return replace(entry, claim=claim), entry.claim.subject


def _denied_but_positive(entry: Entry) -> tuple[Entry, str] | None:
    claim = with_property(entry.claim, "t:mode", "mode:denied")
    return replace(entry, claim=with_property(claim, "t:polarity", "polarity:positive")), entry.claim.subject


def _event_leaks(entry: Entry) -> tuple[Entry, str] | None:
    if _is_relay(entry):
        return None
    focus = entry.content[0]
    leaked = Block(focus.subject, focus.kind, {"sem:eventType": focus.properties["sem:eventType"]})
    return replace(entry, beside=(*entry.beside, leaked)), focus.subject


def _subset_larger(entry: Entry) -> tuple[Entry, str] | None:
    return _in_content(
        entry, lambda b: "t:subsetOf" in b.properties, lambda b: with_property(b, "schema:value", "99999")
    )


def _no_cue(entry: Entry) -> tuple[Entry, str] | None:
    if entry.claim.properties["t:attributionBasis"] != ["basis:explicit-cue"]:
        return None
    return _set("t:cue")(entry)


def _no_content(entry: Entry) -> tuple[Entry, str] | None:
    # the graph of a relay is missed by more than one rule
    return None if _is_relay(entry) else (replace(entry, content=()), entry.claim.subject)


def _second_focus(entry: Entry) -> tuple[Entry, str] | None:
    if _is_relay(entry):
        return None
    other = Block(f"{entry.content[0].subject}-too", "sem:Event", {"sem:eventType": ["type:meeting"]})
    return replace(entry, content=(*entry.content, other)), entry.claim.subject


def _no_verbatim(entry: Entry) -> tuple[Entry, str] | None:
    return _in_content(entry, _is_count, lambda b: with_property(b, "t:verbatim"))


def _about_with_bound(entry: Entry) -> tuple[Entry, str] | None:
    def bounded(block: Block) -> Block:
        return with_property(with_property(block, "schema:value"), "schema:minValue", "3")

    def is_about(block: Block) -> bool:
        return block.properties.get("t:approximation") == ["approximation:about"]

    return _in_content(entry, is_about, bounded)


def _runs_backwards(entry: Entry) -> tuple[Entry, str] | None:
    backwards = quoted("1990-03-09/1990-03-02", "^^edtf:EDTF")
    return _in_content(entry, lambda b: b.kind == "t:TimeRef", lambda b: with_property(b, "t:edtf", backwards))


def _stranger(entry: Entry) -> tuple[Entry, str] | None:
    stranger = "actor:nobody-in-the-registry"
    return _in_content(entry, _is_part, lambda b: with_property(b, "t:participant", stranger))


def _two_roles(entry: Entry) -> tuple[Entry, str] | None:
    return _in_content(entry, _is_part, lambda b: with_property(b, "sem:roleType", "role:topic", "role:whole"))


def _loose_part(entry: Entry) -> tuple[Entry, str] | None:
    if _is_relay(entry):
        return None
    focus = entry.content[0]
    subject = f"node:{entry.claim.subject.partition(':')[2]}-loose"
    part = Block(subject, "t:Participation", {"sem:roleType": ["role:topic"], "t:participant": [focus.subject]})
    return replace(entry, content=(*entry.content, part)), subject


def _loaded(entry: Entry) -> tuple[Entry, str] | None:
    (paraphrase,) = entry.claim.properties["t:paraphrase"]
    claim = with_property(entry.claim, "t:paraphrase", paraphrase.replace('."@en', ', an illegal thing."@en'))
    return replace(entry, claim=claim), entry.claim.subject


def _wrong_hash(entry: Entry) -> tuple[Entry, str] | None:
    return _anchor(entry, "schema:sha256", quoted("0" * 64, ""))


def _wrong_paragraph(entry: Entry) -> tuple[Entry, str] | None:
    return _anchor(entry, "t:paragraph", str(int(entry.anchor.properties["t:paragraph"][0]) + 1))


def _in_content(
    entry: Entry, wanted: Callable[[Block], bool], change: Callable[[Block], Block]
) -> tuple[Entry, str] | None:
    """Changes the first block of the graph that is wanted, where there is one."""
    for at, block in enumerate(entry.content):
        if wanted(block):
            content = (*entry.content[:at], change(block), *entry.content[at + 1 :])
            return replace(entry, content=content), block.subject
    return None


def _anchor(entry: Entry, name: str, value: str) -> tuple[Entry, str] | None:
    """Changes the passage, which the first claim of its sentence brings along."""
    if not entry.first:
        return None
    return replace(entry, anchor=with_property(entry.anchor, name, value)), entry.anchor.subject


def _is_relay(entry: Entry) -> bool:
    return not entry.content[0].kind


def _is_count(block: Block) -> bool:
    return block.kind == "schema:QuantitativeValue"


def _is_part(block: Block) -> bool:
    return block.kind == "t:Participation"


DEFECTS: Final = {
    "about-with-bound": Defect("quantity-bounds", _about_with_bound),
    "computed-by-hand": Defect("hand-written-computed-term", _set("t:realis", "true")),
    "content-missing": Defect("claim-has-content", _no_content),
    "cue-missing": Defect("explicit-cue", _no_cue),
    "denied-but-positive": Defect("denied-negative", _denied_but_positive),
    "event-leaks": Defect("leak", _event_leaks),
    "hash-wrong": Defect("anchor-hash", _wrong_hash, "verify"),
    "loaded-paraphrase": Defect("neutral-paraphrase", _loaded),
    "mode-missing": Defect("claim-mode", _set("t:mode")),
    "paragraph-wrong": Defect("anchor-paragraph", _wrong_paragraph, "verify"),
    "part-loose": Defect("node-attached", _loose_part),
    "part-two-roles": Defect("part-complete", _two_roles),
    "second-focus": Defect("one-focus", _second_focus),
    "speaker-missing": Defect(
        "paraphrase-names-speaker", _set("t:paraphrase", quoted("Somebody said something of it."))
    ),
    "stranger-takes-part": Defect("participant-registered", _stranger),
    "subset-larger": Defect("subset-not-larger", _subset_larger),
    "term-unknown": Defect("value-in-scheme", _set("t:certainty", "certainty:sworn")),
    "time-backwards": Defect("edtf-valid", _runs_backwards),
    "two-holders": Defect("claim-holder", _two_holders),
    "verbatim-missing": Defect("quantity-complete", _no_verbatim),
}
"""By kind; each leaves the files readable."""
