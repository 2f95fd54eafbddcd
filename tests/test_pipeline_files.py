"""The files for pipelines, run as far as they run without their platform."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import orjson
import pytest
import yaml

ROOT = Path(__file__).parents[1]
GOOD = ROOT / "schemas" / "examples" / "resource.json"


@pytest.fixture
def place(tmp_path):
    """Return a repository with a catalog in a path with a blank, and a `mulu` and `python` to be found."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, module in (("mulu", " -m mulu"), ("python", "")):
        script = programs / name
        script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)}{module} "$@"\n')
        script.chmod(0o755)
    (tmp_path / "报送 材料").mkdir()
    entry = orjson.loads(GOOD.read_bytes())
    (tmp_path / "报送 材料" / "好.jsonl").write_bytes(orjson.dumps(entry))
    (tmp_path / "报送 材料" / "坏.jsonl").write_bytes(
        orjson.dumps(entry | {"title": 3, "identifier": "307021022100/000999"})
    )
    return tmp_path


def shell(place, script, **variables):
    """Run a script in bash as a pipeline does."""
    path = f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "MULU_LANG": "zh", **variables}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def action():
    return yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("paths", "arguments", "code"),
    [
        ("报送 材料/好.jsonl", "", "0"),
        ("报送 材料/好.jsonl\n报送 材料/坏.jsonl\n", "", "1"),
        ("报送 材料/坏.jsonl", "--fail-on=never\n", "0"),
        ("没有.jsonl", "", "2"),
        ("报送 材料/好.jsonl", "--levle=share", "2"),
        ('$(touch pwned)"; touch pwned #', "", "2"),
    ],
)
def test_the_action_runs_and_hands_on_what_it_found(place, paths, arguments, code):
    """Its step, run as shell: exit code, outputs, annotations, summary; no input becomes part of the script."""
    (step,) = [item for item in action()["runs"]["steps"] if item.get("id") == "validate"]
    assert "${{" not in step["run"]
    files = {name: place / name for name in ("output", "summary")}
    done = shell(
        place,
        step["run"],
        IN_PATHS=paths,
        IN_ARGS=arguments,
        RUNNER_TEMP=str(place),
        GITHUB_OUTPUT=str(files["output"]),
        GITHUB_STEP_SUMMARY=str(files["summary"]),
    )
    assert str(done.returncode) == code, done.stderr
    outputs = dict(line.split("=", 1) for line in files["output"].read_text().splitlines())
    assert outputs["exit-code"] == code and not (place / "pwned").exists()
    if code == "1":
        assert outputs["errors"] == "1" and "::error " in done.stdout
        assert "校验报告" in files["summary"].read_text(encoding="utf-8")
        assert orjson.loads(Path(outputs["sarif"]).read_bytes())["version"] == "2.1.0"


def test_extras_of_the_action_are_no_script(machine):
    """What somebody writes there is one argument of pip, which refuses it."""
    (step,) = [item for item in action()["runs"]["steps"] if item.get("id") == "install"]
    variables = {"GITHUB_ACTION_PATH": str(ROOT), "IN_EXTRAS": 'rdf]"; touch pwned #', **OFFLINE}
    assert "${{" not in step["run"] and run_on(machine, step["run"], machine, **variables).returncode != 0
    assert not (machine / "pwned").exists()


def test_the_action_is_whole():
    """Each output comes from a step, each input is used, and each step says its shell."""
    whole = action()
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert all(f"inputs.{name}" in text for name in whole["inputs"])
    assert all(f'echo "{name}=' in text for name in whole["outputs"])
    assert all("shell" in step for step in whole["runs"]["steps"] if "run" in step)


@pytest.mark.parametrize(("name", "code"), [("好", 0), ("坏", 1)])
def test_the_gitlab_job_runs_and_leaves_its_reports(place, name, code):
    """Its script, run as shell with the inputs put in; what GitLab is told to collect is there."""
    head, body = (ROOT / "templates" / "mulu.yml").read_text(encoding="utf-8").split("\n---\n")
    inputs = {key: item.get("default", "true") for key, item in yaml.safe_load(head)["spec"]["inputs"].items()}
    inputs |= {"paths": f"'报送 材料/{name}.jsonl'"}
    body = re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda match: inputs[match[1]], body)
    job = yaml.safe_load(body)["mulu"]
    done = shell(place, "\n".join([*job["before_script"], *job["script"]]))
    assert done.returncode == code, done.stderr
    reports = job["artifacts"]["reports"]
    issues = orjson.loads((place / reports["codequality"]).read_bytes())
    assert any(issue["severity"] == "major" for issue in issues) == bool(code)
    assert (place / reports["junit"]).is_file() and (place / job["artifacts"]["paths"][0]).is_file()


