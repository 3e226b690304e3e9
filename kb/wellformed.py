"""Answers in XML that every XML parser reads, with the same text in them.

The engine writes characters that XML 1.0 has no way to write (U+0001), carriage returns that a parser must turn into
line feeds, and names without a local part. What can be mended is mended; the rest is an error and no broken answer.
"""

import re

from kb.errors import QueryError

_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_NAMELESS = re.compile(rb"<oxprefix: [^>]*\"([^\">]*)\"")


def xml(body: bytes) -> bytes:
    """An answer as well-formed XML 1.0 (W3C, 2008), with carriage returns that survive (section 2.11).

    QueryError ``not-in-xml`` where a text has a character, or RDF/XML a property, that XML cannot write.
    """
    if found := _FORBIDDEN.search(body):
        raise _unfit(f"A text in the answer has the character U+{ord(found[0].decode()):04X}, which XML cannot write.")
    if nameless := _NAMELESS.search(body):
        name = nameless[1].decode()
        raise _unfit(f"The property <{name}> has no end that could be the name of an element in RDF/XML.")
    return body.replace(b"\r", b"&#xD;")


def _unfit(message: str) -> QueryError:
    return QueryError(message, reason="not-in-xml", hint="Ask for JSON, or for a graph in Turtle.")
