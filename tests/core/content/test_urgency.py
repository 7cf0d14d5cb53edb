"""How urgent a box is: one table for every reader, which only ever raises it, and says what told it."""

from __future__ import annotations

import pytest

from pipeline.core.content.article import Block, Callout, Reading
from pipeline.core.content.importers import read
from pipeline.core.content.urgency import told

# Words, and how soon they ask for help, in a box that is only called a callout.
SAYS = {
    "German": ("Bei Atemnot wählen Sie den Notruf 112.", "urgent"),
    "German, later": ("Gehen Sie zu Ihrem Hausarzt.", "soon"),
    "French": ("Appelez le 15 sans tarder.", "urgent"),
    "French, a date": ("La page date de lundi, le 15 mars.", "note"),
    "French, some days": ("Appelez la clinique après 15 jours.", "note"),
    "Chinese, a pressure": ("血压低于120。", "note"),
    "Japanese, a count": ("119人が参加しました。", "note"),
    "Spanish": ("Llame al 112 si no puede respirar.", "urgent"),
    "Italian": ("Chiami il 118.", "urgent"),
    "Portuguese": ("Ligue 192 e peça uma ambulância.", "urgent"),
    "Dutch": ("Bel bij benauwdheid 112.", "urgent"),
    "Polish": ("Wezwij pogotowie.", "urgent"),
    "Welsh": ("Mae angen ambiwlans.", "urgent"),
    "Russian": ("Вызовите скорую помощь по номеру 103.", "urgent"),
    "Japanese": ("呼吸が苦しいときは119番に電話してください。", "urgent"),
    "Japanese, wide figures": ("１１９番へ。", "urgent"),
    "Chinese": ("请拨打120。", "urgent"),
    "Korean": ("119에 전화하세요.", "urgent"),
    "Arabic": ("اتصل بالإسعاف على الفور.", "urgent"),
    "Arabic, Arabic figures": ("اتصل بالرقم ٩٩٧", "urgent"),
    "English": ("Call 999 or go to A&E.", "urgent"),
    "English, later": ("Book a non-urgent appointment with a nurse.", "soon"),
    "English, neither": ("Most colds pass in ten days.", "note"),
}


@pytest.mark.parametrize("name", SAYS)
def test_words_that_call_for_help_are_known_in_each_language(name: str) -> None:
    words, urgency = SAYS[name]
    found = told("callout", words)
    assert found.urgency == urgency
    assert found.by, "what told it is said"


@pytest.mark.parametrize("words", ["חייגו למוקד אם קשה לנשום.", "Καλέστε βοήθεια αν πονάτε στο στήθος."])
def test_a_warning_in_a_language_that_is_not_known_is_never_lowered(words: str) -> None:
    found = told("warning", words)
    assert (found.urgency, found.severity) == ("urgent", "B")
    assert "not known here" in found.by


def test_a_warning_in_a_language_of_the_page_that_is_not_known_is_not_lowered_either() -> None:
    assert told("warning", "Soita hätänumeroon.", "fi").urgency == "urgent"
    assert told("warning", "Soita hätänumeroon.", "en-GB").urgency == "soon"
    assert told("callout", "Soita hätänumeroon.", "fi").severity == "B"


@pytest.mark.parametrize(
    ("classes", "urgency", "by"),
    [
        ("nhsuk-care-card nhsuk-care-card--non-urgent", "soon", ""),
        ("nhsuk-care-card nhsuk-care-card--immediate", "urgent", ""),
        ("alert alert-info", "note", "its name 'alert-info'"),
        ("alert alert-danger", "soon", "its name 'alert-danger'"),
        ("box-urgent wide", "urgent", "its name 'urgent'"),
        ("non-urgent callout", "note", "its words, which call for no help"),
    ],
)
def test_a_name_says_how_urgent_a_box_is_where_its_words_do_not(classes: str, urgency: str, by: str) -> None:
    found = told(classes, "Colds pass.", are_classes=True)
    assert (found.urgency, found.by) == (urgency, by)


def _boxes(reading: Reading) -> list[Callout]:
    def under(blocks: tuple[Block, ...]) -> list[Callout]:
        return [block for block in blocks if isinstance(block, Callout)]

    return [box for section in reading.article.sections for box in under(section.blocks)]


PAGES = {
    "a callout": "<div class=callout><p>Llame al 112.</p></div>",
    "a paragraph": "<p class=callout>Llame al 112.</p>",
    "a lone folded part": "<details><summary>Ayuda</summary><p>Llame al 112.</p></details>",
    "an alert by its role": "<div role=alert><p>Llame al 112.</p></div>",
}


@pytest.mark.parametrize("name", PAGES)
def test_every_box_of_a_page_is_asked_about_once(name: str) -> None:
    source = f"<html lang=es><h1>Resfriado</h1><h2>A</h2><p>Se pasa.</p>{PAGES[name]}</html>"
    reading = read("a.html", source.encode())
    assert [box.urgency for box in _boxes(reading)] == ["urgent"]
    asked = [f for f in reading.findings if f.rule == "box-urgency"]
    assert [(f.severity, "'112'" in f.message) for f in asked] == [("B", True)]


_PAGE = "<main><h1>T</h1><h2>A</h2><p>x.</p><div class=warning><p>{}</p></div></main>"


def test_the_same_box_is_as_urgent_in_markdown_as_on_a_page() -> None:
    for words in ("Call 111 now.", "See a GP.", "Rest helps.", "Rufen Sie den Notarzt.", "Go straight away."):
        page = read("a.html", _PAGE.format(words).encode())
        markdown = read("a.md", f"# T\n\n## A\n\nx.\n\n> [!warning]\n> {words}\n".encode())
        assert [b.urgency for b in _boxes(page)] == [b.urgency for b in _boxes(markdown)], words
        asked = [[f.message for f in r.findings if f.rule == "box-urgency"] for r in (page, markdown)]
        assert asked[0] == asked[1]
        assert len(asked[0]) == 1


@pytest.mark.parametrize("class_", ["alert alert-danger", "callout warning", "urgent"])
def test_a_division_in_markdown_is_a_box_too(class_: str) -> None:
    source = f'# T\n\n## A\n\nx.\n\n<div class="{class_}">\nLlame al 112.\n</div>\n\n- Rest.\n'
    reading = read("a.md", source.encode())
    assert [box.urgency for box in _boxes(reading)] == ["urgent"]


def test_a_note_of_a_tool_is_its_authors_word_and_is_not_asked_about() -> None:
    reading = read("a.md", b"# T\n\n## A\n\nx.\n\n> [!note]\n> Colds pass.\n")
    assert [box.urgency for box in _boxes(reading)] == ["note"]
    assert "box-urgency" not in {f.rule for f in reading.findings}
