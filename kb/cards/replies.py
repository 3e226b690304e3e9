"""Who is said in claims about one event to have done harm, and which replies of theirs are recorded.

Who is accused is told by the rule of the saved question ``do-the-accused-answer``, which the index has for each claim;
a claim that accuses is no reply. That no reply is recorded says nothing of whether there was one.
"""

import json
from collections.abc import Mapping, Sequence

from kb.cards.claims import hit, load_claims
from kb.cards.facts import Facts, Json, as_iri, by_label, linked, rows
from kb.cards.indexed import entries_by_value
from kb.engine import Engine
from kb.namespaces import BASE, iri, slug

SHOWN = 5
"""Replies of one who is accused that are shown."""

ACCUSED = 10
"""Accused that are shown."""


def accused(engine: Engine, facts: Facts, event: str, claims: Sequence[str]) -> Json:
    """Of whom some claims about an event tell something bad, by which of them, and the first replies."""
    against = _against(engine, claims)
    facts.load(against)
    facts.load(side for who in against for side in facts.iris(who, "t:side"))
    held = _held(engine, event) if against else {}
    facts.load(held)
    replies = {who: _replies(engine, facts, who, some, held) for who, some in against.items()}
    order = sorted(against, key=lambda who: (-len(against[who]), by_label(facts.link(who))))[:ACCUSED]
    load_claims(facts, [reply for who in order for reply in replies[who][:SHOWN]])
    return {
        "total": len(against),
        "items": [
            {
                "actor": facts.link(who),
                "side": facts.concept(who, "t:side"),
                "claims": against[who],
                "replies": [hit(facts, reply) for reply in replies[who][:SHOWN]],
                "replies_total": len(replies[who]),
            }
            for who in order
        ],
    }


def _against(engine: Engine, claims: Sequence[str]) -> dict[str, list[str]]:
    """Those of whom some claims tell something bad, each with these claims, as the index has it."""
    sql = "SELECT slug, number FROM entry WHERE list = 'claims' AND slug IN (SELECT value FROM json_each(?))"
    bits = {
        found: 1 << number for found, number in engine.index.rows(sql, (json.dumps([slug(one) for one in claims]),))
    }
    found = {}
    for who, kept in entries_by_value(engine, "claims", "accused"):
        if told := [claim for claim in claims if kept & bits.get(slug(claim), 0)]:
            found[f"{BASE}{who}"] = told
    return found


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
