"""Everything that the OpenAPI document tells of, asked by chance."""

import schemathesis
from chance import CONFIG, by_chance, holds
from fake_engine import FakeEngine, example

from api import create_app
from kb.paths import queries_dir
from kb.questions import load

APP = create_app(FakeEngine(example().quads), questions=load(queries_dir()))
SCHEMA = schemathesis.openapi.from_wsgi("/openapi.json", APP, config=CONFIG)


@SCHEMA.parametrize()
@by_chance(10)
def test_every_answer_is_as_the_document_says(case: schemathesis.Case) -> None:
    """Fitting or not, a request gets a status, media type, headers and body that are told, and no error of ours."""
    holds(case)
