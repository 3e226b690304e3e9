"""Help for a query that is not valid: the word at fault, its line with a caret, and what was probably meant.

A table of common mistakes; each looks at the tokens around the fault and gives a hint or nothing. The first that
gives one is told.
"""

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox
from rapidfuzz import fuzz, process

from kb import grammar
from kb.errors import QueryError
from kb.grammar import Reading, Token
from kb.guard import column, in_turn, line
from kb.namespaces import PREFIXES

_WIDTH = 100
"""Columns of an excerpt."""

_ALIKE = 70
"""Likeness (0 to 100) from which a word is taken for a misspelling of another."""

_ALIKE_IF_SHORT = 85
"""The same for words of up to four letters."""

_NOTHING = Token("end", "", 0, "")
_TERMS = ("var", "iri", "name", "ns", "bnode", "string", "number", "integer", "true", "false", "[", "(")
_COMPARISONS = ("=", "!=", "<", ">", "<=", ">=")
_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET")
_CLOSES = {"{": "}", "(": ")", "[": "]"}
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#\d+|#x[0-9A-Fa-f]+);")
_SURROGATE = re.compile(r"(?<!\\)(?:\\\\)*(?:\\u|\\U0000)[Dd][89A-Fa-f][0-9A-Fa-f]{2}")
_ESCAPE = re.compile(r"""\\(?:[tbnrf"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})""")


@dataclass(frozen=True)
class Scene:
    """A query and where it went wrong: the index of the token at fault, and what could have stood there."""

    text: str
    reading: Reading
    index: int
    expected: frozenset[str]

    def token(self, distance: int = 0) -> Token:
        """The token at fault, or one so many places behind it; an empty one beyond the ends."""
        at = self.index + distance
        return self.reading.tokens[at] if 0 <= at < len(self.reading.tokens) else _NOTHING

    def open_brackets(self) -> list[Token]:
        """The brackets that are open at the fault, outermost first."""
        found: list[Token] = []
        for token in self.reading.tokens[: self.index]:
            if token.text in _CLOSES and token.kind == "mark":
                found.append(token)
            elif found and token.text == _CLOSES[found[-1].text] and token.kind == "mark":
                found.pop()
        return found

    def place(self, token: Token) -> str:
        """Line and column of a token, in words."""
        return f"line {line(self.text, token.at)}, column {column(self.text, token.at)}"


@dataclass(frozen=True)
class Mistake:
    """A kind of mistake: its name, and what to say where it was made (nothing where it was not)."""

    name: str
    hint: Callable[[Scene], str]


@dataclass(frozen=True)
class Rule:
    """A rule beyond the grammar: its name, and where it is broken (index of the token) with what to say."""

    name: str
    broken: Callable[[Reading], tuple[int, str] | None]


def explained(error: QueryError, text: str) -> QueryError:
    """An error of a query with the word at fault, an excerpt, and a hint where the mistake is a known one."""
    if error.line is None and error.reason != "syntax":
        return error
    with in_turn(text):
        reading = grammar.read(text)
    at, hint = _offset(text, error), error.hint
    if error.reason == "syntax" and "\x00" not in text:
        if reading.fault is not None:
            scene = Scene(text, reading, reading.fault.index, reading.fault.expected)
            hint = hint or next(filter(None, (mistake.hint(scene) for mistake in MISTAKES)), "")
        else:
            found = next(filter(None, (rule.broken(reading) for rule in RULES)), None)
            if found is not None:
                at, hint = reading.tokens[found[0]].at, hint or found[1]
    token = next((token for token in reading.tokens if token.at <= at < token.at + len(token.text)), None)
    return QueryError(
        str(error),
        reason=error.reason,
        hint=hint,
        line=line(text, at),
        column=column(text, at),
        token=token.text[:80] if token else "",
        excerpt=excerpt(text, at, len(token.text) if token else 1),
    )


