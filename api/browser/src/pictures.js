// Answers as pictures: bars, days, a map, a graph. Each says what it shows and leaves out; the table has the same as text.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
import { geoMercator, geoPath } from "d3-geo";
import { scaleLinear, scaleUtc } from "d3-scale";
import { counted, cut, draw, figure, make } from "./drawing.js";
import { columnsOf, daysOf, graphOf, isNumber, linkOf, namingColumn, placeOf, textOf } from "./terms.js";

const BARS = 60;
const LINES = 120;
const NODES = 200;
const DENSE = 24; // lines from which their names would cover each other
const POINTS = 1000;
const NAMED_POINTS = 40;
const DAY = 86400000;
const WIDE = 1000; // units of a picture's width
const NAMES = 290; // of them for names at the left
const ROW = 26;
const LETTERS = 32;

/** A picture in a region that can be scrolled, with what is to be said of it. */
function picture(width, height, title, notes, ...children) {
  const shown = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title, class: "picture" }, ...children);
  const scroll = make("div", { class: "scroll pictured", tabindex: "0", role: "region", "aria-label": title }, shown);
  return make("div", {}, scroll, ...notes.map((note) => make("p", { class: "quiet" }, note)));
}

function linked(term, context, shown) {
  const to = linkOf(term, context.prefixes, context.place);
  return to ? draw("a", { href: to }, shown) : shown;
}

function nameOf(term, context, y, extra = {}) {
  const text = textOf(term, context.prefixes);
  return linked(term, context, draw("text", { x: NAMES - 12, y, "text-anchor": "end", class: "name", ...extra },
    draw("title", {}, text), cut(text, LETTERS)));
}

function leftOut(shown, all, noun) {
  return all > shown ? [`The first ${figure(shown)} of ${counted(all, noun)} are drawn.`] : [];
}

/** Bars of the first column of numbers, each named by another column. */
export function chart(answer, context) {
  const { numbers } = columnsOf(answer);
  const value = numbers.at(-1);
  const name = namingColumn(answer, numbers);
  const named = name < 0 ? numbers[0] : name;
  const rows = answer.rows.filter((row) => isNumber(row[value]));
  const shown = rows.slice(0, BARS);
  const figures = shown.map((row) => Number(row[value].value));
  const scale = scaleLinear().domain([Math.min(0, ...figures), Math.max(0, ...figures) || 1]).nice().range([NAMES, WIDE - 90]);
  const height = shown.length * ROW + 34;
  const ticks = scale.ticks(5).map((tick) => draw("g", {},
    draw("line", { x1: scale(tick), x2: scale(tick), y1: 24, y2: height, class: tick ? "grid" : "axis" }),
    draw("text", { x: scale(tick), y: 16, "text-anchor": "middle", class: "tick" }, figure(tick))));
  const bars = shown.map((row, at) => {
    const [x, y] = [scale(figures[at]), 30 + at * ROW];
    return draw("g", {},
      nameOf(row[named], context, y + 15),
      draw("rect", { x: Math.min(x, scale(0)), y: y + 2, width: Math.max(1, Math.abs(x - scale(0))), height: ROW - 8, class: "bar" }),
      draw("text", { x: Math.max(x, scale(0)) + 6, y: y + 15, class: "value" }, figure(figures[at])));
  });
  const title = `${answer.columns[value]} by ${answer.columns[named]}`;
  const missing = answer.rows.length - rows.length;
  const notes = [`Bars: ${title}, in the order of the answer.`, ...leftOut(shown.length, rows.length, "row"),
    ...(missing ? [`${counted(missing, "row")} without a number ${missing === 1 ? "is" : "are"} not drawn.`] : [])];
  return picture(WIDE, height, title, notes, ...ticks, ...bars);
}

