"""What a proxy asks before it sends anybody here."""

from __future__ import annotations

import pytest

from tests.database_away import database_away

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_process_answers_and_is_ready(client):
    for path in ("/health", "/health/ready"):
        answer = client.get(path)
        assert (answer.status_code, answer.content, answer.cookies) == (200, b"ok\n", {})


def test_without_the_database_it_answers_and_is_not_ready(client):
    with database_away():
        assert client.get("/health").status_code == 200
        assert client.get("/health/ready").status_code == 503
