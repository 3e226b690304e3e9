// What scripts work out of answers and queries, without a page. Each test states one fact.
import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, curl, python } from "../../../api/browser/src/commands.js";
import { columnsOf, daysOf, graphOf, linkOf, pointOf, readAnswer, readTriples, shortened, textOf, viewsOf } from "../../../api/browser/src/terms.js";
import { declaration, offsetOf, variables } from "../../../api/browser/src/writing.js";

const BASE = "https://w3id.org/testimonia/";
const PREFIXES = { actor: `${BASE}actor/`, t: `${BASE}ontology#`, rdfs: "http://www.w3.org/2000/01/rdf-schema#" };
const PLACE = { root: "", base: BASE };
const XSD = "http://www.w3.org/2001/XMLSchema#";
const uri = (value) => ({ type: "uri", value });
const literal = (value, datatype) => ({ type: "literal", value, datatype });
const edtf = (value) => literal(value, "http://id.loc.gov/datatypes/edtf/EDTF");
const day = (text) => Date.parse(text) / 86400000;

test("only https and our own things are links", () => {
  assert.equal(linkOf(uri(`${BASE}actor/herald`), PREFIXES, PLACE), "/actor/herald");
  assert.equal(linkOf(uri(`${BASE}ontology#Claim`), PREFIXES, { ...PLACE, root: "/kb" }), "/kb/ontology#Claim");
  assert.equal(linkOf(uri("https://example.org/x"), PREFIXES, PLACE), "https://example.org/x");
  for (const bad of ["javascript:alert(1)", "http://example.org/x", "data:text/html,x", "JavaScript:alert(1)", "//example.org", "http:evil", `${BASE}unknown/x`]) {
    assert.equal(linkOf(uri(bad), PREFIXES, PLACE), null, bad);
  }
  assert.equal(linkOf(literal("https://example.org/"), PREFIXES, PLACE), null);
});

test("an own IRI cannot leave the path that it stands for", () => {
  assert.equal(linkOf(uri(`${BASE}actor/<script>"x`), PREFIXES, PLACE), "/actor/%3Cscript%3E%22x");
});

test("an IRI is shortened by its longest namespace, or stands as it is", () => {
  assert.equal(shortened(`${BASE}actor/herald`, PREFIXES), "actor:herald");
  assert.equal(shortened(`${BASE}actor/a/b`, PREFIXES), `${BASE}actor/a/b`);
});

test("N-Triples are read with their escapes, languages and types", () => {
  const [[s, p, o]] = readTriples('<http://e/s> <http://e/p> "a\\"b\\u00e9\\n"@en .\n# comment\n');
  assert.deepEqual([s.value, p.value], ["http://e/s", "http://e/p"]);
  assert.deepEqual(o, { type: "literal", value: 'a"bé\n', "xml:lang": "en" });
  assert.equal(readTriples(`_:b <http://e/p> "1"^^<${XSD}integer> .`)[0][2].datatype, `${XSD}integer`);
});

test("an answer of ASK is a truth and has no views", () => {
  const answer = readAnswer('{"head":{},"boolean":false}', "application/sparql-results+json");
  assert.equal(answer.truth, false);
  assert.deepEqual(viewsOf(answer), []);
});

test("only the views that fit an answer are offered", () => {
  const answer = (columns, row) => ({ columns, rows: [row], truth: null, triples: false });
  assert.deepEqual(viewsOf(answer(["x"], [literal("a")])), ["table", "raw"]);
  assert.deepEqual(viewsOf(answer(["x", "n"], [literal("a"), literal("3", `${XSD}integer`)])), ["table", "chart", "raw"]);
  assert.deepEqual(viewsOf(answer(["x", "d"], [literal("a"), edtf("2022-12")])), ["table", "timeline", "raw"]);
  assert.deepEqual(viewsOf(answer(["a", "b"], [uri("http://e/a"), uri("http://e/b")])), ["table", "graph", "raw"]);
});

test("a column holds numbers only where every value of it is one", () => {
  const rows = [[literal("1", `${XSD}integer`)], [literal("two")]];
  assert.deepEqual(columnsOf({ columns: ["n"], rows }).numbers, []);
});

test("dates and EDTF give the days that they allow", () => {
  assert.deepEqual(daysOf(literal("2024-03-01", `${XSD}date`)), { first: day("2024-03-01"), last: day("2024-03-01"), loose: false });
  assert.deepEqual(daysOf(edtf("2024-02")), { first: day("2024-02-01"), last: day("2024-02-29"), loose: false });
  assert.deepEqual(daysOf(edtf("198X/..")), { first: day("1980-01-01"), last: null, loose: true });
  assert.deepEqual(daysOf(edtf("[2024-03-01..2024-03-03]")), { first: day("2024-03-01"), last: day("2024-03-03"), loose: true });
  assert.equal(daysOf(edtf("2024-21?x")), null);
  assert.equal(daysOf(literal("2024")), null);
});

test("a WKT point is longitude and latitude within the world", () => {
  const wkt = (value) => literal(value, "http://www.opengis.net/ont/geosparql#wktLiteral");
  assert.deepEqual(pointOf(wkt("POINT(46.75 39.8)")), [46.75, 39.8]);
  assert.equal(pointOf(wkt("POINT(400 39.8)")), null);
  assert.equal(pointOf(wkt("LINESTRING(1 2, 3 4)")), null);
});

test("a graph has a bound, and tells how many rows are left out", () => {
  const rows = Array.from({ length: 10 }, (_, at) => [uri(`http://e/${at}`), uri(`http://e/${at + 1}`)]);
  const found = graphOf({ columns: ["a", "b"], rows, triples: false }, PREFIXES, 5);
  assert.equal(found.nodes.length, 5);
  assert.equal(found.edges.length + found.left, rows.length);
});

test("what is no term of ours is told as text", () => {
  assert.equal(textOf(undefined, PREFIXES), "");
  assert.equal(textOf({ type: "bnode", value: "b0" }, PREFIXES), "_:b0");
  assert.equal(textOf(literal("<img src=x onerror=alert(1)>"), PREFIXES), "<img src=x onerror=alert(1)>");
});

test("a prefix is declared once, after the comments on top", () => {
  assert.deepEqual(declaration("# title\nASK {}", "t", "http://t#"), { from: 8, insert: "PREFIX t: <http://t#>\n" });
  assert.equal(declaration("prefix t: <http://t#> ASK {}", "t", "http://t#"), null);
});

test("variables in texts and comments, and the one being written, are not proposed", () => {
  const text = 'SELECT ?b ?a { ?a ?p "?c" } # ?d\n?e';
  assert.deepEqual(variables(text, text.length), ["a", "b", "p"]);
});

test("a place of a problem is counted in code points", () => {
  assert.equal(offsetOf("a\n“😀” x", 2, 4), 6);
  assert.equal(offsetOf("a", 9, 9), 1);
});

test("a quote in a query cannot end the text of a command", () => {
  assert.match(curl("http://h/sparql", { query: "ASK { 'x' }" }), /'query=ASK \{ '\\''x'\\'' \}'/);
  assert.match(python("http://h/sparql", { query: 'ASK { """x\\n""" }', perspective: "p" }), /\\"\\"\\"x\\\\n\\"\\"\\"/);
});

test("an address leaves out what is empty", () => {
  assert.equal(addressOf("/sparql", { query: "ASK {}", perspective: "" }), "/sparql?query=ASK+%7B%7D");
});
