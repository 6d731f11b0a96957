"""What several test packages share."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    # the same examples in every run: what a change broke is told from what chance found, which developers' runs look for
    hypothesis.settings.load_profile("ci")

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets, where it stands beside the project."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the real data sets are not here")
    return SHARED / "data"
