"""How much of anything is read: a file that asks for more is refused, by the name of the limit."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from mulu.errors import Unreadable, UsageFault
from mulu.place import Place
from mulu.pointer import Json
from mulu.texts import Text, did_you_mean, shown

BYTES = Text("字节", "bytes")
CHARACTERS = Text("字", "characters")
COUNT = Text("个", "")
LEVELS = Text("层", "levels")
SECONDS = Text("秒", "seconds")
TIMES = Text("倍", "times")


def _limit(default: int, unit: Text, zh: str, en: str) -> int:
    value: int = field(default=default, metadata={"in": unit, "guards": Text(zh, en)})
    return value


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for one file, and for the rules of a standard that is not the built-in one."""

    document_bytes: int = _limit(
        256 * 2**20,
        BYTES,
        "整个读入的文件的大小（JSON Lines 和条目数组不在此列；XML 按记录读的，指一条记录）",
        "Size of a file that is read as a whole (not JSON Lines or an array of entries; for XML read by records, of "
        "a record)",
    )
    record_bytes: int = _limit(
        16 * 2**20,
        BYTES,
        "JSON Lines 的一行、条目数组的一个元素、CSV 的一条",
        "Size of a line of JSON Lines, an element of an array of entries, or a CSV record",
    )
    depth: int = _limit(64, LEVELS, "对象和数组的嵌套", "Nesting depth of objects and arrays")
    text: int = _limit(2**20, CHARACTERS, "一个文字值或单元格", "Length of one text value or cell")
    key: int = _limit(2**10, CHARACTERS, "对象的一个键", "Length of one key of an object")
    digits: int = _limit(400, CHARACTERS, "一个数的位数", "Length of one number")
    keys: int = _limit(10_000, COUNT, "一个对象的键", "Keys in one object")
    values: int = _limit(
        100_000,
        COUNT,
        "一条记录（XML、JSON、RDF）的值；不合格的条目的值；ODS 中重复行的单元格",
        "Values in a record of XML, JSON or RDF, or in an entry that does not conform; cells in repeated rows of ODS",
    )
    pointers: int = _limit(
        100_000_000,
        CHARACTERS,
        "一条 XML、JSON、RDF 记录中各个值的指针合计（指针由各层的名称组成），文件每满 10 MiB 再加",
        "Total length of the pointers of all values in a record of XML, JSON or RDF; again for each 10 MiB",
    )
    entries: int = _limit(
        100_000,
        COUNT,
        "校验一个文件的条目，文件每满 10 MiB 再加；再多就不往下查",
        "Entries checked in a file, again for each 10 MiB; checking stops beyond this",
    )
    triples: int = _limit(
        250_000,
        COUNT,
        "一个 RDF 文件的三元组，文件每满 10 MiB 再加",
        "Triples in an RDF file, again for each 10 MiB",
    )
    shared: int = _limit(
        300_000,
        COUNT,
        "RDF 中几条记录共有的节点的值，引用几次算几次；文件每满 10 MiB 再加",
        "Values of RDF nodes shared by several records, counted for each reference; again for each 10 MiB",
    )
    columns: int = _limit(
        2_000, COUNT, "一张表的列（SQL 脚本中表的字段也是）", "Columns of a table, including tables defined in SQL"
    )
    sheets: int = _limit(
        200,
        COUNT,
        "一个文件的工作表；一张工作表里表头各不相同的表",
        "Sheets in a file; tables with different headings in one sheet",
    )
    lists: int = _limit(
        20, COUNT, "一个 JSON 文件中字段各不相同的记录列表", "Lists of records with different fields in one JSON file"
    )
    cells: int = _limit(
        5_000_000,
        COUNT,
        "一个工作簿的单元格（各表含全部值的最小矩形），文件每满 10 MiB 再加",
        "Cells in the used ranges of a workbook's sheets; again for each 10 MiB",
    )
    nodes: int = _limit(
        1_000_000,
        COUNT,
        "一个 YAML 文件的值，网页的元素，不分记录的 XML 的元素和属性，一条 SQL 语句的词",
        "Values in a YAML file, elements of a web page or of XML that is not read by records, words in an SQL "
        "statement",
    )
    members: int = _limit(10_000, COUNT, "一个压缩包（工作簿也是）内的文件", "Files in an archive (a workbook is one)")
    expanded: int = _limit(2 * 2**30, BYTES, "压缩包展开后的大小", "Size of an archive's files when expanded")
    ratio: int = _limit(200, TIMES, "压缩包展开的倍数", "Expansion ratio of an archive")
    aliases: int = _limit(
        10_000,
        COUNT,
        "YAML 引用（*…）重复的值",
        "Values that YAML aliases may add",
    )
    seconds: int = _limit(
        4, SECONDS, "读一个工作簿或网页，每 1 MiB 再加", "Time to read a workbook or web page; again for each MiB"
    )
    memory: int = _limit(
        2**30,
        BYTES,
        "读一个工作簿或网页，每满 10 MiB 再加",
        "Memory to read a workbook or web page; again for each 10 MiB",
    )
    rule_seconds: int = _limit(
        4,
        SECONDS,
        "非内置标准的一条规则，条目每满 10 MiB 再加",
        "Time for one rule of a standard that is not built in; again for each 10 MiB of entries",
    )
    rules_seconds: int = _limit(
        20,
        SECONDS,
        "非内置标准的全部规则合计，条目每满 10 MiB 再加",
        "Time for all rules of a standard that is not built in; again for each 10 MiB of entries",
    )
    rule_memory: int = _limit(
        3 * 2**29, BYTES, "非内置标准的规则运行所用内存", "Memory for the rules of a standard that is not built in"
    )
    check_seconds: int = _limit(
        20, SECONDS, "standard check 中一条规则查全部示例", "Time for one rule on all examples in mulu standard check"
    )
    notices: int = _limit(100_000, COUNT, "一个文件中可疑之处的提示", "Remarks about irregularities in one file")
    findings: int = _limit(
        30_000,
        COUNT,
        "一个文件的问题（高于所查级别的除外），文件每满 10 MiB 再加；再多就不往下查",
        "Findings in a file up to the chosen level, again for each 10 MiB; checking stops beyond this",
    )
    findings_per_entry: int = _limit(
        1_000, COUNT, "一条保留的问题，其余只计数", "Findings kept per entry; the rest are only counted"
    )
    findings_per_rule: int = _limit(
        20_000,
        COUNT,
        "一条规则保留的问题（高于所查级别的除外），文件每满 10 MiB 再加，其余只计数",
        "Findings kept per rule up to the chosen level, again for each 10 MiB of the files; the rest are only counted",
    )
    findings_above_level: int = _limit(
        10_000,
        COUNT,
        "一条规则保留的高于所查级别的问题，同样再加",
        "Findings kept per rule at higher levels, again for each 10 MiB of the files",
    )

    @classmethod
    def of(cls, given: Mapping[str, object]) -> "Limits":
        """Return the limits with those changed that `given` names.

        Raises `UsageFault` for a name that is none and for what is no whole number above 0.
        """
        changed: dict[str, int] = {}
        names = [each.name for each in fields(cls)]
        for name, value in given.items():
            if name not in names:
                near = did_you_mean(name, names)
                raise UsageFault(
                    f"没有“{shown(name)}”这项限度{near.zh or '；'}各项限度见 mulu limits",
                    f"unknown limit “{shown(name)}”{near.en}; mulu limits lists them",
                )
            number = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 19 else value
            if type(number) is not int or not 0 < number < 2**63:
                raise UsageFault(
                    f"限度 {name} 应为 1 至 2⁶³−1 的整数（缺省 {getattr(DEFAULT, name)}），不是“{shown(value)}”",
                    f"the limit {name} must be a whole number from 1 to 2⁶³−1 (default {getattr(DEFAULT, name)}), "
                    f"not “{shown(value)}”",
                )
            changed[name] = number
        return replace(DEFAULT, **changed)

    def cells_in(self, size: int) -> int:
        """Return how many cells a file of `size` bytes may have."""
        return self.cells * portions_of(size)

    def to_dict(self) -> dict[str, Json]:
        """Return what another process needs to make them again."""
        return {name: getattr(self, name) for name in self.__slots__}

    def exceeded(self, limit: str, path: str, zh: str, en: str, *, place: Place | None = None) -> Unreadable:
        """Return the refusal of `path` for what `zh` and `en` say; `limit` names the field."""
        value = getattr(self, limit)
        return Unreadable(
            path,
            f"{zh}（上限 {limit} = {value}；如文件确实无误，可用 --limit {limit}=… 放宽）",
            f"{en} (limit {limit} = {value}; if the file is correct, raise it with --limit {limit}=…)",
            place=place,
        )


def portions_of(size: int) -> int:
    """Return how often a limit counts that is given again for each 10 MiB."""
    return 1 + size // (10 * 2**20)


DEFAULT = Limits()
"""The limits of a run that sets none."""
