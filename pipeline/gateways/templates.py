"""The letters in `templates/emails/`: `<letter>/subject.txt`, `body.mjml` and `body.txt`, rendered with
Jinja2.

Templates are code from this repository and content is data: autoescape is on for MJML, and a name that the
context does not hold is an error (S-09). MRML's own include is never used, since it loses the width of what
it includes.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound

from pipeline.core.errors import BadInput
from pipeline.core.message import plaintext
from pipeline.core.message.rendered import RenderedLetter
from pipeline.core.message.slots import compile_parts
from pipeline.gateways import mjml

LETTERS = Path(__file__).resolve().parents[2] / "templates" / "emails"


def render_letter(letter_name: str, context: dict[str, Any]) -> RenderedLetter:
    """Render one letter with its slots still open. BadInput names the template and, where known, the line."""
    source = mjml_source(letter_name, context)
    letter = RenderedLetter(
        subject=_render(f"{letter_name}/subject.txt", context).strip(),
        preheader=str(context["preheader"]),
        html=mjml.to_html(source, place=f"{letter_name}/body.mjml (rendered)"),
        text=_render(f"{letter_name}/body.txt", context).strip() + "\n",
    )
    compile_parts(letter)  # an unknown slot fails the issue, not a message
    return letter


def mjml_source(letter_name: str, context: dict[str, Any]) -> str:
    """The MJML of one letter, before it is compiled."""
    return _render(f"{letter_name}/body.mjml", context)


def _render(template_name: str, context: dict[str, Any]) -> str:
    try:
        return _environment().get_template(template_name).render(context)
    except TemplateNotFound as error:
        raise BadInput(
            f"There is no template {error}. Add it or correct the name.", place=template_name
        ) from error
    except TemplateError as error:
        line = getattr(error, "lineno", None) or _line_in(error)
        raise BadInput(
            f"The template cannot be rendered: {error.message}.", place=template_name, line=line
        ) from error


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(LETTERS),
        autoescape=lambda name: not (name or "").endswith(".txt"),  # noqa: S701  # text is no markup
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["fold"] = plaintext.fold
    environment.filters["heading"] = plaintext.heading
    return environment


def _line_in(error: BaseException) -> int | None:
    """The line of an undefined name: Jinja2 tells it only by the frame it rewrote."""
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith((".mjml", ".txt")):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
