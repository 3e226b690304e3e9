"""Where services part from the standards, in one table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Deviation:
    """A place where services part from the standards: what those say, who is known to differ, and what is done here."""

    name: str
    standard: str
    seen: str
    done: str


DEVIATIONS = (
    Deviation(
        "union as default graph",
        "The default graph of a dataset is a graph of its own.",
        "Amazon Neptune, GraphDB and Virtuoso by design, Jena where so configured (their documentation)",
        "Refused when the engine is opened: what claims say would stand there as fact.",
    ),
    Deviation(
        "several default graphs",
        "They are merged: a triple that stands in two of them is there once.",
        "Oxigraph 0.5 gives it twice (measured)",
        "Tried with a triple that two graphs share; a query over several graphs is refused where it comes twice.",
    ),
    Deviation(
        "dataset of the request",
        "default-graph-uri and named-graph-uri replace FROM and FROM NAMED.",
        "rdflib-endpoint 0.6 ignores them",
        "Tried once; a query with a dataset of its own is refused where they are not obeyed.",
    ),
    Deviation(
        "name of the default graph",
        "There is none in the standard; ours is https://w3id.org/testimonia/graph/default.",
        "every service but ours",
        "Tried once; a query that names it is refused where the name is not known.",
    ),
    Deviation(
        "FROM a document",
        "What an IRI in FROM stands for is left to the service.",
        "rdflib reads files and fetches addresses",
        "Only graphs that the service holds are named to it; any other is empty, as it is with the embedded engine.",
    ),
    Deviation(
        "codepoint escapes",
        "\\u0053 may stand for S before the query is parsed.",
        "rdflib accepts it in keywords, Oxigraph does not",
        "A query is checked in both readings and refused where they differ.",
    ),
    Deviation(
        "silent cut",
        "An answer is whole.",
        "Oxigraph 0.5 ends in the midst of the JSON when it runs out of time (measured); Virtuoso gives status 206 "
        "or the first rows and a header (its documentation)",
        "Answers are parsed before they are passed on; status 206, X-SQL-State and a full X-SPARQL-MaxRows are errors.",
    ),
    Deviation(
        "lexical forms",
        "1.000 and 1 are two terms.",
        "Oxigraph 0.5 gives 1 for 1.000 as xsd:decimal (measured)",
        "Passed on as they come; so the id of such a service is not that of the build that was loaded into it.",
    ),
    Deviation(
        "labels of blank nodes",
        "They hold within one answer only.",
        "Jena numbers them anew in each (its documentation)",
        "A dump asks for all that has blank nodes in one answer; only the lists in the ontology's axioms have any.",
    ),
    Deviation(
        "DESCRIBE",
        "What it gives is left to the service.",
        "every service has its own way",
        "Passed on as it is.",
    ),
)
"""The one table of what services do differently."""
