"""Requests made by chance: queries after the grammar and beside it, bytes, headers, parameters. None may be a 500."""

import http.client
import random
import string
import urllib.parse
from pathlib import Path

import pytest
from places import EXAMPLE
from serving import Server, serve

pytestmark = pytest.mark.soak


def words(text: str) -> list[str]:
    """What stands between spaces."""
    return text.split()


TERMS = words(
    r"""
    ?a ?b ?c $d <a:b> <https://w3id.org/testimonia/ontology#Claim> a rdfs:label t:holder _:b [] () 1 -2.5
    1e400 true "x" "x"@en "é\n"^^<a:b> 'z' "2024-13-45"^^xsd:date "x"^^xsd:integer UNDEF
    """
)
FUNCTIONS = words(
    r"""
    STR LANG DATATYPE BOUND IRI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE ENCODE_FOR_URI
    CONTAINS STRSTARTS STRBEFORE YEAR TZ NOW UUID MD5 SHA512 COALESCE IF STRLANG STRDT SAMETERM ISIRI REGEX
    SUBSTR REPLACE
    """
)
HEADERS = ("If-None-Match", "Accept-Encoding", "Range", "X-Request-Id", "Content-Type", "Origin")
SLIPS = "{}()[]<>\"'\\?^@#;.,|\x00\x01\ufeff\u202e💥"
OPERATORS = ("=", "!=", "<", ">", "+", "-", "*", "/", "&&", "||")
AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
PREFIXES = (
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX t: <https://w3id.org/testimonia/ontology#> "
    "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
)
PATHS = words(
    r"""
    /claims /events /actors /places /objects /articles /questions /sparql / /ontology /corrections /healthz
    /readyz /metrics /dump.nq /data /search /lookup /timeline /map /compare /perspectives /openapi.json
    /participations /quantities /months /docs/api /.well-known/void /static/style.css
    /claim/2024-03-05-gazette-barrels /mode/denied /node/x
    /problem/time
    """
)
FIELDS = words(
    r"""
    q after limit format mode holder about certainty query perspective default-graph-uri graph default iri
    """
)
ACCEPTS = words(
    r"""
    */* text/html text/csv application/json text/turtle application/ld+json ;q=2 a/b;q=x text/*;q=0.1,*/*;q=0
    """
)
METHODS = words(
    r"""
    GET GET GET GET HEAD POST OPTIONS PUT DELETE
    """
)


