"""The answer of `rounds import --json`: other programs read this shape."""

from __future__ import annotations

import json

from pipeline.core.content.reading_json import reading_json
from tests.core.content.samples import sample


def test_a_reading_answers_in_the_documented_shape() -> None:
    answer = json.loads(json.dumps(reading_json(sample("scraped-page.txt"))))
    article = answer["article"]
    assert list(answer) == ["article", "findings", "left_out"]
    assert list(article) == [
        "title",
        "authors",
        "language",
        "sections",
        "faq",
        "references",
        "citations",
        "pictures",
        "allowances",
    ]
    assert article["authors"] == [
        {
            "name": "Ada Sample",
            "credentials": "MSc Public Health Management, University of Example",
            "role": "Author",
        }
    ]
    assert article["sections"][8] == {
        "heading": "Diagnosis",
        "level": 2,
        "suggested": True,
        "kind": "diagnosis",
        "words": 26,
    }
    assert article["faq"][0] == {
        "question": "Can I stop kidney stones coming back?",
        "answer": "Drinking more water helps many people.",
    }
    assert article["references"][1] == {
        "id": 2,
        "text": "Sample Trust. Stones and you. 2022.",
        "url": "https://trust.example/stones",
        "key": "sample-trust-stones-and",
        "csl": {
            "id": "sample-trust-stones-and",
            "type": "webpage",
            "title": "Stones and you",
            "author": [{"literal": "Sample Trust"}],
            "issued": {"date-parts": [[2022]]},
            "URL": "https://trust.example/stones",
        },
    }
    assert article["citations"][-1] == {
        "section": "Who gets kidney stones",
        "line": 80,
        "references": [next(r["id"] for r in article["references"] if r["key"] == "placeholder-b-mock-c")],
    }
    assert list(answer["findings"][0]) == ["rule", "severity", "line", "quote", "message", "allowed"]
    assert answer["left_out"][1] == {"line": 9, "quote": "Finest Garden Chairs", "why": "an advertisement"}
