"""`mulu explain`: what a rule, a code list, a property, a kind, a level or a format is, offline."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from mulu.cli.console import language, say
from mulu.cli.options import with_standard
from mulu.cli.standards import load_standard
from mulu.errors import UsageFault
from mulu.findings import RuleText
from mulu.pointer import dumps, inert
from mulu.standard import CodeList, Property, Rule, Standard
from mulu.standard.codes import spelling
from mulu.standard.mappings import Mapping
from mulu.texts import Text, clean, did_you_mean, padded, unasked

_MOST = 60


@click.command(
    "explain",
    help=say(
        "说明一条规则、一张代码表、一个属性、一种条目、一个级别或一种格式。\n\n"
        "属性可以写名字（title）、种类加名字（resource.title）或路径（resource/sharing/type）；"
        "规则、种类、级别、属性也可以写中文或英文的名称（共享类型），属性还可以写别处的表头（更新频率）。"
        "代码可以写 代码表:值（update-cycle:每年），看它对应哪个代码。",
        "Explain a rule, a code list, a property, a kind, a level or a format.\n\n"
        "Name a property by itself (title), with its kind (resource.title) or by its path (resource/sharing/type). "
        "Rules, kinds, levels and properties can also be named by their title in either language (Sharing type), and "
        "properties by a heading used in forms (更新频率). LIST:VALUE (update-cycle:每年) shows which code a spelling "
        "stands for.",
    ),
)
@click.argument("name")
@click.option(
    "--examples",
    type=click.Choice(("pass", "fail")),
    help=say(
        "只输出规则的合格或不合格示例：完整的条目，JSON Lines",
        "Print only the rule's passing or failing examples: complete entries, as JSON Lines",
    ),
)
@with_standard
def command(name: str, examples: str | None, standard_path: Path | None) -> None:
    """Print all that is known by that name."""
    standard = load_standard(standard_path)
    if examples is not None:
        _print_examples(standard, name, examples)
        return
    found = blocks(standard, name)
    if not found:
        near = did_you_mean(name, sorted(_names(standard)), most=3)
        raise UsageFault(
            f"没有叫 {name} 的规则、代码表、属性、种类、级别或格式{near.zh or '；'}"
            "名称见 mulu rules、mulu formats、mulu explain 种类",
            f"no rule, code list, property, kind, level or format is called {name}{near.en}; for names see mulu rules, "
            "mulu formats, mulu explain KIND",
        )
    for number, block in enumerate(found):
        if number:
            click.echo()
        for line in block:
            click.echo(clean(line))


def blocks(standard: Standard, name: str) -> list[list[str]]:
    """Return the lines of everything that `name` names, a block each; what has it for an id goes before titles."""
    return _blocks(standard, name) or [
        block for known in dict.fromkeys(_called(standard, name)) for block in _blocks(standard, known)
    ]


def _blocks(standard: Standard, name: str) -> list[list[str]]:
    return [block for find in _FINDERS if (block := list(find(standard, name)))]


def _called(standard: Standard, name: str) -> Iterator[str]:
    """Yield the ids and paths of what is called `name` in either language or, of properties, in forms elsewhere."""
    wanted = spelling(name)
    for known, title in _titles(standard):
        if wanted in (spelling(title.zh), spelling(title.en)):
            yield known
    for elsewhere in standard.names:
        if wanted in map(spelling, elsewhere.names):
            yield _path(elsewhere.kind, elsewhere.pointer)


def _titles(standard: Standard) -> Iterator[tuple[str, Text]]:
    """Yield id or path and title of everything that has one."""
    from mulu.checks import checks

    yield from ((rule.id, rule.text.title) for rule in standard.rules.values())
    yield from ((name, text.title) for name, text in checks().items())
    yield from ((mapping.id, mapping.title) for mapping in standard.mappings.values())
    yield from ((level.id, level.title) for level in standard.levels.values())
    for kind, schema in standard.schemas.kinds.items():
        yield kind, Text(schema.get("title", kind), schema.get("x-en", {}).get("title", kind))
        yield from ((_path(kind, item.pointer), item.title) for item in standard.schemas.properties(kind))


def _path(kind: str, pointer: str) -> str:
    return f"{kind}{pointer.replace('/*', '')}"


def _print_examples(standard: Standard, name: str, which: str) -> None:
    rule = standard.rules.get(name)
    if rule is None:
        near = did_you_mean(name, sorted(standard.rules), most=3)
        raise UsageFault(
            f"没有规则 {name}{near.zh or '；'}只有规则才有示例",
            f"there is no rule {name}{near.en}, and only rules have examples",
        )
    for example in rule.passes if which == "pass" else rule.fails:
        for entry in example.entries:
            click.echo(inert(dumps(dict(entry))).decode())


def _names(standard: Standard) -> set[str]:
    properties = {p.name for kind in standard.schemas.kinds for p in standard.schemas.properties(kind)}
    found = {*standard.codes, *properties}
    for known, title in _titles(standard):
        found |= {title.zh, title.en} if "/" in known else {known, title.zh, title.en}
    return found


def _of(text: Text) -> str:
    return text.get(language())


def _rule(standard: Standard, name: str) -> Iterator[str]:
    from mulu.checks import checks

    rule = standard.rules.get(name)
    text = rule.text if rule else checks().get(name)
    if text is None:
        return
    yield from _rule_text(standard, text, rule)
    if rule is not None:
        for label, examples in ((say("合格的例子", "Passes"), rule.passes), (say("不合格的例子", "Fails"), rule.fails)):
            yield f"{label}{say('：', ': ')}" + say("；", "; ").join(_of(example.name) for example in examples)
        yield say("查询：", "Query:")
        yield from ("    " + line for line in rule.query.splitlines())


def _rule_text(standard: Standard, text: RuleText, rule: Rule | None) -> Iterator[str]:
    level = standard.levels[text.level].title.get(language()) if text.level else ""
    kind = say("规则", "rule") if rule else say("引擎的检查", "check of the engine")
    yield f"{text.id}  {_of(text.title)}"
    yield f"  {kind} · {text.severity}" + (f" · {text.level} {level}" if level else "")
    yield f"  {say('为什么：', 'Why: ')}{_of(text.why)}"
    yield f"  {say('报告：', 'Says: ')}{_of(text.message)}"
    yield f"  {say('怎么办：', 'Mend: ')}{_of(unasked(text.mend))}"
    if text.source:
        yield f"  {say('依据：', 'Source: ')}{text.source}"


def _code_list(standard: Standard, name: str) -> Iterator[str]:
    listed, colon, said = name.partition(":")
    if listed not in standard.codes:
        return
    codes: CodeList = standard.codes[listed]
    if colon:
        known = codes.find(said)
        called = [] if known is not None else codes.called(said)
        if known is not None:
            yield f"{said} → {known}  {_of(codes.by_code[known].name)}"
        elif called:
            several = say("、", ", ").join(called)
            yield say(
                f"“{said}”是几个代码的名称，请写代码：{several}",
                f"several codes are called “{said}”, so write the code: {several}",
            )
        else:
            yield say(f"代码表 {listed} 里没有“{said}”", f"the list {listed} does not know “{said}”")
        return
    yield f"{listed}  {say(f'代码表，{len(codes.values)} 个代码', f'code list of {len(codes.values)} codes')}"
    for code in codes.codes[:_MOST]:
        also = say("、", ", ").join(code.aliases[:8])
        label = _of(code.name) or code.name.zh
        yield f"  {padded(code.code, 16)} {padded(label, 24)} {also}".rstrip()
    if len(codes.codes) > _MOST:
        more = len(codes.codes) - _MOST
        yield say(f"  ……另有 {more} 行，见 {codes.path.name}", f"  … {more} more lines, see {codes.path.name}")


def _property(standard: Standard, name: str) -> Iterator[str]:
    wanted = name.replace(".", "/").strip("/")
    first = True
    for kind in standard.schemas.kinds:
        for item in standard.schemas.properties(kind):
            path = _path(kind, item.pointer)
            if path == wanted or item.name == name or path.endswith(f"/{wanted}"):
                if not first:
                    yield ""
                first = False
                yield from _property_lines(standard, path, item)


def _property_lines(standard: Standard, path: str, item: Property) -> Iterator[str]:
    yield f"{path}  {_of(item.title)}"
    if _of(item.description):
        yield f"  {_of(item.description)}"
    shape = standard.schemas.shape(item.schema)
    inner = standard.schemas.shape(shape["items"]) if isinstance(shape.get("items"), dict) else shape
    codes = inner.get("x-code-list") or inner.get("x-open-code-list")
    facts = [str(shape.get("type", "object"))]
    if codes:
        facts.append(say(f"代码表 {codes}", f"code list {codes}"))
    facts += [
        f"{key} {inner[key]}" for key in ("format", "minLength", "maxLength", "minimum", "maximum") if key in inner
    ]
    level = standard.schemas.required_level(item.owner, item.name)
    if level is not None:
        facts.append(say(f"{level} 级起必填", f"required from level {level}") if level else say("必填", "required"))
    yield "  " + " · ".join(facts)
    if "$comment" in item.schema:
        yield f"  {say('依据：', 'Source: ')}{item.schema['$comment']}"


def _kind(standard: Standard, name: str) -> Iterator[str]:
    schema = standard.schemas.kinds.get(name)
    if schema is None:
        return
    english = schema.get("x-en", {})
    yield f"{name}  {say(schema.get('title', name), english.get('title', name))}"
    yield f"  {say(schema.get('description', ''), english.get('description', ''))}"
    for item in standard.schemas.properties(name):
        if item.pointer.count("/") == 1:
            level = standard.schemas.required_level(item.owner, item.name)
            mark = "" if level is None else say("必填", "required") + (f" ({level})" if level else "")
            yield f"  {padded(item.name, 22)} {padded(_of(item.title), 26)} {mark}".rstrip()


def _level(standard: Standard, name: str) -> Iterator[str]:
    level = standard.levels.get(name)
    if level is None:
        return
    yield f"{name}  {say('级别', 'level')} · {_of(level.title)}"
    yield f"  {_of(level.description)}"
    first = name == next(iter(standard.levels))
    for kind in standard.schemas.kinds:
        asked = [
            _of(item.title)
            for item in standard.schemas.properties(kind)
            if item.pointer.count("/") == 1
            and (wanted := standard.schemas.required_level(item.owner, item.name)) is not None
            and (wanted == name or (first and not wanted))
        ]
        if asked:
            yield say(f"  {kind} 新要求：{'、'.join(asked)}", f"  newly required of {kind}: {', '.join(asked)}")
    count = sum(rule.text.level == name for rule in standard.rules.values())
    yield f"  {say('规则：', 'Rules: ')}{count}{say('（见 mulu rules）', ' (mulu rules lists them)')}"


def _format(standard: Standard, name: str) -> Iterator[str]:
    mapping: Mapping | None = standard.mappings.get(name)
    if mapping is None:
        return
    yield f"{name}  {_of(mapping.title)}"
    yield f"  {_of(mapping.description)}"
    between = say("、", ", ")
    marks = between.join([group[0] for group in mapping.headings] or [group[0].text for group in mapping.marks])
    yield f"  {say('凭这些识别：', 'Recognised by: ')}{marks}"
    yield f"  {say('成为：', 'Becomes: ')}{between.join(mapping.kinds)}"
    if mapping.writing is not None:
        yield f"  {say('可写成：', 'Written as: ')}{between.join(mapping.writing.endings)}"
    readme = mapping.folder / "README.md"
    if readme.is_file():
        yield ""
        yield from readme.read_text(encoding="utf-8").splitlines()


_FINDERS: tuple[Callable[[Standard, str], Iterator[str]], ...] = (
    _rule,
    _code_list,
    _kind,
    _level,
    _format,
    _property,
)
