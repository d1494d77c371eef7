"""Thresholds on small public worlds of comparison. Where those are not beside the project, the one test says so."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench import worlds

LEAST_ACCURACY = {"mixed": 0.985, "mixed_hard": 0.96}
SEED = 4711

if worlds.there():

    @pytest.mark.parametrize("profile", worlds.COMPARE_PROFILES)
    @pytest.mark.timeout(600)
    def test_small_worlds_are_compared_rightly(profile: str, tmp_path: Path) -> None:
        world = worlds.make_compare(profile, SEED, worlds.CompareSize(20, 200), tmp_path)
        worlds.compare(world)
        figures = worlds.score_compare(world)
        assert figures["verdict_accuracy"] >= LEAST_ACCURACY[profile]
        assert figures["false_perfect"] == 0
        assert figures["unlinked_kept"] >= 0.99
        assert figures["false_clean_rate"] <= 0.04

else:

    def test_the_public_worlds_are_not_here_so_rightness_is_not_measured(
        record_property: Callable[[str, object], None],
    ) -> None:
        record_property("comparison", f"not measured: no public worlds at {worlds.FOLDER}")
        assert not worlds.there()
