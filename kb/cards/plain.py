"""Cards and tables as plain text, for a terminal or a pipe."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from kb.cards.facts import Json
from kb.namespaces import path, shorten

_PARTS = (
    ("presupposes", "Taken for granted in it"),
    ("presupposed_in", "Taken for granted in"),
    ("relays", "It relays"),
    ("replies_to", "It replies to"),
    ("answered_by", "Answered by"),
)
_FIELDS = (
    ("kinds", "Kind"),
    ("headline", "Headline"),
    ("outlet", "Outlet"),
    ("byline", "Byline"),
    ("published", "Published"),
    ("modified", "Last update"),
    ("definition", "Definition"),
    ("examples", "Example"),
    ("name_forms", "Name forms"),
    ("misspellings", "Printed also as"),
    ("identifiers", "Identifiers"),
    ("external_ids", "Elsewhere"),
    ("described_in", "Known only from"),
    ("side", "Side"),
    ("side_reason", "Reason for the side"),
    ("possibly_same_as", "Possibly the same as"),
    ("articles", "Publisher of"),
    ("rights", "Rights"),
    ("urls", "Address"),
    ("schemes", "List"),
    ("broader", "Broader"),
    ("narrower", "Narrower"),
    ("close_matches", "Close to"),
    ("requires_roles", "Needs one of"),
    ("members", "In this list"),
    ("selects_articles", "Takes in"),
)
_SECTIONS = (
    ("claims_as_holder", "Claims ascribed to it"),
    ("accusations", "Claims of others that blame it"),
    ("claims_naming_it", "Claims that name it"),
    ("addressed_in", "Claims addressed to it"),
)


def text(card: Json) -> str:
    """A card as lines of plain text; every claim in it with its speaker."""
    tell = _retired if "retired" in card else _claim if card["kind"] == "claim" else _other
    return "\n".join([*tell(card), *_notes(card)])


def table(results: Json) -> str:
    """SPARQL 1.1 Query Results JSON as an aligned table with prefixed names; a truth value as one word."""
    if "boolean" in results:
        return "true" if results["boolean"] else "false"
    names: list[str] = results["head"].get("vars", [])
    rows = [[_cell(row.get(name)) for name in names] for row in results["results"]["bindings"]]
    widths = [max(_width(row[at]) for row in [names, *rows]) for at in range(len(names))]
    ruled = [names, ["-" * width for width in widths], *rows]
    lines = ["  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in ruled]
    return "\n".join([*lines, f"({len(rows)} {'row' if len(rows) == 1 else 'rows'})"])


def _claim(card: Json) -> list[str]:
    chain = [_link_name(step) for step in card["chain"]]
    lines = [
        card["paraphrase"] or "",
        card["iri"],
        "This is what is claimed, not what we say.",
        "",
        f"Chain       {' > '.join(chain)}",
        f"Holder      {card['speaker']}",
        f"Manner      {_tags(card)}",
    ]
    for key, name in (("attribution_basis", "Ascribed by"), ("source_naming", "Source"), ("addressee", "Addressed to")):
        if card[key] is not None:
            lines.append(f"{name:<12}{card[key]['label']}")
    if card["statement_time"] is not None:
        lines.append(f"Said when   {card['statement_time']['text']}")
    if card["about"] is not None:
        lines.append(f"About       {card['about']['label']} ({path(card['about']['iri'])})")
    lines += ["", "Passage"]
    for anchor in card["evidence"]:
        where = f"paragraph {anchor['paragraph']}, characters {anchor['start']} to {anchor['end']}"
        lines.append(f"  {anchor['article']['label'] + ', ' if anchor['article'] else ''}{where}")
        if anchor["passage"]:
            lines.append(f"  {anchor['before']}“{anchor['passage']}”{anchor['after']}")
        else:
            lines.append("  (the words are not shown: the text is not at hand)")
        if anchor["earlier_version"]:
            lines.append("  (in an earlier version of the text)")
        for shared in anchor["shared_with"]:
            where = f"{shared['article']['label']}, paragraph {shared['paragraph']}"
            lines.append(f"  the same words: {where} ({shared['sharing']['label'].lower()}, {shared['ratio']})")
    cues = [f"“{cue['words']}”" for cue in card["cues"] if cue["words"]]
    if cues:
        lines.append(f"  Cue words: {', '.join(cues)}")
    lines += ["", "What is said", *(f"  {line}" for line in card["content"]["statements"])]
    if card["follows"]["total"]:
        lines += ["", f"What follows by rule, said by nobody ({card['follows']['total']})"]
        lines += [f"  {line}" for one in card["follows"]["items"] for line in one["statements"]]
    for key, title in _PARTS:
        if card[key]:
            lines += ["", title, *_hits(card[key])]
    return lines


def _retired(card: Json) -> list[str]:
    retired = card["retired"]
    lines = [card["label"], card["iri"], f"Retired on {retired['date']}: {retired['reason']['label'].lower()}."]
    return [*lines, f"Use instead: {path(retired['replacement'])}"] if retired["replacement"] else lines


def _other(card: Json) -> list[str]:
    lines = [card["label"], card["iri"]]
    fields = [(title, _value(card[key])) for key, title in _FIELDS if card.get(key)]
    if fields:
        lines += ["", *(f"{title:<22}{value}" for title, value in fields)]
    for key, title in _SECTIONS:
        if card.get(key) and card[key]["total"]:
            lines += ["", f"{title} ({card[key]['total']})", *_section(card[key])]
    claims = card.get("claims")
    if isinstance(claims, dict):
        lines += ["", f"Claims in the order of the text ({claims['total']})", *_section(claims)]
    elif claims is not None:
        lines += ["", f"What is claimed about it ({card['claims_total']})"]
        lines += _hits(hit for group in claims for hit in group["claims"])
    return lines


def _section(section: Json) -> list[str]:
    lines = _hits(item.get("claim", item) for item in section["items"])
    rest = section["total"] - len(section["items"])
    return [*lines, f"  … and {rest} more"] if rest else lines


def _hits(hits: Iterable[Json]) -> list[str]:
    found: list[str] = []
    for hit in hits:
        found += [f"  {hit['paraphrase']}", f"    {hit['speaker']}; {_tags(hit)}; {path(hit['iri'])}"]
    return found


def _notes(card: Json) -> list[str]:
    notes: Sequence[Mapping[str, str]] = card.get("notes") or ()
    return ["", "Notes", *(f"  {note['text']}" for note in notes)] if notes else []


def _tags(hit: Json) -> str:
    words = [hit[key]["label"].lower() for key in ("mode", "certainty", "polarity") if hit[key] is not None]
    if hit["realis"] is not None:
        words.append("told as having happened" if hit["realis"] else "not told as having happened")
    return ", ".join(words)


def _link_name(step: Json) -> str:
    if step["kind"] == "article":
        return str(step["label"])
    voice = step["voice"]["label"] if step["voice"] else "an unnamed speaker"
    return f"{voice} ({step['mode']['label'].lower()})" if step["mode"] else str(voice)


def _value(value: object) -> str:
    """A field's value in one line."""
    if isinstance(value, list):
        return "; ".join(_value(found) for found in value)
    if isinstance(value, dict):
        return str(value.get("label") or value.get("text"))
    return str(value)


def _cell(term: Json | None) -> str:
    if term is None:
        return ""
    if term["type"] == "uri":
        return shorten(term["value"])
    value = str(term["value"])
    shown = "".join(" " if c in "\r\n\t" else c for c in value if c in "\r\n\t" or unicodedata.category(c) != "Cc")
    return f"_:{shown}" if term["type"] == "bnode" else shown


def _width(value: str) -> int:
    """Columns that a text takes on a terminal."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in value)
    return len(value) + wide - sum(unicodedata.combining(c) > 0 for c in value)


def _padded(value: str, width: int) -> str:
    return value + " " * (width - _width(value))
