"""Everything that stops Testimonia, as one tree.

    TestimoniaError            never raised itself; catch it to catch all of ours
    ├── SourceError            a file or folder is missing, unreadable, or not the RDF it says it is: file:line
    ├── SetupError             the surroundings do not fit: port taken, folder not writable, setting out of range
    │   └── MissingError       an optional part of the installation is not there, which just this needs
    ├── QueryError             a query that is not answered: malformed, refused, or asking for what is not served
    ├── LimitError             a query that was stopped: over time, memory, answer size, or too many at once
    └── ProblemError           what a server elsewhere refused, in its own words (RFC 9457)

A fault *in* the data that does not stop us reading it is a ``kb.model.Finding``, not an exception.
Each message says what is wrong, where, and what to do.
"""

from collections.abc import Mapping


class TestimoniaError(Exception):
    """Base of the tree; ``str()`` is one line that can be shown to whoever caused it."""


class SourceError(TestimoniaError):
    """A file or folder that cannot be read as what it should be; ``message`` is without the place."""

    def __init__(self, message: str, *, file: str | None = None, line: int | None = None) -> None:
        where = "" if file is None else f"{file}: " if line is None else f"{file}:{line}: "
        super().__init__(f"{where}{message}")
        self.message = message
        self.file = file
        self.line = line


class SetupError(TestimoniaError):
    """Surroundings that do not let a command run."""


class MissingError(SetupError):
    """A package that is not installed, and which is needed only for what was asked; says how to install it."""


class QueryError(TestimoniaError):
    """A query that is not evaluated.

    ``reason`` is one of ``syntax`` (with ``line`` and ``column``, both from 1), ``too-complex``,
    ``too-long``, ``forbidden`` (SERVICE, update) and ``not-found`` (a graph that is not served).
    ``token`` is the word at fault, ``excerpt`` its line with a caret under it.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        hint: str = "",
        line: int | None = None,
        column: int | None = None,
        token: str = "",
        excerpt: str = "",
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.hint = hint
        self.line = line
        self.column = column
        self.token = token
        self.excerpt = excerpt


class LimitError(TestimoniaError):
    """A query stopped at a limit.

    ``reason`` is one of ``time``, ``memory``, ``size``, ``busy``, ``crash`` and ``away`` (a store elsewhere that does
    not answer as it should); ``retry_after`` is in seconds.
    """

    def __init__(self, message: str, *, reason: str, hint: str = "", retry_after: int = 1) -> None:
        super().__init__(message)
        self.reason = reason
        self.hint = hint
        self.retry_after = retry_after


class ProblemError(TestimoniaError):
    """The problem that a server answered with; ``str()`` is its detail.

    ``status`` is that of HTTP, ``title`` the kind of problem, ``hint`` what to do; ``request_id`` is what the server's
    log calls the request. ``retry_after`` is in seconds, None where the server does not say that trying again helps.
    ``members`` are all that the problem has, such as the line of a mistake or what replaces what is retired.
    """

    def __init__(
        self,
        detail: str,
        *,
        status: int,
        title: str = "",
        hint: str = "",
        request_id: str = "",
        retry_after: int | None = None,
        members: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.title = title
        self.hint = hint
        self.request_id = request_id
        self.retry_after = retry_after
        self.members = dict(members or {})
