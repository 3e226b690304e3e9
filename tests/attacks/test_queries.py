"""Queries that are meant to harm: each gets a bounded answer or an honest error, and nobody else notices."""

import re
import socket
import subprocess
import sys
import time

import pytest
from serving import SLOW, Bystander, Server

pytestmark = pytest.mark.long

CLAIM = "https://w3id.org/testimonia/ontology#Claim"
FOUR = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
EIGHT = " . ".join(f"?a{n} ?b{n} ?c{n}" for n in range(8))
DOUBLING = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))

COSTLY = {
    "cartesian product": f"SELECT * {{ {FOUR} }}",
    "counting a cartesian product": SLOW,
    "sorting a cartesian product": f"SELECT * {{ {FOUR} }} ORDER BY ?c ?f ?i ?l",
    "distinct over a cartesian product": f"SELECT DISTINCT ?a ?e ?i ?l {{ {FOUR} }}",
    "GROUP_CONCAT over a cartesian product": f"SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?f))) AS ?x) {{ {FOUR} }}",
    "grouping a cartesian product": f"SELECT ?a ?f ?i (COUNT(*) AS ?n) {{ {FOUR} }} GROUP BY ?a ?f ?i",
    "cartesian product as a graph": f"CONSTRUCT {{ ?a ?b ?l }} {{ {FOUR} }}",
    "nested paths": "SELECT * { ?a ((!<a:>)*/(!<b:>)*)* ?b . ?c ((!<a:>)*/(!<b:>)*)* ?d }",
    "paths between all nodes": "SELECT (COUNT(*) AS ?n) { ?a (!<a:>|^!<a:>)* ?b . ?c (!<a:>|^!<a:>)* ?d . ?a ?p ?d }",
    "regular expression that backtracks": 'SELECT * { ?a ?b ?c FILTER(REGEX("' + "a" * 40 + '!", "^(a|a?)+$")) }',
    "large regular expression": 'ASK { ?s ?p ?o FILTER(REGEX(STR(?o), "((a{1,100}){1,100}){1,100}")) }',
    "text that doubles": f'SELECT (STRLEN(?x40) AS ?n) {{ BIND("0123456789" AS ?x0) {DOUBLING} }}',
    "text that doubles and is replaced": 'SELECT (REPLACE(?b, "", ?b) AS ?c) { BIND("'
    + "x" * 50_000
    + '" AS ?b) ?s ?p ?o }',
    "optional over everything": "SELECT * { ?a ?b ?c "
    + " ".join(f"OPTIONAL {{ ?x{n} ?y{n} ?z{n} }}" for n in range(8))
    + " }",
    "not exists over everything": f"SELECT * {{ {FOUR} FILTER NOT EXISTS {{ {EIGHT} FILTER(?a = ?a0) }} }}",
    "describing everything": "DESCRIBE ?a ?d { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "limit far away": f"SELECT * {{ {FOUR} }} OFFSET 900000000 LIMIT 1",
}
CLOSING = {"{": "}", "(": ")", "[": "]"}
DEEP = {
    "groups": "ASK " + "{" * 600 + "}" * 600,
    "many groups": "ASK " + "{" * 40_000 + "}" * 40_000,
    "parentheses": "ASK { FILTER(" + "(" * 600 + "1" + ")" * 600 + ") }",
    "blank nodes": "ASK { " + "[ <a:> " * 600 + "1" + " ]" * 600 + " <a:> 1 }",
    "collections": "ASK { ?s ?p " + "(" * 200 + ")" * 200 + " }",
    "long collection": "ASK { ?s ?p (" + "1 " * 5_000 + ") }",
    "OPTIONAL": "ASK { ?s ?p ?o " + "OPTIONAL { ?s ?p ?o " * 600 + "}" * 601,
    "sub-selects": "SELECT * {" + "{ SELECT * {" * 300 + "}}" * 300 + "}",
    "UNION": "ASK { " + " UNION ".join(["{ ?s ?p ?o }"] * 2_000) + " }",
    "MINUS": "ASK { ?s ?p ?o " + "MINUS { ?s ?p ?o " * 300 + "}" * 301,
    "GRAPH": "ASK { " + "GRAPH ?g { " * 300 + "}" * 301,
    "NOT EXISTS": "ASK { FILTER " + "NOT EXISTS { FILTER " * 300 + "(1)" + "}" * 301,
    "negation": "ASK { FILTER(" + "!" * 5_000 + "1) }",
    "minus signs": "ASK { FILTER(" + "- " * 5_000 + "1) }",
    "or": "ASK { FILTER(" + " || ".join(["?x"] * 5_000) + ") }",
    "and": "ASK { FILTER(" + " && ".join(["?x"] * 5_000) + ") }",
    "plus": "ASK { FILTER(" + "+".join(["1"] * 10_000) + ") }",
    "path sequence": "ASK { ?s " + "/".join(["<a:>"] * 1_000) + " ?o }",
    "path alternatives": "ASK { ?s " + "|".join(["<a:>"] * 5_000) + " ?o }",
    "path inverses": "ASK { ?s " + "^" * 1 + "(^" * 500 + "<a:>" + ")" * 500 + " ?o }",
    "path stars": "ASK { ?s " + "(" * 300 + "<a:>" + ")*" * 300 + " ?o }",
    "functions": "SELECT (" + "STR(" * 500 + "1" + ")" * 500 + " AS ?x) {}",
    "IN": "ASK { FILTER(1 IN (" + ",".join(["2"] * 50_000) + ")) }",
    "VALUES": "ASK { VALUES ?x { " + "1 " * 200_000 + "} }",
    "BIND": "ASK { " + " ".join(f"BIND(1 AS ?x{n})" for n in range(5_000)) + " }",
    "patterns": "ASK { " + " . ".join(f"?s{n} ?p{n} ?o{n}" for n in range(5_000)) + " }",
    "prefixes": "".join(f"PREFIX p{n}: <a:{n}>\n" for n in range(5_000)) + "ASK {}",
    "aliases": "SELECT " + " ".join(f"(1 AS ?x{n})" for n in range(5_000)) + " {}",
    "quoted triples": "ASK { " + "<< " * 500 + "?s ?p ?o" + " >> ?p ?o" * 500 + " }",
    "long literal": 'ASK { ?s ?p "' + "x" * 5_000_000 + '" }',
    "long name": "ASK { ?s ?p ?" + "x" * 90_000 + " }",
    "quotes": 'ASK { ?s ?p """' + '"' * 90_000,
    "backslashes": 'ASK { ?s ?p "' + "\\" * 90_000,
    "comments": "#\n" * 45_000 + "ASK {}",
    "angle brackets": "ASK {" + "<" * 90_000,
}
HARMLESS = {"comments", "long name"}
"""What looks bad and costs nothing."""

