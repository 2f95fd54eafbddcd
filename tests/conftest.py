"""No test is timed: how fast a machine is decides nothing here. `TEST_WHOLE` has all of what the suite
tries a part of, and four times as many cases made up. `TEST_APPROVE` writes what `approved/` holds anew.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

APPROVED = Path(__file__).with_name("approved")

settings.register_profile(
    "untimed",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=400 if os.environ.get("TEST_WHOLE") else 100,
)
settings.load_profile("untimed")


@pytest.fixture
def approved():
    """Return a function that compares the lines of a whole result with those that were looked at and approved.

    `TEST_APPROVE=1 pytest tests/…` writes them anew, and what changed is looked at before it is committed.
    """

    def compare(name, lines):
        path, found = APPROVED / name, "\n".join(lines).split("\n")
        if os.environ.get("TEST_APPROVE"):
            path.parent.mkdir(exist_ok=True)
            path.write_text("".join(f"{line}\n" for line in found), encoding="utf-8")
        assert found == path.read_text(encoding="utf-8").removesuffix("\n").split("\n")

    return compare
