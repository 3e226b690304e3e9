"""The grammar of SPARQL 1.1 queries (W3C, 2013, section 19.8), read over tokens and without recursion.

The engine's own parser recurses, so that nesting can end its process; it reports the furthest place that any keyword
it tried could have reached, up to fourteen characters behind the fault; and it needs no space between words, so that
``SERVICESILENT<x>`` reaches out. Therefore a foreign query is read here first. The grammar is LL(1): each token
decides alone what comes next, so reading is linear in the text, and a fault is found at the very token.

What follows from priorities of operators is left to the engine: an expression is a flat chain here.
"""

import functools
import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    r"""(?:[ \t\r\n]++|\#[^\n\r]*+)*+
      (?:(?P<var>[?$]\w[\w\u00b7\u0300-\u036f\u203f\u2040]*+)
      | (?P<name>(?:[^\W\d_]\w*+(?:[.\-\u00b7]++\w++){0,20}+-?)?
                 :(?:(?![\-\u00b7])(?:[\w:\-\u00b7]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]
                     |(?<!:)\.++(?=[\w:%\-\\\u00b7]))++)?+)
      | (?P<bnode>_:\w(?:[\w.\-\u00b7]*[\w\-\u00b7])?)
      | (?P<word>[^\W\d]\w*+)
      | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>)
      | (?P<string>"{3}(?:[^"\\]|\\.|"(?!""))*+"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*+'{3}
                 | "(?!"")(?:[^"\\\n\r]|\\[^\n\r])*+" | '(?!'')(?:[^'\\\n\r]|\\[^\n\r])*+')
      | (?P<open>"{3}.*+ | '{3}.*+ | "[^\n\r]*+ | '[^\n\r]*+)
      | (?P<number>(?:\d++\.\d*+|\.\d++|\d++)[eE][+-]?\d++|\d*+\.\d++)
      | (?P<integer>\d++)
      | (?P<lang>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
      | (?P<mark>\^\^|&&|\|\||!=|<=|>=|.)
      | (?P<end>\Z))""",
    re.X | re.S,
)

_FUNCTIONS: Final[Mapping[str, Sequence[str]]] = {
    "F0": ("NOW", "RAND", "STRUUID", "UUID"),
    "F1": (
        *("ABS", "CEIL", "DATATYPE", "DAY", "ENCODE_FOR_URI", "FLOOR", "HOURS", "IRI", "ISBLANK", "ISIRI"),
        *("ISLITERAL", "ISNUMERIC", "ISURI", "LANG", "LCASE", "MD5", "MINUTES", "MONTH", "ROUND", "SECONDS"),
        *("SHA1", "SHA256", "SHA384", "SHA512", "STR", "STRLEN", "TIMEZONE", "TZ", "UCASE", "URI", "YEAR"),
    ),
    "F2": (
        *("CONTAINS", "LANGMATCHES", "SAMETERM", "STRAFTER", "STRBEFORE", "STRDT", "STRENDS", "STRLANG"),
        "STRSTARTS",
    ),
    "F3": ("IF",),
    "F23": ("REGEX", "SUBSTR"),
    "F34": ("REPLACE",),
    "FN": ("COALESCE", "CONCAT"),
    "AGGREGATE": ("AVG", "MAX", "MIN", "SAMPLE", "SUM"),
}
"""Functions by what they take: so many arguments, two or three, three or four, any number; aggregates, one."""

