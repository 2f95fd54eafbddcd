"""No test is timed: how fast a machine is decides nothing here. `TEST_WHOLE` has all of what the suite
tries a part of, and four times as many cases made up.

What comes out whole (messages, reports, files that are written) is held to what is kept in a folder `approved` beside
the test. Where a change of it is meant, `TEST_APPROVE=1 pytest TEST…` writes it anew, and its difference is read.
"""

import json
import os
import shutil
import tempfile

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "untimed",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=400 if os.environ.get("TEST_WHOLE") else 100,
)
settings.load_profile("untimed")


def pytest_configure(config):
    """Have a module compiled once, not by each process that a test starts, where none may leave it in the checkout."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        os.environ["PYTHONPYCACHEPREFIX"] = folder = tempfile.mkdtemp(prefix="mulu-compiled-")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def laid_out(value, indent=""):
    """Return a value of JSON as text in which what fits into a line stands in one."""
    flat = json.dumps(value, ensure_ascii=False)
    if not value or not isinstance(value, dict | list) or len(indent) + len(flat) < 120:
        return flat
    inner = f"{indent} "
    if isinstance(value, dict):
        items = [f"{json.dumps(key, ensure_ascii=False)}: {laid_out(item, inner)}" for key, item in value.items()]
    else:
        items = [laid_out(item, inner) for item in value]
    return flat[0] + ",".join(f"\n{inner}{item}" for item in items) + f"\n{indent}{flat[-1]}"


@pytest.fixture
def approved(request):
    """Return a function that holds what came out to the file of that name in `approved`, as to order as well.

    It is lines, or else a value of JSON, for which the name needs no ending.
    """

    def hold(name, found):
        is_lines = name.endswith(".txt")
        path = request.path.parent / "approved" / (name if is_lines else f"{name}.json")
        text = ("\n".join(found) if is_lines else laid_out(found)) + "\n"
        if os.environ.get("TEST_APPROVE"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        # Line by line, so that what is shown of a difference is its first line.
        assert text.split("\n") == path.read_text("utf-8").split("\n")

    return hold
