"""What options say that hold more than one word, read: `--limit`, `--level-date`, `--severity`, `--set`."""

from datetime import date

from mulu.cli.settings import placed
from mulu.errors import UsageFault, WrongSetting
from mulu.limits import Limits


def limits_of(given: tuple[str, ...]) -> Limits:
    """Return the limits that `--limit` sets; raises `UsageFault`."""
    asked = {name: number for name, _, number in (item.partition("=") for item in given)}
    for name, number in asked.items():
        try:
            Limits.of({name: number})
        except UsageFault as error:
            raise placed(WrongSetting("limits", name, error.zh, error.en)) from None
    return Limits.of(asked)


def dates_of(given: tuple[str, ...]) -> dict[str, date]:
    """Return what `--level-date` says; raises `UsageFault` if something is not LEVEL=YYYY-MM-DD."""
    found: dict[str, date] = {}
    for item in given:
        name, _, day = item.partition("=")
        try:
            found[name] = date.fromisoformat(day)
        except ValueError:
            raise placed(
                WrongSetting(
                    "levels",
                    name,
                    f"--level-date {item} 写法不对；应为 级别=2027-01-01",
                    f"invalid --level-date {item}; write LEVEL=YYYY-MM-DD, such as share=2027-01-01",
                )
            ) from None
    return found


def severities_of(given: tuple[str, ...]) -> dict[str, str]:
    """Return what `--severity` says; raises `UsageFault` if something is not RULE=SEVERITY."""
    for item in given:
        if "=" not in item:
            raise UsageFault(
                f"--severity {item} 写法不对；应为 规则=程度",
                f"invalid --severity {item}; write RULE=SEVERITY, such as duplicate-title=error",
            )
    return {name: severity for name, _, severity in (item.partition("=") for item in given)}


def given_of(given: tuple[str, ...]) -> dict[tuple[str, ...], str]:
    """Return what `--set` says; raises `UsageFault` if something is not PROPERTY=TEXT."""
    found: dict[tuple[str, ...], str] = {}
    for item in given:
        name, equals, text = item.partition("=")
        path = tuple(name.split("."))
        if not equals or not text.strip() or not all(path) or path in found:
            raise UsageFault(
                f"--set {item} 写法不对；应为 属性=文字，每个属性一次；属性名见 mulu explain",
                f"invalid --set {item}; write PROPERTY=TEXT, each property once; mulu explain shows the property names",
            )
        found[path] = text
    return found
