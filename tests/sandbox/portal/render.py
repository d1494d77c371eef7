"""Pages from templates, with the faults that change how they look."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from tests.sandbox.portal.site import Site

PAGES = Path(__file__).parent / "pages"
_HOOK = re.compile(r'(?<=[" ])s-(?=[a-zA-Z])')
_LABELS = {
    "Save as Draft": "Keep for Later",
    "Calculate": "Work Out",
    "Create Invoice": "New Bill",
    "Invoice #": "Document Number",
    "Continue": "Onwards",
}
_pages = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def page(site: Site, name: str, *, status: int = 200, **values: Any) -> Response:
    """A page of the portal. It says on every one that it is a stand-in."""
    overlay = site.faults.holds("overlay")
    language = site.faults.holds("new_language")
    values = {"lang": language.to if language else "en-US", "overlay": overlay is not None, "site": site, **values}
    text = _pages.get_template(f"{name}.html").render(number=site.number, **values)
    if site.faults.holds("renamed_class"):
        text = _HOOK.sub("z9-", text)
    renamed = site.faults.holds("renamed_label")
    for label, other in _LABELS.items() if renamed else ():
        text = text.replace(label, other) if renamed and renamed.to in {"", label} else text
    return HTMLResponse(text, status)


def error_page(status: int, sentence: str) -> Response:
    """What the portal shows when it is broken or closed."""
    text = _pages.get_template("error.html").render(sentence=sentence, lang="en-US")
    return HTMLResponse(text, status)


def fields_of(values: Mapping[str, object]) -> dict[str, str]:
    """The text fields of a form."""
    return {name: value for name, value in values.items() if isinstance(value, str)}
