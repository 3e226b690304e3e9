"""XML that every parser reads."""

from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from kb import wellformed
from kb.errors import QueryError

FORMS = (ox.QueryResultsFormat.XML, ox.RdfFormat.RDF_XML)


def written(text: str, form: ox.QueryResultsFormat | ox.RdfFormat, name: str = "http://x/p") -> bytes:
    triple = ox.Triple(ox.NamedNode("http://x/s"), ox.NamedNode(name), ox.Literal(text))
    if isinstance(form, ox.RdfFormat):
        return ox.serialize([triple], format=form) or b""
    store = ox.Store()
    store.add(ox.Quad(triple.subject, triple.predicate, triple.object))
    return store.query("SELECT ?o { ?s ?p ?o }").serialize(format=form) or b""


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", ["a\rb", "a\r\nb\n", "\t <&>]]>'\" ", "\x7f\x85\u2028", "é漢\U0001f600", ""])
def test_a_text_comes_back_as_it_was(form: ox.QueryResultsFormat | ox.RdfFormat, text: str) -> None:
    """What a parser by the book reads is what was written, carriage returns too."""
    root = ElementTree.fromstring(wellformed.xml(written(text, form)))
    assert text in [element.text or "" for element in root.iter() if element.tag.endswith(("literal", "}p"))]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", ["\x01", "a\x1f", "\ufffe", "\uffff"])
def test_what_xml_cannot_write_is_an_error(form: ox.QueryResultsFormat | ox.RdfFormat, text: str) -> None:
    """A character that XML 1.0 does not know is named, and no broken document is made."""
    with pytest.raises(QueryError) as caught:
        wellformed.xml(written(text, form))
    assert caught.value.reason == "not-in-xml"
    assert f"U+{ord(text[-1]):04X}" in str(caught.value)


def test_a_property_without_a_local_name_is_an_error() -> None:
    """RDF/XML has no element for a property that ends in a number or a slash."""
    with pytest.raises(QueryError, match="http://x/1"):
        wellformed.xml(written("a", ox.RdfFormat.RDF_XML, "http://x/1"))


def test_what_is_well_formed_is_not_copied() -> None:
    """An answer with nothing to mend is handed on as it is."""
    body = written("a", ox.QueryResultsFormat.XML)
    assert wellformed.xml(body) is body
