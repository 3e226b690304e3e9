"""What is shown of one entity, one list or one claim: JSON-ready values, read from an engine.

    facts      reads what the default graph says of many subjects at once; labels; our own queries
    content    a claim's content graph: parts, times, quantities, plain sentences
    claims     a claim, in full and in short, never without its speaker
    shared     where the words of a passage stand again
    compared   how a claim stands to others about the same event
    reading    an article as it is read: its sentences with the claims that rest on them
    conclusions   what follows by rule from a claim, apart from what it says
    sections   which part of what is much is shown, and where the rest is
    entities   actors, places, events, objects, articles, concepts, the ontology
    retired    addresses that are no longer in use
    chosen     of which claims a picture of many is drawn
    mapped     the places and ways that claims tell of, where gazetteers have them
    relaying   who relays whom, and how much rests on whom
    perspectives   the graphs that are left when one looks through a perspective
    filters    the parameters of lists, as data
    narrow     what filters leave of a list
    places     which places lie in which, as somebody claims; where gazetteers have them
    lists      lists with filters and paging, the front page
    timeline   the times that claims tell of, and how much is told of each stretch of days
    flat       what claims tell of events as flat tables: participations, quantities, months
    versus     two articles or two speakers against each other
    remaining  what remains without some voices
    search     what is found by words
    lookup     what an address, a slug or an identifier means
    names      where a name occurs, and which are much like it
    indexed    which entries of lists have a value, out of the index
    context    what the keys of cards mean as JSON-LD
    rdf        the quads that belong to one thing
    vocabulary the terms that a query can be made of
    asked      saved questions with what is asked of them
    keys       the keys of all of these, as a promise
    tables     the answers of queries
    plain      cards and tables for a terminal

The queries stand in kb/queries/cards, one file each.
"""

from kb.cards.asked import asked, choices_of, described
from kb.cards.chosen import choices as choices_by
from kb.cards.claims import claim_card, hits
from kb.cards.context import CONTEXT, document
from kb.cards.entities import ONTOLOGY, card, ontology_card
from kb.cards.facts import Json, kind_of
from kb.cards.filters import (
    DEFAULT_LIMIT,
    FLAT,
    FLAT_LIMIT,
    LISTS,
    MAP,
    MAX_CURSOR,
    MAX_LIMIT,
    MAX_TEXT,
    MAX_VALUES,
    MOST_ROWS,
    MOST_TIMES,
    NUMBERED,
    PAGING,
    PARAMETERS,
    TIMELINE,
    TIMELINE_LIMIT,
    VOICES,
    Parameter,
    parameter,
)
from kb.cards.flat import Flat, claim_facets, months, participations, quantities
from kb.cards.lists import Page, listing, overview
from kb.cards.lookup import addressed, find, likely, links, meant, resolve
from kb.cards.mapped import as_geojson, mapped
from kb.cards.names import alike, known_to_occur, nearest, occurs, registered
from kb.cards.narrow import BadFilter, choices, suggestions
from kb.cards.perspectives import perspective, perspective_graphs, perspective_links, perspectives
from kb.cards.places import features
from kb.cards.plain import table, text
from kb.cards.rdf import GATHERED, PARTS, as_rdf, caption, description, ontology, owner, paragraph
from kb.cards.relaying import relaying
from kb.cards.remaining import REMAINING, remaining
from kb.cards.retired import tombstone
from kb.cards.search import NOTHING_FOUND, BadWords, Found, search
from kb.cards.sections import SECTIONS
from kb.cards.tables import RESULTS_JSON, Table, read, read_triples
from kb.cards.timeline import Timeline, timeline
from kb.cards.versus import VERSUS, named, nothing, proposed, versus
from kb.cards.vocabulary import vocabulary
from kb.cards.witnesses import witnesses
from kb.namespaces import slug

__all__ = [
    "CONTEXT",
    "DEFAULT_LIMIT",
    "FLAT",
    "FLAT_LIMIT",
    "GATHERED",
    "LISTS",
    "MAP",
    "MAX_CURSOR",
    "MAX_LIMIT",
    "MAX_TEXT",
    "MAX_VALUES",
    "MOST_ROWS",
    "MOST_TIMES",
    "NOTHING_FOUND",
    "NUMBERED",
    "ONTOLOGY",
    "PAGING",
    "PARAMETERS",
    "PARTS",
    "REMAINING",
    "RESULTS_JSON",
    "SECTIONS",
    "TIMELINE",
    "TIMELINE_LIMIT",
    "VERSUS",
    "VOICES",
    "BadFilter",
    "BadWords",
    "Flat",
    "Found",
    "Json",
    "Page",
    "Parameter",
    "Table",
    "Timeline",
    "addressed",
    "alike",
    "as_geojson",
    "as_rdf",
    "asked",
    "caption",
    "card",
    "choices",
    "choices_by",
    "choices_of",
    "claim_card",
    "claim_facets",
    "described",
    "description",
    "document",
    "features",
    "find",
    "hits",
    "kind_of",
    "known_to_occur",
    "likely",
    "links",
    "listing",
    "mapped",
    "meant",
    "months",
    "named",
    "nearest",
    "nothing",
    "occurs",
    "ontology",
    "ontology_card",
    "overview",
    "owner",
    "paragraph",
    "parameter",
    "participations",
    "perspective",
    "perspective_graphs",
    "perspective_links",
    "perspectives",
    "proposed",
    "quantities",
    "read",
    "read_triples",
    "registered",
    "relaying",
    "remaining",
    "resolve",
    "search",
    "slug",
    "suggestions",
    "table",
    "text",
    "timeline",
    "tombstone",
    "versus",
    "vocabulary",
    "witnesses",
]
