import pytest

from pipeline.core.consent.limits import (
    Counts,
    Form,
    FormCounts,
    Limit,
    Limits,
    form_limit,
    may_send_confirmation,
    network_of,
)


def test_the_first_mail_may_go():
    assert may_send_confirmation(Counts()) is None


@pytest.mark.parametrize(
    ("counts", "limit"),
    [
        (Counts(not_me=True), Limit.NOT_ME),
        (Counts(list_day=1), Limit.ADDRESS_DAY),
        (Counts(list_month=3), Limit.ADDRESS_MONTH),
        (Counts(network_hour=5), Limit.NETWORK),
        (Counts(everywhere_hour=500), Limit.EVERYWHERE),
    ],
)
def test_each_limit_stops_the_next_mail(counts, limit):
    assert may_send_confirmation(counts) is limit


def test_just_under_every_limit_is_allowed():
    assert may_send_confirmation(Counts(list_month=2, network_hour=4, everywhere_hour=499)) is None


def test_a_thousand_sign_ups_for_one_victim_send_one_mail():
    sent = 0
    for _ in range(1000):
        if may_send_confirmation(Counts(list_day=sent, list_month=sent)) is None:
            sent += 1
    assert sent == 1


def test_an_operator_sets_the_limits():
    assert may_send_confirmation(Counts(list_day=1), Limits(per_list_day=2)) is None


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
