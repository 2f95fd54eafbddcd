"""Settings: options that a file and the environment can set as well.

The command line goes before the environment (`MULU_…`), that before the file, that before the default. The file is
the nearest `mulu.toml`, `.mulu.toml` or `pyproject.toml` with `[tool.mulu]`, from the working directory upward to the
root of its git repository. It is not looked for beside the files that are checked: what is handed in must not say how
it is judged.

A checkout may be a stranger's, and its file of settings with it. Paths in a file that was looked for therefore stay in
its folder; one that is named by `--config` may say any.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import orjson
from click.core import ParameterSource

from mulu.cli import console
from mulu.cli.console import say
from mulu.errors import BadSettings, Unreadable, UsageFault, WrongSetting
from mulu.plain_file import read_plain_text
from mulu.texts import LANGUAGES, Text, clean, did_you_mean, shown
from mulu.toml import load_toml
from mulu.words import of_click, why_unreadable

if TYPE_CHECKING:
    from mulu.yaml import Positions

Command = TypeVar("Command", bound=Callable[..., Any])

NAMES = ("mulu.toml", ".mulu.toml", "pyproject.toml")
_OWN = ("MULU_LANG", "MULU_CONFIG")
_FOUND = "mulu.settings"
_ISOLATED = "mulu.isolated"
_WITH_ALL = "validate"


class Setting(click.Option):
    """An option that is a setting: `--fail-on` is `fail-on` in the file and `MULU_FAIL_ON` in the environment.

    With `table` it is a table of that name in the file, and NAME=VALUE, repeated, on the command line; what the command
    line says is then added to what the file says, name by name.
    """

    def __init__(self, *args: Any, table: str | None = None, **given: Any) -> None:
        super().__init__(*args, **given)
        self.table = table
        name = max(self.opts, key=len).removeprefix("--")
        self.key = table or name
        self.envvar = f"MULU_{name.upper().replace('-', '_')}"

    def consume_value(self, ctx: click.Context, opts: Mapping[str, Any]) -> tuple[Any, ParameterSource]:
        """Return value and source; a table is put together from the file and from what goes before it."""
        value, source = super().consume_value(ctx, opts)
        if self.table and source in (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT):
            names = {item.partition("=")[0] for item in value}
            below = (ctx.default_map or {}).get(self.name, ())
            value = (*(item for item in below if item.partition("=")[0] not in names), *value)
        return value, source


def setting(*names: str, **given: Any) -> Callable[[Command], Command]:
    """Return the decorator that adds a `Setting` to a command."""
    return click.option(*names, cls=Setting, **given)


@dataclass(frozen=True, slots=True)
class Found:
    """A file of settings: its values by key, and where each stands; `base` is the pointer of their table in it.

    `is_named` is whether the user named it.
    """

    path: Path
    values: Mapping[str, Any] = field(default_factory=dict)
    positions: "Positions" = field(default_factory=dict)
    base: str = ""
    is_named: bool = False

    def line(self, pointer: str) -> int | None:
        """Return the line of a key, given by its pointer below the table, or that of what holds it."""
        here = f"{self.base}/{pointer}"
        while here and here not in self.positions:
            here = here.rpartition("/")[0]
        return self.positions[here][0] if here else None

    def fault(self, pointer: str, zh: str, en: str) -> BadSettings:
        """Return what is wrong with a key."""
        return BadSettings(_shown(self.path), zh, en, line=self.line(pointer))


def configured(command: Command) -> Command:
    """Add `--config` and `--isolated` to a command, and have its settings filled from the file."""
    for option in (
        click.option(
            "--config",
            type=click.Path(path_type=Path),
            is_eager=True,
            expose_value=False,
            callback=_fill,
            envvar="MULU_CONFIG",
            metavar="FILE",
            help=say(
                "用这个设置文件；不给则向上查找 mulu.toml",
                "Settings file; default: the nearest mulu.toml in this folder or above",
            ),
        ),
        click.option(
            "--isolated",
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_isolate,
            help=say("不读设置文件", "Ignore settings files"),
        ),
    ):
        command = option(command)
    return command


def _isolate(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    ctx.meta[_ISOLATED] = value


def _fill(ctx: click.Context, param: click.Parameter, given: Path | None) -> None:
    """Take the settings of the file as the defaults of the command."""
    if ctx.resilient_parsing:
        return
    if ctx.meta.get(_ISOLATED):
        if given is not None:
            raise UsageFault("--isolated 不能与 --config 同用", "--isolated cannot be combined with --config")
        found = None
    else:
        found = _read(given) if given is not None else _nearest(Path.cwd())
        if given is not None:
            if found is None:
                raise BadSettings(str(given), "没有 [tool.mulu]", "it has no [tool.mulu]")
            found = replace(found, is_named=True)
    ctx.meta[_FOUND] = found
    _tell_of_environment(ctx)
    if found is not None:
        ctx.default_map = _checked(found, ctx)


def _nearest(folder: Path) -> Found | None:
    for here in _upward(folder):
        for name in NAMES:
            if (here / name).is_file():
                found = _read(here / name)
                if found is not None:
                    return found
    return None


def _upward(folder: Path) -> Iterator[Path]:
    for here in (folder, *folder.parents):
        yield here
        # What lies outside of a repository does not govern it.
        if (here / ".git").exists():
            return


def settings_folder() -> Path:
    """Return the folder of the file of settings that the running command has read, else the working directory."""
    found: Found | None = click.get_current_context().meta.get(_FOUND)
    return found.path.parent if found is not None else Path.cwd()


def nearest_file(name: str) -> Path | None:
    """Return the file of that name beside the settings, or above; none if the command reads no settings."""
    if click.get_current_context().meta.get(_ISOLATED):
        return None
    return next((here / name for here in _upward(settings_folder().resolve()) if (here / name).exists()), None)


def _read(path: Path) -> Found | None:
    """Return the settings in a file, `None` if it is a `pyproject.toml` without any; raises `BadSettings`."""
    try:
        data, positions = load_toml(read_plain_text(path, "utf-8-sig"), name=str(path))
    except Unreadable as error:
        line = error.place.line if error.place else None
        raise BadSettings(_shown(path), error.zh, error.en, line=line) from None
    except (OSError, UnicodeDecodeError) as error:
        why = why_unreadable(error)
        raise BadSettings(
            _shown(path), f"设置文件读不出来：{why.zh}", f"the settings file cannot be read: {why.en}"
        ) from None
    if path.name != "pyproject.toml":
        return Found(path, data, positions)
    own = data.get("tool", {}).get("mulu")
    return Found(path, own, positions, "/tool/mulu") if isinstance(own, dict) else None


def _known() -> dict[str, Setting]:
    """Return the settings by key: the options of `mulu validate`, which has them all."""
    ctx = click.get_current_context()
    root = ctx.find_root().command
    command = root.get_command(ctx, _WITH_ALL) if isinstance(root, click.Group) else None
    assert command is not None
    return {param.key: param for param in command.params if isinstance(param, Setting)}


def _checked(found: Found, ctx: click.Context) -> dict[str, Any]:
    """Return the values of the command's settings by the names of its parameters; raises `BadSettings`.

    What is wrong is told whatever the command. An option that only has the name of a setting is none: the format of
    reports is not that of a comparison.
    """
    known = _known()
    own = {param.name for param in ctx.command.params if isinstance(param, Setting)}
    values: dict[str, Any] = {}
    for key, value in found.values.items():
        if key == "lang":
            if value not in LANGUAGES:
                told = shown(value)
                raise found.fault(key, f"lang 应为 zh 或 en，不是 {told}", f"lang must be zh or en, not {told}")
            console.prefer(value)
        elif key not in known:
            near = did_you_mean(key, [*known, "lang"])
            raise found.fault(
                key,
                f"没有设置 {key}{near.zh or '；全部设置见 mulu validate --show-settings'}",
                f"unknown setting {key}{near.en or '; mulu validate --show-settings lists them'}",
            )
        else:
            setting = known[key]
            assert setting.name is not None
            read = _value(found, setting, key, value, ctx)
            if setting.name in own:
                values[setting.name] = read
    return values


def _value(found: Found, setting: Setting, key: str, value: Any, ctx: click.Context) -> Any:
    if setting.table is not None:
        if not isinstance(value, dict) or any(isinstance(item, dict | list) for item in value.values()):
            raise found.fault(key, f"{key} 应为一张表：[{key}]", f"{key} must be a table: [{key}]")
        return tuple(f"{name}={item}" for name, item in value.items())
    if setting.is_flag:
        if not isinstance(value, bool):
            raise found.fault(key, f"{key} 应为 true 或 false", f"{key} must be true or false")
        return value
    if key == "waivers" and isinstance(value, list) and any(isinstance(item, dict) for item in value):
        # They stand in the file itself.
        return (os.path.relpath(found.path),)
    items = value if setting.multiple and isinstance(value, list) else [value]
    if isinstance(value, list) and not setting.multiple:
        raise found.fault(key, f"{key} 只能有一个值", f"{key} takes a single value")
    wanted = int if isinstance(setting.type, click.types.IntParamType) else str
    if any(not isinstance(item, wanted) or isinstance(item, bool) for item in items):
        zh, en = ("整数", "a whole number") if wanted is int else ("文字", "a text")
        raise found.fault(key, f"{key} 应为{zh}，不是 {shown(value)}", f"{key} must be {en}, not {shown(value)}")
    placed = tuple(_below(found, setting, key, item) for item in items)
    for item in placed:
        try:
            setting.type.convert(item, setting, ctx)
        except click.BadParameter as error:
            text = of_click(error.message) or Text(error.message.rstrip("."), error.message.rstrip("."))
            raise found.fault(key, f"{key} 的值不对：{text.zh}", f"{key}: {text.en}") from None
    return placed if setting.multiple else placed[0]


def _below(found: Found, setting: Setting, key: str, item: Any) -> Any:
    """Return a path as seen from the working directory; in the file it is seen from the file's own folder.

    Raises `BadSettings` for one that leaves the folder of a file that the user did not name.
    """
    name, colon, path = item.partition(":") if setting.key == "format" else ("", "", item)
    if not (colon or isinstance(setting.type, click.Path)):
        return item
    folder = found.path.parent
    if not (found.is_named or _is_within(folder, path)):
        raise found.fault(
            key,
            f"{key} 的路径 {shown(path)} 是绝对路径，或向上、经链接通到设置文件的文件夹之外，或在 .git 中；"
            "没有用 --config 指名的设置文件只能写自己文件夹内的路径：请改写，或写在命令行上，或用 --config 指名该文件",
            f"the path {shown(path)} of {key} is absolute, leads out of the folder of the settings file (upward or "
            "through a link), or lies in .git; a settings file that was found rather than named with --config may "
            "only use paths in its own folder: change the path, give it on the command line, or name the settings "
            "file with --config",
        )
    return f"{name}{colon}{path if Path(path).is_absolute() else os.path.relpath(folder / path)}"


def _is_within(folder: Path, path: str) -> bool:
    """Whether a path leads to what is in a folder and is not git's: neither absolute nor upward nor through a link."""
    if Path(path).is_absolute() or ".." in Path(path).parts:
        return False
    try:
        root = Path(os.path.realpath(folder))
        place = Path(os.path.realpath(folder / path))
    except ValueError:
        # A character that no path can have.
        return False
    return place.is_relative_to(root) and ".git" not in map(str.casefold, place.relative_to(root).parts)


