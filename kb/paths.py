"""Where the shipped data, ontology and shapes stand: beside the packages in a checkout, inside ``kb`` in a wheel."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def _shipped(name: str) -> Path:
    inside = _HERE / name
    return inside if inside.is_dir() else _HERE.parent / name


def data_dir() -> Path:
    """The folder with ``articles/`` and ``registry/`` that ships."""
    return _HERE


def is_checkout() -> bool:
    """Whether the data is that of a checkout, where editors work, and not that of an installed package."""
    return (_HERE.parent / "pyproject.toml").is_file()


def ontology_dir() -> Path:
    """The folder of the shipped ontology."""
    return _shipped("ontology")


def shapes_dir() -> Path:
    """The folder of the shipped shapes."""
    return _shipped("shapes")


def queries_dir() -> Path:
    """The folder of the saved questions that ship."""
    return _HERE / "queries"
