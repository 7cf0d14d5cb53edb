"""The judge at work, in little: real senders are killed, and two mutants are found out. `make faults` is the whole."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults import trials
from tests.faults.mutants import MUTANTS, Change, MutantError, mutated
from tests.faults.rows_of_death import keep_killing
from tests.faults.trial import Row, attempt
from tests.faults.world import Cluster


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("judge")) as started:
        yield started


def test_killing_senders_in_mid_send_loses_nobody_and_sends_nobody_two(cluster):
    def run(trial):
        with trial.world(500, plan={"latency": 0.01}, connections=4) as world:
            keep_killing(world, 5, senders=3)
            world.drain(40)
            trial.judge(world, kills=world.figures.kills)

    result = attempt(cluster, Row("T.kill", "kill -9", run), size=1.0, seed=4).result
    assert result.good, result
    assert result.messages == 500
    assert result.kills


def test_mutants_are_found_out_where_the_code_as_it_is_is_not(cluster):
    def run(trial):
        names = ("plain", "dot451", "keptdrop", "lostdrop")
        with trial.world(12, scripts=trials.one_of_each(names), each=True) as world:
            world.drain(30)
            trial.judge(world, cuts=trials.CUTS, proven=False)

    row = Row("T.replies", "", run)
    assert attempt(cluster, row, size=1.0, seed=4).result.good
    for name in ("result_before_reply", "unknown_is_retried"):
        assert attempt(cluster, row, size=1.0, seed=4, mutant=name).result.broken, name


def test_every_mutant_fits_the_code_as_it_stands():
    from importlib.util import find_spec
    from pathlib import Path

    for mutant in MUTANTS.values():
        for module in {change.module for change in mutant.changes}:
            spec = find_spec(module)
            assert spec is not None, module
            assert spec.origin is not None, module
            mutated(Path(spec.origin).read_text(), [c for c in mutant.changes if c.module == module])


def test_a_mutant_that_does_not_fit_is_an_error():
    with pytest.raises(MutantError, match="no longer says"):
        mutated("a = 1\n", [Change("some.module", "b = 2", "b = 3")])
