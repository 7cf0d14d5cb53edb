from dataclasses import replace

import pytest

from pipeline.core.consent.limits import (
    Asker,
    Counts,
    Form,
    FormCounts,
    Limit,
    Limits,
    Ruling,
    Verdict,
    form_limit,
    may_send_confirmation,
    network_of,
)

SEND = Ruling(Verdict.SEND)


def test_the_first_mail_may_go():
    assert may_send_confirmation(Counts()) == SEND


@pytest.mark.parametrize(
    ("counts", "limit"),
    [
        (Counts(not_me=True), Limit.NOT_ME),
        (Counts(list_day=1), Limit.ADDRESS_DAY),
        (Counts(list_month=3), Limit.ADDRESS_MONTH),
    ],
)
def test_an_address_that_had_enough_gets_nothing_and_is_not_held_either(counts, limit):
    assert may_send_confirmation(counts, asker=Asker(role=True)) == Ruling(Verdict.DROP, limit)


@pytest.mark.parametrize(
    ("counts", "asker", "limit"),
    [
        (Counts(network_hour=5), Asker(), Limit.NETWORK),
        (Counts(everywhere_hour=500), Asker(), Limit.EVERYWHERE),
        (Counts(network_sudden=4), Asker(), Limit.SUDDEN),
        (Counts(), Asker(role=True), Limit.ROLE_ADDRESS),
        (Counts(domain_hour=3), Asker(public_body=True), Limit.PUBLIC_BODY),
        (Counts(unsolved_network_hour=2), Asker(solved=False), Limit.UNSOLVED_NETWORK),
        (Counts(unsolved_everywhere_hour=100), Asker(solved=False), Limit.UNSOLVED_EVERYWHERE),
    ],
)
def test_what_looks_like_a_flood_is_held_and_dropped_when_there_is_no_room(counts, asker, limit):
    assert may_send_confirmation(counts, asker=asker) == Ruling(Verdict.HOLD, limit)
    for full in ({"held_network_hour": 20}, {"held_everywhere": 2000}):
        assert may_send_confirmation(replace(counts, **full), asker=asker) == Ruling(Verdict.DROP, limit)


def test_just_under_every_limit_is_allowed():
    counts = Counts(
        list_month=2,
        network_hour=4,
        everywhere_hour=499,
        network_sudden=3,
        unsolved_network_hour=1,
        unsolved_everywhere_hour=99,
        domain_hour=2,
    )
    assert may_send_confirmation(counts, asker=Asker(solved=False, public_body=True)) == SEND


def test_a_solved_puzzle_is_not_held_to_what_others_did_without_one():
    assert may_send_confirmation(Counts(unsolved_network_hour=9, unsolved_everywhere_hour=400)) == SEND


def test_an_operator_sets_the_limits():
    assert may_send_confirmation(Counts(list_day=1), Limits(per_list_day=2)) == SEND


@pytest.mark.parametrize(
    ("client_ip", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2ff:3::4", "2001:db8:1:200::/56"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("", ""),
        ("not an address", ""),
    ],
)
def test_a_client_is_counted_by_its_network(client_ip, network):
    assert network_of(client_ip) == network


@pytest.mark.parametrize(
    ("counts", "limit"),
    [
        (FormCounts(), None),
        (FormCounts(address_day=1), Limit.ADDRESS_DAY),
        (FormCounts(network_hour=4, everywhere_hour=499), None),
        (FormCounts(network_hour=5), Limit.NETWORK),
        (FormCounts(address_day=1, network_hour=5), Limit.NETWORK),
        (FormCounts(address_day=1, network_hour=5, everywhere_hour=500), Limit.EVERYWHERE),
    ],
)
def test_a_public_form_stops_at_the_first_limit(counts, limit):
    assert form_limit(Form.ACCESS, counts) is limit


def test_one_person_may_ask_three_new_addresses_a_day():
    assert form_limit(Form.OLD_ADDRESS, FormCounts(address_day=2)) is None
    assert form_limit(Form.OLD_ADDRESS, FormCounts(address_day=3)) is Limit.ADDRESS_DAY
