from __future__ import annotations

import pytest

from pipeline.core.consent.subscriber_list import ListedSubscriber, RefusedRow, read_list
from pipeline.core.errors import BadInput


def rows(text: str) -> list[ListedSubscriber | RefusedRow]:
    return list(read_list(text.encode(), "list.csv"))


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffemail,given_name\r\nada@a.test,Ada\r\n",
        "Email;Given_Name\nada@a.test;Ada\n",
        "email\tgiven_name\nada@a.test\tAda\n",
        "email,given_name\rada@a.test,Ada\r",
        " Email , First name \n ada@a.test , Ada \n",
        '"email","name"\n"ada@a.test","Ada"\n',
    ],
)
def test_a_list_is_read_as_other_tools_write_it(text):
    (ada,) = rows(text)
    assert isinstance(ada, ListedSubscriber)
    assert (ada.line, ada.address.mailbox, ada.given_name) == (2, "ada@a.test", "Ada")


def test_a_row_is_named_by_the_line_it_begins_on():
    first, second, third = rows('email,name\nada@a.test,"Ada\nB"\n\nno address\nben@a.test,\n')
    assert (first.line, second.line, third.line) == (2, 5, 6)
    assert isinstance(second, RefusedRow)


@pytest.mark.parametrize(
    "broken",
    ['"ada@a.test,Ada', '"ada@a.test"x,Ada', "ada@a.test," + "x" * 200_000],
    ids=["open", "shut", "long"],
)
def test_a_broken_row_stops_the_import_rather_than_losing_the_rest(broken):
    with pytest.raises(BadInput, match=r"list\.csv:3: The row that begins here cannot be read"):
        rows(f"email,name\nben@a.test,Ben\n{broken}\ncleo@a.test,Cleo\n")


def test_a_broken_header_is_a_sentence_too():
    with pytest.raises(BadInput, match=r"list\.csv:1: "):
        rows('"email"x,name\nada@a.test,Ada\n')


def test_two_columns_of_addresses_are_asked_about():
    with pytest.raises(BadInput, match="Two columns hold an address"):
        rows("email,address\nada@a.test,ben@a.test\n")