def _tell_of_environment(ctx: click.Context) -> None:
    """Say of each variable `MULU_…` that nothing reads; another program may own it, so it is no error."""
    known = [*(item.envvar for item in _known().values()), *_OWN]
    for name in sorted(os.environ):
        if name.startswith("MULU_") and name not in known:
            near = did_you_mean(name, [str(item) for item in known])
            console.complain(
                say(
                    f"环境变量 {name} 不是 mulu 的设置{near.zh}",
                    f"the environment variable {name} is not a mulu setting{near.en}",
                )
            )


def said(name: str) -> bool:
    """Whether the command line itself gives the parameter of that name."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE


def placed(error: WrongSetting) -> UsageFault | BadSettings:
    """Return the error with the line of the file, if it is the file that says so."""
    ctx = click.get_current_context()
    found: Found | None = ctx.meta.get(_FOUND)
    setting = _known().get(error.setting)
    if found is None or setting is None or setting.name is None or error.setting not in found.values:
        return error
    if ctx.get_parameter_source(setting.name) is ParameterSource.DEFAULT_MAP or setting.table:
        value = found.values[error.setting]
        if error.item in ([value] if isinstance(value, str) else value):
            return found.fault(f"{error.setting}/{error.item}", error.zh, error.en)
    return error


def setting_lines() -> Iterator[str]:
    """Yield each setting of the running command as a line of TOML, with where it comes from behind it."""
    ctx = click.get_current_context()
    found: Found | None = ctx.meta.get(_FOUND)
    rows: list[tuple[str, str | None, str]] = [("lang", f'"{console.language()}"', _lang_source(found))]
    for param in ctx.command.params:
        if isinstance(param, Setting) and param.name is not None:
            rows.append((param.key, _toml(param, ctx.params[param.name]), _source(ctx, param, found)))
    yield f"# {_shown(found.path)}" if found else say("# 没有设置文件", "# no settings file")
    for key, value, source in sorted(rows):
        line = f"{key} = {value}" if value is not None else f"# {key}"
        yield clean(f"{line:<44}  # {source}")


def _source(ctx: click.Context, param: Setting, found: Found | None) -> str:
    assert param.name is not None
    source = ctx.get_parameter_source(param.name)
    line = found.line(param.key) if found is not None and param.key in found.values else None
    file = f"{_shown(found.path)}:{line}" if found is not None and line else ""
    if source is ParameterSource.DEFAULT_MAP:
        return file
    first = {
        ParameterSource.COMMANDLINE: say("命令行", "command line"),
        ParameterSource.ENVIRONMENT: str(param.envvar),
    }.get(source or ParameterSource.DEFAULT, say("默认", "default"))
    return f"{first}, {file}" if param.table and file else first


def _lang_source(found: Found | None) -> str:
    source = console.language_source()
    if source == "file" and found is not None:
        return f"{_shown(found.path)}:{found.line('lang')}"
    return {"option": say("命令行", "command line"), "environment": say("环境", "environment")}.get(source, source)


def _toml(param: Setting, value: Any) -> str | None:
    """Return the value of a parameter as TOML; `None` if there is none."""
    if value is None or (param.multiple and not value):
        return None
    if param.table:
        pairs = (item.partition("=") for item in value)
        return "{ " + ", ".join(f"{orjson.dumps(n).decode()} = {orjson.dumps(v).decode()}" for n, _, v in pairs) + " }"
    plain = [str(item) if isinstance(item, Path) else item for item in (value if param.multiple else [value])]
    texts = [orjson.dumps(item).decode() for item in plain]
    return f"[{', '.join(texts)}]" if param.multiple else texts[0]


def _shown(path: Path) -> str:
    """Return a path as seen from the working directory if it is not far above it."""
    try:
        near = os.path.relpath(path)
    except ValueError:
        return str(path)
    return near if near.count("..") <= 3 else str(path)
