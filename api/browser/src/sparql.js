// The page of queries: the form works without this; with it there are an editor, completion and pictures of answers.
import { addressOf, curl, fieldsOf, python } from "./commands.js";
import { counted, figure, make } from "./drawing.js";
import { isNumber, linkOf, readAnswer, shortened, textOf, viewsOf } from "./terms.js";

const ROWS = 1000; // that the table shows
const RAW = 200000; // characters that are shown as they are
const LONGEST_SHOWN = 8000; // characters of an address in the address bar
const LONGEST = 100000; // characters of the longest address that the server reads
const LONGEST_QUERY = 4000; // characters of an address that is asked by GET
const LONG_TEXT = 60;
const ANSWERS = "application/sparql-results+json, application/n-triples;q=0.9, application/problem+json;q=0.5";
const TITLES = { table: "Table", chart: "Chart", timeline: "Timeline", map: "Map", graph: "Graph", raw: "As sent" };
const SOLUTIONS = { json: "JSON", csv: "CSV", tsv: "TSV", xml: "XML" };
const TRIPLES = { ttl: "Turtle", nt: "N-Triples", jsonld: "JSON-LD", rdf: "RDF/XML" };

const form = document.getElementById("ask");
const [textarea, perspective, status, problem, section] =
  ["query", "perspective", "status", "problem", "answer"].map((id) => document.getElementById(id));
const [submit, cancel, example] = ["submit", "cancel", "example"].map((id) => document.getElementById(id));
const root = form.dataset.root;
const path = `${root}/sparql`;
const endpoint = new URL(path, location.href).href; // for those who copy it
const base = form.dataset.base;
const prefixes = JSON.parse(form.dataset.prefixes);

let editor = { get: () => textarea.value, set: (text) => { textarea.value = text; }, focus: () => textarea.focus(), mark() {} };
let terms = { prefixes, terms: [], questions: [] };
let running = null;

const asked = () => ({ query: editor.get(), perspective: perspective.value });

async function request(fields, signal) {
  const address = addressOf(endpoint, fields);
  const headers = { Accept: ANSWERS };
  if (address.length <= LONGEST_QUERY) return fetch(address, { headers, signal });
  return fetch(endpoint, { method: "POST", headers, body: new URLSearchParams(fieldsOf(fields)), signal });
}

async function ask({ remember = true } = {}) {
  if (!editor.get().trim()) return editor.focus();
  running?.abort();
  const mine = running = new AbortController();
  const fields = asked();
  cancel.hidden = false;
  submit.disabled = true;
  editor.mark(null);
  problem.replaceChildren();
  status.textContent = "Asking …";
  const started = performance.now();
  if (remember) {
    const address = addressOf(endpoint, fields);
    history.pushState(fields, "", address.length <= LONGEST_SHOWN ? address : endpoint);
  }
  try {
    const response = await request(fields, mine.signal);
    const text = await response.text();
    const took = `${figure(Math.round(performance.now() - started))} ms`;
    if (response.ok) showAnswer(response, text, fields, took);
    else showProblem(response, text);
  } catch (error) {
    if (mine !== running) return;
    status.textContent = error.name === "AbortError" ? "Cancelled." : "There is no answer: the server was not reached.";
  } finally {
    if (mine === running) {
      running = null;
      cancel.hidden = true;
      submit.disabled = false;
    }
  }
}

function showProblem(response, text) {
  let told = {};
  try {
    told = JSON.parse(text);
  } catch {
    told = { title: `${response.status} ${response.statusText}`, detail: "" };
  }
  status.textContent = "There is no answer.";
  section.replaceChildren();
  const place = told.line ? `Line ${told.line}${told.column ? `, column ${told.column}` : ""}: ` : "";
  const wait = response.headers.get("Retry-After");
  problem.replaceChildren(
    make("p", { class: "title" }, told.title ?? "There is no answer."),
    make("p", {}, place + (told.detail ?? "")),
    ...(told.excerpt ? [make("pre", {}, make("code", {}, told.excerpt))] : []),
    ...(told.hint ? [make("p", { class: "hint" }, told.hint)] : []),
    ...(wait ? [make("p", {}, `Ask again in ${counted(Number(wait), "second")} or later.`)] : []),
    ...(told.request_id ? [make("p", { class: "quiet" }, `Request ${told.request_id}`)] : []),
  );
  editor.mark(told);
  problem.scrollIntoView({ block: "nearest" });
}

