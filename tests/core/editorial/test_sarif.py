"""Findings for tools: the essentials of the SARIF 2.1.0 schema, and what makes a tool track and suppress them."""

from __future__ import annotations

import json
from typing import Any

import jsonschema

from pipeline.core.editorial import checked
from pipeline.core.editorial.findings_table import findings_table
from pipeline.core.editorial.sarif import sarif
from tests.core.editorial.examples import written

_TEXT = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string", "minLength": 1}},
    "additionalProperties": False,
}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}


def _object(required: list[str], **properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }


# What sarif-schema-2.1.0.json (OASIS) demands of the parts that we write, in our own shorter form.
ESSENTIALS = _object(
    ["version", "runs", "$schema"],
    version={"const": "2.1.0"},
    runs={
        "type": "array",
        "items": _object(
            ["tool", "results"],
            invocations={
                "type": "array",
                "items": _object(
                    ["executionSuccessful"],
                    executionSuccessful={"type": "boolean"},
                    toolExecutionNotifications={
                        "type": "array",
                        "items": _object(
                            ["message"], level=_LEVEL, message=_TEXT, locations={"type": "array"}
                        ),
                    },
                ),
            },
            columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            tool=_object(
                ["driver"],
                driver=_object(
                    ["name"],
                    name={"type": "string"},
                    version={"type": "string"},
                    rules={
                        "type": "array",
                        "uniqueItems": True,
                        "items": _object(
                            ["id"],
                            id={"type": "string"},
                            shortDescription=_TEXT,
                            fullDescription=_TEXT,
                            help=_TEXT,
                            defaultConfiguration=_object(["level"], level=_LEVEL),
                            properties={"type": "object"},
                        ),
                    },
                ),
            ),
            results={
                "type": "array",
                "items": _object(
                    ["message"],
                    ruleId={"type": "string"},
                    ruleIndex={"type": "integer", "minimum": 0},
                    level=_LEVEL,
                    message=_TEXT,
                    locations={
                        "type": "array",
                        "items": _object(
                            ["physicalLocation"],
                            physicalLocation=_object(
                                ["artifactLocation"],
                                artifactLocation=_object(
                                    ["uri"], uri={"type": "string", "pattern": r"^\S+$"}
                                ),
                                region=_object(
                                    ["startLine"], startLine={"type": "integer", "minimum": 1}, snippet=_TEXT
                                ),
                            ),
                        ),
                    },
                    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
                    suppressions={
                        "type": "array",
                        "uniqueItems": True,
                        "items": _object(
                            ["kind"],
                            kind={"enum": ["inSource", "external"]},
                            justification={"type": "string"},
                        ),
                    },
                    properties={"type": "object"},
                ),
            },
        ),
    },
    **{"$schema": {"type": "string", "format": "uri"}},
)

BODY = (
    "## A\nLarge polyps (under 5 mm) need care.[1] <!-- allow contradictory-bound: as the source has it -->\n\n"
    "In 5 of us.[2] It is 7. <!-- allow E-03.number-without-citation: agreed -->\n\n## B\n\n"
    "## C\nIn 6 of us.[3]\n\nIt is 7.\n"
)


def _log(body: str = BODY) -> dict[str, Any]:
    log = sarif([("content/articles/a.md", checked(written(body)).findings)], "1.0")
    jsonschema.validate(log, ESSENTIALS)
    return json.loads(json.dumps(log))  # type: ignore[no-any-return]


def test_the_log_has_the_shape_of_the_standard_and_names_rule_place_and_level() -> None:
    run = _log()["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    results = run["results"]
    assert [rules[r["ruleIndex"]]["id"] for r in results] == [r["ruleId"] for r in results]
    told = {r["ruleId"]: (r["level"], r["locations"][0]["physicalLocation"]) for r in results}
    assert told["contradictory-bound"][0] == told["empty-section"][0] == "error"
    level, place = told["E-03.number-without-citation"]
    assert (level, place["artifactLocation"]["uri"]) == ("warning", "content/articles/a.md")
    assert place["region"] == {"startLine": 17, "snippet": {"text": "It is 7."}}


def test_what_is_allowed_is_suppressed_with_its_reason_but_never_what_a_clinician_decides() -> None:
    results = _log()["runs"][0]["results"]
    assert [r["suppressions"] for r in results if r["ruleId"] == "E-03.number-without-citation"] == [
        [{"kind": "inSource", "justification": "agreed"}],
        [],
    ]
    decided = next(r for r in results if r["ruleId"] == "contradictory-bound")
    assert (decided["suppressions"], decided["properties"]["reason"]) == ([], "as the source has it")


def test_a_finding_keeps_its_print_when_lines_move_and_two_alike_have_two() -> None:
    def prints(body: str) -> list[str]:
        return [r["partialFingerprints"]["ruleAndQuote/v1"] for r in _log(body)["runs"][0]["results"]]

    assert len(set(prints(BODY))) == len(prints(BODY))
    assert prints(BODY.replace("## A\n", "## A\n\n\n\n")) == prints(BODY)


def test_the_tables_have_each_severity_with_short_quotes_and_no_broken_cell() -> None:
    body = "## A\nLarge ones (under 5 mm) | and more words than ten stand in this sentence.[1]\n\n<b>b</b>[2,3]\n"
    table = findings_table(checked(written(body)).findings)
    assert [row for row in table.splitlines() if row.startswith("## ")] == [
        "## A: a clinician decides (1)",
        "## B: to be mended (2)",
        "## C: worth a look (0)",
    ]
    assert "| 8 | `contradictory-bound` | Large ones (under 5 mm) \\| and more words than … |" in table
    assert "| 10 | `markup-in-text` | &lt;b> |" in table
