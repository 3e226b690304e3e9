// What a query says of itself while it is written, read loosely: it need not be whole. No page is needed here.

const DECLARED = /\bPREFIX\s+([\w-]*):\s*<([^>]*)>/gi;
const HIDDEN = /#[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;

/** Namespaces that a query declares, by prefix. */
export function declared(text) {
  return Object.fromEntries([...text.matchAll(DECLARED)].map((found) => [found[1], found[2]]));
}

/** What to insert, and where, so that a query declares a prefix; null where it does. */
export function declaration(text, prefix, namespace) {
  if (prefix in declared(text)) return null;
  const before = /^(?:[ \t]*#[^\n]*\n|[ \t]*\n)*/.exec(text)[0].length;
  return { from: before, insert: `PREFIX ${prefix}: <${namespace}>\n` };
}

/** The variables of a query, sorted, but for one that is just being written at an offset. */
export function variables(text, offset = -1) {
  const found = [...text.replace(HIDDEN, (hidden) => " ".repeat(hidden.length)).matchAll(/[?$](\w+)/g)]
    .filter((one) => one.index + one[0].length !== offset);
  return [...new Set(found.map((one) => one[1]))].sort();
}

/** The offset of a line and column, both from 1 and in code points, in a text. */
export function offsetOf(text, line, column) {
  const lines = text.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const within = [...(lines[line - 1] ?? "")].slice(0, Math.max(0, column - 1)).join("").length;
  return Math.min(text.length, before + within);
}
