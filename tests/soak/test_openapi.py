"""A real server, asked by chance for everything that its OpenAPI document tells of."""

from contextlib import suppress
from pathlib import Path

import pytest
import schemathesis
from chance import CONFIG, by_chance, holds
from hypothesis import given
from hypothesis.errors import Unsatisfiable
from places import EXAMPLE
from schemathesis import Case, GenerationMode
from serving import serve

pytestmark = pytest.mark.soak


def test_a_server_answers_as_its_document_says(tmp_path: Path, requests: int) -> None:
    """Fitting or not, each request gets an answer that the document tells of, over HTTP as within the process."""
    with serve(EXAMPLE, tmp_path) as server:
        schema = schemathesis.openapi.from_url(f"{server.address}/openapi.json", config=CONFIG)
        found = [result.ok() for result in schema.get_all_operations()]
        for operation in found:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

                @given(case=operation.as_strategy(generation_mode=mode))
                @by_chance(max(1, requests // (2 * len(found))))
                def ask(case: Case) -> None:
                    holds(case)

                with suppress(Unsatisfiable):  # nothing can be wrong about a request without parameters
                    ask()
        assert server.query("ASK {}").status == 200
