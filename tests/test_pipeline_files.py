"""The files for pipelines, run as far as they run without their platform."""

import os
import re
import shlex
import subprocess
import sys
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


def test_the_image_is_built_from_what_is_there():
    """Each source of the Dockerfile stands in the repository and is not kept out of the build."""
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--)(.*) \S+$", (ROOT / "Dockerfile").read_text(), re.M)
    sources = {name for line in copied for name in line.split()}
    assert sources == kept and all((ROOT / name).exists() for name in sources)
