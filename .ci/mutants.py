"""How many faults in the engine's own code the tests notice: `python .ci/mutants.py --count 400 --seed 1`.

Mutants as mutmut makes them (an operator, a constant, an argument in a function changed) are drawn at random from
`validate`, `convert` and `standard`, one from each of `count` stretches of equal length. Each is tried in a copy of the
tree, in a process of its own: by the quickest tests that reach its line, then by the others of their modules, of its
part and of all. Which tests reach a line is found by running all of them under coverage once, and kept in `folder`.

Mutants that survive are told as lines of `survivors.csv` beside this file, which lists those that were looked at, each
with the reason. The exit code is 1 if others survive. It needs `pip install mutmut coverage`.
"""

import argparse
import contextlib
import csv
import difflib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate, pairwise
from math import sqrt
from pathlib import Path
from queue import SimpleQueue

import coverage
import libcst
import pytest
from mutmut.mutation.file_mutation import create_mutations

ROOT = Path(__file__).parents[1]
PACKAGES = ("mulu/standard", "mulu/convert", "mulu/validate")
TESTS = (*PACKAGES, *(f"tests/{name}" for name in ("standard", "convert", "validate", "cli", "publish", "reports")))
APART = ("tests/publish/site", "tests/standard/test_mutants.py", "tests/cli/test_database.py")
"""Tests of pages, of queries of the standard, and of servers, which are slow and ask little of this code."""
LIST = Path(__file__).with_name("survivors.csv")
FIRST, SECONDS = 8, 60
"""How many tests are tried first, and how much of the processor all that are tried may take without a mutant."""
PROCESSOR, MEMORY, WAIT = 120, 2**33, 600
PYTEST = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=1")


class Watch:
    """Tells coverage which test runs, and notes how much of the processor each takes that passes."""

    def __init__(self, measured):
        self.measured, self.seconds, self.others = measured, {}, set()

    def pytest_runtest_logstart(self, nodeid):
        self.measured.switch_context(nodeid)
        self.seconds[nodeid] = -sum(os.times()[:4])

    def pytest_runtest_logreport(self, report):
        if not report.passed:
            self.others.add(report.nodeid)

    def pytest_runtest_logfinish(self, nodeid):
        self.seconds[nodeid] += sum(os.times()[:4])


def measure(tree):
    """Run the tests once in a copy; write which lines each reaches, and what it takes."""
    os.chdir(tree)
    measured = coverage.Coverage(".coverage", source=[str(tree / name) for name in PACKAGES], config_file=False)
    watch = Watch(measured)
    with measured.collect():
        pytest.main([*PYTEST, *TESTS, *(f"--ignore={name}" for name in APART)], [watch])
    measured.save()
    passed = {test: seconds for test, seconds in watch.seconds.items() if test not in watch.others}
    Path("seconds.json").write_text(json.dumps(passed), "utf-8")