function showAnswer(response, text, fields, took) {
  const answer = readAnswer(text, response.headers.get("Content-Type") ?? "");
  const rows = answer.triples ? counted(answer.rows.length, "triple") : counted(answer.rows.length, "row");
  status.textContent = answer.truth === null ? `${rows}, ${took}.` : `${answer.truth ? "Yes" : "No"}, ${took}.`;
  const parts = [make("h2", {}, "Answer")];
  if (response.headers.get("Testimonia-Attribution") === "merged") {
    parts.push(make("p", { class: "banner" }, "You asked for graphs of claims as the default graph: in this answer, what is claimed " +
      "stands beside what we say ourselves, without its speaker."));
  }
  const hint = response.headers.get("Testimonia-Hint");
  if (hint) parts.push(make("p", { class: "hint" }, hint));
  if (answer.truth !== null) parts.push(make("p", { class: "truth" }, answer.truth ? "Yes" : "No"));
  const views = viewsOf(answer);
  if (views.length) parts.push(...shownAs(views, answer, text));
  else if (answer.truth === null) parts.push(make("p", { class: "quiet" }, "No row fits."));
  parts.push(downloads(fields, answer.triples ? TRIPLES : SOLUTIONS));
  section.replaceChildren(...parts);
}

/** Buttons for the views that fit, and the view that is chosen. */
function shownAs(views, answer, text) {
  const panel = make("div", { class: "view" });
  const context = { prefixes, place: { root, base } };
  const buttons = views.map((view) => {
    const button = make("button", { type: "button", class: "second", "aria-pressed": "false" }, TITLES[view]);
    button.addEventListener("click", () => choose(view));
    return button;
  });
  async function choose(view) {
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(views[at] === view)));
    if (view === "table") return panel.replaceChildren(...table(answer, context));
    if (view === "raw") return panel.replaceChildren(...raw(text));
    panel.replaceChildren(make("p", { class: "quiet" }, "Drawing …"));
    try {
      const pictures = await import("./pictures.js");
      panel.replaceChildren(await pictures[view](answer, context));
    } catch {
      panel.replaceChildren(make("p", { class: "quiet" }, "The picture could not be loaded. The table has the same."));
    }
  }
  choose("table");
  return [make("div", { class: "views", role: "group", "aria-label": "Show the answer as" }, ...buttons), panel];
}

function table(answer, context) {
  const shown = answer.rows.slice(0, ROWS);
  const head = make("tr", {}, ...answer.columns.map((name) => make("th", { scope: "col" }, name)));
  const body = shown.map((row) => make("tr", {}, ...row.map((term) => cell(term, context))));
  const note = answer.rows.length > ROWS
    ? [make("p", { class: "quiet" }, `The table shows the first ${figure(ROWS)} of ${figure(answer.rows.length)} rows; the downloads hold them all.`)] : [];
  return [...note, make("div", { class: "scroll results tall", tabindex: "0", role: "region", "aria-label": "Results" },
    make("table", {}, make("caption", { class: "aside" }, "The answer, row by row"), make("thead", {}, head), make("tbody", {}, ...body)))];
}

function cell(term, context) {
  const text = textOf(term, context.prefixes);
  const to = linkOf(term, context.prefixes, context.place);
  const language = term?.["xml:lang"] ?? null;
  const kind = isNumber(term) ? "number" : text.length > LONG_TEXT ? "long" : null;
  const type = term?.datatype ? shortened(term.datatype, context.prefixes) : null;
  return make("td", { class: kind, lang: language, dir: language ? "auto" : null, title: type },
    to ? make("a", { href: to, rel: to.startsWith(`${root}/`) ? null : "nofollow noopener" }, text) : text,
    language && language !== "en" ? make("span", { class: "language", lang: "en" }, ` ${language}`) : null);
}

