"""Text that is used again: whole sentences copied word by word or with edits, and sentences that only look alike."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random
from typing import Final

from benchmarks.draws import below, chance, one
from benchmarks.nouns import Claim, Count, Entity, Frame, Part, Piece, Sentence
from benchmarks.printing import sentence_text
from benchmarks.telling import LONGEST, fillers, tell
from benchmarks.words import clause, word
from benchmarks.world import PATTERNS, Scene, frame

_WORDS = re.compile(r"\w+")
_EDITS = 60
_FREE: Final = ("a", "d", "n", "v")
_MODIFIERS: Final = ("a", "d")


def words(text: str) -> list[str]:
    """The words of a text as they are compared: lower-case runs of letters, digits and underscores."""
    return _WORDS.findall(text.lower())


def similarity(left: Sequence[str], right: Sequence[str]) -> float:
    """1 less the share of words to insert and delete, from 0 to 1; the normalised Indel similarity of two lists.

    Longest common subsequence with one bit per word (Hyyrö 2004), so that a pair costs some microseconds.
    """
    total = len(left) + len(right)
    if not total:
        return 1.0
    places: dict[str, int] = {}
    for at, item in enumerate(left):
        places[item] = places.get(item, 0) | 1 << at
    row = full = (1 << len(left)) - 1
    for item in right:
        met = row & places.get(item, 0)
        row = (row + met | row - met) & full
    common = len(left) - row.bit_count()
    return 1.0 - (total - 2 * common) / total


def copied(rng: Random, sentence: Sentence, *, verbatim: bool) -> Sentence:
    """The sentence as another article prints it: the same words, or edited until it is as unlike as was drawn."""
    if verbatim:
        return sentence
    wanted = 0.6 + 0.4 * rng.random()
    original = words(sentence_text(sentence))
    found = _other_number(rng, sentence) if chance(rng, 0.2) else sentence
    for _ in range(_EDITS):
        edited = _edited(rng, found)
        now = words(sentence_text(edited))
        alike = similarity(original, now)
        if alike < 0.6 or len(now) > LONGEST:
            continue
        found = edited
        if alike <= wanted:
            break
    return found


def lookalike(scene: Scene, sentence: Sentence, *, outlet: Entity, published: date) -> Sentence | None:
    """A sentence of the same make and with the same words around it, of other people, places and numbers.

    None where several tries give nothing that is like the sentence by a half or so, and yet no copy.
    """
    patterns = [claim.frame.pattern for claim in sentence.claims if not claim.relay]
    patterns = [pattern for pattern in patterns if pattern in PATTERNS]
    original = words(sentence_text(sentence))
    for _ in range(6):
        main, *others = (frame(scene, pattern) for pattern in patterns)
        second = others[0] if others else None
        told = tell(scene, main, outlet=outlet, published=published, second=second, voice=sentence.voice)
        told = replace(told, front=sentence.front, tail=sentence.tail, rivals=(sentence.family,))
        printed = words(sentence_text(told))
        if len(printed) <= LONGEST and 0.4 <= similarity(original, printed) < 0.8:
            return told
    return None


def _edited(rng: Random, sentence: Sentence) -> Sentence:
    """The sentence after one edit: substitution, deletion, insertion, or a clause moved from behind to the front."""
    parts = [sentence.front, sentence.core, sentence.tail]
    loose = [(p, at) for p, part in enumerate(parts) for at, piece in enumerate(part) if piece.kind in _FREE]
    draw = below(rng, 20)
    if draw < 14:
        if not loose:
            return sentence
        p, at = one(rng, loose)
        kind = parts[p][at].kind
        before, after = parts[p][:at], parts[p][at + 1 :]
        if draw < 11:
            parts[p] = (*before, Piece(word(rng, kind), kind=kind), *after)
        elif kind in _MODIFIERS:
            parts[p] = (*before, *after)
        else:
            added = "a" if kind == "n" else "d"
            parts[p] = (*before, Piece(word(rng, added), kind=added), parts[p][at], *after)
    elif draw < 16:
        parts[2] = ()
    elif draw < 18 and not parts[2]:
        parts[2] = fillers([(",", ""), *clause(rng, opener=chance(rng, 0.5))])
    elif parts[2] and not parts[0]:
        comma, *moved = parts[2]
        parts[0], parts[2] = (*moved, comma), ()
    return replace(sentence, front=parts[0], core=parts[1], tail=parts[2])


def _other_number(rng: Random, sentence: Sentence) -> Sentence:
    """The sentence with another number in it, and so in its claim, where it has one that nothing is counted out of."""
    for at, claim in enumerate(sentence.claims):
        counts = [part.count for part in claim.parts if part.count]
        whole = [c for c in counts if c.value and not any(c.tag == other.out_of or c.out_of for other in counts)]
        if whole:
            return _renumbered(sentence, at, claim, whole[0], below(rng, 90) + 5)
    return sentence


def _renumbered(sentence: Sentence, at: int, claim: Claim, count: Count, value: int) -> Sentence:
    old = f"{count.value:,}"
    new = replace(count, value=value)
    core = tuple(
        replace(piece, text=piece.text.replace(old, f"{value:,}", 1)) if piece.tag == count.tag else piece
        for piece in sentence.core
    )
    parts = tuple(Part(part.role, part.who, new) if part.count == count else part for part in claim.parts)
    gist = re.sub(rf"(?<![\d,]){old}(?![\d,])", f"{value:,}", claim.gist, count=1)
    changed = replace(claim, parts=parts, gist=gist)
    return replace(sentence, core=core, claims=(*sentence.claims[:at], changed, *sentence.claims[at + 1 :]))


def fits(sentence: Sentence, outlet: Entity) -> bool:
    """Whether another outlet may print the sentence: it does not relay that outlet itself."""
    return all(claim.holder != outlet for claim in sentence.claims)


def frames(sentence: Sentence) -> dict[str, Frame]:
    """By name, all frames that the claims of a sentence are about or refer to."""
    found = (frame for claim in sentence.claims for frame in (claim.frame, claim.concerns, claim.after))
    return {frame.name: frame for frame in found if isinstance(frame, Frame)}