def excerpt(text: str, at: int, length: int = 1) -> str:
    """The line of an offset, or a window of it where it is long, and below it carets under ``length`` characters."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    whole = text[start : len(text) if end < 0 else end].rstrip("\r")
    first = max(0, min(at - start - _WIDTH // 2, len(whole) - _WIDTH))
    shown = whole[first : first + _WIDTH]
    before, marked = shown[: at - start - first], shown[at - start - first :][: max(1, length)]
    left, right = ("…" if first else ""), ("…" if first + _WIDTH < len(whole) else "")
    carets = "^" * max(1, _columns(marked.rstrip()) if marked.strip() else 1)
    return f"{left}{_printable(shown)}{right}\n{' ' * (len(left) + _columns(before))}{carets}"


def _printable(text: str) -> str:
    """A text with spaces for what moves the cursor."""
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp") else " " for c in text)


def _columns(text: str) -> int:
    """How many columns a text takes on a terminal: wide characters two, combining ones none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _offset(text: str, error: QueryError) -> int:
    """The offset of an error's line and column, within the text."""
    start = 0
    for _ in range((error.line or 1) - 1):
        start = text.find("\n", start) + 1 or start
    return min(start + (error.column or 1) - 1, len(text))


def _escaped(scene: Scene) -> str:
    found = _ENTITY.match(scene.text, scene.token().at) if scene.token().text in ("&", "&&") else None
    return f"“{found[0]}” is HTML; write the character itself, such as < for &lt;." if found else ""


def _smart_quotes(scene: Scene) -> str:
    if scene.token().text in "“”„‟‘’‚«»″′`" and scene.token().text:
        return "Texts stand in straight quotes, \"like this\" or 'like this'."
    return ""


def _backslash(scene: Scene) -> str:
    if scene.token().text == "\\":
        return "Escapes such as \\u0053 are read inside texts and IRIs only; write the character itself."
    return ""


def _open_text(scene: Scene) -> str:
    if scene.token().kind == "open":
        long = scene.token().text[:3] in ("'''", '"""')
        where = f"{scene.token().text[:3]}, on whatever line" if long else "the quotes it begins with, on the same line"
        return f"The text that begins here is not closed; it ends with {where}."
    before = scene.token(-1)
    if before.kind == "string" and scene.token().kind == "word" and scene.token().at == before.at + len(before.text):
        return "A quote inside a text is written \\' or \\\", or the text stands in the other kind of quotes."
    return ""


def _operator(scene: Scene) -> str:
    token, before = scene.token().text, scene.token(-1).text
    if token == "=" and before in ("=", "!="):
        return "Equality is a single “=”." if before == "=" else "Inequality is “!=”."
    if before == "<" and token == ">":
        return "Inequality is “!=”."
    if before == "=" and token in ("<", ">"):
        return f"Write “{token}=”."
    if token == "&" or token.upper() == "AND":
        return "“And” is written “&&”."
    if (token == "|" and "||" in scene.expected) or token.upper() == "OR":
        return "“Or” is written “||”."
    if token.upper() == "LIKE":
        return 'Parts of a text are found with CONTAINS(?text, "part") or REGEX(?text, "pattern").'
    return ""


def _commas(scene: Scene) -> str:
    if scene.token().text == "," and {"FROM", "WHERE"} <= scene.expected:
        return "Variables in SELECT are separated by spaces, without commas."
    return ""


def _naming(scene: Scene) -> str:
    token, before = scene.token(), scene.token(-1)
    if before.klass == "AS" and token.kind == "word":
        return f"A name begins with “?”: AS ?{token.text}."
    if "AS" in scene.expected and not scene.open_brackets():
        return ""
    if "AS" in scene.expected and token.text == ")":
        return "The value needs a name: ( … AS ?name )."
    first = next((t for t in scene.reading.tokens if t.klass == "SELECT"), None)
    in_select = "var" in scene.expected and "(" in scene.expected and "iri" not in scene.expected
    if first and in_select and token.kind == "word" and token.klass not in ("?", "FROM", "WHERE"):
        return f"What is computed in SELECT stands in parentheses and has a name: ({token.text}( … ) AS ?name)."
    return ""


