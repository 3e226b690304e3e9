// Terms of answers: read, shortened, linked, and told apart by what they can be drawn as. No page is needed here.

const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = new Set(["integer", "decimal", "double", "float", "nonNegativeInteger", "int", "long"].map((name) => XSD + name));
const DAYS = new Set([...["date", "dateTime", "gYear", "gYearMonth"].map((name) => XSD + name),
  "http://id.loc.gov/datatypes/edtf/EDTF"]);
const WKT = "http://www.opengis.net/ont/geosparql#wktLiteral";
const LOCAL = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?$/u;
const DAY = 86400000;

/** The answer to a query as { columns, rows, truth, triples }; a row has a term or undefined for each column. */
export function readAnswer(text, type) {
  if (/n-triples/.test(type)) {
    const columns = ["subject", "predicate", "object"];
    return { columns, rows: readTriples(text), truth: null, triples: true };
  }
  const { head, results, boolean } = JSON.parse(text);
  if (results === undefined) return { columns: [], rows: [], truth: boolean, triples: false };
  const columns = head.vars ?? [];
  const rows = results.bindings.map((binding) => columns.map((name) => binding[name]));
  return { columns, rows, truth: null, triples: false };
}

const TRIPLE = /^\s*(<[^>]*>|_:\S+)\s+(<[^>]*>)\s+(<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^>]*>)?)\s*\.\s*$/;

/** The rows of N-Triples; a line that is none is left out, as comments are. */
export function readTriples(text) {
  return text.split("\n").map((line) => TRIPLE.exec(line)).filter(Boolean)
    .map((found) => found.slice(1, 4).map(readTerm));
}

function readTerm(text) {
  if (text.startsWith("<")) return { type: "uri", value: unescaped(text.slice(1, -1)) };
  if (text.startsWith("_:")) return { type: "bnode", value: text.slice(2) };
  const end = text.lastIndexOf('"');
  const term = { type: "literal", value: unescaped(text.slice(1, end)) };
  const rest = text.slice(end + 1);
  if (rest.startsWith("@")) term["xml:lang"] = rest.slice(1);
  if (rest.startsWith("^^")) term.datatype = rest.slice(3, -1);
  return term;
}

const ESCAPES = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f", '"': '"', "'": "'", "\\": "\\" };

function unescaped(text) {
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (whole, four, eight, one) =>
    four || eight ? String.fromCodePoint(parseInt(four || eight, 16)) : ESCAPES[one] ?? whole);
}

/** An IRI as a prefixed name where a namespace fits, else as it is. */
export function shortened(iri, prefixes) {
  let best = "";
  for (const [name, space] of Object.entries(prefixes)) {
    if (iri.startsWith(space) && space.length > (prefixes[best] ?? "").length && LOCAL.test(iri.slice(space.length))) {
      best = name;
    }
  }
  return best ? `${best}:${iri.slice(prefixes[best].length)}` : iri;
}

/** Where a term leads: our own things to their page here, https elsewhere, nothing else anywhere. */
export function linkOf(term, prefixes, { root, base }) {
  if (term?.type !== "uri") return null;
  if (term.value.startsWith(base)) {
    const own = Object.values(prefixes).some((space) => space.startsWith(base) && term.value.startsWith(space));
    return own ? `${root}/${encodeURI(term.value.slice(base.length))}` : null;
  }
  return /^https:\/\/[^/\s]/i.test(term.value) ? term.value : null;
}

/** A term in words: a prefixed name, a text, a blank node or a quoted triple. */
export function textOf(term, prefixes) {
  if (term === undefined) return "";
  if (term.type === "uri") return shortened(term.value, prefixes);
  if (term.type === "bnode") return `_:${term.value}`;
  if (typeof term.value === "string") return term.value;
  return Object.values(term.value).map((part) => textOf(part, prefixes)).join(" ");
}

export const isNumber = (term) => term?.type === "literal" && NUMBERS.has(term.datatype) && Number.isFinite(+term.value);

/** The first and last day that a date or EDTF (ISO 8601-2) allows, in days since 1970, with null for an open end. */
export function daysOf(term) {
  if (term?.type !== "literal" || !DAYS.has(term.datatype)) return null;
  const text = term.value.replace(/T.*$/, "");
  const [, inner] = /^[[{](.*)[\]}]$/.exec(text) ?? [null, text];
  const parts = inner.includes("/") ? inner.split("/") : inner.split("..");
  if (parts.length > 2) return null;
  const [first, last] = parts.length === 2 ? parts : [inner, inner];
  const begin = first === "" || first === ".." ? null : bounds(first.split(",")[0]);
  const end = last === "" || last === ".." ? null : bounds(last.split(",").at(-1));
  if (begin === undefined || end === undefined || (begin === null && end === null)) return null;
  const loose = inner !== text || /[?~%X]/.test(text);
  return { first: begin && begin[0], last: end && end[1], loose };
}

