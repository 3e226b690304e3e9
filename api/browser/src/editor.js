// The editor of queries, made of CodeMirror: completion from the terms of this data, errors at their place.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, startCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { declaration, offsetOf, variables } from "./writing.js";

const KEYWORDS = ("ASK BASE BIND BY CONSTRUCT DESCRIBE DISTINCT EXISTS FILTER FROM GRAPH GROUP HAVING LIMIT MINUS NAMED NOT " +
  "OFFSET OPTIONAL ORDER PREFIX REDUCED SELECT UNDEF UNION VALUES WHERE ASC DESC AS IN " +
  "ABS AVG BOUND COALESCE CONCAT CONTAINS COUNT DATATYPE DAY GROUP_CONCAT IF IRI ISBLANK ISIRI ISLITERAL ISNUMERIC LANG " +
  "LANGMATCHES LCASE MAX MIN MONTH NOW REGEX REPLACE ROUND SAMETERM SAMPLE STR STRAFTER STRBEFORE STRDT STRENDS STRLANG " +
  "STRLEN STRSTARTS SUBSTR SUM UCASE YEAR").split(" ");
const TYPES = { class: "class", concept: "constant", property: "property", scheme: "namespace" };
const FOUND_MOST = 20;
const FEWEST_LETTERS = 2; // from which entities are looked for

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--witness-4)", fontWeight: "600" },
  { tag: [tags.variableName, tags.local(tags.variableName)], color: "var(--witness-2)" },
  { tag: [tags.atom, tags.special(tags.variableName)], color: "var(--link)" },
  { tag: tags.string, color: "var(--witness-3)" },
  { tag: tags.number, color: "var(--witness-5)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
  { tag: [tags.operator, tags.bracket], color: "var(--ink)" },
]);

const LOOK = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--raised)", fontSize: "0.9rem", height: "100%" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.6rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--quiet)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--mark) 55%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { backgroundColor: "color-mix(in srgb, var(--link) 28%, transparent)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--mark)", outline: "1px solid var(--mark-line)" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--quiet)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "0.85rem", maxHeight: "16rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.2rem 0.5rem", lineHeight: "1.5" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--link)", color: "var(--paper)" },
  ".cm-completionDetail": { fontStyle: "normal", marginLeft: "0.75em", fontFamily: "var(--sans)" },
  ".cm-completionMatchedText": { textDecoration: "underline", fontWeight: "600" },
  ".cm-completionInfo": { fontFamily: "var(--sans)", maxWidth: "24rem", padding: "0.5rem 0.75rem" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--witness-2)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--witness-2)", textUnderlineOffset: "0.2em" },
});

/** Puts a prefixed name where it was begun, and declares its prefix where the query does not yet. */
function insertName(prefix, namespace) {
  return (view, completion, from, to) => {
    const missing = declaration(view.state.doc.toString(), prefix, namespace);
    const changes = [{ from, to, insert: completion.label }];
    if (missing) changes.push(missing);
    const shift = missing && missing.from <= from ? missing.insert.length : 0;
    view.dispatch({ changes, selection: { anchor: from + shift + completion.label.length }, userEvent: "input.complete" });
  };
}

function ofTerm({ name, kind, label, definition, uses }, prefixes) {
  const prefix = name.slice(0, name.indexOf(":"));
  const used = uses === null ? "" : uses ? `, used ${uses} times` : ", not used";
  return {
    label: name,
    displayLabel: name,
    detail: label,
    info: `${definition ?? "Not defined here."} (${kind}${used})`,
    type: TYPES[kind],
    boost: uses ? Math.min(20, Math.log2(uses)) : 0,
    apply: insertName(prefix, prefixes[prefix]),
  };
}