_RULES: Final = """
Query      : Prologue* ( SelectQuery | Construct | Describe | Ask ) Values?
Prologue   : BASE iri | PREFIX ns iri
SelectQuery: SelectClause Dataset* Where Modifiers?
SelectClause: SELECT ( Distinct | REDUCED )? ( '*' | ( var | '(' Expression As ')' )+ )
Construct  : CONSTRUCT ( Template Dataset* Where Modifiers? | Dataset* WHERE Short Modifiers? )
Describe   : DESCRIBE ( '*' | Described+ ) Dataset* Where? Modifiers?
Described  : var | Iri
Ask        : ASK Dataset* Where Modifiers?
Dataset    : FROM ( Source | NAMED Source )
Source     : Iri
Where      : WHERE? Group
Modifiers  : GroupBy Having? OrderBy? Slice? | Having OrderBy? Slice? | OrderBy Slice? | Slice
GroupBy    : GROUP BY ( var | Call | '(' Expression As? ')' )+
Having     : HAVING Condition+
Condition  : Constraint
OrderBy    : ORDER BY ( var | Constraint | ( ASC | DESC ) '(' Expression ')' )+
Slice      : Limit Offset? | Offset Limit?
Limit      : LIMIT integer
Offset     : OFFSET integer
Values     : VALUES ( var '{' Value* '}' | '(' var* ')' '{' ( '(' Value* ')' )* '}' )
Value      : UNDEF | Iri | Literal | Number | true | false
As         : AS var
Distinct   : DISTINCT

Group      : '{' ( SubSelect | Pattern? ( Clause '.'? Pattern? )* ) '}'
SubSelect  : SelectClause Where Modifiers? Values?
Pattern    : Subject ( '.' Pattern? )?
Clause     : Group ( Union Group )* | Optional Group | Minus Group | Graph Group | Filter Constraint | Bind | Values
Union      : UNION
Optional   : OPTIONAL
Minus      : MINUS
Graph      : GRAPH ( var | Iri )
Filter     : FILTER
Bind       : BIND '(' Expression As ')'
Constraint : '(' Expression ')' | Call

Subject    : Term Properties | '[' ( ']' Properties | Properties ']' Properties? )
           | '(' ( ')' Properties | Item+ ')' Properties? )
Properties : Verb Objects ( ';' ( Verb Objects )? )*
Objects    : Object ( ',' Object )*
Object     : Term | Node
Node       : '[' Properties? ']' | '(' Item* ')'
Item       : Object
Verb       : var | Path
Path       : Steps ( '|' Steps )*
Steps      : Step ( '/' Step )*
Step       : '^'? Primary Repeat?
Repeat     : '?' | '*' | '+'
Primary    : Iri | a | '(' Path ')' | '!' ( Negated | '(' ( Negated ( '|' Negated )* )? ')' )
Negated    : '^'? ( Iri | a )

Template   : '{' Triples? '}'
Short      : Template
Triples    : TSubject ( '.' Triples? )?
TSubject   : Term TProperties | '[' ( ']' TProperties | TProperties ']' TProperties? )
           | '(' ( ')' TProperties | TObject+ ')' TProperties? )
TProperties: TVerb TObjects ( ';' ( TVerb TObjects )? )*
TObjects   : TObject ( ',' TObject )*
TObject    : Term | TNode
TNode      : '[' TProperties? ']' | '(' TObject* ')'
TVerb      : var | Iri | a

Term       : var | Iri | bnode | Literal | Number | true | false
Iri        : iri | name | ns
Literal    : string ( lang | '^^' Iri )?
Number     : ( '+' | '-' )? ( number | integer )

Expression : Operand ( Operator Operand | IN Arguments | NOT IN Arguments )*
Operator   : '||' | '&&' | '=' | '!=' | '<' | '>' | '<=' | '>=' | '+' | '-' | '*' | '/'
Operand    : Not* ( Plain | Sign ( Plain | Sign ( number | integer ) ) )
Plain      : '(' Expression ')' | var | Literal | number | integer | true | false | Iri Arguments? | Builtin
Not        : '!'
Sign       : '+' | '-'
Arguments  : '(' ( Distinct? Expression ( ',' Expression )* )? ')'
Call       : Iri Arguments | Builtin
Builtin    : Function | Aggregate | Exists
Exists     : EXISTS Group | NOT EXISTS Group
Function   : F0 '(' ')' | F1 '(' Expression ')' | F2 '(' Two ')' | F3 '(' Two ',' Expression ')'
           | F23 '(' Two ( ',' Expression )? ')' | F34 '(' Two ',' Expression ( ',' Expression )? ')'
           | FN '(' ( Expression ( ',' Expression )* )? ')' | BNODE '(' Expression? ')' | BOUND '(' var ')'
Two        : Expression ',' Expression
Aggregate  : AGGREGATE '(' Distinct? Expression ')' | COUNT '(' Distinct? ( '*' | Expression ) ')'
           | GROUP_CONCAT '(' Distinct? Expression ( ';' SEPARATOR '=' string )? ')'
"""
"""One production a rule; words in quotes and in capitals stand for themselves, words in small letters for tokens."""

TOLD: Final = frozenset(
    (
        *("Aggregate", "Arguments", "As", "Ask", "Bind", "Condition", "Construct", "Dataset", "Describe", "Described"),
        *("Distinct", "Exists", "Filter", "Function", "Graph", "GroupBy", "Having", "Iri", "Item", "Limit", "Minus"),
        *("Negated", "Object", "Offset", "Operator", "Optional", "OrderBy", "Path", "Primary", "Prologue", "Repeat"),
        *(
            "Sign",
            "Not",
            "Short",
            "Source",
            "Step",
            "SubSelect",
            "TObject",
            "Template",
            "Union",
            "Values",
            "Value",
            "Verb",
        ),
    )
)
"""The rules whose beginnings ``read`` tells of."""

_Step = tuple[tuple[int, ...], tuple[str, ...]]
"""What a token does: the places to go on from (the last first), and the rules that begin with it."""


