"""Make a release: wheel, source, CycloneDX bill of materials and SHA-256 sums. `python .ci/release.py dist`.

Needs the extra `release`. The bill lists what a new environment gets with mulu and its extras, so that this takes a
network; `--python` names an environment that is there instead, `--no-isolation` builds with what is installed.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXTRAS = "all"


def main(arguments: list[str] | None = None) -> None:
    """Build into a folder that is not there yet or empty; raises `CalledProcessError` where a tool fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the release goes; new or empty")
    parser.add_argument("--python", help="Python of an environment that has mulu, what it needs, and nothing else")
    parser.add_argument("--no-isolation", action="store_true", help="build with what is installed")
    wanted = parser.parse_args(arguments)
    folder: Path = wanted.folder
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        parser.error(f"{folder} is not empty")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    run("build", "--outdir", str(folder), *(["--no-isolation"] if wanted.no_isolation else []), str(ROOT))
    (wheel,) = folder.glob("*.whl")
    bill = folder / f"{project['name']}-{project['version']}.cdx.json"
    with tempfile.TemporaryDirectory() as name:
        python = wanted.python or installed(wheel, Path(name))
        run("cyclonedx_py", "environment", "--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "application",
            "--output-reproducible", "-o", str(bill), python)  # fmt: skip
    bill.write_text(without_paths(bill.read_text(encoding="utf-8")), encoding="utf-8")
    files = sorted(path for path in folder.iterdir())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def run(module: str, *arguments: str) -> None:
    """Run a module of this Python's environment."""
    subprocess.run([sys.executable, "-m", module, *arguments], check=True, stdout=subprocess.DEVNULL)


def installed(wheel: Path, folder: Path) -> str:
    """Return the Python of a new environment in `folder` that has the wheel with what it needs, and no pip."""
    venv.create(folder, with_pip=False)
    python = str(next(path for path in (folder / "bin" / "python", folder / "Scripts" / "python.exe") if path.exists()))
    run("pip", "--python", python, "install", "--quiet", f"{wheel.resolve()}[{EXTRAS}]")
    return python


def without_paths(text: str) -> str:
    """Return a bill without where on this machine something was installed from, and without mulu as its own part."""
    bill = json.loads(text)
    root = bill["metadata"]["component"]
    own = {item["bom-ref"] for item in bill["components"] if item["name"] == root["name"]}
    bill["components"] = [item for item in bill["components"] if item["bom-ref"] not in own]
    needed = {name for item in bill["dependencies"] if item["ref"] in own for name in item.get("dependsOn", [])}
    bill["dependencies"] = [item for item in bill["dependencies"] if item["ref"] not in own]
    for item in bill["dependencies"]:
        if item["ref"] == root["bom-ref"]:
            item["dependsOn"] = sorted((set(item.get("dependsOn", [])) | needed) - own)
    for item in bill["components"]:
        links = [link for link in item.get("externalReferences", []) if not link["url"].startswith("file:")]
        if "externalReferences" in item:
            item["externalReferences"] = links
    return json.dumps(bill, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