def _select(scene: Scene) -> str:
    if scene.token(-1).klass in ("SELECT", "DISTINCT", "REDUCED") and scene.token().klass in ("{", "WHERE", "FROM"):
        return "SELECT names variables, or takes all of them with “*”."
    return ""


def _order(scene: Scene) -> str:
    klass = scene.token().klass
    if scene.token(-1).klass in ("ORDER", "GROUP") and klass != "BY":
        return f"BY is missing: {scene.token(-1).klass} BY."
    if klass not in _MODIFIERS:
        return ""
    if scene.open_brackets():
        return f"{klass} stands behind the closing “}}” of WHERE."
    return "The order is: WHERE { … }, GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET."


def _prologue(scene: Scene) -> str:
    token, before = scene.token(), scene.token(-1)
    if token.text.lower() in ("@prefix", "@base"):
        return "In SPARQL it is PREFIX x: <…>, without “@” and without a dot at the end."
    if before.klass in ("PREFIX", "BASE") or scene.token(-2).klass == "PREFIX":
        return "A prefix is declared as PREFIX x: <http://…/>, with colon and angle brackets."
    if token.text in (".", ";", ",") and before.kind == "iri" and scene.token(-3).klass == "PREFIX":
        return f"Declarations end without “{token.text}”."
    return ""


def _later_standard(scene: Scene) -> str:
    token, after = scene.token(), scene.token(1)
    if (token.text == "<" and after.text == "<") or (token.text == "{" and after.text == "|") or token.text == "~":
        return "Quoted triples belong to SPARQL 1.2; this endpoint speaks SPARQL 1.1."
    if token.text.upper() == "LATERAL":
        return "LATERAL is no part of SPARQL 1.1; a sub-select or OPTIONAL does most of what it does."
    return ""


def _filter(scene: Scene) -> str:
    token, before = scene.token(), scene.token(-1)
    if before.klass in ("FILTER", "HAVING") and token.text != "(":
        return f"The condition stands in parentheses: {before.klass}( … )."
    if "FILTER" not in scene.expected and not (token.klass in _COMPARISONS and "^" in scene.expected):
        return ""
    if token.klass in ("NOT", "EXISTS"):
        return "Write FILTER NOT EXISTS { … } or FILTER EXISTS { … }."
    if token.klass in _COMPARISONS or token.klass in grammar.FUNCTION_CLASSES:
        return "A condition stands inside FILTER( … )."
    return ""


def _group(scene: Scene) -> str:
    if scene.expected == {"{"} and scene.token(-1).kind == "word":
        return f"Braces follow {scene.token(-1).klass}: {scene.token(-1).klass} {{ … }}."
    return ""


def _brackets(scene: Scene) -> str:
    token, open_ = scene.token(), scene.open_brackets()
    if token is _NOTHING and open_:
        return (
            f"The “{open_[-1].text}” at {scene.place(open_[-1])} is not closed: “{_CLOSES[open_[-1].text]}” is missing."
        )
    if token.text not in _CLOSES.values() or token.kind != "mark":
        return ""
    if not open_:
        return f"There is no open bracket that “{token.text}” could close."
    if token.text != _CLOSES[open_[-1].text]:
        opened = f"“{open_[-1].text}” at {scene.place(open_[-1])}"
        return f"The {opened} is still open: “{_CLOSES[open_[-1].text]}” comes first."
    return ""


def _number(scene: Scene) -> str:
    if scene.token(-1).klass in ("LIMIT", "OFFSET"):
        return f"{scene.token(-1).klass} takes a whole number, such as 100."
    return ""


def _datatype(scene: Scene) -> str:
    if scene.token(-1).text == "^^":
        return "A datatype is an IRI, such as xsd:date."
    if scene.token().text == "@":
        return 'A language tag follows the “@” directly: "word"@en.'
    return ""


