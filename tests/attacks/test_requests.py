"""Requests that try to be something else: other hosts, other paths, other headers, code in text."""

import json
import urllib.parse

import pytest
from serving import Server, sparql

pytestmark = pytest.mark.long

CLAIM = "2024-03-05-gazette-barrels"


def raw(server: Server, sent: bytes) -> bytes:
    """What comes back for bytes; nothing where the connection is just closed."""
    with server.connect(timeout=5) as connection:
        connection.sendall(sent)
        received = b""
        try:
            while piece := connection.recv(65536):
                received += piece
        except (TimeoutError, ConnectionError):
            pass
    return received


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("/sparql?update=" + urllib.parse.quote("DROP ALL"), {}),
        ("/sparql", {"method": "POST", "body": b"update=DROP+ALL", "type": "application/x-www-form-urlencoded"}),
        ("/sparql", {"method": "POST", "body": b"DROP ALL", "type": "application/sparql-update"}),
        ("/sparql?query=" + urllib.parse.quote("INSERT DATA { <a:> <b:> <c:> }"), {}),
        ("/sparql", {"method": "POST", "body": b"DELETE WHERE { ?s ?p ?o }", "type": "application/sparql-query"}),
        ("/sparql?query=ASK%7B%7D&using-graph-uri=a:b", {}),
    ],
)
@pytest.mark.parametrize("origin", ["", "https://elsewhere.example"])
def test_nothing_can_be_changed(server: Server, path: str, options: dict[str, object], origin: str) -> None:
    """Updates in every form are refused, from wherever they come, and the build stays what it was."""
    headers = {"Origin": origin} if origin else {}
    if "type" in options:
        headers["Content-Type"] = str(options["type"])
    body = options.get("body")
    assert body is None or isinstance(body, bytes)
    build = server.ask("/healthz").json["build"]
    reply = server.ask(path, method=str(options.get("method", "GET")), body=body, headers=headers)
    assert reply.status == 403
    assert "pull request" in reply.json["detail"]
    assert "access-control-allow-credentials" not in reply.headers
    assert server.ask("/healthz").json["build"] == build


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "BREW"])
def test_other_methods_are_refused(server: Server, method: str) -> None:
    """Methods that change or that we do not know get 405 with those we know."""
    reply = server.ask("/sparql", method=method)
    assert reply.status == 405
    assert "GET" in reply.headers["allow"]


@pytest.mark.parametrize("host", ["", "evil.example", "a" * 5000, "x:99999", "[::1", "127.0.0.1\t", "x/../../"])
def test_the_host_header_moves_nothing(server: Server, host: str) -> None:
    """No answer takes a link or a redirection from the Host header."""
    sent = f"GET /node/{CLAIM}-40 HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    received = raw(server, sent.encode())
    head = received.split(b"\r\n\r\n")[0].lower()
    assert not received.startswith(b"HTTP/1.1 500")
    location = [line for line in head.split(b"\r\n") if line.startswith(b"location:")]
    assert all(line.startswith(b"location: /") for line in location)


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/static/../../../../etc/passwd",
        "/static/..%2f..%2f..%2fetc/passwd",
        "/static/%2e%2e/%2e%2e/kb/cli.py",
        "/claim/..%2f..%2fetc%2fpasswd",
        "/claim/%00",
        "/claim/a%0d%0aSet-Cookie:%20x=y",
        "/claim/%252e%252e",
        "/claim/%ff%fe",
        "/claim/" + "x" * 9000,
        "/dump.%2e%2e",
        "//evil.example/claim/x",
        "/\\evil.example",
        "/claims?after=%00",
        "/claims?q=%27%22%3E%7B%7B7*7%7D%7D",
        "/questions/..%2f..%2fstyle",
        "/problem/%3Cscript%3E",
        "/node/%2e%2e",
        "/sparql?query=%ff",
        "/sparql?query=ASK%7B%7D%00",
        "/sparql?query=" + "a" * 200_000,
    ],
)
def test_odd_paths_lead_nowhere(server: Server, path: str) -> None:
    """Odd addresses are answered with an error of the client's, and nothing of the machine."""
    received = raw(server, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1"))
    status = int(received.split(b" ")[1]) if received else 400
    assert status < 500
    assert b"root:" not in received and b"Traceback" not in received
    head = received.split(b"\r\n\r\n")[0].lower()
    assert b"\r\nset-cookie" not in head and b"\r\nlocation: //" not in head


@pytest.mark.parametrize(
    "sent",
    [
        b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n",
        b"\x16\x03\x01\x00\xa5\x01\x00\x00",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
        b"GET /healthz HTTP/9.9\r\n\r\n",
        b"GET /healthz\r\n\r\n",
        b"G\x00T / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(2000)) + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nAccept: " + b"a/b," * 20_000 + b"\r\nConnection: close\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\xff\x04\x00\x00\x00\x00\x00",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: -5\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\x01b\r\nConnection: close\r\n\r\n",
    ],
)
def test_what_is_no_request_ends_nothing(server: Server, sent: bytes) -> None:
    """Bytes that are no proper request get an error or a closed connection, and the next request is answered."""
    received = raw(server, sent)
    assert not received.startswith(b"HTTP/1.1 500")
    assert server.ask("/healthz").status == 200


def test_a_request_id_is_ours(server: Server) -> None:
    """Without a proxy in front, a client cannot say which request id stands in the answer and in the log."""
    for given in ("abcdef12-34", "x", "<script>alert(1)</script>", "a" * 65):
        assert server.ask("/healthz", headers={"X-Request-Id": given}).headers["x-request-id"] != given


@pytest.mark.parametrize(
    "query",
    [
        'SELECT ("<script>alert(1)</script>" AS ?x) {}',
        'SELECT (IRI("javascript:alert(1)") AS ?x) {}',
        'SELECT (IRI("https://x/\\"onmouseover=\\"alert(1)") AS ?x) {}',
        'SELECT ("</td></table><img src=x onerror=alert(1)>" AS ?x) {}',
        'SELECT ("x"@en AS ?x) ("\\u202egnp.exe" AS ?y) {}',
        "SELECT <script>alert(1)</script>",
        'CONSTRUCT { <a:b> <a:c> "<script>alert(1)</script>" } {}',
    ],
)
def test_no_text_becomes_code_on_a_page(server: Server, query: str) -> None:
    """Whatever a query makes, or gets wrong, stands on the page as text, where no script but ours may run."""
    reply = server.ask(sparql(query), headers={"Accept": "text/html"})
    page = reply.body.decode().lower()
    assert reply.headers["content-type"].startswith("text/html")
    assert "<script>alert" not in page and "<img src=x" not in page
    assert 'href="javascript:' not in page and 'onmouseover="' not in page
    policy = reply.headers["content-security-policy"].split("; ")
    assert "default-src 'none'" in policy
    assert [rule for rule in policy if rule.startswith("script-src")] in ([], ["script-src 'self'"])


@pytest.mark.parametrize("field", ["mode", "holder", "about", "q", "after", "limit"])
@pytest.mark.parametrize("value", ['" } DROP ALL #', "> ?p ?o } #", "x' UNION { ?s ?p ?o } #", "\\u0022", "?x", "{}"])
def test_parameters_are_terms_and_not_query_text(server: Server, field: str, value: str) -> None:
    """A parameter that looks like SPARQL finds nothing or is refused; it never changes what is asked."""
    reply = server.ask(f"/claims?{urllib.parse.urlencode({field: value})}", headers={"Accept": "application/json"})
    assert reply.status in {200, 400}
    if reply.status == 200 and field == "q":
        assert json.loads(reply.body)["total"] == 0
