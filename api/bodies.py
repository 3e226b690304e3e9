"""What answers in JSON hold that is no card: problems, results of queries, pages of lists, health.

Written as the keys of cards are (``kb.cards.keys``), and promised as they are.
"""

from collections.abc import Mapping
from typing import Final

from api.errors import KINDS
from kb import cards
from kb.cards import keys
from kb.cards.keys import Schema, iri, maybe, record, ref, several, text, truth, whole
from kb.namespaces import BASE

_TERM = record(
    {
        "type": {"type": "string", "enum": ["uri", "literal", "bnode", "triple"]},
        "value": {"type": ["string", "object"], "description": "A text; of a triple, its three terms."},
        "datatype?": iri(),
        "xml:lang?": text(),
    }
)
_QUESTION_LINK = {"name": text(), "title": text(), "description": text(), "href": text("Its path.")}
_COUNT: Schema = {"type": "object", "additionalProperties": whole()}
_WORDS: Schema = {"type": "object", "additionalProperties": several(text())}

_GAZETTEER = record({name: schema for name, schema in keys.KEYS["Spot"][1].items() if name not in ("lat", "long")})
_VOICE = ref("Voice")
_NAMED_PLACES = record(
    {
        "total": whole(),
        "items": several(
            record(
                {
                    **keys.LINK,
                    "claims": whole("How many of these claims name it."),
                    "more": text("The path of the list of these claims."),
                    "gazetteers": several(ref("Spot")),
                }
            ),
            "Those first that most claims name.",
        ),
    }
)


def _feature(properties: Mapping[str, Schema], about: str) -> Schema:
    """A feature of GeoJSON with the properties of one kind."""
    return record(
        {
            "type": keys.fixed("Feature"),
            "id": iri(),
            "geometry": maybe(record({"type": text(), "coordinates": {"type": "array"}}, about)),
            "properties": record(properties),
        }
    )


def _table(about: str, more: Mapping[str, Schema]) -> Schema:
    """A page of a table whose rows are of one claim each, with more columns than all have."""
    row = {
        "claim": iri("The claim."),
        "speaker": text("Its holder, and through whom it comes to us, in words."),
        "holder": maybe(iri("Its holder.")),
        **{name: maybe(text(f"The code of its {name}.")) for name in ("mode", "certainty", "polarity")},
        "realis": maybe(truth("Whether it tells of it as having happened.")),
        "article": maybe(iri("The article that it is in.")),
        "event": maybe(iri("The event or state.")),
        "type": maybe(text("The code of its type.")),
        "role": maybe(text("The code of the role.")),
        "participant": maybe(iri("Who or what has the role.")),
        "label": maybe(text("Its name.")),
        **more,
    }
    paged = {
        "total": whole("How many rows there are in all."),
        "limit": whole("How many rows a page has at most."),
        "next": maybe(text("The path of the next page, null on the last.")),
        "items": several(record(row), "Each row is what one claim says."),
    }
    return record(paged, about)


_CHOSEN: Schema = {
    "total": whole("How many claims were chosen."),
    "more": text("The path of the list of these claims."),
}


def _in_parts(item: Schema, about: str) -> Schema:
    """A section that is shown in parts."""
    more = maybe(text("The path of the next ones, null where these are the last."))
    return record({"total": whole("How many there are."), "items": several(item), "more": more}, about)