/** The days that each row allows: a dot for one day, a line for several, dashed where the reading is loose. */
export function timeline(answer, context) {
  const columns = columnsOf(answer).days;
  const name = namingColumn(answer, columns);
  const dated = answer.rows.map((row) => [row, columns.map((at) => daysOf(row[at])).filter(Boolean)])
    .filter(([, spans]) => spans.length);
  const shown = dated.slice(0, LINES);
  const ends = shown.flatMap(([, spans]) => spans.flatMap(({ first, last }) => [first, last])).filter((day) => day !== null);
  if (!ends.length) return make("p", { class: "quiet" }, "No row has a day that can be placed.");
  const [least, most] = [Math.min(...ends), Math.max(...ends) + 1];
  const margin = Math.max(1, (most - least) * 0.03);
  const scale = scaleUtc().domain([(least - margin) * DAY, (most + margin) * DAY]).range([NAMES, WIDE - 20]);
  const at = (day) => scale(day * DAY);
  const height = shown.length * ROW + 40;
  const say = scale.tickFormat(6);
  const ticks = scale.ticks(6).map((tick) => draw("g", {},
    draw("line", { x1: scale(tick), x2: scale(tick), y1: 24, y2: height, class: "grid" }),
    draw("text", { x: scale(tick), y: 16, "text-anchor": "middle", class: "tick" }, say(tick))));
  const lines = shown.map(([row, spans], index) => {
    const y = 36 + index * ROW;
    const words = columns.map((column) => textOf(row[column], context.prefixes)).filter(Boolean).join(", ");
    const marks = spans.map(({ first, last, loose }) => {
      const [x1, x2] = [first === null ? NAMES : at(first), last === null ? WIDE - 20 : at(last + 1)];
      const open = first === null || last === null;
      if (!open && last === first && !loose) return draw("circle", { cx: (x1 + x2) / 2, cy: y, r: 5.5, class: "dot" });
      return draw("rect", { x: x1, y: y - 5, width: Math.max(4, x2 - x1), height: 10, rx: 3, class: open || loose ? "span loose" : "span" });
    });
    return draw("g", {}, nameOf(row[name], context, y + 5), draw("g", {}, draw("title", {}, words), ...marks));
  });
  const undated = answer.rows.length - dated.length;
  const title = `Days: ${columns.map((column) => answer.columns[column]).join(", ")}`;
  const notes = ["A dot is one day; a bar is all the days that a value allows; a hollow bar is approximate, open or one of several.",
    ...leftOut(shown.length, dated.length, "row"),
    ...(undated ? [`${counted(undated, "row")} without a day that can be placed: the table has ${undated === 1 ? "it" : "them"}.`] : [])];
  return picture(WIDE, height, title, notes, ...ticks, ...lines);
}

let land = null; // asked for once

/** Points over coastlines; no borders are drawn. */
export async function map(answer, context) {
  const found = columnsOf(answer);
  const name = namingColumn(answer, [...found.points, ...(found.degrees ?? [])]);
  const placed = answer.rows.map((row) => ({ row, point: placeOf(row, found) })).filter(({ point }) => point);
  if (!placed.length) return make("p", { class: "quiet" }, "No row has a point that can be placed.");
  const shown = placed.slice(0, POINTS);
  const [width, height] = [WIDE, 620];
  const projection = geoMercator().fitExtent([[70, 50], [width - 170, height - 50]],
    { type: "MultiPoint", coordinates: shown.map(({ point }) => point) });
  const nearest = 60000; // of scale: closer, coastlines tell nothing
  if (!(projection.scale() < nearest)) {
    const [x, y] = shown[0].point;
    projection.scale(nearest).center([x, Math.max(-85, Math.min(85, y))]).translate([width / 2, height / 2]);
  }
  projection.clipExtent([[0, 0], [width, height]]);
  land ??= fetch(new URL("./land.json", import.meta.url)).then((response) => response.json());
  let coast = null;
  try {
    coast = draw("path", { d: geoPath(projection)(await land) ?? "", class: "land" });
  } catch {
    land = null; // the points stand without it, and the next map tries again
  }
  const spots = new Map();
  for (const { row, point } of shown) {
    const key = point.join(" ");
    spots.set(key, { point, rows: [...(spots.get(key)?.rows ?? []), row] });
  }
  const sorted = [...spots.values()].sort((a, b) => a.point[0] - b.point[0]);
  const taken = [];
  const marks = sorted.map(({ point, rows }) => {
    const [x, y] = projection(point);
    const texts = [...new Set(rows.map((row) => textOf(row[name], context.prefixes)))].filter(Boolean);
    const label = cut(texts[0] ?? "", 26) + (texts.length > 1 ? ` + ${texts.length - 1}` : "");
    const free = sorted.length <= NAMED_POINTS && !taken.some(([a, b]) => Math.abs(a - x) < 150 && Math.abs(b - y) < 17);
    if (free) taken.push([x, y]);
    return linked(rows[0][name], context, draw("g", {},
      draw("title", {}, texts.join(", ")),
      draw("circle", { cx: x, cy: y, r: 6 + Math.min(8, Math.sqrt(rows.length - 1)), class: "dot" }),
      free ? draw("text", { x: x + 11, y: y + 5, class: "name halo" }, label) : null));
  });
  const unplaced = answer.rows.length - placed.length;
  const notes = ["Coastlines: Natural Earth. Borders are left out; where a place is said to belong is a claim.",
    ...leftOut(shown.length, placed.length, "row"),
    ...(unplaced ? [`${counted(unplaced, "row")} without a point: the table has ${unplaced === 1 ? "it" : "them"}.`] : [])];
  return picture(width, height, `Map of ${counted(sorted.length, "place")}`, notes,
    draw("rect", { x: 0, y: 0, width, height, class: "sea" }), coast, ...marks);
}