def test_the_hook_runs_on_the_files_of_a_commit(place):
    """Its entry, called as pre-commit calls it: the changed files that match, behind the arguments."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    names = ["报送 材料/好.jsonl", "报送 材料/坏.jsonl", "package.json", "说明.md"]
    subprocess.run(["git", "init", "-q", "."], cwd=place, check=True)
    chosen = [name for name in names if re.search(hook["files"], name)]
    assert chosen == names[:2]
    entry = " ".join(map(shlex.quote, [*shlex.split(hook["entry"]), "--level", "register", *chosen]))
    done = shell(place, entry)
    assert done.returncode == 1 and "wrong-type" in done.stdout
    assert shell(place, f"{hook['entry']} {shlex.quote(chosen[0])}").returncode == 0


# As in a build without network: what is installed here serves, nothing is fetched, and mulu itself is installed anew.
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "false", "PIP_IGNORE_INSTALLED": "1"}


@pytest.fixture
def machine(tmp_path):
    """Return the folder of a machine with Python and pip that knows the libraries of this one, and no mulu."""
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    (site,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")))
    for name, line in (("pip", f"exec {shlex.quote(str(python))} -m pip"), ("useradd", "echo")):
        script = tmp_path / "venv" / "bin" / name
        script.write_text(f'#!/bin/sh\n{line} "$@"\n')
        script.chmod(0o755)
    return tmp_path


def run_on(machine, script, folder, **variables):
    """Run a script on a machine; it has nothing of this process but where programs are."""
    path = f"{machine / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(machine), "TMPDIR": str(machine), **variables}
    return subprocess.run(
        ["sh", "-ec", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def instructions():
    """Yield each instruction of the Dockerfile and what stands behind it."""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if line and not line.startswith("#")]
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        word, _, rest = line.partition(" ")
        yield word, rest


def test_the_image_is_built_and_runs(machine):
    """Its instructions, one after the other, as far as they need neither a network nor an image to begin with.

    What it installs finds its own standard, checks a catalog that is mounted, and says by its exit code what it found.
    """
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    said, variables, copied, users = {}, {}, set(), []
    (machine / "src").mkdir()
    for word, rest in instructions():
        rest = rest.replace("/wheels", str(machine / "wheels"))
        if word == "COPY" and not rest.startswith("--from=build "):
            *sources, target = rest.split()
            copied |= set(sources)
            for name in sources:
                to = machine / "src" / target / (name if target.endswith("/") else "")
                (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, to)
        elif word in ("ARG", "ENV"):
            variables |= dict(item.split("=", 1) for item in rest.split())
        elif word == "RUN":
            done = run_on(machine, rest, machine / "src", **variables, **OFFLINE)
            assert done.returncode == 0, done.stderr
            users += re.findall(r"--create-home (\w+)", done.stdout)
        else:
            said[word] = rest
    assert copied == kept and [said["USER"]] == users and said["WORKDIR"] == "/work"
    assert not (machine / "wheels").exists()
    shutil.rmtree(machine / "src")
    (machine / "work").mkdir()
    shutil.copy(GOOD, machine / "work" / "好.json")
    (machine / "work" / "坏.json").write_bytes(GOOD.read_bytes().replace(b'"title": "', b'"title": "x', 1)[:-20])
    entry = shlex.join(orjson.loads(said["ENTRYPOINT"]))
    for arguments, code, text in (
        (shlex.join(orjson.loads(said["CMD"])), 0, "validate"),
        ("validate 好.json --lang en", 0, "level “Register”: 0 error"),
        ("validate 坏.json", 2, ""),
    ):
        done = run_on(machine, f"{entry} {arguments}", machine / "work", **variables)
        assert done.returncode == code and text in done.stdout, done.stderr


@pytest.mark.parametrize("extras", ["", "rdf,zstd"])
def test_the_action_installs_mulu(machine, extras):
    """The step before the one that checks, run as shell: mulu is there, with its standard."""
    (step,) = [item for item in action()["runs"]["steps"] if item.get("id") == "install"]
    done = run_on(machine, step["run"], machine, GITHUB_ACTION_PATH=str(ROOT), IN_EXTRAS=extras, **OFFLINE)
    assert done.returncode == 0 and "does not provide the extra" not in done.stderr, done.stderr
    done = run_on(machine, "python -m mulu rules", machine)
    assert done.returncode == 0 and "duplicate-identifier" in done.stdout
