"""The nouns of building piece by piece."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kb import closure
from kb.closure import Stated
from kb.compare.given import Given
from kb.dataset import Dataset, statements
from kb.derive import derive
from kb.forward import Rules
from kb.model import Source
from kb.parts.model import Links
from kb.sources import folder_of


@dataclass(frozen=True)
class Common:
    """What every piece is made with: the files that belong to no article, the ontology's among them."""

    files: tuple[Source, ...]

    def prepare(self) -> None:
        """Works out at once what every piece needs, so that no process that makes some does it again."""
        for dataset in (self.vocabulary, self.registry):
            dataset.instances("t:Claim")
            dataset.values("", "rdf:type")
            dataset.having("rdf:type")
            dataset.about("")
            dataset.with_quads(())
            _ = dataset.default, dataset.graphs
        _ = self.rules, self.names("")

    @cached_property
    def vocabulary(self) -> Dataset:
        """The ontology."""
        return Dataset(statements([file for file in self.files if folder_of(file) == "ontology"]), {})

    @cached_property
    def registry(self) -> Dataset:
        """What else is shared and written by hand: what text reuse and gazetteers have is looked up by no article."""
        return Dataset(statements([file for file in self.files if folder_of(file) not in ("ontology", "computed")]), {})

    @cached_property
    def whole(self) -> Dataset:
        """All of it, with what ``kb.derive`` adds."""
        return derive(Dataset(statements(self.files), {}))

    @cached_property
    def rules(self) -> Rules:
        """The rules that the axioms in it ask for."""
        return closure.rules_of(self.whole)

    def names(self, entry: str) -> bool:
        """Whether the shared files say what something is, or what it is called, and not only more of it."""
        return any(self.whole.values(entry, name) for name in ("rdf:type", "rdfs:label"))


@dataclass(frozen=True)
class Group:
    """Articles that make one piece, most often one: their files, and registry files of others that they refer to."""

    slug: str
    files: tuple[Source, ...]
    needed: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Piece:
    """All that a build needs of the articles of a group."""

    lines: bytes
    """Their statements with what is derived from each, as N-Quads; sorted, each once."""
    given: Given
    stated: Stated
    links: Links
    """What binds them to others."""
    names: tuple[str, ...]
    """All that they name, of which the shared registry may say something."""
    leaks: tuple[str, ...]
    """Events and the like that stand outside of claims; there must be none."""
    acting: bool
    """Whether they state axioms, which act on other articles."""
    counts: Mapping[str, int]
    textual: bytes
    """Of their statements those that text reuse is computed from, as lines."""
