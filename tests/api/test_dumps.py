"""Dumps: byte for byte what was built, with hashes, in ranges, compressed where that is asked for."""

import base64
import gzip
import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner
from descriptions import read
from flask.testing import FlaskClient
from places import EXAMPLE

from api import create_app
from kb.cli import main
from kb.engine import EmbeddedEngine

SUFFIXES = ("jsonld", "nq", "trig")


@pytest.fixture(scope="module")
def client(shipped_engine: EmbeddedEngine) -> FlaskClient:
    return create_app(shipped_engine).test_client()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_dump_is_the_file_of_the_build(client: FlaskClient, shipped_build: Path, suffix: str) -> None:
    """Body, length, hash, digest and validator agree with the file, and the twin is what sha256sum checks."""
    text = (shipped_build / f"dump.{suffix}").read_bytes()
    response = client.get(f"/dump.{suffix}")
    hashed = hashlib.sha256(text)
    assert response.data == text
    assert response.headers["Content-Length"] == str(len(text))
    assert response.headers["ETag"] == f'"{hashed.hexdigest()}"'
    assert response.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(hashed.digest()).decode()}:"
    assert client.get(f"/dump.{suffix}.sha256").text == f"{hashed.hexdigest()}  dump.{suffix}\n"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_another_parser_counts_the_same(client: FlaskClient, suffix: str) -> None:
    """rdflib finds as many graphs and statements in each dump as the build says it has."""
    response = client.get(f"/dump.{suffix}")
    assert response.mimetype is not None
    found = read(response.data, response.mimetype)
    whole = client.application.extensions["testimonia"]["engine"].statistics.parts["whole"]
    assert len(list(found.quads())) == whole.triples
    assert len({graph for *_, graph in found.quads()}) == whole.graphs


def test_the_command_prints_the_same_bytes(tmp_path: Path) -> None:
    """``testimonia dump`` and the address give the same bytes in each format."""
    out = tmp_path / "out"
    built = CliRunner().invoke(main, ["build", "--data", str(EXAMPLE), "--out", str(out)])
    engine = EmbeddedEngine(Path(built.stdout.strip()), workers=1)
    served = create_app(engine).test_client()
    for suffix in SUFFIXES:
        done = CliRunner().invoke(main, ["dump", "-f", suffix, "--data", str(EXAMPLE), "--out", str(out)])
        assert done.stdout_bytes == served.get(f"/dump.{suffix}").data
    engine.close()


def test_head_is_get_without_body(client: FlaskClient) -> None:
    """HEAD tells length, hash and validator of a dump and sends nothing."""
    get, head = client.get("/dump.nq"), client.head("/dump.nq")
    assert head.data == b""
    for name in ("Content-Length", "ETag", "Repr-Digest", "Accept-Ranges"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize(
    ("asked", "start", "end"), [("bytes=0-99", 0, 100), ("bytes=100-", 100, None), ("bytes=-7", -7, None)]
)
def test_a_range_is_that_part(client: FlaskClient, asked: str, start: int, end: int | None) -> None:
    """An interrupted download goes on where it ended; the digest stays that of the whole."""
    whole = client.get("/dump.trig")
    part = client.get("/dump.trig", headers={"Range": asked, "Accept-Encoding": "gzip"})
    assert part.status_code == 206
    assert part.data == whole.data[start:end]
    assert part.headers["Content-Range"].endswith(f"/{len(whole.data)}")
    assert part.headers["Repr-Digest"] == whole.headers["Repr-Digest"]
    assert "Content-Encoding" not in part.headers


def test_a_range_of_another_build_is_the_whole(client: FlaskClient) -> None:
    """Under If-Range a part is sent only if it fits what the client has."""
    tag = client.get("/dump.nq").headers["ETag"]
    known = client.get("/dump.nq", headers={"Range": "bytes=0-9", "If-Range": tag})
    other = client.get("/dump.nq", headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (known.status_code, other.status_code) == (206, 200)


@pytest.mark.parametrize("asked", ["bytes=5-2x", "lines=1-2", "bytes=0-1,4-5", "bytes="])
def test_a_range_that_is_not_understood_is_left_aside(client: FlaskClient, asked: str) -> None:
    """Other units, several ranges and nonsense get the whole dump."""
    assert client.get("/dump.nq", headers={"Range": asked}).status_code == 200


def test_a_range_that_is_not_there_is_416(client: FlaskClient) -> None:
    """Bytes after the end are refused with how many there are."""
    response = client.get("/dump.nq", headers={"Range": "bytes=999999999-"})
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{client.head('/dump.nq').headers['Content-Length']}"
    assert response.content_type == "application/problem+json"


def test_what_is_known_is_not_sent_again(client: FlaskClient) -> None:
    """A client that has the dump gets 304, whether it has it plain or compressed."""
    for headers in ({}, {"Accept-Encoding": "gzip"}):
        tag = client.get("/dump.nq", headers=headers).headers["ETag"]
        again = client.get("/dump.nq", headers={**headers, "If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Cache-Control"] == "public, no-cache"


def test_compression_is_for_those_who_ask(client: FlaskClient) -> None:
    """A compressed dump is the same dump, under a weak validator and without the digest of other bytes."""
    plain, packed = client.get("/dump.nq"), client.get("/dump.nq", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] == f"W/{plain.headers['ETag']}"
    assert {"Repr-Digest", "Accept-Ranges", "Content-Length"}.isdisjoint(packed.headers.keys())


def test_a_dump_is_read_piece_by_piece(client: FlaskClient) -> None:
    """No piece of a dump is larger than what is to be in memory at once."""
    from api.dataset import PIECE

    response = client.get("/dump.nq", buffered=False)
    sizes = [len(piece) for piece in response.iter_encoded()]
    assert max(sizes) == PIECE and sum(sizes) == int(response.headers["Content-Length"])
    response.close()
