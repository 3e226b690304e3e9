"""Where things stand in hand-written files."""

from kb.model import Source
from kb.turtle import blocks

TEXT = '''@prefix c: <http://c/> .
@prefix : <http://d/> .

# c:comment a c:Nothing .
c:one
    a c:Kind ;
    c:text "c:two a . { ; \\" # no comment" ;
    c:list ( c:x [ c:y c:z ; c:w c:v ] ) ;
    .

c:one {
    c:inner
        a c:Kind ;
        .
    <http://full/iri> :p """long
c:three a c:Kind .
""" .
}

:last :p 1.5 , c:dotted.name ;
    :q true .
'''


def test_every_subject_has_its_lines() -> None:
    """Strings, comments and lists hide nothing and add nothing."""
    found = {(subject, block.graph): block for subject, block in blocks(Source("f", TEXT, True))}
    lines = {key: (block.place.line, block.place.end) for key, block in found.items()}
    assert lines == {
        ("http://c/one", None): (5, 9),
        ("http://c/inner", "http://c/one"): (12, 14),
        ("http://full/iri", "http://c/one"): (15, 17),
        ("http://d/last", None): (20, 21),
    }


def test_every_predicate_has_its_line() -> None:
    """A predicate is found at the line on which it stands, and those inside brackets belong to nobody."""
    found = {subject: block for subject, block in blocks(Source("f", TEXT, True)) if block.graph is None}
    assert found["http://c/one"].predicates == {
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": 6,
        "http://c/text": 7,
        "http://c/list": 8,
    }
    assert found["http://d/last"].predicates == {"http://d/p": 20, "http://d/q": 21}


def test_a_broken_file_still_gives_places() -> None:
    """A text that no parser takes is read as far as it goes."""
    assert [subject for subject, _ in blocks(Source("f", "@prefix c: <http://c/> .\nc:a c:b c:c", True))] == [
        "http://c/a"
    ]