def _misspelt(scene: Scene) -> str:
    token = scene.token()
    if token.kind != "word" or token.klass != "?":
        return ""
    if any(t.kind == "var" and t.text[1:] == token.text for t in scene.reading.tokens):
        return f"A variable begins with “?”: ?{token.text}."
    words = sorted({name for klass in scene.expected for name in grammar.functions(klass) if name.isupper()})
    cutoff = _ALIKE if len(token.text) > 4 else _ALIKE_IF_SHORT
    found = process.extractOne(token.text.upper(), words, scorer=fuzz.ratio, score_cutoff=cutoff)
    if found is not None:
        return f"Did you mean {found[0]}?"
    if scene.token(1).text == "(" and "(" in scene.expected:
        return f"SPARQL has no function “{token.text}”."
    if "string" in scene.expected or "iri" in scene.expected:
        word = token.text
        return (
            f'A text stands in quotes ("{word}"), a variable begins with “?” (?{word}), a name has a prefix (x:{word}).'
        )
    return ""


def _iri(scene: Scene) -> str:
    if scene.token().text == "<" and re.compile(r"<[^<>\n]*>").match(scene.text, scene.token().at):
        return "An IRI has no spaces, quotes, braces or backslashes; they are percent-encoded in it."
    return ""


def _variable(scene: Scene) -> str:
    return "A variable has a name right behind its “?”." if scene.token().text in ("?", "$") else ""


def _dot(scene: Scene) -> str:
    if {".", ";"} <= scene.expected and scene.token().klass in _TERMS:
        return "A “.” is missing before it; or a “;” if the same subject goes on."
    return ""


def _triple(scene: Scene) -> str:
    token = scene.token()
    if "^" in scene.expected and "!" in scene.expected and "string" not in scene.expected:
        if token.kind in ("string", "number", "integer"):
            return "A predicate is an IRI, a variable, a path or “a”."
        if token.text in (".", "}", ";", ","):
            return "A triple has three parts: predicate and object are missing."
    if "string" in scene.expected and token.text in (".", "}", ";", ",") and "}" not in scene.expected:
        return "A triple has three parts: the object is missing."
    return ""


def _dataset(scene: Scene) -> str:
    if scene.token(-1).klass in ("FROM", "NAMED") and "iri" in scene.expected:
        return (
            "FROM is followed by the IRI of a graph, as in FROM <https://…>; without FROM, all that is served is asked."
        )
    return ""


def _nothing(scene: Scene) -> str:
    return "" if scene.reading.tokens else "Begin with one of these, for example: SELECT * WHERE { ?s ?p ?o } LIMIT 10"


