"""A JSON report as a `Report` again, so that every format can be written of a run that is long over.

Texts, levels and findings are those of the file. What needs the standard itself gets it if it is still the one of
the run; what needs the files that were checked looks at their hashes.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from mulu.checks import checks
from mulu.errors import MuluError, Unreadable, UsageFault
from mulu.findings import SEVERITIES, RuleText, Subject
from mulu.limits import Limits
from mulu.plain_file import read_plain
from mulu.reports.json import SCHEMA
from mulu.standard import Level, Rule, Schemas, Standard
from mulu.standard.folder import Header, text_of
from mulu.standard.mapping_reader import Mappings
from mulu.standard.rules import Said
from mulu.texts import Text, shown
from mulu.validate import Input, Options, Report
from mulu.validate.judge import Coming, Policy
from mulu.validate.report import Statistic
from mulu.validate.store import RuleCount
from mulu.words import why_no_json, why_unreadable

LARGEST = 2**30
"""Bytes of the largest report that is read."""


def read(path: Path) -> dict[str, Any]:
    """Return what a JSON report says; raises `Unreadable` if the file is none."""
    try:
        if path.stat().st_size > LARGEST:
            raise Unreadable(
                str(path),
                f"报告太大（上限 {LARGEST // 2**20} MiB）；请用 --limit findings_per_rule=… 重新校验",
                f"the report is too large (limit {LARGEST // 2**20} MiB); run mulu validate again with --limit "
                "findings_per_rule=…",
            )
        content = read_plain(path)
        data = orjson.loads(content)
    except OSError as error:
        why = why_unreadable(error)
        raise Unreadable(
            str(path), f"读不了：{why.zh}；请核对路径", f"it cannot be read: {why.en}; check its path"
        ) from None
    except orjson.JSONDecodeError:
        why = why_no_json(content)
        raise _no_report(path, Text(f"不是 JSON：{why.zh}", f"not JSON: {why.en}")) from None
    validator = jsonschema_rs.Draft202012Validator(orjson.loads(SCHEMA.read_bytes()))
    wrong = next(validator.iter_errors(data), None)
    if wrong is not None:
        at = "/".join(map(str, wrong.instance_path)) or "/"
        raise _no_report(
            path, Text(f"{shown(at)} 处不合报告的模式", f"{shown(at)} is not as the schema of reports says")
        )
    known = {level["id"] for level in data["standard"]["levels"]}
    if {data["level"], *(finding["level"] for finding in data["findings"])} - known:
        raise _no_report(path, Text("有标准中没有的级别", "it refers to a level that the standard does not have"))
    if unknown := sorted({finding["rule"] for finding in data["findings"]} - set(data["rules"])):
        raise _no_report(
            path, Text(f"没有规则 {shown(unknown[0])} 的说明", f"it does not describe {shown(unknown[0])}")
        )
    try:
        _options(data)
    except (TypeError, ValueError):
        raise _no_report(path, Text("options 写法不对", "its options are not written as options are")) from None
    return data  # type: ignore[no-any-return]  # held to its schema


def _no_report(path: Path, why: Text) -> Unreadable:
    return Unreadable(
        str(path),
        f"不是本版本 mulu 的 JSON 报告（{why.zh}）；请用 mulu validate -f json:报告.json 生成",
        f"not a JSON report of this version of mulu ({why.en}); create one with mulu validate -f json:report.json",
    )


class _Findings:
    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data
        paths = [item["path"] for item in data["inputs"]]
        self._inputs = {path: paths.index(path) for path in paths}
        self.rules = {
            name: RuleCount(rule["severity"], rule["total"], rule["kept"], rule["levels"], rule["statuses"])
            for name, rule in data["rules"].items()
        }
        self.totals: dict[tuple[str, str, str], int] = {}
        for finding in data["findings"]:
            at = (finding["status"], finding["severity"], finding["level"])
            self.totals[at] = self.totals.get(at, 0) + 1

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._data["findings"])

    def placed(self) -> Iterator[tuple[int, int, dict[str, Any]]]:
        """Yield the findings, each behind the numbers of its input and of its entry."""
        entries = [item["entries"] for item in self._data["inputs"]]
        for finding in self:
            number = finding["number"] or 0
            place = self._inputs.get(finding["source"]["path"], 0)
            if number:
                # A file may have been handed in twice; the entries count through.
                before = 0
                for place, count in enumerate(entries):  # noqa: B007 - where it stops is what is asked
                    before += count
                    if number <= before:
                        break
            yield place, number, finding


def _statistic(row: dict[str, Any]) -> Statistic:
    return Statistic(row["value"], row["total"], text_of(row["label"]) if row["label"] else None)


class _Stored(Report):
    """A report out of a file; its counts are those that the file tells, whatever was kept of the findings."""

    __slots__ = ("_coming", "_summary")

    def __init__(self, standard: Standard, data: dict[str, Any]) -> None:
        super().__init__(
            standard,
            _options(data),
            list(_inputs(data)),
            _Findings(data),
            {one["rule"]: text_of(one["reason"]) for one in data["failures"]},
            coming=[Coming(one["level"], date.fromisoformat(one["date"]), one["days"]) for one in data["coming"]],
            ignored=frozenset(data["ignored"]),
            statistics={one["id"]: [_statistic(row) for row in one["rows"]] for one in data["statistics"]},
            gone={f"#{number}": "" for number in range(data["summary"]["gone"])},
        )
        self._summary = data["summary"]
        self._coming = {one["level"]: one for one in data["coming"]}

    def counts(self, status: str = "new") -> dict[str, int]:
        """Return what the summary says of those that count, and of others what was kept of them."""
        if status != "new":
            return super().counts(status)
        return {name: self._summary[name] for name in SEVERITIES}

    def total(self, status: str) -> int:
        """Return what the summary says."""
        return sum(self.counts().values()) if status == "new" else int(self._summary[status])

    def of_level(self, level: str) -> dict[str, int]:
        """Return what the report says of a level to come."""
        return {name: self._coming[level][name] for name in SEVERITIES}

    def subjects(self) -> Iterator[tuple[Input, Subject]]:
        """Yield every entry, by name where something was found in it, else by number."""
        told: dict[int, Subject] = {}
        for _, number, finding in self.findings.placed():
            label = finding["entry"]
            identifier = label if label != finding["name"] and label != f"#{number}" else None
            told.setdefault(number, Subject(number, finding["kind"], identifier, finding["name"], finding["owner"]))
        number = 0
        for item in self.inputs:
            for _ in range(item.entries):
                number += 1
                yield item, told.get(number) or Subject(number)


_NO_RULE: dict[str, Any] = {
    "severity": SEVERITIES[-1],
    "levels": {},
    "source": "",
    **{key: {"zh": "", "en": ""} for key in ("why", "message", "mend")},
}


class _StandIn(Standard):
    """What a report tells of its standard, where that is not at hand."""

    def __init__(self, data: dict[str, Any]) -> None:
        said = data["standard"]
        levels = tuple(
            Level(level["id"], rank, text_of(level["title"]), text_of(level["description"]))
            for rank, level in enumerate(said["levels"])
        )
        header = Header(said["id"], said["version"], said["base"], text_of(said["title"]), Text("", ""), levels)
        super().__init__((), header)
        self.__dict__["sha256"] = said["sha256"]
        self.__dict__["statistics"] = {
            one["id"]: _rule(one["id"], _NO_RULE | {"title": one["title"]}, levels[0].id) for one in data["statistics"]
        }
        self.__dict__["rules"] = {
            name: _rule(name, rule, levels[0].id) for name, rule in data["rules"].items() if name not in checks()
        }

    @property
    def mappings(self) -> Mappings:
        """Not at hand."""
        raise self._elsewhere()

    @property
    def schemas(self) -> Schemas:
        """Not at hand."""
        raise self._elsewhere()

    def _elsewhere(self) -> MuluError:
        name = f"{self.header.id} {self.header.version}"
        return UsageFault(
            f"这种格式需要校验时所用的标准（{name}，sha256 {self.sha256[:12]}…）；请用 --standard 指定它的目录",
            f"this format requires the standard of the run ({name}, sha256 {self.sha256[:12]}…); name its folder "
            "with --standard",
        )


def report_of(data: dict[str, Any], standard: Standard) -> Report:
    """Return the report that `data` are; `standard` serves if it is the one of the run, else what they tell of it."""
    same = standard.sha256 == data["standard"]["sha256"]
    return _Stored(standard if same else _StandIn(data), data)


def _options(data: dict[str, Any]) -> Options:
    said = data["options"]
    return Options(
        data["level"],
        date.fromisoformat(said["date"]),
        said["from"],
        said["encoding"],
        Limits(**said["limits"]),
        said["allow_empty"],
        frozenset(said["only"]),
        {tuple(path.split(".")): text for path, text in said["set"].items()},
        Policy(frozenset(data["ignored"]), said["severity"], dates_of(data), warn_days=said["waiver_days"]),
        said["revision"],
        paths=tuple(said["paths"]),
        schema=said["schema"],
        left_out=tuple(said["left_out"]),
    )


def dates_of(data: dict[str, Any]) -> dict[str, date]:
    """Return from which day the levels of a run counted."""
    return {level: date.fromisoformat(day) for level, day in data["options"]["levels"].items()}


def _inputs(data: dict[str, Any]) -> Iterator[Input]:
    for number, item in enumerate(data["inputs"]):
        problem = item["problem"]
        yield Input(
            number,
            item["path"],
            Path(item["path"]),
            item["sha256"],
            item["encoding"],
            item["format"],
            item["records"],
            item["entries"],
            problem=MuluError(problem["zh"], problem["en"]) if problem else None,
            before=item["before"],
        )


def _rule(name: str, rule: dict[str, Any], level: str) -> Rule:
    # Which level a rule is of stands in its findings.
    first = next(iter(rule["levels"]), level)
    texts = {key: text_of(rule[key]) for key in ("title", "why", "message", "mend")}
    text = RuleText(name, rule["severity"], first, **texts, source=rule["source"])
    return Rule(name, topic="", query="", path=Path(name), kinds={}, says=lambda: Said(text))