/** Completion of prefixed names, variables, and words: keywords, prefixes, and terms by their labels. */
function completions({ prefixes, terms }, find) {
  const named = terms.map((term) => ofTerm(term, prefixes));
  const spaces = Object.entries(prefixes).map(([prefix, namespace]) => ({
    label: `${prefix}:`, detail: namespace, type: "namespace",
    apply: (view, completion, from, to) => {
      insertName(prefix, namespace)(view, completion, from, to);
      startCompletion(view);
    },
  }));
  const words = [...KEYWORDS.map((label) => ({ label, type: "keyword", boost: -5 })), ...spaces];
  const byLabel = terms.filter(({ kind }) => kind !== "scheme").map((term) => {
    const completion = ofTerm(term, prefixes);
    const apply = (view, _, from, to) => completion.apply(view, { label: term.name }, from, to);
    return { ...completion, label: `${term.label} ${term.name}`, displayLabel: term.name, apply, boost: -20 };
  });

  return async (context) => {
    const variable = context.matchBefore(/[?$]\w*/);
    if (variable) {
      const options = variables(context.state.doc.toString(), context.pos)
        .map((name) => ({ label: variable.text[0] + name, type: "variable" }));
      return { from: variable.from, options, validFor: /^[?$]\w*$/ };
    }
    const name = context.matchBefore(/[A-Za-z][\w-]*:[\w.-]*/);
    if (name) {
      const [prefix, local] = name.text.split(":");
      const options = named.filter(({ label }) => label.startsWith(`${prefix}:`));
      if (options.length) return { from: name.from, options, validFor: /^[\w-]*:[\w.-]*$/ };
      if (!(prefix in prefixes) || local.length < FEWEST_LETTERS) return null;
      const found = await find(prefix, local, FOUND_MOST);
      return found.length === 0 || context.aborted ? null : {
        from: name.from,
        filter: false,
        options: found.map(({ slug, label }) => ({
          label: `${prefix}:${slug}`, detail: label, type: "constant", apply: insertName(prefix, prefixes[prefix]),
        })),
      };
    }
    const word = context.matchBefore(/[A-Za-z]+/);
    if (!word && !context.explicit) return null;
    return { from: word?.from ?? context.pos, options: [...words, ...byLabel], validFor: /^[A-Za-z]*$/ };
  };
}

/**
 * Types over a selection as a change of the text. Left to itself, Chromium keeps the colours of what was selected in a
 * style attribute, which the policy of the page forbids.
 */
const typeOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { main, ranges } = view.state.selection;
    if (event.inputType !== "insertText" || !event.data || event.isComposing || main.empty || ranges.length > 1) return false;
    event.preventDefault();
    const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type" });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, main.from, main.to, event.data, insert))) view.dispatch(insert());
    return true;
  },
});

/**
 * An editor in place of a textarea: get() and set(text), mark(problem) and focus().
 *
 * It stands in a shadow tree, where its style sheet can be adopted: the page allows no style element. Its terms come
 * from learn() when they are first wanted.
 */
export function edit(textarea, { label, ask, find, learn }) {
  const host = document.createElement("div");
  host.className = "editor";
  textarea.before(host);
  textarea.hidden = true;
  const root = host.attachShadow({ mode: "open" });
  let known = null;
  let complete = null;
  const propose = async (context) => {
    const terms = await learn();
    if (terms !== known) complete = completions(terms, find);
    known = terms;
    return complete(context);
  };
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: textarea.value,
      extensions: [
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => { ask(); return true; } }])),
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        EditorView.lineWrapping,
        autocompletion({ override: [propose], icons: false, maxRenderedOptions: 60 }),
        StreamLanguage.define(sparql),
        syntaxHighlighting(COLOURS),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", autocapitalize: "off" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) textarea.value = update.state.doc.toString();
        }),
        typeOver,
        LOOK,
      ],
    }),
  });
  return {
    get: () => view.state.doc.toString(),
    set: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 } }),
    focus: () => view.focus(),
    mark: (problem) => {
      if (!problem?.line) return view.dispatch(setDiagnostics(view.state, []));
      const from = offsetOf(view.state.doc.toString(), problem.line, problem.column ?? 1);
      const to = Math.min(view.state.doc.length, from + Math.max(1, (problem.token ?? "").length));
      view.dispatch(setDiagnostics(view.state, [{ from, to, severity: "error", message: problem.detail }]));
      view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
    },
  };
}