/** First and last day of a year, month or day with unspecified digits; undefined for what is none. */
function bounds(text) {
  const found = /^([+-]?[\dX]{4})(?:-(\d\d|XX))?(?:-(\d\d|XX))?$/.exec(text.replace(/[?~%]|Z$/g, "").trim());
  if (!found) return undefined;
  const [, year, month, day] = found;
  const years = [+year.replaceAll("X", "0"), +year.replaceAll("X", "9")];
  if (years[0] !== years[1] || !month || month === "XX") return [days(years[0], 0, 1), days(years[1], 11, 31)];
  if (+month < 1 || +month > 12) return undefined;
  if (!day || day === "XX") return [days(years[0], +month - 1, 1), days(years[0], +month, 0)];
  return [days(years[0], +month - 1, +day), days(years[0], +month - 1, +day)];
}

function days(year, month, day) {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return Math.floor(date.getTime() / DAY);
}

/** Longitude and latitude of a WKT point in CRS84, as a pair; null for other shapes. */
export function pointOf(term) {
  if (term?.type !== "literal" || term.datatype !== WKT) return null;
  const found = /^\s*(<[^>]*>)?\s*POINT\s*\(\s*([-+\d.eE]+)\s+([-+\d.eE]+)\s*\)/i.exec(term.value);
  if (!found || (found[1] && !/CRS84>$/.test(found[1]))) return null;
  return placed(+found[2], +found[3]);
}

function placed(x, y) {
  return Math.abs(x) <= 180 && Math.abs(y) <= 90 ? [x, y] : null;
}

/** Which columns of an answer hold what, by index; a column counts where every term in it fits. */
export function columnsOf({ columns, rows }) {
  const every = (fits) => columns.map((_, at) => at).filter((at) => {
    const terms = rows.map((row) => row[at]).filter((term) => term !== undefined);
    return terms.length > 0 && terms.every(fits);
  });
  const numbers = every(isNumber);
  const named = (pattern) => numbers.find((at) => pattern.test(columns[at]));
  const latitude = named(/^lat(itude)?$|Lat(itude)?$/);
  const longitude = named(/^(lon|lng|long|longitude)$|(Lon|Lng|Long|Longitude)$/);
  return {
    numbers,
    days: every((term) => term.type === "literal" && DAYS.has(term.datatype)),
    points: every((term) => pointOf(term) !== null),
    iris: every((term) => term.type === "uri" || term.type === "bnode"),
    degrees: latitude !== undefined && longitude !== undefined ? [longitude, latitude] : null,
  };
}

/** The pair of degrees of a row, by what columnsOf found; null where it has none. */
export function placeOf(row, found) {
  if (found.points.length) return pointOf(row[found.points[0]]);
  const [x, y] = found.degrees.map((at) => row[at]);
  return x && y ? placed(+x.value, +y.value) : null;
}

/** The column that names a row: the first that is none of those given, texts before IRIs; -1 where there is none. */
export function namingColumn({ columns, rows }, others) {
  const free = columns.map((_, at) => at).filter((at) => !others.includes(at) && rows.some((row) => row[at]));
  return free.find((at) => rows.some((row) => row[at]?.type === "literal")) ?? free[0] ?? -1;
}

/** The views that fit an answer, the table first. */
export function viewsOf(answer) {
  if (answer.truth !== null || !answer.rows.length) return [];
  const found = columnsOf(answer);
  const fits = {
    table: true,
    chart: found.numbers.length > 0 && answer.columns.length > 1,
    timeline: found.days.length > 0,
    map: found.points.length > 0 || found.degrees !== null,
    graph: answer.triples || found.iris.length > 1,
    raw: true,
  };
  return Object.keys(fits).filter((name) => fits[name]);
}

/** Nodes and edges of triples, or of the first two columns of IRIs (three: with the middle one as the edge). */
export function graphOf(answer, prefixes, most) {
  const { iris } = columnsOf(answer);
  const at = answer.triples ? [0, 1, 2] : iris.length > 2 ? iris.slice(0, 3) : [iris[0], null, iris[1]];
  const nodes = new Map();
  const edges = [];
  let left = 0;
  for (const row of answer.rows) {
    const [from, by, to] = at.map((index) => (index === null ? undefined : row[index]));
    if (!from || !to) continue;
    const keys = [from, to].map((term) => JSON.stringify(term));
    if (nodes.size + keys.filter((key) => !nodes.has(key)).length > most) {
      left += 1;
      continue;
    }
    [from, to].forEach((term, index) => nodes.set(keys[index], { id: keys[index], term, text: textOf(term, prefixes) }));
    edges.push({ source: keys[0], target: keys[1], text: textOf(by, prefixes) });
  }
  return { nodes: [...nodes.values()], edges, left };
}
