"""The text of an article: sentences into paragraphs, with the place of everything that an anchor may point to."""

from benchmarks.nouns import Article, Line, Piece, Printed, Sentence
from benchmarks.telling import day_in_words


def sentence_text(sentence: Sentence) -> str:
    """The words of a sentence as printed."""
    return _set(sentence)[0]


def printed(article: Article) -> Printed:
    """The whole text of an article: outlet, headline, byline, body."""
    lines: list[Line] = []
    text, number = "", 0
    sections: list[tuple[str, int, int]] = []
    claims = 0

    def paragraph(words: str) -> tuple[int, int]:
        nonlocal text, number
        text += "\n\n" if text else ""
        number += 1
        start = len(text)
        text += words
        return start, len(text)

    heads = (
        ("furniture", article.outlet.label),
        ("headline", article.headline),
        ("byline", f"By {article.author}, {day_in_words(article.published)} {article.published.year}"),
    )
    for kind, words in heads:
        sections.append((kind, *paragraph(words)))
    for kind, paragraphs in article.sections:
        first = len(text) + 2
        for sentences in paragraphs:
            set_sentences = [_set(sentence) for sentence in sentences]
            start, _ = paragraph(" ".join(words for words, _ in set_sentences))
            for at, (sentence, (words, spans)) in enumerate(zip(sentences, set_sentences, strict=True), start=1):
                placed = {tag: (start + a, start + b) for tag, (a, b) in spans.items()}
                lines.append(Line(sentence, number, at, start, start + len(words), placed, claims))
                claims += len(sentence.claims)
                start += len(words) + 1
        sections.append((kind, first, len(text)))
    sections.append(("furniture", *paragraph("Share this story")))
    read = sum(len(text[start:end].split()) for kind, start, end in sections if kind != "furniture")
    return Printed(article, text + "\n", tuple(sections), tuple(lines), read)


def _set(sentence: Sentence) -> tuple[str, dict[str, tuple[int, int]]]:
    """The words of a sentence and the range of each tag in them."""
    pieces: list[Piece] = []
    for piece in (*sentence.front, *sentence.core, *sentence.tail):
        if piece.text != "," or (pieces and pieces[-1].text != ","):
            pieces.append(piece)
    while pieces[-1].text == ",":
        pieces.pop()
    found: list[str] = []
    spans: dict[str, tuple[int, int]] = {}
    at = 0
    for piece in pieces:
        text = piece.text
        if text != "," and at:
            found.append(" ")
            at += 1
        if not at:
            text = text[0].upper() + text[1:]
        if piece.tag:
            spans[piece.tag] = (at, at + len(text))
        found.append(text)
        at += len(text)
    return "".join((*found, ".")), spans
