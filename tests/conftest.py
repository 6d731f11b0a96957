"""What several test packages share."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets, where it stands beside the project."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the real data sets are not here")
    return SHARED / "data"
