"""The texts of pages as a catalogue, which translations begin with: ``python tests/messages.py`` writes it anew."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

API = Path(__file__).resolve().parent.parent / "api"
TEMPLATE = API / "locale" / "messages.pot"
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"templates/**.html": {"silent": "false"}}
KEYWORDS = {"gettext": None, "ngettext": (1, 2), "translatable": None, "_": None}


def catalogue() -> Catalog:
    """All texts that are marked, each with the files that it stands in."""
    found = Catalog(project="Testimonia", fuzzy=False, charset="utf-8")
    for name, _, text, _, _ in extract_from_dir(API, METHODS, OPTIONS, KEYWORDS, strip_comment_tags=True):
        found.add(text, locations=[(f"api/{name}", 0)])
    return found


def written(found: Catalog) -> str:
    """A catalogue as text, the same each time for the same texts."""
    out = BytesIO()
    write_po(out, found, width=100, omit_header=True, sort_output=True, include_lineno=False)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return header + out.getvalue().decode()


if __name__ == "__main__":
    TEMPLATE.parent.mkdir(exist_ok=True)
    TEMPLATE.write_text(written(catalogue()), encoding="utf-8")
    print(TEMPLATE)
