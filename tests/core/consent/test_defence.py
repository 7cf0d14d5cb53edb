import pytest

from pipeline.core.consent.defence import BUSY, CALM, STORM, defence


@pytest.mark.parametrize(
    ("lately", "expected"), [(0, CALM), (49, CALM), (50, BUSY), (249, BUSY), (250, STORM), (10_000, STORM)]
)
def test_the_puzzle_gets_dearer_as_sign_ups_get_more(lately, expected):
    assert defence(lately, most=500) == expected


def test_only_at_a_calm_hour_is_one_press_enough_without_the_puzzle():
    assert (CALM.second_step, BUSY.second_step, STORM.second_step) == (False, True, True)
    calm, busy, storm = (each.cost * 16**each.zeros for each in (CALM, BUSY, STORM))
    assert 4 * calm < busy
    assert 4 * busy <= storm


def test_under_attack_an_answer_costs_the_server_little_more_than_at_a_calm_hour():
    assert max(BUSY.cost, STORM.cost) < 2 * CALM.cost