class Token(NamedTuple):
    """One token of a query: its kind, its text, the offset of its first character, and its class in the grammar.

    The class is the kind; for words and marks it is the word, in capitals, or the mark; ``?`` for what is neither
    word nor mark of the language.
    """

    kind: str
    text: str
    at: int
    klass: str


@dataclass(frozen=True)
class Fault:
    """Where a text stops being a query: the index of the token (the number of tokens where the text ends too soon),
    and the classes of token that could stand there."""

    index: int
    expected: frozenset[str]


Begun = Sequence[tuple[int, str]]
"""Index of the first token and name of each rule that begins, in the order of the text, outer rules first."""


@dataclass(frozen=True)
class Reading:
    """A text as its tokens and their classes, the rules of ``TOLD`` that begin with them, and where it stops being a
    query, if it does."""

    tokens: Sequence[Token]
    classes: tuple[str, ...]
    begun: Begun
    fault: Fault | None


_OPEN, _CLOSED = frozenset("{(["), frozenset("})]")

_new = tuple.__new__
"""Makes a token of its parts: half the time of calling ``Token``."""

MOST_TOKENS: Final = 20_000
"""Where reading stops: one token more is read, so that there are seen to be too many."""


MOST_DEPTH: Final = 60
"""Brackets inside each other where reading stops too."""


def tokens(text: str, start: int = 0) -> list[Token]:
    """The tokens of a text from an offset on, without spaces and comments; linear in its length, whatever is in it.

    They end behind one token, or one open bracket, more than there may be.
    """
    found, depth = [], 0
    for match in _TOKEN.finditer(text, start):
        kind = match.lastgroup or "end"
        token = match[kind]
        if kind == "word":
            klass = "a" if token == "a" else _WORDS.get(token) or _WORDS.get(token.upper(), "?")
        elif kind == "mark":
            klass = token if token in _MARKS else "?"
            depth += (token in _OPEN) - (token in _CLOSED and depth > 0)
        elif kind == "end":
            break
        elif kind == "name" and token[-1] == ":" and token.find(":") == len(token) - 1:
            klass = "ns"
        else:
            klass = kind
        found.append(_new(Token, (kind, token, match.start(kind), klass)))
        if len(found) > MOST_TOKENS or depth > MOST_DEPTH:
            break
    return found