_HITS = several(ref("ClaimInShort"))
_COMPARED = record(
    {
        "iri": iri(),
        "relation": maybe(ref("DefinedConcept")),
        "says_more": {
            "enum": ["this", "other", None],
            "description": "Whether the left claim says more, or the other.",
        },
        "differs_in": several(ref("Link")),
        "only_possibly": truth("Whether it holds only on some reading."),
        "independence": maybe(ref("DefinedConcept")),
        "rules": several(ref("Link")),
        "reason": maybe(text("An editor’s reason.")),
    },
    "How the left claim stands to the right one: computed, or an editor’s judgement with its reason.",
)
_SIDE = record(
    {
        **keys.KEYS["Link"][1],
        "kind": text("article or actor."),
        "published": maybe(text("The day or time of an article, as printed.")),
        "claims": whole("Claims in it, or ascribed to it."),
        "events": whole("Events and states that these are about."),
        "claims_list": text("The path of the list of these claims."),
    }
)
_TOLD_BY_ONE = _in_parts(
    record({"events": several(ref("Link")), "claims": whole(), "first": ref("ClaimInShort")}),
    "What only this one tells of; that the other is silent says no more than that.",
)
_CODED = {**keys.KEYS["Link"][1], "code": text("The last part of its IRI.")}
_LEFT = {**keys.KEYS["Link"][1], "claims": whole("Claims that there are."), "left": whole("Claims that are left.")}

