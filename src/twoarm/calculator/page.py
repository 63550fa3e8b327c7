"""The bedside page: one HTML file with the model, the arithmetic and the words inside."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from twoarm.calculator.compact import compact_content
from twoarm.calculator.leading import leading_answers
from twoarm.errors import ArgumentError
from twoarm.modelfile import Model

__all__ = ["LANGUAGES", "LARGEST", "SCRIPTS", "calculator_html", "languages", "script"]

LARGEST = 5_000_000
"""Bytes of the model inside the page; a phone reads more only slowly."""

LANGUAGES = ("en", "de", "es")

SCRIPTS = (
    "evaluator", "range", "chance", "reading", "answer", "words", "figures", "form", "patient",
    "changes", "silence", "views", "benefit", "believe", "result", "card", "settings", "page",
)  # fmt: skip
"""The modules in the order in which they need each other."""

_HOME = files("twoarm.calculator")
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_COMMENT = re.compile(r"^\s*//.*\n", re.MULTILINE)


def calculator_html(
    model: Model, *, threshold: float | None = None, language: str | None = None
) -> str:
    """Give the page for a model.

    Parameters
    ----------
    model : Model
        From `twoarm.modelfile.load_model`.
    threshold : float, optional
        The site's own threshold of benefit, as a probability, in place of the study's.
    language : str, optional
        Language that the page opens in, whatever the browser's.

    Raises
    ------
    ArgumentError
        If the threshold or the language is none, or the model is too large for a page.
    """
    _check(threshold, language)
    content = compact_content(model.content, model.codebook)
    content |= {"short": leading_answers(model)}
    if threshold is not None:
        content["site_threshold"] = round(100.0 * threshold, 6)
    if language is not None:
        content["site_language"] = language
    data = _json(content)
    if len(data) > LARGEST:
        raise ArgumentError(too_large(len(data)))
    style, code = _text("page.css"), script(SCRIPTS)
    english = languages()["en"]["words"]
    parts = {
        "policy": _policy(style, code),
        "title": html.escape(str(model.content["title"])),
        "banner": html.escape(english["banner"]),
        "noscript": html.escape(english["noscript"]),
        "style": style,
        "model": data,
        "languages": _json(languages()),
        "script": code,
    }
    return re.sub(r"\[\[(\w+)\]\]", lambda found: parts[found[1]], _text("template.html"))


def _check(threshold: float | None, language: str | None) -> None:
    if threshold is not None and not 0.0 <= threshold <= 1.0:
        raise ArgumentError(
            f"The threshold is a probability, 0 to 1 (0.15 for 15 of 100); found {threshold:g}."
        )
    if language is not None and language not in LANGUAGES:
        raise ArgumentError(
            f"The page speaks {', '.join(LANGUAGES)}; found '{language}'. Choose one of them."
        )


def too_large(size: int) -> str:
    """Say that there is no page, why, and what to do."""
    return (
        f"the model takes {size / 1e6:.1f} MB, and a page for a phone holds at most "
        f"{LARGEST / 1e6:.0f} MB. Its trees grow with the number of patients: use twoarm predict, "
        "or leave forest and boosting out of the study file's members, or give them fewer trees."
    )


def script(names: tuple[str, ...]) -> str:
    """Give some of the modules as one: their imports of each other are left out."""
    return "\n".join(
        _COMMENT.sub("", _IMPORT.sub("", _text(f"script/{name}.js"))) for name in names
    )


def languages() -> dict[str, dict[str, dict[str, str]]]:
    """Give the words of the page and the terms of shipped studies, by language."""
    return {
        code: {
            "words": json.loads(_text(f"languages/{code}.json")),
            "terms": json.loads(_text(f"languages/{code}.terms.json")),
        }
        for code in LANGUAGES
    }


def _text(name: str) -> str:
    return (_HOME / name).read_text(encoding="utf-8")


def _json(content: Mapping[str, Any]) -> str:
    """Give JSON that ends no script element, whatever a study's texts hold."""
    plain = json.dumps(content, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return plain.replace("<", "\\u003c")


def _policy(style: str, code: str) -> str:
    """Give the content security policy: what stands in the page runs, and nothing is loaded.

    Manifest and service worker are those of a server that gives the page out.
    """

    def hashed(text: str) -> str:
        digest = hashlib.sha256(text.encode("utf-8")).digest()
        return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"

    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {hashed(code)}",
            f"style-src {hashed(style)}",
            "img-src data:",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'none'",
            "base-uri 'none'",
        ]
    )
