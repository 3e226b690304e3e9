"""The doctor: what it measures, what it finds where something is missing, and that it measures only what it says."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner
from fake_engine import FakeEngine, example
from flask.testing import FlaskClient
from places import ROOT
from serving import free_port, own_server, oxigraph_server

from api import create_app
from kb import cli
from kb.doctor import CRITERIA, FORMATS, UNMEASURED, Examination, assess
from kb.doctor.samples import SAMPLES
from kb.errors import LimitError, SetupError
from kb.fetch import Reply

SITE = "http://kb.example"
SCHEMES = {"FAIR", "KGHeartBeat", "RFC", "SPARQL", "SPARQLES", "Umaka", "own"}
VOID = """\
@prefix claim: <https://w3id.org/testimonia/claim/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://w3id.org/testimonia/graph/default> a void:Dataset .
<https://w3id.org/testimonia/graph/default> dcterms:title "Testimonia" .
<https://w3id.org/testimonia/graph/default> dcterms:description "Who said what." .
<https://w3id.org/testimonia/graph/default> dcterms:license <https://creativecommons.org/licenses/by/4.0/> .
<https://w3id.org/testimonia/graph/default> dcterms:publisher <https://w3id.org/testimonia/> .
<https://w3id.org/testimonia/graph/default> dcterms:source <https://w3id.org/testimonia/articles> .
<https://w3id.org/testimonia/graph/default> dcterms:modified "{today}"^^xsd:date .
<https://w3id.org/testimonia/graph/default> owl:versionInfo "1" .
<https://w3id.org/testimonia/graph/default> void:sparqlEndpoint <https://w3id.org/testimonia/sparql> .
<https://w3id.org/testimonia/graph/default> void:dataDump <https://w3id.org/testimonia/dump.nq> .
<https://w3id.org/testimonia/graph/default> void:triples {triples} .
<https://w3id.org/testimonia/graph/default> void:uriSpace "https://w3id.org/testimonia/" .
<https://w3id.org/testimonia/graph/default> void:vocabulary <http://www.w3.org/ns/prov#> .
<https://w3id.org/testimonia/graph/default> void:exampleResource claim:2024-03-05-gazette-barrels .
<https://w3id.org/testimonia/graph/default> void:classPartition <https://w3id.org/testimonia/x> .
<https://w3id.org/testimonia/graph/default> void:propertyPartition <https://w3id.org/testimonia/y> .
"""
SERVICE = """\
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
<https://w3id.org/testimonia/sparql> a sd:Service ;
    sd:defaultDataset <https://w3id.org/testimonia/sparql#dataset> ;
    sd:endpoint <https://w3id.org/testimonia/sparql> ;
    sd:resultFormat <http://www.w3.org/ns/formats/Turtle> ;
    sd:supportedLanguage sd:SPARQL11Query .
