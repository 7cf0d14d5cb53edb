"""Every rule has its file, its example and its card, and the guide says what the rules say."""

from __future__ import annotations

import ast
import pkgutil
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
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

_PLAINLY = "give the rule of a Finding as a string or a constant"


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
    found = dict(_ids_in("content", "editorial", "series"))
    assert {"suggested-heading", "E-20.glued-citation", "block-quote", "series.left_out"} <= set(found)
    assert {"schema-disagrees", "struck-out", "dead-link", "picture-file", "reference-twice"} <= set(found)
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
    assert _found_in(path) == {"a", "c", "b.d"}
    path.write_text("def f(x):\n    return Finding(x.name)\n")
    with pytest.raises(AssertionError, match="constant"):
        _found_in(path)


@pytest.mark.parametrize(
    "source",
    [
        "from pipeline.core.content.lead_ins import LIST_RULE\n\nFinding(LIST_RULE)\n",
        "from pipeline.core.content.lead_ins import LIST_RULE as RULE\n\nFinding(RULE)\n",
        "from pipeline.core.content import lead_ins\n\nFinding(lead_ins.LIST_RULE)\n",
        "from pipeline.core.content import lead_ins as losses\n\ndef f(x):\n    Finding(x)\n\nf(losses.LIST_RULE)\n",
        "def f():\n    for rule, why in _said():\n        yield Finding(rule)\n\n"
        'def _said():\n    yield "lost-list", "why"\n',
    ],
)
def test_the_search_for_findings_follows_imports_and_pairs(tmp_path: Path, source: str) -> None:
    path = tmp_path / "m.py"
    path.write_text(source)
    assert _found_in(path) == {"lost-list"}


def test_the_search_for_findings_follows_a_public_helper_into_the_files_that_call_it(tmp_path: Path) -> None:
    helper, caller = tmp_path / "notes.py", tmp_path / "reader.py"
    helper.write_text(
        "class N:\n    def find(self, rule, line):\n        Finding(rule)\n"
        "    def _own(self, rule):\n        Finding(rule)\n"
    )
    caller.write_text('RULE = "a"\n\nnotes.find(RULE, 1)\ntext.find("<!--")\nthing._own("b")\n')
    assert _found_in(helper, caller) == {"a"}


def _found_in(*paths: Path) -> set[str]:
    sources = [_Source(path) for path in paths]
    return {rule for source in sources for rule, _ in source.ids(sources)}


def _ids_in(*folders: str) -> Iterator[tuple[str, str]]:
    paths = sorted(path for f in folders for path in (ROOT / "pipeline" / "core" / f).rglob("*.py"))
    sources = [_source(path) for path in paths]
    for source in sources:
        if source.path.name != "rule.py":  # makes the findings of rules, which have cards by their make
            yield from source.ids(sources)


