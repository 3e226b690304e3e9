"""Who we are to a service that wants to know: Basic and Digest authentication (RFC 7617, RFC 7616)."""

import hashlib
import re
import secrets
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from kb.errors import LimitError, SetupError
from kb.fetch import Client, Reply

_FIELD = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
_HASHES: Mapping[str, Callable[[bytes], "hashlib._Hash"]] = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Credentials:
    """A name and its password, which is never printed."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials({self.user!r})"


class Session:
    """Sends requests that change a service, with credentials where it asks for them.

    A password goes over http only to this machine, unless as a digest. Nothing is followed elsewhere.
    """

    def __init__(self, client: Client, credentials: Credentials | None, *, timeout: float) -> None:
        self._client, self._credentials, self._timeout = client, credentials, timeout
        self._challenge: dict[str, str] = {}
        self._count = 0

    def send(self, method: str, url: str, body: bytes = b"", media_type: str = "") -> Reply:
        """The reply to a request that was taken; SetupError for one that was refused.

        LimitError where nobody answers in time.
        """
        headers = {"Content-Type": media_type} if media_type else {}
        for _ in range(2):
            allowed = {"Authorization": self._authorization(method, url)} if self._challenge else {}
            reply = self._client.ask(
                url, method=method, headers={**headers, **allowed}, body=body, timeout=self._timeout
            )
            if reply.status != 401 or self._credentials is None:
                break
            again = self._take(reply.headers.get("www-authenticate", ""), url)
            if allowed and not again:
                break
        if reply.status in (401, 403):
            raise SetupError(f"{url}: refused (status {reply.status}); give a user who may write, with --user")
        if 300 <= reply.status < 400:
            elsewhere = reply.headers.get("location", "nowhere")
            raise SetupError(f"{url}: sends elsewhere, to {elsewhere}; give that address")
        if reply.status >= 400 and not (method == "DELETE" and reply.status == 404):
            said = next((line.strip() for line in reply.text.splitlines() if line.strip()), "")
            raise LimitError(f"{url}: answered {method} with status {reply.status}: {said[:300]}", reason="away")
        return reply

    def _take(self, challenge: str, url: str) -> bool:
        """Takes a challenge; whether it is another one than before. SetupError for what cannot or should not be met."""
        scheme, _, rest = challenge.partition(" ")
        fields = {name: quoted or plain for name, quoted, plain in _FIELD.findall(rest)}
        found = {"scheme": scheme.lower(), **fields}
        if found["scheme"] == "digest":
            if fields.get("algorithm", "MD5") not in _HASHES or "nonce" not in fields or "realm" not in fields:
                raise SetupError(f"{url}: wants a kind of digest that is not known here")
        elif found["scheme"] != "basic":
            raise SetupError(f"{url}: wants neither Basic nor Digest authentication, but “{scheme}”")
        elif urlsplit(url).scheme != "https" and urlsplit(url).hostname not in _LOOPBACK:
            raise SetupError(f"{url}: wants a password in plain text; give an address with https")
        changed = found != self._challenge
        self._challenge, self._count = found, 0
        return changed

    def _authorization(self, method: str, url: str) -> str:
        assert self._credentials is not None
        user, password, asked = self._credentials.user, self._credentials.password, self._challenge
        if asked["scheme"] == "basic":
            return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"
        algorithm = asked.get("algorithm", "MD5")

        def hashed(text: str) -> str:
            return _HASHES[algorithm](text.encode()).hexdigest()

        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        secret, what = hashed(f"{user}:{asked['realm']}:{password}"), hashed(f"{method}:{path}")
        fields = {"username": user, "realm": asked["realm"], "nonce": asked["nonce"], "uri": path}
        plain = {"algorithm": algorithm}
        if "auth" in asked.get("qop", "").replace(" ", "").split(","):
            self._count += 1
            count, own = f"{self._count:08x}", secrets.token_hex(8)
            plain |= {"qop": "auth", "nc": count}
            fields["cnonce"] = own
            fields["response"] = hashed(f"{secret}:{asked['nonce']}:{count}:{own}:auth:{what}")
        else:
            fields["response"] = hashed(f"{secret}:{asked['nonce']}:{what}")
        if "opaque" in asked:
            fields["opaque"] = asked["opaque"]
        written = [*(f'{name}="{value}"' for name, value in fields.items()), *(f"{n}={v}" for n, v in plain.items())]
        return f"Digest {', '.join(written)}"
