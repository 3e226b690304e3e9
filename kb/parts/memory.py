"""What was found out of parts, kept on disk under hashes of all that it depends on."""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from kb.model import Finding, Place, Severity, Source
from kb.parts.model import Blocks, Judgement, Links, Look, Part, Seen, blocks_of
from kb.rules import Rule
from kb.style.names import Unknown

T = TypeVar("T")


def hash_of(files: Iterable[Source]) -> str:
    """SHA-256 (hex) of the names and texts of some files, whatever the folder they stand in."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"\0{Path(file.name).name}\0{len(file.text)}\0".encode())
        digest.update(file.text.encode())
    return digest.hexdigest()


class Memory:
    """Results on disk, one file each, named by what they depend on: ``common``, and what belongs to the part."""

    def __init__(self, folder: Path | None, common: str) -> None:
        self._folder = folder
        self._common = common
        self._texts = cache(lambda part: hash_of(part.files))
        self.grown = False
        """Whether something was written that was not there."""

    def rules(self, shapes: Sequence[Source]) -> tuple[tuple[Rule, ...], tuple[Finding, ...]] | None:
        """The rules in some shapes files, and what is wrong with these, if they are still the same."""
        return self._load(_read_rules, shapes, hash_of(shapes), "rules")

    def save_rules(self, shapes: Sequence[Source], found: Sequence[Rule], faults: Sequence[Finding]) -> None:
        """Remembers the rules in some shapes files, and what is wrong with these."""
        names = _numbers(shapes)
        kept = {
            "rules": [
                {
                    **asdict(rule),
                    "place": _place_json(rule.place, names),
                    "names": sorted(rule.names),
                    "sees": None if rule.sees is None else sorted(rule.sees),
                }
                for rule in found
            ],
            "faults": [_finding_json(one, names) for one in faults],
        }
        self._save(kept, hash_of(shapes), "rules")

    def links(self, part: Part) -> Links | None:
        """What others need to know of a part, if its files are still the same."""
        return self._load(_read_links, part.files, self._texts(part), "links")

    def save_links(self, part: Part, links: Links) -> None:
        """Remembers what others need to know of a part."""
        self._save(asdict(links), self._texts(part), "links")

    def look(self, part: Part) -> Look | None:
        """What the text of a part shows, if its files are still the same."""
        return self._load(_read_look, part.files, self._texts(part), "look")

    def blocks(self, part: Part, names: frozenset[str]) -> Blocks | None:
        """The blocks of some names in a part, as ``blocks_of`` gives them, if its files are still the same."""
        return self._load(lambda lines, _: blocks_of(part, lines, names), (), self._texts(part), "lines")

    def save_look(self, part: Part, look: Look) -> None:
        """Remembers what the text of a part shows."""
        names = _numbers(part.files)
        kept = {
            "layout": [_finding_json(one, names) for one in look.layout],
            "strange": [[one.iri, one.term, _place_json(one.place, names), one.subjects] for one in look.strange],
        }
        self._save_text(look.lines, self._texts(part), "lines")
        self._save(kept, self._texts(part), "look")

    def findings(self, contents: Sequence[str]) -> tuple[Finding, ...] | None:
        """What was found where the statements were these."""
        return self._load(_read_findings, (), *contents, "findings")

    def save_findings(self, contents: Sequence[str], found: Sequence[Finding]) -> None:
        """Remembers what was found in some statements, unless it is a fault of a rule, which belongs to no part."""
        if all(one.place is None for one in found):
            self._save([_finding_json(one, {}) for one in found], *contents, "findings")

    def seen(self, part: Part) -> Mapping[str, Seen]:
        """What each rule saw and found when a part was last checked by itself; empty where that is not known."""
        return self._load(_read_seen, (), part.slug, "seen") or {}

    def save_seen(self, part: Part, judgement: Judgement) -> None:
        """Remembers what each rule saw and found in a part that was checked by itself."""
        kept = {
            name: [one.content, [_finding_json(finding, {}) for finding in one.findings]]
            for name, one in judgement.rules.items()
            if all(finding.place is None for finding in one.findings)
        }
        self._save(kept, part.slug, "seen")

    def forget(self, *, days: int) -> None:
        """Removes what nobody asked for in so many days."""
        for path in self._folder.glob("*/*.json") if self._folder is not None else ():
            with suppress(OSError):
                if path.stat().st_mtime < time.time() - days * 86_400:
                    path.unlink()

    def _path(self, key: Sequence[str]) -> Path:
        name = hashlib.sha256("\0".join((self._common, *key)).encode()).hexdigest()
        return (self._folder or Path()) / name[:2] / f"{name[2:]}.json"

    def _load(self, read: Callable[[Any, Sequence[str]], T], files: Sequence[Source], *key: str) -> T | None:
        if self._folder is None:
            return None
        path = self._path(key)
        try:
            found = read(json.loads(path.read_bytes()), [file.name for file in files])
            os.utime(path)
        except (AttributeError, IndexError, KeyError, OSError, TypeError, ValueError):
            return None  # not there, or not whole: then it is made again
        return found

    def _save(self, kept: object, *key: str) -> None:
        if self._folder is None:
            return
        self._save_text(json.dumps(kept, ensure_ascii=False), *key)

    def _save_text(self, kept: str, *key: str) -> None:
        if self._folder is None:
            return
        path = self._path(key)
        aside = path.with_name(f".{path.name}-{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            aside.write_text(kept, encoding="utf-8")
            os.replace(aside, path)
            self.grown = True
        except OSError:
            return  # nothing is lost but time


def _numbers(files: Sequence[Source]) -> dict[str, int]:
    return {file.name: number for number, file in enumerate(files)}


def _place_json(found: Place | None, names: Mapping[str, int]) -> list[int] | None:
    return None if found is None else [names[found.file], found.line, found.end]


def _place(value: Sequence[int] | None, names: Sequence[str]) -> Place | None:
    return None if value is None else Place(names[value[0]], value[1], value[2])


def _finding_json(found: Finding, names: Mapping[str, int]) -> dict[str, object]:
    return {**asdict(found), "severity": int(found.severity), "place": _place_json(found.place, names)}


def _read_findings(value: Sequence[Mapping[str, Any]], names: Sequence[str]) -> tuple[Finding, ...]:
    return tuple(
        Finding(**{**one, "severity": Severity(one["severity"]), "place": _place(one["place"], names)}) for one in value
    )


def _read_rules(value: Mapping[str, Any], names: Sequence[str]) -> tuple[tuple[Rule, ...], tuple[Finding, ...]]:
    found = tuple(
        Rule(
            **{
                **one,
                "severity": Severity(one["severity"]),
                "place": _place(one["place"], names),
                "classes": tuple(one["classes"]),
                "across": tuple(one["across"]),
                "names": frozenset(one["names"]),
                "sees": None if one["sees"] is None else frozenset(one["sees"]),
            }
        )
        for one in value["rules"]
    )
    return found, _read_findings(value["faults"], names)


def _read_links(value: Mapping[str, Any], names: Sequence[str]) -> Links:
    lists = {name: tuple(value[name]) for name in ("contents", "described", "registry", "graphs", "refers")}
    return Links(across=dict(value["across"]), **lists)


def _read_look(value: Mapping[str, Any], names: Sequence[str]) -> Look:
    return Look(
        _read_findings(value["layout"], names),
        tuple(
            Unknown(name, term, Place(names[at[0]], at[1], at[2]), tuple(subjects))
            for name, term, at, subjects in value["strange"]
        ),
        "",
    )


def _read_seen(value: Mapping[str, Any], names: Sequence[str]) -> Mapping[str, Seen]:
    return {name: Seen(content, _read_findings(found, ())) for name, (content, found) in value.items()}
