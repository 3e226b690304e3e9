"""A rule whose query would run for years."""

from typing import Final

ENDLESS: Final = '''
@prefix graph: <https://w3id.org/testimonia/graph/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix shape: <https://w3id.org/testimonia/shape/> .
shape:endless
    a sh:NodeShape ;
    sh:message "Something. Do something."@en ;
    sh:sparql shape:endless-query ;
    sh:targetNode graph:default ;
    .
shape:endless-query
    a sh:SPARQLConstraint ;
    sh:select """
        SELECT $this (COUNT(*) AS ?value) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } GROUP BY $this
        """ ;
    .
'''