def read(text: str) -> Reading:
    """A text read as a query, as far as it is one; linear in its length.

    A ``<`` that compares can look like the beginning of an IRI (``?a<?b&&?c>?d``): where an IRI cannot stand and a
    comparison can, it is one, in up to ten places, or fewer of a long text: no more tokens are read than one may have.
    """
    found = tokens(text)
    reading = _read(found)
    for _ in range(min(10, MOST_TOKENS // max(1, len(found)))):
        fault = reading.fault
        if fault is None or fault.index >= len(found) or found[fault.index].kind != "iri" or "<" not in fault.expected:
            break
        at = found[fault.index].at
        mark = "<=" if text.startswith("<=", at) else "<"
        found = [*found[: fault.index], Token("mark", mark, at, mark), *tokens(text, at + len(mark))]
        reading = _read(found)
    return reading


def _read(found: Sequence[Token]) -> Reading:
    classes = tuple(token.klass for token in found)
    begun, fault = _kept(classes) if len(classes) <= SHORT else parse(classes)
    return Reading(found, classes, begun, fault)


def parse(classes: Sequence[str]) -> tuple[Begun, Fault | None]:
    """What ``Reading`` tells of tokens of some classes: the rules that begin, and where they stop being a query."""
    begun: list[tuple[int, str]] = []
    stack = [_START]
    for index, klass in enumerate(classes):
        expected: set[str] = set()
        while stack:
            steps, may_end = _TABLE[stack.pop()]
            step = steps.get(klass)
            if step is not None:
                stack += step[0]
                for rule in step[1]:
                    begun.append((index, rule))
                break
            expected.update(steps)
            if not may_end:
                return begun, Fault(index, frozenset(expected))
        else:
            return begun, Fault(index, frozenset(expected))
    expected = set()
    while stack:
        steps, may_end = _TABLE[stack.pop()]
        expected.update(steps)
        if not may_end:
            return begun, Fault(len(classes), frozenset(expected))
    return begun, None


SHORT: Final = 300
"""Tokens of queries of which it is remembered how they are read: that depends on classes only, and shapes recur."""

_kept = functools.lru_cache(maxsize=512)(parse)


@dataclass
class _Net:
    """Automata that are being built (after Thompson): what each node leads to, by symbol and by nothing at all."""

    edges: list[dict[str, list[int]]] = field(default_factory=list)
    empty: list[list[int]] = field(default_factory=list)

    def node(self) -> int:
        """The number of a new node."""
        self.edges.append({})
        self.empty.append([])
        return len(self.edges) - 1

    def reach(self, nodes: Iterable[int]) -> frozenset[int]:
        """Some nodes and all that nothing at all leads to from them."""
        found, waiting = set(), list(nodes)
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting += self.empty[node]
        return frozenset(found)


def _alternatives(net: _Net, parts: deque[str]) -> tuple[int, int]:
    """First and last node of the alternatives at the head of ``parts``, which are taken off."""
    start, end = net.node(), net.node()
    while True:
        first, last = _sequence(net, parts)
        net.empty[start].append(first)
        net.empty[last].append(end)
        if not parts or parts[0] != "|":
            return start, end
        parts.popleft()


def _sequence(net: _Net, parts: deque[str]) -> tuple[int, int]:
    """First and last node of what stands before the next alternative."""
    start = end = net.node()
    while parts and parts[0] not in ("|", ")"):
        part = parts.popleft()
        if part == "(":
            first, last = _alternatives(net, parts)
            parts.popleft()
        else:
            first, last = net.node(), net.node()
            net.edges[first][part.strip("'")] = [last]
        if parts and parts[0] in ("*", "+", "?"):
            how = parts.popleft()
            if how in "*+":
                net.empty[last].append(first)
            if how in "*?":
                net.empty[first].append(last)
        net.empty[end].append(first)
        end = last
    return start, end


@dataclass(frozen=True)
class _Place:
    """A place inside a rule, before the table is made: where symbols lead, and whether the rule may end here."""

    leads: dict[str, int]
    may_end: bool


def _places(rules: str) -> tuple[dict[str, int], list[_Place]]:
    """The place at which each rule begins, and all places, by number."""
    net, nodes = _Net(), {}
    for rule in re.sub(r"\n\s+\|", " |", rules).split("\n"):
        name, _, body = rule.partition(":")
        if body:
            nodes[name.strip()] = _alternatives(net, deque(re.findall(r"'[^']+'|\w+|[()|*+?]", body)))
    numbers: dict[frozenset[int], int] = {}
    found: list[_Place] = []
    waiting = [(net.reach([first]), last) for first, last in nodes.values()]
    for reached, _ in waiting:
        numbers[reached] = len(numbers)
    for reached, last in waiting:  # which grows
        leads: dict[str, int] = {}
        targets: dict[str, list[int]] = {}
        for node in sorted(reached):
            for symbol, nexts in net.edges[node].items():
                targets.setdefault(symbol, []).extend(nexts)
        for symbol, nexts in targets.items():
            target = net.reach(nexts)
            if target not in numbers:
                numbers[target] = len(numbers)
                waiting.append((target, last))
            leads[symbol] = numbers[target]
        found.append(_Place(leads, last in reached))
    return {name: number for number, name in enumerate(nodes)}, found


def _table(starts: Mapping[str, int], places: Sequence[_Place]) -> list[tuple[dict[str, _Step], bool]]:
    """What each token does at each place, and whether the rule may end there.

    AssertionError where a token would not decide.
    """
    steps: dict[int, dict[str, _Step]] = {}

    def of(number: int) -> dict[str, _Step]:
        if number not in steps:
            found: dict[str, _Step] = {}
            for symbol, target in places[number].leads.items():
                kept = (target,) if places[target].leads else ()
                inner = {symbol: ((), ())} if symbol not in starts else of(starts[symbol])
                for klass, (push, rules) in inner.items():
                    assert klass not in found, f"{klass} does not decide at place {number}"
                    found[klass] = ((*kept, *push), (symbol, *rules) if symbol in TOLD else rules)
            steps[number] = found
        return steps[number]

    return [(of(number), place.may_end) for number, place in enumerate(places)]


_STARTS, _PLACES = _places(_RULES)
_TABLE = _table(_STARTS, _PLACES)
_START = _STARTS["Query"]
_MARKS = frozenset(klass for steps, _ in _TABLE for klass in steps if not klass[0].isalnum())
_NAMED = {name: klass for klass, names in _FUNCTIONS.items() for name in names}
_WORDS = {
    **{klass: klass for steps, _ in _TABLE for klass in steps if klass.isupper() and klass not in _FUNCTIONS},
    **_NAMED,
    "TRUE": "true",
    "FALSE": "false",
}
KEYWORDS = frozenset(_WORDS) | {"a"}
"""All words of the language, in capitals but for ``a``."""


def functions(klass: str) -> tuple[str, ...]:
    """The functions that a class of the grammar stands for; the class itself where it is none of functions."""
    return tuple(_FUNCTIONS.get(klass, (klass,)))


FUNCTION_CLASSES: Final = frozenset((*_FUNCTIONS, "BNODE", "BOUND", "COUNT", "GROUP_CONCAT"))
"""The classes of the words that are called with arguments."""