REACHING = {
    "SERVICE": "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SERVICE SILENT": "SELECT * {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }}",
    "SERVICE bound": "SELECT * {{ BIND(<{0}> AS ?x) SERVICE ?x {{ ?s ?p ?o }} }}",
    "service in small letters": "SELECT * {{ service<{0}>{{ ?s ?p ?o }} }}",
    "SERVICE without a space": "SELECT * {{ SERVICESILENT<{0}>{{ ?s ?p ?o }} }}",
    "SERVICE at the end of a word": "SELECT * {{ ?s ?p trueSERVICE<{0}>{{ ?a ?b ?c }} }}",
    "SERVICE in a prefix": "PREFIX x: <{0}> PREFIX SERVICEx: <a:> SELECT * {{ SERVICEx:{{ ?s ?p ?o }} }}",
    "SERVICE behind what is no comment": "SELECT * {{ ?s <a:\\u0041#> ?o . SERVICE <{0}> {{ ?a ?b ?c }} }}",
    "SERVICE with escapes": "SELECT * {{ \\u0053ERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SERVICE in a sub-select": "SELECT * {{ {{ SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }} }}",
    "SERVICE in EXISTS": "SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    "LOAD": "LOAD <{0}>",
    "LOAD INTO": "LOAD SILENT <{0}> INTO GRAPH <a:b>",
    "FROM": "SELECT * FROM <{0}> {{ ?s ?p ?o }}",
    "FROM NAMED": "SELECT * FROM NAMED <{0}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "GRAPH": "SELECT * {{ GRAPH <{0}> {{ ?s ?p ?o }} }}",
    "DESCRIBE": "DESCRIBE <{0}>",
    "owl:imports": "ASK {{ <{0}> <http://www.w3.org/2002/07/owl#imports> <{0}> }}",
}
REFUSED = {400, 403, 413, 429, 503}