function raw(text) {
  const note = text.length > RAW ? [make("p", { class: "quiet" }, `These are the first ${figure(RAW)} of ${figure(text.length)} characters.`)] : [];
  return [...note, make("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": "The answer as sent" },
    make("pre", {}, make("code", {}, text.slice(0, RAW))))];
}

/** Links to the answer in each format; for queries that no address can hold, buttons that post them. */
function downloads(fields, formats) {
  const one = ([format, title]) => {
    const address = addressOf(path, { ...fields, format });
    if (address.length < LONGEST) return make("a", { href: address }, title);
    return make("button", { class: "second", form: "ask", name: "format", value: format }, title);
  };
  const items = Object.entries(formats).flatMap((format, at) => (at ? [" · ", one(format)] : [one(format)]));
  return make("p", { class: "twins" }, "The whole answer as data: ", ...items);
}

async function copy(button, text) {
  const said = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    status.textContent = "Copied to the clipboard.";
    setTimeout(() => { button.textContent = said; }, 2000);
  } catch {
    problem.replaceChildren(make("p", {}, "Copy it from here:"), make("pre", { tabindex: "0" }, make("code", {}, text)));
  }
}

function link() {
  const address = addressOf(endpoint, asked());
  return address.length < LONGEST ? address : null;
}

const COPIES = {
  "copy-link": (button) => {
    const address = link();
    if (address) copy(button, address);
    else status.textContent = "The query is too long for a link; copy it as curl instead.";
  },
  "copy-curl": (button) => copy(button, curl(endpoint, asked())),
  "copy-python": (button) => copy(button, python(endpoint, asked())),
};

/** Things of a kind whose name has what was typed: [{ slug, label }]. */
async function find(kind, words, most) {
  const response = await fetch(`${root}/search?${new URLSearchParams({ q: words.replaceAll("-", " "), kind, limit: most })}`,
    { headers: { Accept: "application/json" } });
  if (!response.ok) return [];
  const { items } = await response.json();
  return items.map(({ iri, label, paraphrase }) => ({ slug: iri.slice(`${base}${kind}/`.length), label: label ?? paraphrase ?? "" }));
}

let learning = null;

/** Gets what the editor proposes, once, when it is first wanted; where it cannot be had, all else works without it. */
function learn() {
  learning ??= fetch(`${root}/sparql/terms`, { headers: { Accept: "application/json" } })
    .then((response) => (response.ok ? response.json() : Promise.reject(new Error(response.statusText))))
    .then((found) => { terms = found; })
    .catch(() => { learning = null; })
    .then(() => terms);
  return learning;
}

async function loadEditor() {
  const { edit } = await import("./editor.js");
  editor = edit(textarea, { label: "Query", ask, find, learn });
}

function prepare() {
  for (const one of document.querySelectorAll("[data-scripted]")) one.hidden = false;
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name === "format") return;
    event.preventDefault();
    ask();
  });
  cancel.addEventListener("click", () => running?.abort());
  textarea.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) ask();
  });
  form.addEventListener("focusin", learn);
  example.addEventListener("change", async () => {
    await learn();
    const chosen = terms.questions.find(({ name }) => name === example.value);
    if (chosen) editor.set(`${chosen.query}\n`);
  });
  for (const [id, act] of Object.entries(COPIES)) {
    const button = document.getElementById(id);
    button.addEventListener("click", () => act(button));
  }
  addEventListener("popstate", ({ state }) => {
    const given = state ?? Object.fromEntries(new URLSearchParams(location.search));
    if (!given.query) return;
    editor.set(given.query);
    perspective.value = given.perspective ?? "";
    ask({ remember: false });
  });
}

const loaded = loadEditor().catch(() => undefined); // without it the form is as it was
prepare();
if (form.dataset.answered !== undefined) ask({ remember: false });
