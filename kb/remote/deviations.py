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
        "Amazon Neptune and GraphDB by design, Jena where so configured (their documentation); Virtuoso 7 (measured)",
        "Refused when the engine is opened: what claims say would stand there as fact. On Virtuoso our default graph "
        "is a named graph, which every query is asked over.",
    ),
    Deviation(
        "graphs of others",
        "GRAPH ?g ranges over the named graphs of the dataset.",
        "Virtuoso 7 has graphs of its own there, and the one that is the default graph (measured)",
        "Each GRAPH with a variable gets a condition that leaves them out; so it does for the record of a publication, "
        "whatever the service.",
    ),
    Deviation(
        "graph by its name",
        "GRAPH <x> asks the graph x.",
        "Virtuoso 7 finds nothing there while a default graph is given (measured)",
        "Refused on Virtuoso, with the advice to write GRAPH ?g and FILTER.",
    ),
    Deviation(
        "truth",
        "ASK gives a boolean, and so do comparisons.",
        "Virtuoso 7 gives a row with 1 for ASK, and the integer 1 for what is true (measured)",
        "Read as a boolean; expressions that are true or false are given their type in the query.",
    ),
    Deviation(
        "division",
        "An integer divided by an integer is a decimal.",
        "Virtuoso 7 cuts off the fraction (measured)",
        "Our saved questions say 1000.0 instead of 1000; others are passed on as they come.",
    ),
    Deviation(
        "separator of GROUP_CONCAT",
        "It is a blank where none is given.",
        "Virtuoso 7 refuses the query (measured)",
        "The blank is written into the query.",
    ),
    Deviation(
        "order of joins",
        "Patterns may be joined in any order.",
        "Virtuoso 7 takes up to minutes to choose one for a dozen patterns, and loses rows or counts them with their "
        "product in some that it chooses (measured)",
        "It is told to join in the order in which the query is written.",
    ),
    Deviation(
        "paths of any length",
        "a* and a+ lead over any number of steps, a? over one or none.",
        "Virtuoso 7 loses rows where both ends are known from other patterns and an OPTIONAL follows, and refuses "
        "those of which it knows no end (measured)",
        "Our saved questions ask for them within EXISTS, or step by step; others are passed on as they come.",
    ),
    Deviation(
        "what is not bound",
        "A comparison with it is an error, so that FILTER leaves the row out; so is CONCAT.",
        "Virtuoso 7 lets FILTER ( ?a = ?b ) hold where one is never bound, takes COALESCE ( ?a <= ?b, false ) for true "
        "and CONCAT for a text, and loses what is unbound after OPTIONAL { VALUES … FILTER … } (measured)",
        "Our saved questions test BOUND first, or compare STR with COALESCE; others are passed on as they come.",
    ),
    Deviation(
        "order within GROUP_CONCAT",
        "It is not said; Oxigraph keeps that of a sorted sub-select.",
        "Virtuoso 7 does not (measured)",
        "Passed on as it comes: the joined names of a cell may stand in another order.",
    ),
    Deviation(
        "runaway queries",
        "The standard does not speak of them.",
        "Virtuoso 7 goes on after its client has left, also while it only compiles (measured)",
        "Set MaxQueryExecutionTime in its configuration; what it stops is told as such.",
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
