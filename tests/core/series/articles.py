"""Small articles for the tests of series: valid in one line, odd where a test says so."""

from pipeline.core.content.article import (
    Article,
    Callout,
    Cite,
    Paragraph,
    Question,
    Reference,
    Run,
    Section,
    SectionKind,
    Urgency,
)

KINDS = {kind.value: kind for kind in SectionKind}


def text(words, *refs):
    body = Run(" ".join(["word"] * words) + ".")
    return Paragraph((body, Cite(refs)) if refs else (body,), line=7)


def callout(urgency="urgent", *refs):
    return Callout(Urgency(urgency), f"Act: {urgency}", (text(10, *refs),))


def section(kind, words=200, *, id=None, level=2, refs=(), also=()):
    name = id or kind
    return Section(name, name.capitalize(), level, KINDS[kind], (text(words, *refs), *also), line=3)


def question(id="why", words=40, *, refs=(), also=()):
    return Question(id, f"{id.capitalize()}?", (text(words, *refs), *also), line=9)


def article(*sections, faq=(), references=("a", "b", "c"), **more):
    listed = tuple(Reference(ref, n, f"Source {ref}", None) for n, ref in enumerate(references, start=1))
    return Article("Sore knees", "sore-knees", sections, faq=tuple(faq), references=listed, **more)


def whole():
    """An article with every idea, in the order of an untidy page: management before diagnosis, help at the end."""
    return article(
        section("overview"),
        section("types"),
        section("causes", 100),
        section("symptoms", 100, also=[callout("soon")]),
        section("management"),
        section("diagnosis"),
        section("diagnosis", 50, id="scans", level=3),
        section("summary", 160),
        section("help", 40, also=[callout("urgent", "c")]),
        faq=[question("why"), question("who")],
    )
