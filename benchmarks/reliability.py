"""What docs/reliability.md says was measured: hostile and large files, mutants of files and of code, killed runs.

    pip install -e '.[dev]' && python benchmarks/reliability.py [--only PART ...]
    python benchmarks/reliability.py --only mutants --count 60000 --seed 2615
    python benchmarks/reliability.py --only kills --count 1000
    python benchmarks/reliability.py --only code --count 60 --seed 78   (needs mutmut and coverage)

What a part finds stands in benchmarks/reliability.json in the place of what it found the last time (of mutants: with
the same seed), and the tables in both languages are written anew. Without a part only the tables are.
"""

import argparse
import io
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from scale import SCRIPTS, measured

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).with_suffix(".json")
PAGES = {"en": ROOT / "docs" / "reliability.md", "zh": ROOT / "docs" / "reliability.zh.md"}
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->\n"
_MB = 1e6

Figures = dict[str, Any]


def checked(name: str, data: bytes, folder: Path) -> Figures:
    """Return what it takes to check a file as its department would, in seconds by the clock and bytes of memory."""
    path = folder / name
    path.write_bytes(data)
    run = measured([str(SCRIPTS / "mulu"), "validate", "--isolated", "-q", str(path)], codes=(0, 1, 2))
    path.unlink()
    return {"bytes": len(data), "code": run.code, "seconds": round(run.clock, 1), "memory": run.memory}


def hostile(asked: argparse.Namespace) -> Figures:
    """Check each hostile file; run the tests of hostile standards."""
    sys.path.insert(0, str(ROOT / "tests" / "hostile"))
    from hostile_samples import SAMPLES  # type: ignore[import-not-found]

    with tempfile.TemporaryDirectory() as folder:
        runs = {name: checked(sample.file, sample.make(), Path(folder)) for name, sample in SAMPLES.items()}
    slowest = max(runs, key=lambda name: runs[name]["seconds"])
    largest = max(runs, key=lambda name: runs[name]["memory"])
    tests = _output([sys.executable, "-m", "pytest", "-q", "tests/hostile/test_standards.py"])
    return {
        "files": len(runs),
        "codes": {str(code): count for code, count in sorted(Counter(run["code"] for run in runs.values()).items())},
        "slowest": [slowest, runs[slowest]["seconds"]],
        "largest": [largest, runs[largest]["memory"]],
        "standards": _number(r"(\d+) passed", tests),
    }


def _rows() -> bytes:
    head = "信息资源名称,信息资源提供方,信息资源摘要,更新周期\n"
    return (head + "".join(f"名称{number},甲局,关于名称的一段说明文字,每年\n" for number in range(99_999))).encode()


def _columns() -> bytes:
    head = (
        "信息资源名称,信息资源提供方,信息资源摘要,更新周期" + "".join(f",栏{number}" for number in range(1_896)) + "\n"
    )
    return (head + ("名称,甲局,说明,每年" + ",1" * 1_896 + "\n") * 2_500).encode()


def _workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(
        "信息资源名称 信息资源提供方 信息资源摘要 更新周期 信息资源代码 发布日期 共享类型 备注 条数 版本".split()
    )
    for number in range(99_999):
        texts = (
            f"名称{number}",
            "甲局",
            f"关于名称{number}的说明",
            "每年",
            f"307000000/{number:06d}",
            "2024-01-02",
            "无条件共享",
        )
        sheet.append([*texts, f"第{number}条", number, 1.5])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _turtle() -> bytes:
    head = "@prefix dcat: <http://www.w3.org/ns/dcat#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n"
    record = '<x:{0}> a dcat:Dataset ; dct:title "名称{0}" ; dct:publisher <x:p{0}> ; dct:issued "2024" .\n'
    return (head + "".join(record.format(number) for number in range(60_000))).encode()


def _lines() -> bytes:
    line = '{{"kind":"resource","title":"名称{0}","publisher":{{"name":"甲局"}},"issued":"2024"}}\n'
    return "".join(line.format(number) for number in range(99_999)).encode()


