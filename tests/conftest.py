"""No test is timed: how fast a machine is decides nothing here. `TEST_WHOLE` has all of what the suite
tries a part of, and four times as many cases made up.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "untimed",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=400 if os.environ.get("TEST_WHOLE") else 100,
)
settings.load_profile("untimed")