def _ending(scene: Scene) -> str:
    if scene.token().text == ";" and not scene.open_brackets():
        return "A query ends without “;”, and there is one in a request."
    if scene.token().klass in ("WHERE", "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "{") and not scene.open_brackets():
        return "A request is one query with one WHERE { … }; put all patterns into it."
    return ""


MISTAKES: Final = (
    Mistake("no query at all", _nothing),
    Mistake("graph of a dataset", _dataset),
    Mistake("escaped for HTML", _escaped),
    Mistake("smart quotes", _smart_quotes),
    Mistake("backslash", _backslash),
    Mistake("text not closed", _open_text),
    Mistake("operator of another language", _operator),
    Mistake("later standard", _later_standard),
    Mistake("brackets", _brackets),
    Mistake("commas in SELECT", _commas),
    Mistake("nothing selected", _select),
    Mistake("declaration", _prologue),
    Mistake("name of a value", _naming),
    Mistake("order of modifiers", _order),
    Mistake("number expected", _number),
    Mistake("datatype or language", _datatype),
    Mistake("IRI", _iri),
    Mistake("condition", _filter),
    Mistake("braces missing", _group),
    Mistake("misspelt or bare word", _misspelt),
    Mistake("variable without name", _variable),
    Mistake("dot missing", _dot),
    Mistake("triple not whole", _triple),
    Mistake("more after the end", _ending),
)
"""What is often done wrong against the grammar, the surer signs first."""


def prefix_hint(prefix: str) -> str:
    """What to do about a prefix that is not declared: the line that declares it, or one like it, or which there are."""
    if prefix in PREFIXES:
        return f"Put this line on top: PREFIX {prefix}: <{PREFIXES[prefix]}>"
    near = process.extractOne(prefix.lower(), list(PREFIXES), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    if near is not None:
        return f"Did you mean “{near[0]}:”? Its line is: PREFIX {near[0]}: <{PREFIXES[near[0]]}>"
    return f"Declare it on top with PREFIX. Known prefixes: {', '.join(PREFIXES)}."


def _undeclared(reading: Reading) -> tuple[int, str] | None:
    declared = {t.text[:-1] for b, t in zip(reading.tokens, reading.tokens[1:], strict=False) if b.klass == "PREFIX"}
    for index, rule in reading.begun:
        token = reading.tokens[index]
        if rule == "Iri" and token.kind == "name" and token.text.partition(":")[0] not in declared:
            return index, prefix_hint(token.text.partition(":")[0])
    return None


def _bad_iri(reading: Reading) -> tuple[int, str] | None:
    for index, token in enumerate(reading.tokens):
        if token.kind == "iri" and ":" in token.text and "\\" not in token.text:
            try:
                ox.NamedNode(token.text[1:-1])
            except ValueError:
                return index, "This is no valid IRI; characters such as “%” and “[” are percent-encoded in it."
    return None


def _bad_text(reading: Reading) -> tuple[int, str] | None:
    for index, token in enumerate(reading.tokens):
        if token.kind == "string" and "\\" in _ESCAPE.sub("", token.text):
            return index, "A “\\” in a text is written “\\\\”, also in patterns of REGEX."
        if token.kind == "string" and _SURROGATE.search(token.text):
            return (
                index,
                "Escapes from \\uD800 to \\uDFFF are halves of characters; write the character itself.",
            )
        if token.kind == "lang" and any(len(part) > 8 for part in token.text[1:].split("-")):
            return index, "A language tag has parts of at most eight letters, such as @en-GB."
    return None


def _chained(reading: Reading) -> tuple[int, str] | None:
    compared: list[bool] = [False]
    operators = {index for index, rule in reading.begun if rule == "Operator"}
    for index, token in enumerate(reading.tokens):
        if token.text in ("(", "{", "["):
            compared.append(False)
        elif token.text in (")", "}", "]") and len(compared) > 1:
            compared.pop()
        elif token.text in ("&&", "||", ",", "AS", ";", "."):
            compared[-1] = False
        elif index in operators and token.text in _COMPARISONS:
            if compared[-1]:
                return index, "Comparisons are not chained: write ?a < ?b && ?b < ?c."
            compared[-1] = True
    return None


def _values(reading: Reading) -> tuple[int, str] | None:
    tokens = reading.tokens
    for index, rule in reading.begun:
        if rule != "Values" or tokens[index + 1].text != "(":
            continue
        end = next(at for at in range(index, len(tokens)) if tokens[at].text == ")")
        names = [token.text[1:] for token in tokens[index + 2 : end]]
        if len(set(names)) < len(names):
            return index, "VALUES names a variable twice."
        at = end + 2
        while tokens[at].text == "(":
            row, parts = at, 0
            while tokens[at].text != ")":
                at += 1
                parts += tokens[at].klass not in (")", "^^", "lang", "+", "-") and tokens[at - 1].text != "^^"
            at += 1
            if parts != len(names):
                return (
                    row,
                    f"There are {parts} terms for {len(names)} variables; UNDEF stands for one that is not there.",
                )
    return None


def _blank_labels(reading: Reading) -> tuple[int, str] | None:
    seen: dict[str, int] = {}
    stack, groups = [0], 0
    for index, token in enumerate(reading.tokens):
        if token.text == "{":
            groups += 1
            stack.append(groups)
        elif token.text == "}":
            stack.pop()
        elif token.kind == "bnode" and seen.setdefault(token.text, stack[-1]) != stack[-1]:
            return index, f"“{token.text}” is another node in another group; use a variable to join groups."
    return None


def _aggregate(reading: Reading) -> tuple[int, str] | None:
    aggregates = {index for index, rule in reading.begun if rule == "Aggregate"}
    clause = ""
    for index, token in enumerate(reading.tokens):
        if token.klass in ("FILTER", "BIND", "SELECT", "HAVING", "BY"):
            clause = token.klass
        elif index in aggregates and clause in ("FILTER", "BIND"):
            return index, "Aggregates stand in SELECT, HAVING and ORDER BY; a condition on groups is HAVING( … )."
    return None


def _taken(reading: Reading) -> tuple[int, str] | None:
    tokens = reading.tokens
    first: dict[str, int] = {}
    start = next((index for index, token in enumerate(tokens) if token.text == "{"), 0)
    for index in range(start, len(tokens)):
        if tokens[index].kind == "var":
            first.setdefault(tokens[index].text[1:], index)
    for index, rule in reading.begun:
        if rule == "Bind":
            target = next(at for at in range(index, len(tokens)) if tokens[at].klass == "AS") + 1
            if first[tokens[target].text[1:]] < index:
                return target, f"“{tokens[target].text}” already has a value there; BIND takes a new name."
    return None


def _projected(reading: Reading) -> tuple[int, str] | None:
    """Faults of the outermost SELECT: doubled names, names that are taken, and variables that are not grouped."""
    tokens = reading.tokens
    start = next((index for index, token in enumerate(tokens) if token.klass == "SELECT"), None)
    depths = _depths(tokens)
    if start is None or depths[start]:
        return None
    plain, named, depth, end = [], [], 0, start + 1
    while tokens[end].klass not in ("FROM", "WHERE", "{"):
        depth += {"(": 1, ")": -1}.get(tokens[end].text, 0)
        if tokens[end].kind == "var" and depth == 0:
            plain.append(end)
        elif tokens[end].kind == "var" and tokens[end - 1].klass == "AS":
            named.append(end)
        end += 1
    counts = Counter(tokens[index].text[1:] for index in (*plain, *named))
    inside = {token.text[1:] for token in tokens[end:] if token.kind == "var"}
    for index in (*plain, *named):
        if counts[tokens[index].text[1:]] > 1:
            return index, f"“{tokens[index].text}” is selected twice."
    outer = [(index, rule) for index, rule in reading.begun if index < end or not depths[index]]
    found = _ungrouped(tokens, outer, start, plain)
    taken = next((index for index in named if tokens[index].text[1:] in inside), None)
    if found is None and taken is not None:
        return taken, f"“{tokens[taken].text}” is already a variable of the pattern; choose another name."
    return found


def _ungrouped(
    tokens: Sequence[Token], outer: Sequence[tuple[int, str]], start: int, plain: Sequence[int]
) -> tuple[int, str] | None:
    """The first variable that SELECT names beside aggregates or GROUP BY without grouping by it."""
    grouped = next((index for index, rule in outer if rule == "GroupBy"), None)
    if grouped is None and not any(rule == "Aggregate" for _, rule in outer):
        return None
    if grouped is not None and tokens[start + 1].text == "*":
        return start + 1, "With GROUP BY, SELECT names the variables it groups by and what it computes; “*” cannot."
    by = set()
    for token in tokens[grouped + 2 :] if grouped is not None else ():
        if token.klass in ("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"):
            break
        by.add(token.text[1:])
    for index in plain:
        name = tokens[index].text
        if name[1:] not in by:
            how = f"GROUP BY {name} behind WHERE {{ … }}" if grouped is None else f"{name} to GROUP BY"
            return index, f"“{name}” stands beside an aggregate without being grouped: add {how}."
    return None


def _depths(tokens: Sequence[Token]) -> list[int]:
    """In how many braces each token stands."""
    return list(itertools.accumulate({"{": 1, "}": -1}.get(token.text, 0) for token in tokens))


RULES: Final = (
    Rule("undeclared prefix", _undeclared),
    Rule("IRI", _bad_iri),
    Rule("text", _bad_text),
    Rule("chained comparison", _chained),
    Rule("rows of VALUES", _values),
    Rule("blank nodes", _blank_labels),
    Rule("misplaced aggregate", _aggregate),
    Rule("name that is taken", _taken),
    Rule("selected variables", _projected),
)
"""What is often done wrong in queries that follow the grammar."""