def drawn(count, seed):
    """Return `count` mutants, each as its module's name, the module's text, and its own."""
    every = []
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).glob("*.py")):
        module, found, *_ = create_mutations(str(path), path.read_text("utf-8"))
        # Others stand outside of functions, where mutmut changes nothing.
        inside = [each for each in found if isinstance(each.contained_by_top_level_function, libcst.FunctionDef)]
        every += [(path.relative_to(ROOT).as_posix(), module, each) for each in inside]
    chance = random.Random(seed)
    edges = [place * len(every) // count for place in range(count + 1)]
    chosen = [every[chance.randrange(start, end)] for start, end in pairwise(edges)]
    # So that those that were tried when a run is stopped are a sample as well.
    chance.shuffle(chosen)
    for name, module, each in chosen:
        yield name, module.code, module.deep_replace(each.original_node, each.mutated_node).code


def difference(old, new):
    """Return the number of the first line in which two texts differ, and what stands in either where they do."""
    lines = old.splitlines(), new.splitlines()
    spans = [span for span in difflib.SequenceMatcher(None, *lines, autojunk=False).get_opcodes() if span[0] != "equal"]
    before = (line.strip() for _, start, end, *_ in spans for line in lines[0][start:end])
    after = (line.strip() for *_, start, end in spans for line in lines[1][start:end])
    return spans[0][1] + 1, " ".join(before), " ".join(after)


def asked(name, line, contexts, seconds):
    """Return the tests to try a mutant with: near ones first, the quickest of each module, while there is time."""
    at = max((number for number in contexts if number <= line and set(contexts[number]) != {""}), default=0)
    reaching = set(contexts.get(at, ()))
    modules = {test.partition("::")[0] for test in reaching}
    part = name.replace("mulu", "tests", 1).rpartition("/")[0] + "/"
    nth, ordered = Counter(), []
    for test in sorted(seconds, key=seconds.get):
        module = test.partition("::")[0]
        # What is read once, when tests are loaded, is reached by none of them and noticed by many.
        far = (test not in reaching) + (module not in modules) + (not test.startswith(part))
        nth[module, far] += 1
        ordered.append((far, nth[module, far] * seconds[test], test))
    tests = [test for *_, test in sorted(ordered)]
    return [test for test, spent in zip(tests, accumulate(map(seconds.get, tests)), strict=True) if spent <= SECONDS]


def bounded():
    """Bound the process that runs tests."""
    for kind, limit in ((resource.RLIMIT_CPU, PROCESSOR), (resource.RLIMIT_AS, MEMORY)):
        resource.setrlimit(kind, (limit, resource.getrlimit(kind)[1]))


def passes(tree, tests):
    """Whether tests pass in a copy; what takes too long or too much memory does not."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    program = [sys.executable, "-m", "pytest", "-x", *PYTEST, f"--basetemp={tree}-temporary", *tests]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(
        program, cwd=tree, env=environment, start_new_session=True, preexec_fn=bounded, **quiet
    ) as running:
        try:
            return running.wait(WAIT) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)


def survives(tree, name, old, new, tests):
    """Whether no test notices a mutant in a copy."""
    (tree / name).write_text(new, "utf-8")
    try:
        return all(passes(tree, some) for some in (tests[:FIRST], tests[FIRST:]) if some)
    finally:
        (tree / name).write_text(old, "utf-8")


def interval(share, count):
    """Return the 95 % interval of a share that `count` drawn ones have, after Wilson."""
    square = 1.96**2 / count
    half = sqrt(square * share * (1 - share) + square * square / 4)
    return tuple((share + square / 2 + sign * half) / (1 + square) for sign in (-1, 1))


def main():
    """Draw, try, tell."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--count", type=int, default=400)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--folder", type=Path, required=True, help="for copies of the tree, and what tests reach")
    options.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    wanted = options.parse_args()
    trees = [wanted.folder.resolve() / name for name in ("tree-0", "tree-1")]
    if wanted.measure:
        return measure(trees[0])
    free = SimpleQueue()
    for tree in trees:
        if not tree.exists():
            shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        free.put(tree)
    if not (trees[0] / "seconds.json").exists():
        program = [sys.executable, __file__, "--measure", "--folder", wanted.folder]
        subprocess.run(program, env={**os.environ, "PYTHONPATH": str(trees[0])}, check=True)
    seconds = json.loads((trees[0] / "seconds.json").read_text("utf-8"))
    reached = coverage.CoverageData(str(trees[0] / ".coverage"))
    reached.read()

    def tried(mutant):
        name, old, new = mutant
        line, before, after = difference(old, new)
        tests = asked(name, line, reached.contexts_by_lineno(str(trees[0] / name)), seconds)
        tree = free.get()
        try:
            return (name, before, after) if survives(tree, name, old, new, tests) else None
        finally:
            free.put(tree)

    with LIST.open(encoding="utf-8", newline="") as lines:
        known = {(line["module"], line["before"], line["after"]) for line in csv.DictReader(lines)}
    left, others = 0, 0
    with ThreadPoolExecutor(len(trees)) as pool:
        for mutant in filter(None, pool.map(tried, drawn(wanted.count, wanted.seed))):
            left += 1
            if mutant not in known:
                others += 1
                csv.writer(sys.stdout).writerow((*mutant, ""))
                sys.stdout.flush()
    share = 1 - left / wanted.count
    low, high = interval(share, wanted.count)
    print(f"{wanted.count} mutants, {share:.1%} noticed (95 %: {low:.1%} to {high:.1%})", file=sys.stderr)
    return 1 if others else 0


if __name__ == "__main__":
    sys.exit(main())