"""
"""A description of the service that says nothing of the dataset, so that each line of VOID counts."""


@dataclass
class Site:
    """A site in this process; ``pages`` stand in the place of what it would answer, ``change`` alters any answer."""

    client: FlaskClient
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    change: Callable[[str, Reply], Reply] = lambda url, reply: reply
    asked: list[str] = field(default_factory=list)
    known: dict[tuple[object, ...], Reply] = field(default_factory=dict)

    def ask(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: float = 10.0,
        limit: int = 0,
    ) -> Reply:
        self.asked.append(url)
        if not url.startswith(SITE):
            raise LimitError("elsewhere", reason="away")
        path = url.removeprefix(SITE)
        if path in self.pages:
            media_type, text = self.pages[path]
            return self.change(url, Reply(200, {"content-type": media_type}, text.encode(), 0.01))
        key = (path, method, body, *sorted((headers or {}).items()))
        if key not in self.known:
            answer = self.client.open(path, method=method, headers=dict(headers or {}), data=body)
            fields = {name.lower(): value for name, value in answer.headers.items()}
            self.known[key] = Reply(answer.status_code, fields, answer.get_data(), 0.01)
        return self.change(url, self.known[key])

    def examination(self, **options: float) -> Examination:
        """What is found of the site, without pauses."""
        return assess(SITE, ask=self.ask, pause=0, **options)


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(FakeEngine(example().quads)).test_client()


@pytest.fixture(scope="module")
def known() -> dict[tuple[object, ...], Reply]:
    """What the site answered so far; it always answers the same."""
    return {}


@pytest.fixture
def site(client: FlaskClient, known: dict[tuple[object, ...], Reply]) -> Site:
    return Site(client, known=known)


def lexical(term: object) -> str:
    return term.value if isinstance(term, ox.Literal | ox.NamedNode) else str(term)


def described(site: Site) -> Site:
    """The site with a whole description of its dataset, to which its front page leads."""
    import datetime

    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    count = len({quad for quad in example().quads if str(quad.graph_name) == "DEFAULT"})
    site.pages["/.well-known/void"] = ("text/turtle", VOID.format(today=today, triples=count))
    site.pages["/sparql"] = ("text/turtle", SERVICE)
    site.pages["/"] = ("text/html", '<link rel="describedby" href="/.well-known/void"><p>Licence: CC BY 4.0</p>')
    return site


def scores(found: Examination) -> dict[str, float | None]:
    return {finding.name: finding.score for finding in found.findings}


def faults(found: Examination) -> set[str]:
    return {finding.name for finding in found.findings if not finding.fine}


def test_each_criterion_says_what_it_is() -> None:
    """Names are unique; each criterion has known schemes, a question, a weight, and what to do."""
    assert len({criterion.name for criterion in CRITERIA}) == len(CRITERIA)
    for criterion in CRITERIA:
        assert {scheme.split()[0] for scheme in criterion.schemes} <= SCHEMES, criterion.name
        assert criterion.asks.endswith(".") and criterion.remedy.endswith(".") and criterion.weight > 0


def test_the_samples_have_the_answers_of_two_evaluators() -> None:
    """What the samples expect is what rdflib and Oxigraph give, but for one each, which the other gives."""
    wrong: dict[str, list[str]] = {"oxigraph": [], "rdflib": []}
    for sample in SAMPLES:
        answers: dict[str, Iterable[Iterable[object]]] = {
            "oxigraph": ox.Store().query(sample.query),  # type: ignore[dict-item]
            "rdflib": rdflib.Graph().query(sample.query),  # type: ignore[dict-item]
        }
        for name, rows in answers.items():
            found = tuple(tuple("" if term is None else lexical(term) for term in row) for row in rows)
            if found != sample.rows:
                wrong[name].append(sample.name)
    assert wrong == {"oxigraph": ["path"], "rdflib": ["optional"]}


def test_a_described_site_has_nothing_to_mend_in_its_description(site: Site) -> None:
    """With a whole description, every criterion of descriptions, licence and addresses is met in full."""
    found = described(site).examination()
    names = ("service-description", "service-description-terms", "void", "void-terms", "void-partitions", "void-count")
    names += ("dump", "licence-for-machines", "licence-for-people", "title", "publisher", "provenance", "version")
    names += ("date", "persistent-id", "front-page", "dereferenced", "pages")
    assert {name: scores(found)[name] for name in names} == dict.fromkeys(names, 1.0)


@pytest.mark.parametrize(
    ("term", "missed"),
    [
        ("a void:Dataset", {"void", "persistent-id"}),
        ("dcterms:title", {"title"}),
        ("dcterms:description", {"title"}),
        ("dcterms:publisher", {"publisher"}),
        ("dcterms:modified", {"date"}),
        ("owl:versionInfo", {"version"}),
        ("void:sparqlEndpoint", {"void-terms"}),
        ("void:dataDump", {"dump"}),
        ("void:triples", {"void-terms", "void-count"}),
        ("void:vocabulary", {"void-terms"}),
        ("void:exampleResource", {"void-terms"}),
        ("void:classPartition", {"void-partitions"}),
    ],
)
def test_a_line_less_in_the_description_is_found(site: Site, term: str, missed: set[str]) -> None:
    """The same description minus one line misses the criteria meant for that line, and no other."""
    before = faults(described(site).examination())
    media_type, text = site.pages["/.well-known/void"]
    lines = [line for line in text.splitlines() if f"> {term} " not in line]
    assert len(lines) == len(text.splitlines()) - 1
    site.pages["/.well-known/void"] = (media_type, "\n".join(lines))
    assert faults(site.examination()) - before == missed


TRUE, ONE_ROW = b'{"head":{},"boolean":true}', b'{"head":{"vars":[]},"results":{"bindings":[{}]}}'


def only(part: str, change: Callable[[Reply], Reply]) -> Callable[[str, Reply], Reply]:
    """Alters the answers to addresses with ``part`` in them."""
    return lambda url, reply: change(reply) if part in url else reply


def without(name: str) -> Callable[[Reply], Reply]:
    return lambda reply: replace(reply, headers={key: value for key, value in reply.headers.items() if key != name})


@pytest.mark.parametrize(
    ("change", "missed"),
    [
        (only("sparql", without("access-control-allow-origin")), {"cors"}),
        (only("sparql", without("etag")), {"validator"}),
        (only("healthz", lambda reply: replace(reply, status=503)), {"healthz"}),
        (only("SELECT%20WHERE%20%7B%20nothing", lambda reply: replace(reply, status=200)), {"protocol-malformed"}),
        (only("urn%3Ax-no-graph", lambda reply: replace(reply, body=TRUE)), {"protocol-dataset"}),
        (only("SHA256", lambda reply: replace(reply, body=reply.body.replace(b"ba78", b"ba79"))), {"sparql-hash"}),
        (only("STRLEN", lambda reply: replace(reply, body=reply.body[:-2])), {"sparql-unicode"}),
        (only("LIMIT%2010001", lambda reply: replace(reply, body=ONE_ROW)), {"whole-answers"}),
        (only("ASK%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D", lambda reply: replace(reply, seconds=2.0)), {"ask-time"}),
        (only("GROUP%20BY%20%3Fc", lambda reply: replace(reply, status=500)), {"overview-time"}),
    ],
)
def test_what_is_amiss_with_the_service_is_found(
    site: Site, change: Callable[[str, Reply], Reply], missed: set[str]
) -> None:
    """One thing amiss with the answers misses the criteria meant for it, and no other."""
    before = faults(site.examination())
    site.change = change
    assert faults(site.examination()) - before == missed


def test_what_does_not_apply_does_not_count(site: Site) -> None:
    """A server that does not say it is ours is not asked for what only ours has; others are asked over TLS."""
    site.change = lambda url, reply: without("testimonia-build")(reply)
    found = scores(site.examination())
    assert [found[name] for name in ("graph-store", "healthz", "readyz", "metrics")] == [None] * 4
    assert found["https"] == 0
    assert not any(url.endswith(("/metrics", "/readyz", "/healthz")) for url in site.asked)


def test_a_visit_is_short_and_asks_for_reading_only(site: Site) -> None:
    """Fewer than 150 questions are asked, most of them once, and none of them is an update."""
    site.examination()
    assert len(site.asked) < 150
    assert len({*site.asked}) > 50 and len(site.asked) - len({*site.asked}) < 30
    assert not any(word in url.upper() for url in site.asked for word in ("INSERT", "DELETE", "LOAD%20", "UPDATE="))


def test_what_the_time_did_not_allow_is_not_claimed(site: Site) -> None:
    """What is over the budget is said to be unmeasured, does not count, and is not fine."""

    def slow(url: str, reply: Reply) -> Reply:
        import time

        time.sleep(0.05)
        return reply

    site.change = slow
    found = site.examination(budget=0.3)
    late = [finding for finding in found.findings if finding.seen.startswith("not measured")]
    assert late and all(finding.score is None and not finding.fine for finding in late)
    assert not found.fine


def test_the_reports_agree(site: Site) -> None:
    """Text and JSON tell the same findings and scores."""
    found = site.examination()
    value = json.loads(FORMATS["json"](found))
    lines = FORMATS["text"](found).splitlines()
    assert [finding["name"] for finding in value["findings"]] == [criterion.name for criterion in CRITERIA]
    assert [line.split()[1] for line in lines if line.startswith(("fine ", "mend ", "  - "))] == [
        c.name for c in CRITERIA
    ]
    assert f"{value['score']} of 100" in lines[-1] and value["fine"] is found.fine is False
    assert value["schemes"].keys() == SCHEMES - {"own", "RFC"}


def test_nobody_there_is_an_error() -> None:
    """Where nobody answers, the command ends with 2 and says so; an address that is none is refused."""
    done = CliRunner().invoke(cli.main, ["doctor", f"http://127.0.0.1:{free_port()}"])
    assert done.exit_code == 2 and "nobody answers" in done.stderr
    with pytest.raises(SetupError, match="no address"):
        assess("localhost:8000", ask=lambda *arguments, **options: Reply(200, {}, b"", 0))


@pytest.fixture(scope="module", params=["testimonia", "oxigraph"])
def endpoint(
    request: pytest.FixtureRequest, example_build: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A real endpoint: ours by the address of its site, Oxigraph by that of its endpoint."""
    folder = tmp_path_factory.mktemp("doctor")
    if request.param == "oxigraph":
        with oxigraph_server(example_build, folder) as url:
            yield url
    else:
        with own_server(folder, "--data", str(ROOT / "tests" / "example"), "--out", str(example_build.parent)) as url:
            yield url


def test_real_endpoints_are_examined(endpoint: str) -> None:
    """Over real sockets, protocol and formats of both endpoints are fine; of the samples, Oxigraph 0.5 misses one."""
    done = CliRunner().invoke(cli.main, ["doctor", endpoint, "--format", "json"])
    assert done.exit_code == 1, done.stderr
    found = {finding["name"]: finding for finding in json.loads(done.stdout)["findings"]}
    of_service = [name for name in found if name.startswith(("sparql-", "protocol-", "formats-", "answers", "whole-"))]
    assert [name for name in of_service if not found[name]["fine"]] == ["sparql-path"]


def test_the_page_has_the_table_of_criteria() -> None:
    """docs/doctor.md lists the criteria with scheme and weight as the code has them, and what is not measured."""
    page = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8")
    rows = [f"| `{c.name}` | {c.asks} | {'; '.join(c.schemes)} | {c.weight} |" for c in CRITERIA]
    rows += [f"| {name} | {reason} |" for name, reason in UNMEASURED.items()]
    assert [line for line in page.splitlines() if line.startswith("| ") and line in rows] == rows
