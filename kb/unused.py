"""What of an encoded sentence no claim uses: numbers, dates, names and cue words that may have been overlooked.

A careful reader who compares a sentence with its claims looks for exactly these. Each is found in the text and must be
covered by something that a claim on the sentence keeps or names: kept words of times, quantities and cues, loaded
wordings, name uses, identifiers, or a name form of somebody or something that takes part. What is rightly left over is
excused on its own words, from the closed list.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import pyoxigraph as ox

from kb.dataset import Dataset, text_of
from kb.model import Finding, Severity
from kb.namespaces import iri
from kb.passages import Sentence, find_whole, sentences

_NUMBER_WORDS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen dozens "
    "hundreds"
)
_DATE_WORDS = (
    "January February March April May June July August September October November December Monday Tuesday Wednesday "
    "Thursday Friday Saturday Sunday"
)
_RELATIVE = r"(?:last|this|next|earlier|later in|past|recent) (?:week|month|year|days?|\w+ (?:weeks?|months?|years?))"
_CUES = (
    "according to|reportedly|allegedly|presumably|possibly|probably|apparently|supposedly|said|says|reported|reports|"
    "claimed|alleged|accused|denied|refused|demand|demanded|vowed|pledged|confirmed|revealed|proved|requested|"
    "called for|calling for|calls by|known for|found to"
)
_PATTERNS = (
    ("number", re.compile(r"(?<![\w.])\d[\d.,:]*\d(?!\w)|(?<![\w.])\d(?!\w)|\b\d+(?:st|nd|rd|th|mm)\b")),
    ("number", re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS.split())})\b", re.I)),
    ("date", re.compile(rf"\b(?:{'|'.join(_DATE_WORDS.split())})\b")),
    ("date", re.compile(rf"\b(?:yesterday|today|tomorrow|overnight|{_RELATIVE})\b", re.I)),
    ("cue", re.compile(rf"\b(?:{_CUES})\b", re.I)),
)
_WORD = re.compile(r"\w+")
_NAMED = ("foaf:Person", "org:Organization", "geo:Feature")
_LINKS = ("sem:hasPlace", "t:addressee", "t:concerns", "t:holder", "t:near", "t:participant", "t:about")
_FORMS = ("rdfs:label", "skos:altLabel", "skos:hiddenLabel", "schema:identifier")


Names = Mapping[str, Sequence[str]]


def unused(
    dataset: Dataset, anchors: Sequence[str], text: str, severity: Severity, *, names: Names | None = None
) -> Iterator[Finding]:
    """A finding for each number, date, name form or cue word in an encoded sentence that none of its claims uses.

    ``names`` saves looking for them again where ``names_in`` did.
    ``anchors`` are the article's; sentences without a claim are not looked at (coverage tells of them).
    """
    names = names_in(dataset) if names is None else names
    for sentence, inside, claims in resting(dataset, anchors, text):
        if not claims:
            continue
        used = [dataset.span(anchor) for anchor in inside if _is_accounted_for(dataset, anchor)]
        for words in sorted(_words(dataset, claims)):
            used += _spans(text, sentence, words)
        for kind, start, end in _candidates(text, sentence, names):
            if not any(first < end and start < last for first, last in used):
                yield Finding(
                    severity,
                    "unused-content",
                    claims[0],
                    f"The {kind} “{text[start:end]}” in {sentence.name} is used by no claim on that sentence. "
                    "Encode what it tells, or excuse the words from the closed list.",
                    dataset.place(claims[0]),
                    value=f"{sentence.name}:{start}–{end}",
                )


def resting(
    dataset: Dataset, anchors: Sequence[str], text: str
) -> Iterator[tuple[Sentence, list[str], tuple[str, ...]]]:
    """Each sentence of a text with those of ``anchors`` that touch it, and the claims that rest on these, sorted."""
    ranges = {anchor: dataset.span(anchor) for anchor in anchors}
    claims = {
        anchor: [user for user in dataset.subjects("t:evidence", anchor) if dataset.is_a(user, "t:Claim")]
        for anchor in anchors
    }
    for sentence in sentences(text):
        inside = [a for a, (start, end) in ranges.items() if start < sentence.end and sentence.start < end]
        yield sentence, inside, tuple(sorted({claim for anchor in inside for claim in claims[anchor]}))


def _candidates(text: str, sentence: Sentence, names: Names) -> list[tuple[str, int, int]]:
    """What must be used, with its range, without those that lie inside a longer one."""
    found = [
        (kind, *match.span())
        for kind, pattern in _PATTERNS
        for match in pattern.finditer(text, sentence.start, sentence.end)
    ]
    for word in set(_WORD.findall(text, sentence.start, sentence.end)):
        for name in names.get(word, ()):
            for start, end in _spans(text, sentence, name):
                found.append(("name", start, end))
    found.sort(key=lambda item: (item[1], -item[2]))
    kept: list[tuple[str, int, int]] = []
    for item in found:
        if not any(first <= item[1] and item[2] <= last for _, first, last in kept):
            kept.append(item)
    return kept


def _words(dataset: Dataset, claims: Sequence[str]) -> set[str]:
    """Everything that claims keep or name in words: verbatim words, cues, and the name forms of whom they name."""
    words: set[str] = set()
    things: set[str] = set()
    for claim in claims:
        for name in _LINKS:
            things.update(dataset.texts(claim, name))
        for cue in dataset.texts(claim, "t:cue"):
            words.update(dataset.texts(cue, "t:exactWords"))
        for said in dataset.texts(claim, "t:statementTime"):
            words.update(dataset.texts(said, "t:verbatim"))
        for quad in dataset.graphs.get(claim, ()):
            value = text_of(quad.object)
            if quad.predicate.value == iri("t:verbatim"):
                words.add(value)
            elif isinstance(quad.object, ox.NamedNode):
                things.add(value)
    for thing in things:
        for form in _FORMS:
            words.update(dataset.texts(thing, form))
    return words


def names_in(dataset: Dataset) -> Names:
    """The registered forms of persons, organisations and places that a text could print, by their first word."""
    found: dict[str, set[str]] = {}
    for kind in _NAMED:
        for thing in dataset.instances(kind):
            for form in ("rdfs:label", "skos:altLabel", "skos:hiddenLabel"):
                for name in dataset.texts(thing, form):
                    word = _WORD.search(name)
                    if word and "/" not in name and "(" not in name and name[:1].isupper():
                        found.setdefault(word.group(), set()).add(name)
    return {word: sorted(names) for word, names in found.items()}


def _is_accounted_for(dataset: Dataset, anchor: str) -> bool:
    """Whether a loaded wording, a name use or an excuse accounts for the words of an anchor."""
    users = dataset.subjects("t:evidence", anchor)
    return bool(dataset.subjects("oa:hasTarget", anchor)) or any(
        dataset.is_a(user, kind) for user in users for kind in ("t:NameUse", "t:Excused")
    )


def _spans(text: str, sentence: Sentence, words: str) -> list[tuple[int, int]]:
    """Where words stand in a sentence as whole words."""
    part = text[sentence.start : sentence.end]
    return [(sentence.start + start, sentence.start + end) for start, end in find_whole(part, words)]