@pytest.mark.parametrize("name", COSTLY)
def test_a_costly_query_is_stopped(server: Server, name: str) -> None:
    """What would run for ever, or grow for ever, is stopped with a status that says so, or is refused."""
    reply = server.query(COSTLY[name], accept="*/*")
    assert reply.status in {*REFUSED, 200}
    if reply.status == 200:
        assert len(reply.body) < 64_000_000
    else:
        assert reply.json["detail"] and reply.json["type"].startswith("https://w3id.org/testimonia/problem/")


@pytest.mark.parametrize("name", DEEP)
def test_a_deep_or_long_query_is_refused(server: Server, name: str) -> None:
    """What is nested or chained beyond reason is refused before it is evaluated, and ends no process."""
    before = {process.pid for process in server.evaluators}
    reply = server.query(DEEP[name], accept="*/*")
    assert reply.status in {400, 413} or (name in HARMLESS and reply.status == 200), reply.body[:300]
    assert {process.pid for process in server.evaluators} >= before


@pytest.mark.parametrize("target", ["http://127.0.0.1:{port}/", "http://localhost:{port}/x.ttl", "file:///etc/passwd"])
@pytest.mark.parametrize("name", REACHING)
def test_no_query_reaches_out(server: Server, canary: socket.socket, name: str, target: str) -> None:
    """No address in a query is ever contacted, and no file is read."""
    address = target.format(port=canary.getsockname()[1])
    reply = server.query(REACHING[name].format(address), accept="*/*")
    assert reply.status in {200, 400, 403}
    assert b"root:" not in reply.body
    if reply.status == 200 and b'"bindings"' in reply.body:
        assert reply.json["results"]["bindings"] == []


COSTLY_TO_READ = {
    "brackets": "ASK " + "{" * 1_300 + "}" * 1_300,
    "comparisons like addresses": "SELECT * { FILTER(" + "&&".join(["?a<?b&&?c>?d"] * 2_400) + ") }",
    "values": "SELECT * { VALUES ?x { " + " ".join(map(str, range(9_000))) + " } }",
}

CROWD = """
import http.client, itertools, sys, threading, time
host, port, seconds, text = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.stdin.read()
until, numbers, seen = time.monotonic() + seconds, itertools.count(), set()
def attack():
    line = http.client.HTTPConnection(host, port, timeout=60)
    while time.monotonic() < until:
        line.request("POST", "/sparql", f"{text} # {next(numbers)}", {"Content-Type": "application/sparql-query"})
        reply = line.getresponse()
        seen.add(reply.status)
        reply.read()
threads = [threading.Thread(target=attack) for _ in range(32)]
for one in threads: one.start()
for one in threads: one.join()
print(next(numbers), *sorted(seen))
"""
"""A program that sends a text, with another number each time, from 32 connections; in a process of its own, so that it
does not slow the bystander down itself."""


@pytest.mark.parametrize("name", COSTLY_TO_READ)
def test_a_crowd_of_texts_that_take_long_to_read_slows_nobody(server: Server, bystander: Bystander, name: str) -> None:
    """They are refused or answered, one after the other; the bystander is answered as ever, and pages are."""
    first = len(bystander.seconds)
    command = [sys.executable, "-c", CROWD, server.host, str(server.port), "4"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as crowd:
        assert crowd.stdin is not None and crowd.stdout is not None
        crowd.stdin.write(COSTLY_TO_READ[name])
        crowd.stdin.close()
        time.sleep(1)
        assert server.ask("/claims").status == 200
        sent, *statuses = map(int, crowd.stdout.read().split())
    assert sent > 32 and set(statuses) <= {*REFUSED, 200}
    meanwhile = sorted(bystander.seconds[first:])
    assert len(meanwhile) > 20 and meanwhile[int(len(meanwhile) * 0.9)] < 0.2  # of all answers, 0.99: see conftest


def test_nobody_learns_what_is_not_published(server: Server) -> None:
    """No function of a query tells of files, environment or address space."""
    reply = server.query("SELECT (NOW() AS ?a) (UUID() AS ?b) (STRUUID() AS ?c) (RAND() AS ?d) {}")
    assert reply.status == 200
    assert not re.search(rb"/(home|root|tmp|usr)/", reply.body)
