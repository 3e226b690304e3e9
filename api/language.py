"""The language that pages speak: English, with every text marked so that it can be translated.

A text in a template stands in ``{% trans %}`` or ``_("…")``.
"""

from flask import Flask


def register(app: Flask) -> None:
    """Lets templates mark their texts; where there is no translation, they stand as they are."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
