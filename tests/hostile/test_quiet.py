"""Nothing is read or sent unasked, and the same input gives the same bytes."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from verdict import assert_verdict

from mulu.publish.begin import begin
from mulu.reports import formats

ROOT = Path(__file__).parents[2]
# Runs a command; prints each file that was opened for reading and each socket, as the interpreter tells of them.
WATCH = """
import sys
seen = []
def watch(event, arguments):
    if event.startswith("socket."):
        seen.append(event)
    elif event == "open" and isinstance(arguments[0], str):
        seen.append(arguments[0])
sys.addaudithook(watch)
from mulu.cli import run
code = run(sys.argv[1:])
sys.stderr.write("\\n".join(["", "SEEN", *seen]))
sys.exit(code)
"""
CATALOG = {
    "kind": "resource",
    "title": "甲",
    "$ref": "file:///etc/hostname",
    "$schema": "http://127.0.0.1:9/schema",
    "@context": "http://127.0.0.1:9/context",
    "source": {"file": "/etc/hostname"},
}


def command(tmp_path, *arguments, program=("-m", "mulu"), before=(), **environment):
    """Run the command line in a folder."""
    own = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(tmp_path)}
    return subprocess.run(
        [*before, sys.executable, *program, *arguments],
        cwd=tmp_path,
        env=os.environ | own | environment,
        capture_output=True,
        check=False,
    )


@pytest.fixture
def inputs(tmp_path):
    """Return the names of a workbook, a CSV file and entries that name other files."""
    folder = tmp_path / "inputs"
    folder.mkdir()
    shutil.copy(next((ROOT / "examples").glob("*.xlsx")), folder / "a.xlsx")
    shutil.copy(next((ROOT / "examples").glob("*.csv")), folder / "a.csv")
    (folder / "a.json").write_text(json.dumps(CATALOG), encoding="utf-8")
    return folder


def test_only_inputs_and_the_standard_are_opened(tmp_path, inputs):
    """The interpreter tells of each file: none but inputs, standard, the program and what it wrote itself."""
    done = command(tmp_path, "validate", "inputs", program=("-c", WATCH))
    assert done.returncode == 1, done.stderr[-2000:]
    seen = done.stderr.decode().split("\nSEEN\n")[1].splitlines()
    allowed = [tmp_path, ROOT, Path(sys.prefix), Path(sys.base_prefix), Path(os.devnull)]
    allowed += [Path(path).resolve() for path in (*sys.path, os.environ.get("PYTHONPYCACHEPREFIX")) if path]
    allowed += [Path("/proc/self"), Path("/usr/share/zoneinfo"), Path("/etc/localtime")]
    assert any(path.endswith("a.xlsx") for path in seen)
    outside = [p for p in seen if not any((tmp_path / p).is_relative_to(folder) for folder in allowed)]
    assert outside == []


def has_namespaces():
    """Whether a process may have a network of its own, with nothing in it."""
    if not shutil.which("unshare"):
        return False
    return not subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode


@pytest.mark.skipif(
    not has_namespaces(),
    reason="this system lets nobody make a network namespace",
)
def test_a_run_needs_no_network(tmp_path, inputs):
    """Without any network the run gives the same bytes, held to the standard that is locked."""
    assert command(tmp_path, "standard", "lock").returncode == 0 and (tmp_path / "mulu.lock").is_file()
    arguments = ("validate", "inputs", "-f", "json", "--date", "2026-01-15")
    with_network, without = command(tmp_path, *arguments), command(tmp_path, *arguments, before=("unshare", "-rn"))
    assert with_network.returncode == 1 and with_network.stdout == without.stdout
    assert with_network.stderr == without.stderr


def git(folder, *arguments):
    """Run git, without what its user has set; returns what it says."""
    own = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *own, *arguments], cwd=folder, capture_output=True, check=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(mulu):
    """Return a repository with a catalog, and a script that leaves a trace wherever it is run."""
    script = mulu.folder / "script"
    script.write_text(f"#!/bin/sh\necho x >> '{mulu.folder}/trace'\n", encoding="utf-8")
    script.chmod(0o755)
    folder = mulu.folder / "repository"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps(CATALOG), encoding="utf-8")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "a")
    return folder


needs_git = pytest.mark.skipif(not shutil.which("git") or os.name != "posix", reason="needs git and a shell")


@needs_git
def test_a_repository_runs_no_program(mulu, repository):
    """What its configuration names for each look at its files is left alone."""
    git(repository, "config", "core.fsmonitor", str(mulu.folder / "script"))
    assert_verdict(mulu("validate", "repository/a.json", "--since", "HEAD", "-q"), (0, 1))
    assert not (mulu.folder / "trace").exists()


@needs_git
@pytest.mark.parametrize("what", ["HEAD:a.json", "HEAD"])
def test_a_repository_that_is_not_whole_fetches_nothing(mulu, repository, what):
    """What a partial clone lacks is told, and not fetched by the program that it names for that."""
    script = str(mulu.folder / "script")
    lacking = git(repository, "rev-parse", what)
    for name, value in (
        ("core.repositoryformatversion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", f"ext::{script}"),
        ("protocol.allow", "always"),
        ("protocol.ext.allow", "always"),
    ):
        git(repository, "config", name, value)
    (repository / ".git" / "objects" / lacking[:2] / lacking[2:]).unlink()
    ran = mulu("validate", "repository/a.json", "--since", "HEAD", "-q")
    assert_verdict(ran, (2,))
    assert "--since HEAD" in ran.err and not (mulu.folder / "trace").exists()


@needs_git
def test_a_version_of_gigabytes_is_refused(mulu, repository):
    """In a repository what repeats itself takes next to no room."""
    small = (repository / "a.json").read_bytes()
    (repository / "a.json").write_bytes(b" " * 3_000_000)
    git(repository, "commit", "-q", "-a", "-m", "b")
    (repository / "a.json").write_bytes(small)
    ran = mulu("validate", "repository/a.json", "--since", "HEAD", "-q", "--limit", "document_bytes=1000000")
    assert_verdict(ran, (2,))
    assert "document_bytes" in ran.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize(
    "arguments",
    [
        *(("validate", "a.json", option, "pipe") for option in ("--baseline", "--waivers", "--config", "--standard")),
        ("baseline", "write", "a.json", "-o", "pipe"),
        ("report", "pipe"),
        ("verify", "pipe"),
        ("validate", "a.json", "--standard", "mine"),
        ("standard", "pack", "other", "-o", "packed"),
        ("standard", "build", "other", "-o", "site"),
    ],
)
def test_a_pipe_is_not_waited_for(mulu, arguments):
    """Where a file of settings, a report or a standard should be, nothing is waited for."""
    (mulu.folder / "a.json").write_text(json.dumps(CATALOG), encoding="utf-8")
    os.mkfifo(mulu.folder / "pipe")
    (mulu.folder / "mine").mkdir()
    os.mkfifo(mulu.folder / "mine" / "standard.toml")
    begin("other", mulu.folder / "other", None)
    (mulu.folder / "other" / "schemas" / "clauses.csv").unlink(missing_ok=True)
    os.mkfifo(mulu.folder / "other" / "schemas" / "clauses.csv")
    assert_verdict(mulu(*arguments), (2,))


@pytest.mark.parametrize("name", ["x" * 5_000, "/proc/self/mem", "a" * 300 + "/b.json"])
def test_what_cannot_be_opened_or_read_does_not_stop_the_others(mulu, name):
    """The file is named, though not at any length, with why it could not be read; the next one is checked."""
    if name.startswith("/") and not Path(name).exists():
        pytest.skip("this system shows no memory as a file")
    (mulu.folder / "a.json").write_text(json.dumps(CATALOG), encoding="utf-8")
    ran = mulu("validate", name, "a.json", "-f", "json:report.json", "-q")
    assert_verdict(ran, (2,))
    (told,) = ran.err.splitlines()
    assert told.startswith(f"mulu: {name[:250]}") and len(told) < 1_000
    inputs = json.loads((mulu.folder / "report.json").read_text(encoding="utf-8"))["inputs"]
    assert [item["entries"] for item in inputs] == [0, 1]


@pytest.mark.parametrize("mebibytes", [700, 900])
def test_too_little_memory_for_the_rules_is_told(mulu, mebibytes):
    """Where the system bounds it, nothing is begun that would end the process or never end."""
    (mulu.folder / "a.json").write_text(json.dumps(CATALOG), encoding="utf-8")
    ran = mulu("validate", "a.json", "-q", address_space=mebibytes * 2**20)
    assert_verdict(ran, (2,))
    assert "not enough memory" in ran.err


# Hash seed, locale and time zone; the zones are never on one and the same day.
VARIANTS = (
    {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Pacific/Kiritimati"},
    {"PYTHONHASHSEED": "2", "LC_ALL": "zh_CN.GBK", "TZ": "America/Adak"},
    {"PYTHONHASHSEED": "3", "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONUTF8": "0"},
)
in_ascii = pytest.mark.skipif(
    not str(ROOT).isascii(), reason="Python does not start in the locale C where its packages stand under such a name"
)


@in_ascii
def test_a_conversion_gives_the_same_bytes(tmp_path, inputs):
    """Neither hash seed, locale nor time zone changes what is converted."""
    outputs = {command(tmp_path, "convert", "inputs", MULU_LANG="en", **variant).stdout for variant in VARIANTS}
    assert len(outputs) == 1 and outputs != {b""}


@in_ascii
@pytest.mark.parametrize("of", ["inputs", "a.xlsm"])
def test_each_report_is_the_same_bytes(tmp_path, inputs, of):
    """Neither hash seed, locale nor time zone changes a report in any format, be it a workbook with macros."""
    shutil.copy(inputs / "a.xlsx", tmp_path / "a.xlsx")
    with_macros(tmp_path / "a.xlsx", tmp_path / "a.xlsm")
    ending = ".xlsm" if of == "a.xlsm" else ".xlsx"
    # Other formats do not tell a workbook with macros from one without.
    asked_for = ["xlsx"] if of == "a.xlsm" else formats()
    reports = [f"{name}:reports/{name}{ending if name == 'xlsx' else ''}" for name in asked_for]
    asked = [part for report in reports for part in ("-f", report)]
    outputs = set()
    for variant in VARIANTS:
        (tmp_path / "reports").mkdir()
        done = command(tmp_path, "validate", of, *asked, "--date", "2026-01-15", MULU_LANG="en", **variant)
        assert done.returncode == 1, done.stderr
        outputs.add(tuple((file.name, file.read_bytes()) for file in sorted((tmp_path / "reports").iterdir())))
        shutil.rmtree(tmp_path / "reports")
    (files,) = outputs
    assert len(files) == len(reports) and all(content for _, content in files)


def with_macros(book, target):
    """Copy a workbook to one that has macros in several parts."""
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(target, "w") as out:
        for info in source.infolist():
            data = source.read(info)
            if info.filename == "[Content_Types].xml":
                part = b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
                data = data.replace(b"</Types>", part + b"</Types>")
            out.writestr(info, data)
        for name in ("vbaProject.bin", "vbaData.xml", "activeX/activeX1.xml", "ctrlProps/ctrlProp1.xml"):
            out.writestr(f"xl/{name}", b"<macros/>")
