"""Runs the command line in forked processes with bounds: imports and the reading of the built-in standard are paid for
once, each sample has its own process.

Reads a request a line from standard input, an object with `arguments`, `cwd`, `environment`, `out` and `err` (files)
and, if wished, `file_size` (the most that a file may grow to) and `address_space` (bytes of memory); answers with
`code`, `signal` and `rss`.
"""

import json
import os
import resource
import signal
import sys
import time

# What the commands would import first.
import jsonschema  # noqa: F401
import lxml.etree  # noqa: F401
import openpyxl  # noqa: F401
import sqlglot  # noqa: F401
import yaml  # noqa: F401

from mulu.checks import checks
from mulu.cli import convert, run, validate  # noqa: F401
from mulu.convert import api, legacy, reading  # noqa: F401
from mulu.program import tool
from mulu.publish import check  # noqa: F401
from mulu.readers import files  # noqa: F401
from mulu.reports import json as _json  # noqa: F401
from mulu.reports import text  # noqa: F401
from mulu.standard import load
from mulu.validate import Validation, tables  # noqa: F401
from mulu.validate.structure import Structure

ADDRESS_SPACE = 4 * 2**30
SECONDS = 60


def work(request):
    """Run one command line in this, a forked, process."""
    os.chdir(request["cwd"])
    os.environ.update(request["environment"])
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(request[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    space = request.get("address_space", ADDRESS_SPACE)
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if "file_size" in request:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["file_size"], request["file_size"]))
    for name in ("stdin", "stdout", "stderr"):
        mode = "r" if name == "stdin" else "w"
        number = ("stdin", "stdout", "stderr").index(name)
        setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
    code = 99
    try:
        code = run(request["arguments"])
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def main():
    """Serve until there are no more requests."""
    load().read()
    # What each run would make for itself, and none changes.
    Structure(load()).faults({"kind": "resource"})
    checks(), tool()
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if not pid:
            work(request)
        deadline = time.monotonic() + 2 * SECONDS
        done = (0, 0, None)
        while not done[0]:
            done = os.wait4(pid, os.WNOHANG)
            if not done[0]:
                if time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
                time.sleep(0.01)
        _, status, usage = done
        killed = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
        print(json.dumps({"code": code, "signal": killed, "rss": usage.ru_maxrss * 1024}), flush=True)


if __name__ == "__main__":
    main()
