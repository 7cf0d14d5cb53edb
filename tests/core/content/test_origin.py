"""S-12: which addresses may be asked for an article."""

from __future__ import annotations

import pytest

from pipeline.core.content.origin import is_public, origin_of
from pipeline.core.errors import BadInput

REFUSED = [
    ("http://www.nhs.uk/", "https"),
    ("ftp://www.nhs.uk/", "https"),
    ("file:///etc/passwd", "https"),
    ("gopher://www.nhs.uk/", "https"),
    ("javascript:alert(1)", "https"),
    ("www.nhs.uk/page", "https"),
    ("//www.nhs.uk/page", "https"),
    ("", "https"),
    ("https://", "host"),
    ("https:///page", "host"),
    ("https://ada:secret@www.nhs.uk/", "user name"),
    ("https://www.nhs.uk@press.test/", "user name"),
    ("https://www.nhs.uk:8443/", "port"),
    ("https://www.nhs.uk:22/", "port"),
    ("https://www.nhs.uk:99999/", "not an address"),
    ("https://127.0.0.1/", "number"),
    ("https://127.1/", "number"),
    ("https://2130706433/", "number"),
    ("https://0x7f000001/", "number"),
    ("https://0177.0.0.1/", "number"),
    ("https://169.254.169.254/latest/meta-data/", "number"),
    ("https://[::1]/", "number"),
    ("https://[::ffff:169.254.169.254]/", "number"),
    ("https://[fe80::1%25eth0]/", "number"),
    ("https://127.0.0.1./", "number"),
    ("https://①②⑦.0.0.1/", "number"),
    ("https://１２７.０.０.１/", "number"),
    ("https://localhost/", "private"),
    ("https://LOCALHOST./", "private"),
    ("https://router/", "private"),
    ("https://db.internal/", "private"),
    ("https://metadata.google.internal/", "private"),
    ("https://printer.local/", "private"),
    ("https://hidden.onion/", "private"),
    ("https://1.0.0.127.in-addr.arpa/", "private"),
    ("https://www.nhs.uk\\@press.test/", "backslash"),
    ("https://www.nhs.uk/a b", "space"),
    ("https://www.nhs.uk/\r\nHost: press.test", "control"),
    ("https://www.nhs.uk\x00.press.test/", "control"),
    ("https://" + "a" * 3000 + ".uk/", "characters"),
    ("https://-x-.uk../", "no name"),
]


@pytest.mark.holds("S-12")
@pytest.mark.parametrize(("address", "why"), REFUSED)
def test_an_address_that_could_lead_inwards_is_refused_with_the_reason(address: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        origin_of(address)


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("https://www.nhs.uk", "https://www.nhs.uk/"),
        (" https://WWW.NHS.UK:443/a?b=1&c#part ", "https://www.nhs.uk/a?b=1&c"),
        ("https://bücher.example/ä?q=ö", "https://xn--bcher-kva.example/%C3%A4?q=%C3%B6"),
        ("https://press.test/a%20b/~x", "https://press.test/a%20b/~x"),
        ("https://press.test./x", "https://press.test/x"),
        ("https://www.bfarm.de/a", "https://www.bfarm.de/a"),
        ("https://www.who.ee/", "https://www.who.ee/"),
        ("https://europa.be", "https://europa.be/"),
    ],
)
def test_a_public_address_is_spelt_in_one_way(address: str, asked: str) -> None:
    assert origin_of(address).url == asked


def test_a_redirect_is_read_from_where_it_stood() -> None:
    assert origin_of("../b?c", base="https://press.test/x/a").url == "https://press.test/b?c"
    with pytest.raises(BadInput, match="number"):
        origin_of("//169.254.169.254/", base="https://press.test/")
    with pytest.raises(BadInput, match="https"):
        origin_of("http://press.test/", base="https://press.test/")


@pytest.mark.holds("S-12")
@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.9.9.9",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "5f00::1",
        "nonsense",
        "1.2.3",
        "256.1.1.1",
    ],
)
def test_no_address_of_a_private_or_special_network_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)
