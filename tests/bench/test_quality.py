"""Thresholds on small public worlds. Where those are not beside the project, the one test says so and measures nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench import worlds

LEAST_PRECISION = {"us_b2b": 0.99, "eu_sepa": 0.99, "hard": 0.985}
LEAST_RECALL = {"us_b2b": 0.88, "eu_sepa": 0.88, "hard": 0.80}
SEED = 4711

if worlds.there():

    @pytest.mark.parametrize("profile", worlds.PROFILES)
    @pytest.mark.timeout(600)
    def test_small_worlds_are_applied_rightly(profile: str, tmp_path: Path) -> None:
        world = worlds.make(profile, SEED, worlds.SMALL, tmp_path)
        worlds.apply(world)
        figures = worlds.score(world)
        assert figures["auto_precision"] >= LEAST_PRECISION[profile]
        assert figures["recall"] >= LEAST_RECALL[profile]
        assert figures["payer_wrong"] <= 0.02

else:

    def test_the_public_worlds_are_not_here_so_accuracy_is_not_measured(record_property: Callable[[str, object], None]) -> None:
        record_property("accuracy", f"not measured: no public worlds at {worlds.FOLDER}")
        assert not worlds.there()
