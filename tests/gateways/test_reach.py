"""What has to answer before a program starts, and what need not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.core.errors import Unavailable
from pipeline.gateways.reach import within_reach
from pipeline.settings import current


def test_a_redis_that_is_away_keeps_no_site_from_starting(postgres, tmp_path, caplog):
    settings = replace(
        current(), redis_url=f"unix://{tmp_path}/no-redis.sock", embedded_redis=False, embedded_database=False
    )
    with within_reach(settings, redis=True):
        assert "redis.does_not_answer" in caplog.text


def test_a_postgresql_that_is_away_is_told_with_a_sentence(tmp_path):
    settings = replace(
        current(), database_url=f"postgresql:///rounds?host={tmp_path}", embedded_database=False
    )
    with pytest.raises(Unavailable, match="PostgreSQL does not answer"), within_reach(settings):
        pass