class _Source:
    """The rule ids of one file: the first argument of each `Finding(...)`, followed through constants and functions.

    A function that others may call is followed into their files, by its name and the number of its arguments.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @cached_property
    def functions(self) -> list[ast.FunctionDef]:
        return [node for node in self.nodes if isinstance(node, ast.FunctionDef)]

    @cached_property
    def calls(self) -> list[ast.Call]:
        return [node for node in self.nodes if isinstance(node, ast.Call)]

    @cached_property
    def loops(self) -> list[ast.For]:
        return [node for node in self.nodes if isinstance(node, ast.For)]

    def ids(self, sources: Sequence[_Source]) -> Iterator[tuple[str, str]]:
        for call in self.calls_of("Finding"):
            from_data = any(keyword.arg is None for keyword in call.keywords)  # one that was found before
            if not from_data:
                yield from self._values(_argument(call, 0, "rule"), call, sources)

    def calls_of(self, name: str) -> list[ast.Call]:
        """Empty without parsing where the name does not stand in the file."""
        return [call for call in self.calls if _name(call.func) == name] if f"{name}(" in self.text else []

    def _values(self, node: ast.expr, at: ast.expr, sources: Sequence[_Source]) -> Iterator[tuple[str, str]]:
        """What `node` may be, at the place of `at`."""
        place = f"{self.path.name}:{at.lineno}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, place
        elif isinstance(node, ast.JoinedStr) and len(node.values) == 2:
            start, rest = node.values
            assert isinstance(start, ast.Constant)
            assert isinstance(rest, ast.FormattedValue)
            found = self._values(rest.value, at, sources)
            yield from ((f"{start.value}{value}", where) for value, where in found)
        elif isinstance(node, ast.IfExp):
            yield from self._values(node.body, at, sources)
            yield from self._values(node.orelse, at, sources)
        elif value := self.constant(node):
            yield value, place
        else:
            within = next((f for f in self.functions if f.lineno <= at.lineno <= (f.end_lineno or 0)), None)
            if within is None or not isinstance(node, ast.Name):
                raise AssertionError(f"{place}: {_PLAINLY}")
            if node.id in (names := [argument.arg for argument in within.args.args]):
                yield from self._passed(within, names.index(node.id), sources)
            else:
                yield from self._looped(node.id, at, within, sources)

    def _passed(
        self, function: ast.FunctionDef, at: int, sources: Sequence[_Source]
    ) -> Iterator[tuple[str, str]]:
        """What the callers of a function give it. A name with a line before it is called in its own file alone."""
        arguments = function.args.args
        is_method = arguments[0].arg == "self"
        needed = len(arguments) - len(function.args.defaults) - is_method
        for source in [self] if function.name.startswith("_") else sources:
            for call in source.calls_of(function.name):
                if len(call.args) + len(call.keywords) >= needed:
                    given = _argument(call, at - is_method, arguments[at].arg)
                    yield from source._values(given, call, sources)

    def _looped(
        self, name: str, at: ast.expr, within: ast.FunctionDef, sources: Sequence[_Source]
    ) -> Iterator[tuple[str, str]]:
        """`for rule, message in _said(...)`: the first of each pair that the function yields."""
        makers = [
            _name(loop.iter.func)
            for loop in self.loops
            if within.lineno < loop.lineno <= at.lineno
            and isinstance(loop.target, ast.Tuple)
            and _name(loop.target.elts[0]) == name
            and isinstance(loop.iter, ast.Call)
        ]
        assert makers, f"{self.path.name}:{at.lineno}: {_PLAINLY}"
        maker = next(function for function in self.functions if function.name == makers[-1])
        for made in ast.walk(maker):
            if isinstance(made, ast.Yield) and isinstance(made.value, ast.Tuple):
                yield from self._values(made.value.elts[0], made, sources)

    def constant(self, node: ast.expr) -> str:
        """The string that a name is in this file or the one it is imported from; empty where it is none."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = self._imported(node.value.id)
            return _source(module).constant(ast.Name(node.attr)) if module and module.is_file() else ""
        if not isinstance(node, ast.Name):
            return ""
        for line in self.tree.body:
            if isinstance(line, ast.Assign) and any(_name(target) == node.id for target in line.targets):
                return str(line.value.value) if isinstance(line.value, ast.Constant) else ""
        path = self._imported(node.id)
        if path and path.parent.with_suffix(".py").is_file():
            return _source(path.parent.with_suffix(".py")).constant(ast.Name(path.stem))
        return ""

    def _imported(self, name: str) -> Path | None:
        """Where `from pipeline.a import b as name` leads: pipeline/a/b.py, which is a file if `b` is a module."""
        for node in self.tree.body:
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("pipeline."):
                for imported in node.names:
                    if (imported.asname or imported.name) == name:
                        return ROOT / node.module.replace(".", "/") / f"{imported.name}.py"
        return None


@cache
def _source(path: Path) -> _Source:
    return _Source(path)


def _argument(call: ast.Call, at: int, name: str) -> ast.expr:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    return named[name] if name in named else call.args[at]


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