BODIES: Final[Mapping[str, Schema]] = {
    "Problem": record(
        {
            "type": {
                "type": "string",
                "enum": ["about:blank", *(f"{BASE}problem/{kind}" for kind in KINDS)],
                "description": "What kind of problem it is; about:blank where the status says it all.",
            },
            "title": text("The problem in a few words."),
            "status": whole("The HTTP status."),
            "detail": text("What is wrong."),
            "hint": text("What to do; empty where there is nothing to be told."),
            "request_id": text("Give it when you report a fault of ours."),
            "line?": whole("Where in the query, from 1."),
            "column?": whole("Where in that line, from 1."),
            "token?": text("The word at fault."),
            "excerpt?": text("The line of the query with a caret under it."),
            "reason?": text("Why an entry was retired."),
            "date?": maybe(text("The day on which it was.")),
            "replacement?": maybe(iri("What replaces it.")),
        },
        "What went wrong (RFC 9457).",
    ),
    "Results": {
        "description": "SPARQL 1.1 Query Results JSON: solutions, or a truth value.",
        "anyOf": [
            record(
                {
                    "head": record({"vars": several(text()), "link?": several(iri())}),
                    "results": record({"bindings": several({"type": "object", "additionalProperties": _TERM})}),
                }
            ),
            record({"head": record({"link?": several(iri())}), "boolean": truth()}),
        ],
    },
    "JsonLd": {"type": ["array", "object"], "description": "A graph in JSON-LD 1.1."},
    "OpenApi": record({"openapi": text(), "info": {"type": "object"}, "paths": {"type": "object"}}, "This document."),
    "Home": record(
        {
            "about": text(),
            "caution": text(),
            "articles": several(
                record(
                    {
                        **keys.KEYS["ArticleInShort"][1],
                        "siglum": text("Its letter, by the order of days."),
                        "number": whole("The same as a number, from 1."),
                    }
                ),
                "The newest articles that were read, by day.",
            ),
            "totals": {**_COUNT, "description": "How many entries each list has."},
            "sides": several(
                record({**keys.LINK, "claims": whole("Claims ascribed to states and organisations on it; may be 0.")}),
                "The sides that editors count states and organisations on.",
            ),
            "agreement": record(
                {
                    "events_of_several": whole("Events of which several articles tell."),
                    "relations": several(
                        record(
                            {
                                **keys.KEYS["Concept"][1],
                                "events": whole("Events of which claims of different articles stand so to each other."),
                            }
                        )
                    ),
                },
                "How the articles stand to each other.",
            ),
            "contested": several(
                record({**keys.KEYS["EventInShort"][1], "differs_in": several(ref("Link"), "In what they differ.")}),
                "The events on which articles are most apart.",
            ),
            "single_voiced": several(
                ref("EventInShort"), "Events with the most claims of which no two voices are known to be independent."
            ),
            "questions": several(record(_QUESTION_LINK), "The first saved questions."),
            "lists": several(text(), "The paths of the lists."),
            "sparql": text("The path of the endpoint."),
        },
        "What is here.",
    ),
    "Land": record(
        {"type": keys.fixed("MultiPolygon"), "coordinates": {"type": "array"}},
        "The land of the world, without borders, as a geometry of GeoJSON (RFC 7946).",
    ),
    "Questions": several(ref("Question"), "The saved questions."),
    "Terms": record(
        {
            "prefixes": {"type": "object", "additionalProperties": iri(), "description": "Namespaces by prefix."},
            "terms": several(
                record(
                    {
                        "name": text("The prefixed name."),
                        "iri": iri(),
                        "label": text(),
                        "lang": maybe(text()),
                        "kind": {"type": "string", "enum": ["class", "concept", "property", "scheme"]},
                        "definition": maybe(text("What it means.")),
                        "uses": maybe(whole("Instances of a class, statements of a property.")),
                    }
                ),
                "Terms of the ontology, and what else the data uses.",
            ),
            "questions": several(record({"name": text(), "title": text(), "query": text("With its defaults.")})),
        },
        "What a query over this data can be made of.",
    ),
    "Health": record({"ok": truth(), "build": text(), "version": text()}),
    "Readiness": record(
        {
            "ready": truth(),
            "build": text(),
            "walls": {
                "type": "object",
                "additionalProperties": {"type": "boolean"},
                "description": "Which walls stand around queries.",
            },
            "evaluators": record({"free": whole(), "quick": whole(), "long": whole()}),
            "waiting": whole("Queries that wait for an evaluator."),
        }
    ),
    "Lookup": record(
        {
            "iri": text("What was asked for."),
            "total": whole(),
            "items": several(record({"iri": iri(), "label": text(), "lang": maybe(text()), "kind": text()})),
        },
        "The several things that an address, a name or an identifier can mean.",
    ),
    "Search": record(
        {
            "q": text("The words, as they were given."),
            "kind": maybe(text("The kind that was asked for.")),
            "total": whole("How many entries there are in all, of that kind."),
            "counts": {**_COUNT, "description": "How many there are of each kind."},
            "limit": whole("How many a page has at most."),
            "items": several({"anyOf": [ref("FoundClaim"), ref("FoundThing")]}, "The best first."),
            "next": maybe(text("The path of the next page, null on the last.")),
            "read_as": {**_WORDS, "description": "What words that do not occur were taken for."},
            "nearest": {**_WORDS, "description": "What is like words that were taken for nothing."},
            "apart": {**_COUNT, "description": "Where nothing has all words: in how many things each occurs."},
        },
        "What was found by words.",
    ),
    "Places": record(
        {
            "type": keys.fixed("FeatureCollection"),
            "features": several(
                _feature(
                    {
                        **keys.KEYS["PlaceInShort"][1],
                        "name_forms": several(ref("Text")),
                        "gazetteers": several(_GAZETTEER),
                    },
                    "Null where no gazetteer has it.",
                )
            ),
            "next": maybe(text("The path of the next page, null on the last.")),
        },
        "Places as GeoJSON (RFC 7946).",
    ),
    "MapFeatures": record(
        {
            "type": keys.fixed("FeatureCollection"),
            "features": several(
                {
                    "anyOf": [
                        _feature(
                            {
                                **keys.LINK,
                                "claims": whole("How many of these claims name it."),
                                "gazetteers": several(ref("Spot")),
                            },
                            "A point, null where no gazetteer has the place.",
                        ),
                        _feature(
                            {**keys.KEYS["ClaimInShort"][1], "origin": ref("Link"), "destination": ref("Link")},
                            "A straight line between two points, null where one of them has none.",
                        ),
                    ]
                },
                "Places, then ways, each of which is what somebody claims; a line is no road.",
            ),
        },
        "What the map shows, as GeoJSON (RFC 7946).",
    ),
    "Map": record(
        {
            **_CHOSEN,
            "naming": whole("How many of them name a place."),
            "places": {**_NAMED_PLACES, "description": "Places that a gazetteer here has a point for."},
            "without_point": {**_NAMED_PLACES, "description": "Places that none has: they are not on the map."},
            "ways": record(
                {
                    "total": whole(),
                    "items": several(
                        record(
                            {
                                "claim": ref("ClaimInShort"),
                                "origins": several(ref("Link")),
                                "paths": several(ref("Link")),
                                "destinations": several(ref("Link")),
                            }
                        ),
                        "Those with the most ends first.",
                    ),
                },
                "Claims that tell of a way: from where, over what, to where.",
            ),
            "gazetteers": several(
                record(
                    {
                        "iri": iri(),
                        "source": maybe(text()),
                        "issued": maybe(text()),
                        "license": maybe(iri()),
                        "notes": several(ref("Text")),
                    }
                ),
                "Whose points these are.",
            ),
        },
        "The places that claims name, and the ways that they tell of.",
    ),
    "Voices": record(
        {
            **_CHOSEN,
            "articles": record(
                {
                    "total": whole(),
                    "items": several(
                        record(
                            {
                                "iri": iri(),
                                "label": text(),
                                "siglum": text("Its letter in this answer."),
                                "number": whole(),
                                "claims": whole(),
                            }
                        ),
                        "Those with the most claims, in the order of their days.",
                    ),
                }
            ),
            "voices": record(
                {
                    "total": whole(),
                    "items": several(
                        record(
                            {
                                "key": text("What “flows” call it."),
                                "voice": _VOICE,
                                "through": whole("Claims that reach us through it: held or relayed by it."),
                                "share": {
                                    "type": "number",
                                    "description": "Which part of all chosen claims these are.",
                                },
                                "held": whole(),
                                "held_more": maybe(text("The path of the list of these.")),
                                "relayed": whole(),
                                "relayed_more": maybe(text("The path of the list of these.")),
                                "left_without": maybe(text("The path of what is told without it.")),
                                "articles": whole("In how many articles."),
                                "events": whole("About how many events."),
                                "events_through_it_alone": whole("About which no other chosen claim reaches us."),
                            }
                        ),
                        "Those first on whom most rests.",
                    ),
                }
            ),
            "relays": record(
                {
                    "total": whole(),
                    "items": several(
                        record({"by": _VOICE, "of": _VOICE, "claims": whole()}), "Those with the most claims first."
                    ),
                },
                "Pairs of voices that stand next to each other in chains: who passes on what is said by whom.",
            ),
            "flows": several(
                record(
                    {
                        "article": maybe(iri("Null for all that are not shown.")),
                        "through": several(maybe(text("A key of “voices”, null for all that are not shown."))),
                        "holder": maybe(text("A key of “voices”, null for all that are not shown.")),
                        "claims": whole(),
                    }
                ),
                "Chains: from which article, relayed by whom beside its outlet, to which holder, how many claims.",
            ),
        },
        "Who relays whom, and how much rests on whom.",
    ),
    "Versus": record(
        {
            "left": maybe(_SIDE),
            "right": maybe(_SIDE),
            "comparisons": whole("Comparisons of a claim of the one with a claim of the other."),
            "relations": several(record({**_CODED, "pairs": whole()}), "How many of them have each relation."),
            "independence": several(record({**_CODED, "pairs": whole()}), "How many of them are how far independent."),
            "shared_words": maybe(
                record(
                    {"total": whole(), "passages": several({"type": "object"})},
                    "Passages of two articles with the same words; who was first is not said.",
                )
            ),
            "contradictions": _in_parts(
                record({"left": ref("ClaimInShort"), "right": ref("ClaimInShort"), "comparison": _COMPARED}),
                "Claims of which not both can hold, as they are read.",
            ),
            "both": _in_parts(
                record(
                    {
                        "events": several(ref("Link"), "An event, or several that are possibly the same."),
                        "left_claims": whole(),
                        "right_claims": whole(),
                        "rows": several(
                            record(
                                {
                                    "left": _HITS,
                                    "left_total": whole(),
                                    "right": _HITS,
                                    "right_total": whole(),
                                    "comparison": maybe(_COMPARED),
                                    "compared": whole("Comparisons between the claims of the row."),
                                }
                            ),
                            "Claims that a comparison links stand in one row; where one side is empty, it is silent.",
                        ),
                        "rows_total": whole("How many rows there are; the first are shown."),
                    }
                ),
                "What both tell of, first where they are most apart.",
            ),
            "only_left": _TOLD_BY_ONE,
            "only_right": _TOLD_BY_ONE,
        },
        "Two articles, or two speakers, against each other.",
    ),
    "Remaining": record(
        {
            "without": several(ref("Link"), "The voices that are left out."),
            "perspective": maybe(ref("Link", "The perspective that is looked through.")),
            "claims": whole("How many claims there are."),
            "left": whole("How many are left."),
            "same_as": maybe(ref("Link", "The perspective in the data that leaves out just these voices.")),
            "voices": several(
                record(
                    {**keys.KEYS["Link"][1], "claims": whole("Claims that reach us through it."), "left_out": truth()}
                ),
                "The voices through which most claims reach us.",
            ),
            "events": record({"told": whole("Events that are told of."), "kept": whole("Those that still are.")}),
            "articles": _in_parts(record(_LEFT), "The articles, those first that lose most."),
            "silent": _in_parts(record(_LEFT), "Events of which no claim is left."),
            "single": _in_parts(record(_LEFT), "Events that have one holder left of several."),
            "dependent": _in_parts(
                record(_LEFT), "Events that no two claims are left of that are known as independent."
            ),
        },
        "What is left without some voices, or through a perspective.",
    ),
    "Participations": _table("Who is said to take part in what.", {}),
    "Quantities": _table(
        "The numbers that claims give, the largest first: by the number or else by the bound.",
        {
            "quantity": maybe(iri("The quantity.")),
            "number": maybe(keys.number()),
            "least": maybe(keys.number()),
            "most": maybe(keys.number()),
            "unit": maybe(text("What is counted or measured, as the data has it.")),
            "approximation": maybe(text("The code of how exactly it is told.")),
            "words": maybe(text("The words of the text, at most 12.")),
        },
    ),
    "Months": record(
        {
            "total": whole("How many rows there are."),
            "items": several(
                record(
                    {
                        "month": text("A year and month such as 2022-12."),
                        "type": text("The code of a type of event or state."),
                        "label": text("Its name."),
                        "claims": whole("How many claims tell of one that can begin in that month at the earliest."),
                        "holders": whole("How many holders they have."),
                    }
                ),
                "By month, then by code.",
            ),
        },
        "How much is told of each month, by type of event.",
    ),
    "Timeline": record(
        {
            "total": whole("How many times there are in all."),
            "claims": whole("How many claims tell of them."),
            "undated": whole("How many claims fit all filters but those of days, and tell of no time."),
            "undated_claims": text("The path of the list of these."),
            "limit": whole("How many times a page has at most."),
            "unit": text("What the stretches are: day, month, year, decade or century."),
            "stretches": several(
                record(
                    {
                        "from": text("Its begin as the filter takes it."),
                        "to": text("Its end as the filter takes it."),
                        "first": text("Its first day."),
                        "last": text("Its last day."),
                        "claims": whole("How many claims can have a day in it."),
                        "certain": whole("How many of these must, however their words are taken."),
                    }
                ),
                "Stretches of days, as far as they are named and asked for.",
            ),
            "items": several(ref("TimeOfClaim"), "By the first day on which they can begin."),
            "next": maybe(text("The path of the next page, null on the last.")),
            "facets": record(
                {one.name: _COUNT for one in cards.PARAMETERS["claims"] if one.facet},
                "How many claims each value of a filter gives under the other filters.",
            ),
        },
        "When things are said to have happened.",
    ),
    **{
        f"{item}Page": record(
            {
                "total": whole("How many entries there are in all."),
                "limit": whole("How many a page has at most."),
                "sort": text("By what it is sorted."),
                "items": several(ref(item)),
                "next": maybe(text("The path of the next page, null on the last.")),
                "facets": record(
                    {one.name: _COUNT for one in cards.PARAMETERS[name] if one.facet},
                    "How many entries each value of a filter gives under the other filters.",
                ),
            },
            f"A page of the list of {name}.",
        )
        for name, item in keys.ITEMS.items()
    },
}
"""What answers in JSON hold that is no card."""
