"""Skeletons for a new article: what ``testimonia new`` and ``testimonia locate`` put into an editor's hands."""

from datetime import date
from pathlib import Path

from kb import passages
from kb.errors import SetupError, SourceError
from kb.namespaces import ARTICLE_SLUG, turtle_prologue

_TODO = "# TODO"


def new(data: Path, slug: str, text: str | None) -> tuple[Path, Path]:
    """Writes the skeleton of an article and of its registry file; returns both paths.

    With the text at hand, hash, length and sections are filled in; without it they are left to do. SourceError where
    the slug is no ``YYYY-MM-DD-name``, SetupError where a file is there already or cannot be written.
    """
    if not ARTICLE_SLUG.fullmatch(slug):
        raise SourceError(f"{slug!r} is no slug; write YYYY-MM-DD-name, lower case with hyphens")
    try:
        date.fromisoformat(slug[:10])
    except ValueError:
        raise SourceError(f"{slug!r} is no slug; YYYY-MM-DD-name begins with the day of publication") from None
    article, registry = data / "articles" / f"{slug}.trig", data / "registry" / f"{slug}.ttl"
    for path in (article, registry):
        if path.exists():
            raise SetupError(f"{path}: is there already; delete it first or choose another slug")
    try:
        article.parent.mkdir(parents=True, exist_ok=True)
        registry.parent.mkdir(parents=True, exist_ok=True)
        article.write_text(article_skeleton(slug, text), encoding="utf-8")
        registry.write_text(registry_skeleton(slug), encoding="utf-8")
    except OSError as error:
        raise SetupError(f"{error.filename}: cannot be written: {error.strerror}") from None
    return article, registry


def article_skeleton(slug: str, text: str | None) -> str:
    """A TriG text that parses: snapshot, sections and article, with a line to do for all that must be read off."""
    outlet = slug[11:]
    sections = _sections(slug, text) if text is not None else []
    names = " ,\n".join(sorted(f"        node:{slug}-section-{number}" for number in range(1, len(sections) + 1)))
    snapshot = [
        f"snapshot:{slug}",
        "    a t:TextSnapshot ;",
        f'    schema:sha256 "{passages.sha256(text)}" ;'
        if text is not None
        else f"    {_TODO} schema:sha256, of the file",
        f"    t:length {len(text)} ;" if text is not None else f"    {_TODO} t:length and t:section",
        *([f"    t:section\n{names} ;"] if sections else []),
        "    .",
    ]
    article = [
        f"article:{slug}",
        "    a schema:NewsArticle ;",
        f'    dcterms:rights "{_TODO[2:]}: what the page says about its use, in your words."@en ;',
        f'    schema:datePublished "{slug[:10]}"^^xsd:date ;',
        '    schema:inLanguage "en" ;',
        f"    schema:publisher actor:{outlet} ;",
        "    t:fullyEncoded false ;",
        f"    t:snapshot snapshot:{slug} ;",
        f"    {_TODO} schema:author (byline), schema:dateModified, schema:headline (at most 12 words)",
        "    .",
    ]
    hint = f'# Anchors come from: testimonia locate {slug} "a few words"; the rest from docs/editorial-guide.md'
    blocks = ["\n".join(snapshot), *sections, "\n".join(article), hint]
    prefixes = ["actor", "article", "dcterms", "schema", "snapshot", "t", "xsd"] + ["node", "section"] * bool(sections)
    return turtle_prologue(prefixes) + "\n" + "\n\n".join(blocks) + "\n"


def registry_skeleton(slug: str) -> str:
    """A Turtle text with the article's perspective, and a line to do for its groups, sources and handles."""
    block = [
        f"perspective:{slug}",
        "    a t:Perspective ;",
        f'    rdfs:label "Claims reached through the article of {slug[:10]} ({slug[11:]})"@en ;',
        f"    t:selectsArticle article:{slug} ;",
        "    .",
    ]
    head = (
        "# Groups, sources, things and handles that only this article knows; shared ones go into the shared files.\n\n"
    )
    return head + turtle_prologue(("article", "perspective", "rdfs", "t")) + "\n" + "\n".join(block) + "\n"


def _sections(slug: str, text: str) -> list[str]:
    """One section per paragraph, body where it ends like a sentence; neighbouring body paragraphs together."""
    groups: list[tuple[str, int, int]] = []
    for start, end in passages.paragraphs(text):
        kind = "body" if text[start:end].rstrip("\"'”’)").endswith((".", "!", "?", "…")) else "furniture"
        if groups and kind == "body" and groups[-1][0] == "body":
            groups[-1] = (kind, groups[-1][1], end)
        else:
            groups.append((kind, start, end))
    found = []
    for number, (kind, start, end) in enumerate(groups, start=1):
        look = (
            f"  # {_TODO[2:]}: headline, subheading, byline, dateline, caption or furniture?" if kind != "body" else ""
        )
        found.append(
            f"node:{slug}-section-{number}\n    a t:Section ;\n    t:end {end} ;\n"
            f"    t:sectionType section:{kind} ;{look}\n    t:start {start} ;\n    ."
        )
    return found


def locate(slug: str, text: str, words: str, *, nth: int | None) -> str:
    """The anchor block of the sentence in which ``words`` stand, and of the words themselves where they are few.

    SourceError where they stand nowhere, run over a sentence's end, or stand in several places and ``nth`` (from 1)
    does not choose.
    """
    found = passages.find(text, words)
    if not found:
        raise SourceError(f"“{words}” does not stand in the text; copy a few words exactly", file=f"{slug}.txt")
    if len(found) > 1 and nth is None:
        places = ", ".join(
            f"{number}: {s.name if (s := passages.sentence_at(text, *span)) else 'across sentences'}"
            for number, span in enumerate(found[:10], start=1)
        ) + (", …" if len(found) > 10 else "")
        raise SourceError(
            f"“{words}” stands in {len(found)} places ({places}); choose one with --nth", file=f"{slug}.txt"
        )
    if nth is not None and not 1 <= nth <= len(found):
        raise SourceError(f"--nth {nth}, but “{words}” stands in {len(found)} places", file=f"{slug}.txt")
    span = found[(nth or 1) - 1]
    sentence = passages.sentence_at(text, *span)
    if sentence is None:
        raise SourceError(f"“{words}” runs over the end of a sentence; give fewer words", file=f"{slug}.txt")
    blocks = [passages.anchor_block(slug, sentence.name, text, sentence.start, sentence.end, words=False)]
    if span != (sentence.start, sentence.end) and len(text[slice(*span)].split()) <= passages.MAX_WORDS:
        blocks.append(passages.anchor_block(slug, f"{sentence.name}-words", text, *span, words=True))
    return "\n\n".join(blocks)