def _archive(name: str, data: bytes, count: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            archive.writestr(f"{number}/{name}", data)
    return packed.getvalue()


def _entry() -> bytes:
    return (ROOT / "examples" / "catalog.jsonl").read_bytes().partition(b"\n")[0]


LARGE: dict[tuple[str, str], tuple[str, Callable[[], bytes]]] = {
    ("99 999 short lines of entries", "99 999 行短条目"): ("a.jsonl", _lines),
    ("a table of 99 999 short rows", "表格，99 999 行短记录"): ("a.csv", _rows),
    ("a table of 2 500 rows and 1 900 columns", "表格，2 500 行、1 900 列"): ("b.csv", _columns),
    ("a workbook of 99 999 rows and 10 columns", "工作簿，99 999 行、10 列"): ("a.xlsx", _workbook),
    ("60 000 short records of RDF", "RDF，60 000 条短记录"): ("a.ttl", _turtle),
    ("an archive of 2 000 files of one entry", "压缩包，2 000 个一条条目的文件"): (
        "a.zip",
        lambda: _archive("a.jsonl", _entry(), 2_000),
    ),
    ("an archive of 2 000 tables of one row", "压缩包，2 000 个一行的表格"): (
        "b.zip",
        lambda: _archive("a.csv", b"\n".join(_rows().split(b"\n")[:2]), 2_000),
    ),
    ("an archive of 100 workbooks", "压缩包，100 个工作簿"): (
        "c.zip",
        lambda: _archive("a.xlsx", next((ROOT / "examples").glob("*.xlsx")).read_bytes(), 100),
    ),
}
"""Files below 10 MiB with much in them and little wrong: what they are in both languages, their name, their bytes."""


def large(asked: argparse.Namespace) -> list[Figures]:
    """Check files with as much in them as there may be."""
    with tempfile.TemporaryDirectory() as folder:
        return [{"en": en, "zh": zh, **checked(name, make(), Path(folder))} for (en, zh), (name, make) in LARGE.items()]


def mutants(asked: argparse.Namespace) -> list[Figures]:
    """Give mutants of good files, and of good standards, to the readers."""
    found: list[Figures] = []
    for of, count in (("readers", asked.count), ("standards", max(1, asked.count // 5))):
        options = ["--of", of, "--count", str(count), "--seed", str(asked.seed)]
        said = _output([sys.executable, "tests/fuzz/run.py", *options], may_fail=True)
        print(said, end="")
        found.append({"of": of, "count": count, "seed": asked.seed, "crashes": _number(r"(\d+) crashes", said)})
    return found


def kills(asked: argparse.Namespace) -> Figures:
    """Kill runs of each command at random moments."""
    tests = "tests/hostile/test_outputs.py::test_a_killed_run_leaves_whole_files_or_none"
    said = _output([sys.executable, "-m", "pytest", "-q", tests], TEST_KILLS=str(asked.count))
    return {"count": asked.count, "commands": _number(r"(\d+) passed", said)}


def code(asked: argparse.Namespace) -> list[Figures]:
    """Change the engine's own code, and count which changes the tests notice."""
    folder = Path(tempfile.gettempdir()) / "mutation"
    options = ["--folder", str(folder), "--count", str(asked.count), "--seed", str(asked.seed)]
    said = _output([sys.executable, ".ci/mutants.py", *options], may_fail=True)
    print(said, end="")
    share, low, high = (
        float(part) / 100 for part in re.findall(r"([\d.]+)% noticed \(95 %: ([\d.]+)% to ([\d.]+)%", said)[0]
    )
    return [{"count": asked.count, "seed": asked.seed, "share": share, "low": low, "high": high}]


PARTS: dict[str, Callable[[argparse.Namespace], Any]] = {
    "hostile": hostile,
    "large": large,
    "mutants": mutants,
    "kills": kills,
    "code": code,
}


def _output(command: list[str], *, may_fail: bool = False, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode and not may_fail:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout + done.stderr


def _number(pattern: str, text: str) -> int:
    return int(re.findall(pattern, text)[-1])


def joined(before: Any, found: Any) -> Any:
    """Return what is known of a part: what was found now, and of runs with seeds what others found before."""
    if not isinstance(found, list) or "seed" not in found[0]:
        return found
    now = {(one.get("of"), one["seed"]) for one in found}
    return [one for one in before or [] if (one.get("of"), one["seed"]) not in now] + found


def table(results: Figures, language: str) -> str:
    """Return the figures as a table of Markdown."""

    def say(zh: str, en: str) -> str:
        return zh if language == "zh" else en

    one = results["hostile"]
    codes = say("、", ", ").join(f"{code}: {count}" for code, count in one["codes"].items())
    (slow, seconds), (big, memory) = one["slowest"], one["largest"]
    rows = [
        (
            say("由代码生成的恶意文件，逐个校验", "hostile files, made by code, each validated"),
            say(f"{one['files']} 个；退出码 {codes}", f"{one['files']}; exit codes {codes}"),
        ),
        (say(f"其中最慢的（{slow}）", f"the slowest of them ({slow})"), f"{seconds} s"),
        (say(f"其中占内存最多的（{big}）", f"the largest of them in memory ({big})"), _bytes(memory)),
        (
            say("恶意标准（查询、目录、文字）的测试", "tests of hostile standards (queries, folders, texts)"),
            str(one["standards"]),
        ),
    ]
    rows += [
        (f"{each[language]}, {_bytes(each['bytes'])}", f"{each['seconds']} s, {_bytes(each['memory'])}")
        for each in results["large"]
    ]
    for of in ("readers", "standards"):
        runs = [each for each in results["mutants"] if each["of"] == of]
        what = (
            say("好文件的变异，读出、转换、校验", "mutants of good files, read, converted and checked")
            if of == "readers"
            else say("规则、映射、代码表的变异，装载", "mutants of rules, mappings and code lists, loaded")
        )
        biggest = max(runs, key=lambda run: (run["count"], -run["crashes"]))
        option = "" if of == "readers" else "--of standards "
        command = f"`python tests/fuzz/run.py {option}--count {biggest['count']} --seed {biggest['seed']}`"
        count = f"{sum(run['count'] for run in runs):,}".replace(",", " ")
        crashes = sum(run["crashes"] for run in runs)
        mended = say("，均已改正", ", all fixed since") if crashes else ""
        found = say(
            f"{count} 个，{len(runs)} 次运行，崩溃 {crashes} 次", f"{count} in {len(runs)} runs, {crashes} crashes"
        )
        rows.append((say(f"{what}（最大的一次：{command}）", f"{what} (largest run: {command})"), f"{found}{mended}"))
    each = results["kills"]
    rows.append(
        (
            say("被杀死的 convert、validate 运行", "killed runs of convert and of validate") + " (`TEST_KILLS`)",
            say(
                f"各 {each['count']} 次；每个文件或者完整，或者没有",
                f"{each['count']} each; each file was whole or not there",
            ),
        )
    )
    drawn = sum(each["count"] for each in results["code"])
    noticed = sum(round(each["share"] * each["count"]) for each in results["code"])
    rows.append(
        (
            say("引擎代码的变异，测试发现的", "mutants of the engine's code that the tests notice")
            + " (`.ci/mutants.py`)",
            say(f"{drawn} 个中 {noticed} 个，{noticed / drawn:.1%}", f"{noticed} of {drawn}, {noticed / drawn:.1%}"),
        )
    )
    head = say(
        f"{results['day']}，{results['machine']}；`python benchmarks/reliability.py` 写成。",
        f"{results['day']}, {results['machine']}; written by `python benchmarks/reliability.py`.",
    )
    lines = [head, "", say("| 测了什么 | 结果 |", "| What | Result |"), "|---|---|"]
    return "\n".join([*lines, *(f"| {what} | {found} |" for what, found in rows), ""])


def _bytes(number: float) -> str:
    return f"{number / _MB:,.0f} MB" if number >= 10 * _MB else f"{number / _MB:.1f} MB"


def main() -> None:
    """Measure what is asked for, and write both pages."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=[], help="the parts to measure")
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    results: Figures = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    for name in asked.only:
        results[name] = joined(results.get(name), PARTS[name](asked))
        results["day"] = date.today().isoformat()
        results["machine"] = f"{os.cpu_count()} × {platform.machine()}, {platform.system()}, Python " + (
            platform.python_version()
        )
        RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
    for language, page in PAGES.items():
        text = page.read_text("utf-8")
        before, rest = text.split(BEGIN)
        page.write_text(f"{before}{BEGIN}{table(results, language)}{END}{rest.split(END)[1]}", "utf-8")


if __name__ == "__main__":
    main()