/** Where a label stands beside its node so that it covers no other: right, left, below, above, or right all the same. */
function labelled(nodes) {
  const boxes = nodes.map(({ x, y }) => ({ x: x - 8, y: y + 4, w: 16 }));
  const free = (box) => !boxes.some((other) => box.x < other.x + other.w && other.x < box.x + box.w && Math.abs(box.y - other.y) < 15);
  return nodes.map(({ x, y, text }) => {
    const words = cut(text, 30);
    const w = words.length * 7.4;
    const places = [
      { x: x + 10, y: y + 4, anchor: "start" }, { x: x - 10 - w, y: y + 4, anchor: "end", at: x - 10 },
      { x: x - w / 2, y: y + 22, anchor: "middle", at: x }, { x: x - w / 2, y: y - 13, anchor: "middle", at: x },
    ];
    const chosen = places.find((place) => free({ ...place, w })) ?? places[0];
    boxes.push({ ...chosen, w });
    return { words, x: chosen.at ?? chosen.x, y: chosen.y, anchor: chosen.anchor, left: chosen.x, right: chosen.x + w };
  });
}

/** Things as nodes and what ties them as lines. */
export function graph(answer, context) {
  const { nodes, edges, left } = graphOf(answer, context.prefixes, NODES);
  const simulation = forceSimulation(nodes)
    .force("link", forceLink(edges).id((node) => node.id).distance(80).strength(0.4))
    .force("charge", forceManyBody().strength(-480))
    .force("apart", forceCollide(30))
    .force("x", forceX().strength(0.05))
    .force("y", forceY().strength(0.05))
    .stop();
  simulation.tick(nodes.length > 100 ? 150 : 300);
  for (const node of nodes) node.x *= 1.9; // labels are wide, not high
  const labels = labelled(nodes);
  const [x0, y0] = [Math.min(...labels.map((one) => one.left)) - 16, Math.min(...nodes.map((node) => node.y)) - 28];
  const wide = Math.max(WIDE * 0.6, Math.max(...labels.map((one) => one.right)) - x0 + 16);
  const tall = Math.max(...nodes.map((node) => node.y)) - y0 + 34;
  const dense = edges.length > DENSE;
  const drawn = edges.map(({ source, target, text }) => draw("g", { class: "edge" },
    draw("title", {}, [source.text, text, target.text].filter(Boolean).join(" ")),
    draw("line", { x1: source.x - x0, y1: source.y - y0, x2: target.x - x0, y2: target.y - y0, "marker-end": "url(#arrow)" }),
    dense || !text ? null : draw("text", { x: (source.x + target.x) / 2 - x0, y: (source.y + target.y) / 2 - y0 - 4,
      "text-anchor": "middle", class: "tick halo" }, cut(text, 22))));
  const dots = nodes.map((node, at) => linked(node.term, context, draw("g", {},
    draw("title", {}, node.text),
    draw("circle", { cx: node.x - x0, cy: node.y - y0, r: 6, class: node.term.type === "literal" ? "dot hollow" : "dot" }),
    draw("text", { x: labels[at].x - x0, y: labels[at].y - y0, "text-anchor": labels[at].anchor, class: "name halo" }, labels[at].words))));
  const arrow = draw("defs", {}, draw("marker",
    { id: "arrow", viewBox: "0 0 8 8", refX: 14, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
    draw("path", { d: "M0 0L8 4L0 8z", class: "arrow" })));
  const notes = ["Places in the picture mean nothing; lines do.",
    ...(left ? [`${counted(left, "row")} ${left === 1 ? "is" : "are"} left out: a picture has ${NODES} things at most.`] : []),
    ...(dense ? ["What a line stands for is told where the pointer rests on it, and in the table."] : [])];
  const title = `Graph of ${counted(nodes.length, "thing")} and ${counted(edges.length, "link")}`;
  const shown = picture(wide, tall, title, notes, arrow, ...drawn, ...dots);
  shown.querySelector("svg").setAttribute("width", Math.round(wide)); // as large as its words need; the region scrolls
  return shown;
}
