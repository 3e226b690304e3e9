"""Who is said in claims about one event to have done harm, and which replies of theirs are recorded.

The definition is that of the saved question ``do-the-accused-answer``, for one event. That no reply is recorded says
nothing of whether there was one.
"""

from collections.abc import Iterator, Mapping, Sequence

from kb.cards.claims import hit, load_claims
from kb.cards.content import Content
from kb.cards.facts import Facts, Json, as_iri, by_label, linked, rows
from kb.engine import Engine
from kb.namespaces import iri

SHOWN = 5
"""Replies of one who is accused that are shown."""

ACCUSED = 10
"""Accused that are shown."""

_ACCUSING = (iri("mode:accused"), iri("mode:alleged"))


def accused(engine: Engine, facts: Facts, event: str, contents: Mapping[str, Content]) -> Json:
    """Of whom claims about an event tell something bad, by which of them, and the first replies; claims are loaded."""
    _load_types(facts, contents)
    claims: dict[str, list[str]] = {}
    for claim, content in contents.items():
        for who in _accused_in(facts, claim, content):
            claims.setdefault(who, []).append(claim)
    facts.load(claims)
    facts.load(side for who in claims for side in facts.iris(who, "t:side"))
    held = _held(engine, event) if claims else {}
    facts.load(held)
    replies = {who: _replies(engine, facts, who, against, held) for who, against in claims.items()}
    order = sorted(claims, key=lambda who: (-len(claims[who]), by_label(facts.link(who))))
    load_claims(facts, [reply for who in order[:ACCUSED] for reply in replies[who][:SHOWN]])
    return {
        "total": len(order),
        "items": [
            {
                "actor": facts.link(who),
                "side": facts.concept(who, "t:side"),
                "claims": claims[who],
                "replies": [hit(facts, reply) for reply in replies[who][:SHOWN]],
                "replies_total": len(replies[who]),
            }
            for who in order[:ACCUSED]
        ],
    }


def _load_types(facts: Facts, contents: Mapping[str, Content]) -> None:
    """Loads the types of what claims tell of, with all that are broader, and the roles in it."""
    level = {kind for content in contents.values() for kind in content.types()}
    seen: set[str] = set()
    while level:
        facts.load(level)
        seen |= level
        level = {wider for kind in level for wider in facts.iris(kind, "skos:broader")} - seen


def _accused_in(facts: Facts, claim: str, content: Content) -> Iterator[str]:
    """Of whom a claim tells something bad that its holder commits to, and is not told of the holder itself."""
    mode, affirmed = facts.iri(claim, "t:mode") or "", facts.iri(claim, "t:polarity") == iri("polarity:positive")
    if not facts.truth(mode, "t:committingMode"):
        return
    harmful = any(_is_harmful(facts, kind) for kind in content.types())
    told: set[str] = set()
    for part in content.participations():
        if part["role"] is None or part["participant"] is None:
            continue
        role, who = part["role"]["iri"], part["participant"]["iri"]
        culpable = facts.truth(role, "t:culpable")
        if affirmed:
            bad = culpable and (harmful or mode in _ACCUSING)
        else:
            bad = culpable is not None and not harmful and (culpable or role == iri("role:bound-party"))
        if bad and who not in told and who not in facts.iris(claim, "t:holder"):
            told.add(who)
            yield who


def _is_harmful(facts: Facts, kind: str) -> bool:
    """Whether a loaded type of event, or one that is broader, is as such harmful for somebody."""
    left, seen = [kind], {kind}
    while left:
        one = left.pop()
        if facts.iri(one, "t:valence") == iri("sentiment:negative"):
            return True
        wider = set(facts.iris(one, "skos:broader")) - seen
        seen |= wider
        left += wider
    return False


def _held(engine: Engine, event: str) -> dict[str, list[str]]:
    """The claims about an event by their holders."""
    return {
        as_iri(row["holder"]): sorted(as_iri(row["all"]).split()) for row in rows(engine, "event-holders", event=event)
    }


def _replies(
    engine: Engine, facts: Facts, who: str, against: Sequence[str], held: Mapping[str, Sequence[str]]
) -> list[str]:
    """The claims of somebody who is accused, or of those on the same side, about the event or in answer to a claim."""
    found = {claim for holder, claims in held.items() if _answers_for(facts, holder, who) for claim in claims}
    for claim in against:
        answers = linked(engine, "linked", "claim", link=iri("t:repliesTo"), thing=claim)
        load_claims(facts, answers)
        found |= {one for one in answers for holder in facts.iris(one, "t:holder") if _answers_for(facts, holder, who)}
    return sorted(found - set(against))


def _answers_for(facts: Facts, holder: str, who: str) -> bool:
    """Whether a holder is the accused, or editors count both on one side."""
    both = set(facts.iris(holder, "t:side")) & set(facts.iris(who, "t:side"))
    return holder == who or bool(both - {iri("side:none")})