class Chance(random.Random):
    """Makes queries and requests."""

    def term(self) -> str:
        return self.choice(TERMS)

    def expression(self, depth: int = 0) -> str:
        kind = self.randrange(6 if depth < 4 else 1)
        if kind == 1:
            arguments = ", ".join(self.expression(depth + 1) for _ in range(self.randrange(4)))
            return f"{self.choice(FUNCTIONS)}({arguments})"
        if kind == 2:
            return f"({self.expression(depth + 1)} {self.choice(OPERATORS)} {self.expression(depth + 1)})"
        if kind == 3:
            return f"{self.choice(['!', '-', '+'])}{self.expression(depth + 1)}"
        if kind == 4:
            return f"{self.choice(('', 'NOT '))}EXISTS {{ {self.group(depth + 2)} }}"
        if kind == 5:
            return f"({self.expression(depth + 1)} IN ({self.expression(depth + 1)}, {self.term()}))"
        return self.term()

    def path(self) -> str:
        steps = [self.choice(("a", "rdfs:label", "t:holder", "!a", "^a", "(a|^a)")) for _ in range(self.randint(1, 4))]
        return self.choice("/|").join(step + self.choice(("", "", "*", "+", "?")) for step in steps)

    def group(self, depth: int = 0) -> str:
        parts = []
        for _ in range(self.randint(0, 3)):
            kind = self.randrange(10 if depth < 4 else 3)
            parts.append(
                {
                    3: lambda: f"OPTIONAL {{ {self.group(depth + 1)} }}",
                    4: lambda: f"{{ {self.group(depth + 1)} }} UNION {{ {self.group(depth + 1)} }}",
                    5: lambda: f"FILTER({self.expression()})",
                    6: lambda: f"BIND({self.expression()} AS ?v{self.randrange(99)})",
                    7: lambda: f"GRAPH {self.term()} {{ {self.group(depth + 1)} }}",
                    8: lambda: f"VALUES ?a {{ {self.term()} {self.term()} }}",
                    9: lambda: f"{{ {self.select(depth + 1)} }}",
                }.get(kind, lambda: f"{self.term()} {self.path()} {self.term()} .")()
            )
        return " ".join(parts)

    def select(self, depth: int = 0) -> str:
        heads = ("*", "?a ?b", f"(COUNT(*) AS ?n{depth})", f"({self.choice(AGGREGATES)}(?a) AS ?n)", "DISTINCT ?a")
        tail = self.choice(
            ("", "", "LIMIT 3", "ORDER BY ?a", "GROUP BY ?a", "ORDER BY DESC(?b) OFFSET 2", "HAVING (?a)")
        )
        return f"SELECT {self.choice(heads)} {{ {self.group(depth)} }} {tail}"

    def query(self) -> str:
        forms = (
            self.select,
            lambda: f"ASK {{ {self.group()} }}",
            lambda: f"DESCRIBE {self.term()} {{ {self.group()} }}",
            lambda: f"CONSTRUCT {{ ?a a ?b }} {{ {self.group()} }}",
        )
        text = self.choice(("", PREFIXES)) + self.choice(forms)()
        if self.random() < 0.3:  # a slip of the hand
            at = self.randrange(len(text) + 1)
            text = (
                text[:at]
                + self.choice((*"{}()[]<>\"'\\?^@#;.,|\x00\x01\ufeff\u202e💥", ""))
                + text[at + self.randrange(3) :]
            )
        return text

    def bytes(self) -> bytes:
        return self.randbytes(self.randrange(200))

    def text(self) -> str:
        return "".join(self.choice(string.printable + "é\u0430\x00") for _ in range(self.randrange(40)))


def one(server: Server, chance: Chance) -> tuple[str, int, bytes]:
    """Sends something; what it was, the status, and the body."""
    headers = {"Accept": chance.choice(ACCEPTS)} if chance.random() < 0.7 else {}
    if chance.random() < 0.2:
        headers[
            chance.choice(("If-None-Match", "Accept-Encoding", "Range", "X-Request-Id", "Content-Type", "Origin"))
        ] = (
            chance.text()
            .encode("ascii", "ignore")
            .decode()
            .translate({10: None, 13: None, 0: None, 11: None, 12: None})
        )
    kind = chance.randrange(4)
    method, path, body = "GET", "/sparql", b""
    if kind == 0:
        method, body = "POST", chance.query().encode()
        headers.setdefault("Content-Type", "application/sparql-query")
    elif kind == 1:
        path = f"/sparql?{urllib.parse.urlencode({'query': chance.query()})}"
    elif kind == 2:
        fields = {chance.choice(FIELDS): chance.text() for _ in range(chance.randrange(3))}
        method, path = chance.choice(METHODS), f"{chance.choice(PATHS)}?{urllib.parse.urlencode(fields)}"
    else:
        method, path = chance.choice(METHODS), chance.choice(PATHS) + urllib.parse.quote(chance.text())
        body = chance.bytes() if method in ("POST", "PUT") else b""
    try:
        reply = server.ask(path, method=method, body=body, headers=headers, timeout=30)
    except http.client.HTTPException as error:
        return f"{method} {path} {body!r} {headers}", 0, repr(error).encode()
    return f"{method} {path} {body!r} {headers}", reply.status, reply.body


def test_no_request_made_by_chance_is_a_fault_of_ours(tmp_path: Path, requests: int, seed: int) -> None:
    """Whatever comes, the answer is a success, a redirection, an error of the client's, or a limit that was met."""
    chance = Chance(seed)
    with serve(EXAMPLE, tmp_path, "--query-timeout", "1", "--query-memory", "200") as server:
        for number in range(requests):
            what, status, body = one(server, chance)
            fine = 200 <= status < 500 or status == 503
            assert fine, (
                f"seed {seed}, request {number}: {what}\n{status} {body[:500]!r}\n{server.log.read_text()[-3000:]}"
            )
        assert server.query("ASK {}").status == 200
