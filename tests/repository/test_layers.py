"""Who may import whom: arrows go one way."""

import ast
from pathlib import Path

import pytest

import api
import benchmarks
import kb

LAYERS = (
    {"kb", "kb.namespaces", "kb.errors", "kb.paths", "kb.model"},
    {
        *("kb.turtle", "kb.sources", "kb.dataset", "kb.printed", "kb.passages"),
        *("kb.times", "kb.baseline", "kb.repository", "kb.rules", "kb.work"),
    },
    {
        "kb.style",
        "kb.evidence",
        "kb.unused",
        "kb.derive",
        "kb.allen",
        "kb.quantities",
        "kb.timechecks",
        "kb.checks",
        "kb.closure",
        "kb.compare",
        "kb.forward",
        "kb.gazetteer",
        "kb.perspectives",
        "kb.reference",
        "kb.reuse",
        "kb.revision",
        "kb.proposal",
    },
    {
        *(
            "kb.binding",
            "kb.grammar",
            "kb.guard",
            "kb.hints",
            "kb.mistakes",
            "kb.narrowing",
            "kb.sorting",
            "kb.wellformed",
        ),
        *(
            "kb.abreast",
            "kb.dumps",
            "kb.nquads",
            "kb.fetch",
            "kb.walls",
            "kb.index",
            "kb.prefixes",
            "kb.statistics",
            "kb.store",
            "kb.questions",
        ),
    },
    {"kb.evaluator", "kb.process", "kb.recent"},
    {"kb.pool"},
    {"kb.engine"},
    {"kb.client", "kb.live", "kb.publish", "kb.remote"},
    {"kb.cards", "kb.doctor"},
    {"kb.diff", "kb.report", "kb.parts", "kb.pieces", "kb.build", "kb.scaffold"},
    {"api"},
    {"kb.cli"},
    {"benchmarks", "benchmarks.draws", "benchmarks.figures", "benchmarks.machine", "benchmarks.nouns"},
    {"benchmarks.growth", "benchmarks.rdflibs"},
    {"benchmarks.words"},
    {"benchmarks.world"},
    {"benchmarks.telling"},
    {"benchmarks.printing"},
    {"benchmarks.copying", "benchmarks.writing"},
    {"benchmarks.defects", "benchmarks.truth"},
    {"benchmarks.corpus"},
    {"benchmarks.generate"},
    {"benchmarks.reuse", "benchmarks.check", "benchmarks.closure", "benchmarks.compare"},
    {"benchmarks.asking", "benchmarks.filling"},
    {"benchmarks.engines", "benchmarks.doors"},
    {"benchmarks.building", "benchmarks.growing"},
    {"benchmarks.loading"},
    {"benchmarks.measures"},
    {"benchmarks.serve"},
    {"benchmarks.documents", "benchmarks.history", "benchmarks.plots"},
    {"benchmarks.reporting"},
    {"benchmarks.report"},
)
HEAVY = {
    "pyshacl": {"benchmarks.check", "kb.checks"},
    "distributed": {"kb.work.cluster"},
    "owlrl": {"kb.reference"},
    "rdflib": {"benchmarks.check", "benchmarks.rdflibs", "kb.checks", "kb.reference"},
}


def modules() -> dict[str, Path]:
    found = {}
    for package in (api, benchmarks, kb):
        root = Path(package.__path__[0])
        for path in sorted(root.rglob("*.py")):
            parts = path.relative_to(root.parent).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def unit(module: str) -> str:
    """The module or package that the layers speak of."""
    parts = module.split(".")
    return "api" if parts[0] == "api" else ".".join(parts[:2])


def imports(path: Path, *, at_import_time: bool = False) -> set[str]:
    """Absolute names of what a file imports, ``kb.x`` for ``from kb import x`` where that is a module."""
    known, found = modules(), set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if at_import_time else list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: imports are absolute"
            submodules = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (submodules & known.keys()) or {node.module}
    return found


def level(module: str) -> int:
    return next(number for number, layer in enumerate(LAYERS) if unit(module) in layer)


def test_every_module_has_its_layer() -> None:
    """A new module must be given its place."""
    listed = set().union(*LAYERS)
    assert {unit(module) for module in modules()} == listed


@pytest.mark.parametrize("module", sorted(modules()))
def test_arrows_go_one_way(module: str) -> None:
    """A module imports from its own layer or from lower ones."""
    for name in imports(modules()[module]):
        if name.split(".")[0] in ("api", "benchmarks", "kb"):
            assert level(name) <= level(module), f"{module} imports {name}"


@pytest.mark.parametrize(("library", "allowed"), sorted(HEAVY.items()))
def test_heavy_libraries_have_one_door(library: str, allowed: set[str]) -> None:
    """Only the modules meant for it import a validating or reasoning library."""
    users = {m for m, path in modules().items() if any(n.split(".")[0] == library for n in imports(path))}
    assert users == allowed


def test_serving_loads_no_validator_and_no_reasoner() -> None:
    """A process that serves has neither pySHACL nor owlrl nor rdflib in memory."""
    import subprocess
    import sys

    wanted = "{'pyshacl', 'owlrl', 'rdflib'}"
    code = f"import sys, api, api.server, kb.engine, kb.evaluator; print(sorted({wanted} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(kb.__file__).parents[1]
    )
    assert done.stdout.strip() == "[]"


def test_code_and_shapes_know_no_article_by_name() -> None:
    """No module, template or shape names an article, an outlet or anybody in the registry of the shipped data."""
    from kb.paths import data_dir, shapes_dir

    slugs = {path.stem for path in (data_dir() / "articles").glob("*.trig")}
    words = (
        slugs | {slug[11:] for slug in slugs} | {"khankendi", "karabakh", "volkov", "azerbaijan", "armenia", "lachin"}
    )
    files = [path for path in modules().values()]
    files += sorted(Path(api.__path__[0]).rglob("*.html")) + sorted(shapes_dir().glob("*.ttl"))
    for path in files:
        text = path.read_text(encoding="utf-8").lower()
        assert [word for word in sorted(words) if word in text] == [], path
