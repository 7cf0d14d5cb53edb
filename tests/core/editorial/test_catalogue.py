"""Every rule has its file, its example and its card, and the guide says what the rules say."""

from __future__ import annotations

import ast
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.core.editorial import rules
from pipeline.core.editorial.cards import CARDS
from pipeline.core.editorial.catalogue import card_of
from pipeline.core.editorial.rule import Rule
from pipeline.core.editorial.rules import RULES
from tests.core.content.samples import ROOT
from tests.core.editorial.examples import findings_on
from tests.core.editorial.guide import in_guide, section


def test_every_file_of_the_rules_is_listed_once() -> None:
    files = sorted(module.name for module in pkgutil.iter_modules(rules.__path__))
    listed = [rule.check.__module__.rsplit(".", 1)[1] for rule in RULES]
    assert sorted(listed) == files
    ids = [rule.id for rule in RULES] + [card.id for card in CARDS]
    assert len(ids) == len(set(ids))
    assert sorted(RULES, key=lambda rule: rule.card.severity) == list(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_example_of_a_rule_is_flagged_and_its_mended_form_is_not(rule: Rule) -> None:
    wrong, right = findings_on(rule.wrong), findings_on(rule.right)
    assert isinstance(wrong, str) or rule.id in {f.rule for f in wrong}, "the wrong example passes"
    assert not isinstance(right, str), right
    assert [f for f in right if f.rule == rule.id] == []


def test_every_rule_and_card_says_why_it_matters_and_how_to_mend() -> None:
    for card in (*(rule.card for rule in RULES), *CARDS):
        assert card.what
        assert not card.what.endswith("."), card.id
        assert card.why.endswith("."), card.id
        assert card.mend.endswith("."), card.id


def test_the_guide_says_what_the_rules_say() -> None:
    assert in_guide() == section(), "run python -m tests.core.editorial.guide"


def test_every_finding_in_the_code_has_a_card() -> None:
    found = {
        rule: place for folder in ("content", "editorial", "series") for rule, place in _ids_under(folder)
    }
    assert {"suggested-heading", "E-20.glued-citation", "block-quote", "series.left_out"} <= set(found)
    assert {rule: place for rule, place in found.items() if card_of(rule) is None} == {}, (
        "add the card to pipeline/core/editorial/cards/"
    )


def test_the_search_for_findings_sees_each_way_of_writing_one(tmp_path: Path) -> None:
    source = (
        'RULE = "a"\n\ndef f(x, y):\n    return Finding(x, 1)\n\ndef g(rule):\n    return Finding(f"b.{rule}")\n\n'
        'f(RULE, 2)\nf("c", 3)\ng("d")\n'
    )
    path = tmp_path / "m.py"
    path.write_text(source)
    assert {rule for rule, _ in _Source(path).ids()} == {"a", "c", "b.d"}
    path.write_text('E_RULE = "e"\n\nfor rule in E_RULE, 2:\n    Finding(rule)\n')
    assert {rule for rule, _ in _Source(path).ids()} == {"e"}
    path.write_text("def f(x):\n    return Finding(x.name)\n")
    with pytest.raises(AssertionError, match="constant"):
        list(_Source(path).ids())


def _ids_under(folder: str) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "pipeline" / "core" / folder).rglob("*.py")):
        if path.name != "rule.py":  # makes the findings of rules, which have cards by their make
            yield from _Source(path).ids()


class _Source:
    """The rule ids of one file: the first argument of each `Finding(...)`, followed through constants and functions."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tree = ast.parse(path.read_text())
        self.functions = [n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef)]
        self.calls = [n for n in ast.walk(self.tree) if isinstance(n, ast.Call)]

    def ids(self) -> Iterator[tuple[str, str]]:
        for call in self.calls:
            from_data = any(keyword.arg is None for keyword in call.keywords)  # one that was found before
            if _name(call.func) == "Finding" and not from_data:
                yield from self._values(self._argument(call, 0, "rule"), call)

    def _values(self, node: ast.expr, call: ast.Call) -> Iterator[tuple[str, str]]:
        place = f"{self.path.name}:{call.lineno}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, place
        elif isinstance(node, ast.JoinedStr) and len(node.values) == 2:
            start, rest = node.values
            assert isinstance(start, ast.Constant)
            assert isinstance(rest, ast.FormattedValue)
            yield from ((f"{start.value}{value}", at) for value, at in self._values(rest.value, call))
        elif isinstance(node, ast.IfExp):
            yield from self._values(node.body, call)
            yield from self._values(node.orelse, call)
        else:
            name = _name(node)
            within = next((f for f in self.functions if f.lineno <= call.lineno <= (f.end_lineno or 0)), None)
            names = [argument.arg for argument in within.args.args] if within else []
            if within and name in names:
                at = names.index(name) - (names[0] == "self")
                for caller in self.calls:
                    if _name(caller.func) == within.name:
                        yield from self._values(self._argument(caller, at, name), caller)
            elif value := _constant(self.tree, name):
                yield value, place
            else:
                named = list(self._named())
                assert named, f"{place}: give the rule of a Finding as a string or a constant"
                yield from ((value, place) for value in named)

    def _named(self) -> Iterator[str]:
        """All constants of the file whose names end in RULE: what a rule may be that is chosen on the way."""
        for node in self.tree.body:
            named = isinstance(node, ast.Assign) and any(_name(t).endswith("RULE") for t in node.targets)
            if named and isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                yield str(node.value.value)

    def _argument(self, call: ast.Call, at: int, name: str) -> ast.expr:
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        return named[name] if name in named else call.args[at]


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _constant(tree: ast.Module, name: str) -> str:
    """The string that `name` is in a file, or in the file that it is imported from."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(_name(target) == name for target in node.targets):
            return node.value.value if isinstance(node.value, ast.Constant) else ""
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("pipeline."):
            for imported in node.names:
                if (imported.asname or imported.name) == name:
                    source = ROOT / (node.module.replace(".", "/") + ".py")
                    return _constant(ast.parse(source.read_text()), imported.name) if source.exists() else ""
    return ""
