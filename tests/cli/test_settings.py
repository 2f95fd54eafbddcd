"""Settings: where they are found, who goes first, and that a slip of the pen is told with its line."""

import io
import subprocess
import sys
from pathlib import Path

import click
import orjson
import pytest

from mulu.cli.settings import Setting
from mulu.standard import load


def settings_of(mulu, *arguments):
    """Return each setting as `--show-settings` prints it: key -> (value, source)."""
    result = mulu("validate", "--show-settings", "--lang", "en", *arguments)
    assert result.code == 0, result.err
    lines = [line for line in result.out.splitlines() if " = " in line]
    pairs = [(line.partition(" = ")[0], line.partition(" = ")[2].rsplit("  # ", 1)) for line in lines]
    return {key: (value.strip(), source) for key, (value, source) in pairs}


def write(name, text):
    """Write a file of settings."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_command_line_environment_file_default(mulu, monkeypatch):
    """Each goes before the next, and the source of each is told."""
    assert settings_of(mulu)["fail-on"] == ('"error"', "default")
    write("mulu.toml", '# 设置\nfail-on = "info"\nlevel = "share"\n')
    assert settings_of(mulu)["fail-on"] == ('"info"', "mulu.toml:2")
    monkeypatch.setenv("MULU_FAIL_ON", "warning")
    assert settings_of(mulu)["fail-on"] == ('"warning"', "MULU_FAIL_ON")
    assert settings_of(mulu, "--fail-on", "never")["fail-on"] == ('"never"', "command line")
    assert settings_of(mulu)["level"] == ('"share"', "mulu.toml:3")
    assert "level" not in settings_of(mulu, "--isolated")


def test_tables_are_put_together_name_by_name(mulu):
    """What the command line says of one limit leaves the others of the file as they are."""
    write("mulu.toml", "[limits]\ndepth = 10\ncells = 20\n")
    value, source = settings_of(mulu, "--limit", "depth=30")["limits"]
    assert value == '{ "cells" = "20", "depth" = "30" }' and source == "command line, mulu.toml:1"


def test_the_nearest_file_upward_counts(mulu, monkeypatch, tmp_path):
    """In one folder mulu.toml goes first, a pyproject.toml without a table of ours is passed over."""
    write("pyproject.toml", '[tool.mulu]\nlevel = "share"\n')
    (tmp_path / "a" / "b").mkdir(parents=True)
    write("a/pyproject.toml", "[project]\nname = 'x'\n")
    monkeypatch.chdir(tmp_path / "a" / "b")
    assert settings_of(mulu)["level"] == ('"share"', "../../pyproject.toml:2")
    write(tmp_path / "a" / ".mulu.toml", 'level = "register"\n')
    assert settings_of(mulu)["level"] == ('"register"', "../.mulu.toml:1")
    write(tmp_path / "a" / "mulu.toml", 'level = "interoperate"\n')
    assert settings_of(mulu)["level"] == ('"interoperate"', "../mulu.toml:1")
    # What lies outside of a repository does not govern it.
    (tmp_path / "a" / "b" / ".git").mkdir()
    assert "level" not in settings_of(mulu)


def test_what_is_handed_in_does_not_say_how_it_is_judged(mulu, catalog, good):
    """A file of settings beside the catalog is not read unless mulu runs there."""
    del good["publisher"]
    catalog(good)
    write("in/mulu.toml", 'ignore = ["missing-property"]\n')
    Path("目录.jsonl").rename("in/目录.jsonl")
    assert mulu("validate", "in").code == 1
    assert mulu("validate", "in", "--config", "in/mulu.toml").code == 0


def test_paths_are_seen_from_the_file(mulu, catalog, good, monkeypatch, tmp_path):
    """Reports, baseline and standard stand where the file says, wherever mulu runs below it."""
    name = tmp_path / catalog(good)
    write("mulu.toml", 'format = "json:报告.json"\nquiet = true\n')
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    assert mulu("validate", name).code == 0
    assert orjson.loads((tmp_path / "报告.json").read_bytes())["summary"]["entries"] == 1


@pytest.mark.parametrize(
    "text",
    [
        'format = ["text", "json:../r.json"]',
        'format = "json:{outside}/r.json"',
        'format = "json:deep/../../r.json"',
        'format = "json:link/r.json"',
        'format = "json:link.json"',
        'format = "json:.GIT/config"',
        'format = "json:a\\u0000b"',
        'standard = "../own"',
        'baseline = "link/b.json"',
        'waivers = ["w.toml", "{outside}/w.toml"]',
    ],
)
def test_a_file_that_nobody_named_says_paths_of_its_own_folder_only(mulu, catalog, good, monkeypatch, tmp_path, text):
    """That of a stranger's checkout could have anything written over, or read into a report."""
    name, outside = tmp_path / catalog(good), tmp_path / "outside"
    outside.mkdir()
    write("in/mulu.toml", text.format(outside=outside))
    monkeypatch.chdir(tmp_path / "in")
    Path("a/b").mkdir(parents=True)
    Path("deep").symlink_to("a/b")
    Path("link").symlink_to(outside)
    Path("link.json").symlink_to(outside / "r.json")
    for language in ("zh", "en"):
        result = mulu("validate", name, "--lang", language)
        assert result.code == 2 and result.err.startswith("mulu: mulu.toml:1:") and "--config" in result.err
    assert not [*outside.iterdir()] and not (tmp_path / "r.json").exists()


def test_a_file_that_is_named_says_any_path(mulu, catalog, good):
    """Whoever names it answers for it."""
    write("in/mulu.toml", 'format = "json:../r.json"\nquiet = true\n')
    assert mulu("validate", catalog(good), "--config", "in/mulu.toml").code == 0
    assert orjson.loads(Path("r.json").read_bytes())["summary"]["entries"] == 1


def test_settings_reach_every_command(mulu, good, tmp_path):
    """The standard and the language of the file are those of `explain` and `rules` as well."""
    assert mulu("standard", "new", "own").code == 0
    write("mulu.toml", 'standard = "own"\nlang = "en"\n')
    out = mulu("rules", "date").out
    assert "ended-before-started" in out
    # MULU_LANG, which the tests set, goes before the file.
    assert "结束早于开始" in out
    assert mulu("standard", "new", "other").code == 0 and mulu("standard", "check", "other").code == 0


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('\nlevle = "share"', 2, "是不是 level？"),
        ('fail-on = "eror"', 1, "fail-on"),
        ('level = "shar"', 1, "是不是 share？"),
        ("level = 3", 1, "文字"),
        ('level = ["share"]', 1, "一个值"),
        ('quiet = "yes"', 1, "true"),
        ("waiver-days = true", 1, "整数"),
        ("only = [1]", 1, "文字"),
        ('\n\nonly = ["duplicate-titel"]', 3, "duplicate-title"),
        ('ignore = ["duplicate-titel"]', 1, "duplicate-title"),
        ('[severity]\nduplicate-titel = "info"', 2, "duplicate-title"),
        ('[severity]\nduplicate-title = "fatal"', 2, "fatal"),
        ("[levels]\nshare = 'soon'", 2, "soon"),
        ("[levels]\nshar = 2027-01-01", 2, "是不是 share？"),
        ("[limits]\ndepht = 3", 2, "depth"),
        ("limits = 3", 1, "[limits]"),
        ("level = ", 1, "TOML"),
        ('lang = "fr"', 1, "zh"),
    ],
)
def test_a_slip_is_told_with_its_line(mulu, catalog, good, text, line, said):
    """Wrong settings exit 2 and name file, line and what was meant."""
    write("mulu.toml", text)
    result = mulu("validate", catalog(good))
    assert result.code == 2 and result.err.startswith(f"mulu: mulu.toml:{line}:") and said in result.err
    assert "Traceback" not in result.err and result.err.count("\n") == 1
    assert mulu("validate", "目录.jsonl", "--isolated").code == 0


def test_an_unknown_variable_is_told(mulu, catalog, good, monkeypatch):
    """It may belong to another program, so that it is no error; but a misspelt one is not passed over in silence."""
    monkeypatch.setenv("MULU_LEVLE", "share")
    result = mulu("validate", catalog(good))
    assert result.code == 0 and "MULU_LEVEL" in result.err


def test_rules_can_be_left_out_and_made_graver(mulu, catalog, good):
    """What is left out is said; a severity of the settings decides as one of the rule."""
    good["title"] = "个体工商户登记信息.xlsx"
    name = catalog(good)
    assert mulu("validate", name, "--fail-on", "warning").code == 1
    rule = next(
        item["rule"]
        for item in orjson.loads(mulu("validate", name, "-f", "json").out)["findings"]
        if item["status"] == "new"
    )
    assert mulu("validate", name, "--severity", f"{rule}=error").code == 1
    left = mulu("validate", name, "--fail-on", "info", "--ignore", rule)
    assert left.code == 0 and f"没有检查：{rule}" in left.out


def test_since_needs_git(mulu, catalog, good, tmp_path, monkeypatch):
    """A file that git does not know, a revision that is not there, and standard input are refused in words."""
    name = catalog(good)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}")))
    for arguments in ([name], ["-"]):
        result = mulu("validate", *arguments, "--since", "HEAD")
        assert result.code == 2 and "Traceback" not in result.err
    run = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run(["git", "init", "-q", "."], check=True)
    assert "git add" in mulu("validate", name, "--since", "HEAD").err
    subprocess.run(["git", "add", "-A"], check=True)
    subprocess.run([*run, "commit", "-qm", "x"], check=True)
    assert mulu("validate", name, "--since", "HEAD").code == 0
    for revision in ("nosuch", "--output=x", "HEAD:x"):
        assert mulu("validate", name, f"--since={revision}").code == 2
    assert not (tmp_path / "x").exists()


def test_since_judges_what_has_changed_and_sees_the_rest(mulu, catalog, good, tmp_path, monkeypatch):
    """A code that a new entry shares with an old one is found at the new one, from whatever folder it is asked."""
    old = good | {"accrualPeriodicity": "随时"}
    name = catalog(old)
    subprocess.run(["git", "init", "-q", "."], check=True)
    subprocess.run(["git", "add", "-A"], check=True)
    subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@x.org", "commit", "-qm", "x"], check=True)
    new = good | {"title": "农民专业合作社登记信息"}
    catalog(new, dict(reversed(old.items())))
    monkeypatch.chdir("/")
    result = mulu("validate", tmp_path / name, "--since", "HEAD", "--level", "share", "-f", "json")
    report = orjson.loads(result.out)
    found = {(item["rule"], item["name"], item["status"]) for item in report["findings"]}
    assert ("duplicate-identifier", new["title"], "new") in found
    assert ("duplicate-identifier", old["title"], "unchanged") in found
    assert ("value-not-in-code-list", old["title"], "unchanged") in found and result.code == 1


def test_since_reads_the_older_file_as_it_reads_the_newer(mulu, tmp_path):
    """XML whose prefixes are not those of the mapping has not changed if nothing in it has."""
    sample = load().mappings["iso19139"].folder / "sample.xml"
    text = sample.read_text("utf-8").replace("gmd:", "x:").replace("xmlns:gmd=", "xmlns:x=")
    (tmp_path / "a.xml").write_text(text, "utf-8")
    subprocess.run(["git", "init", "-q", "."], check=True)
    subprocess.run(["git", "add", "-A"], check=True)
    subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@x.org", "commit", "-qm", "x"], check=True)
    report = orjson.loads(mulu("validate", "a.xml", "--since", "HEAD", "-f", "json").out)
    assert {item["status"] for item in report["findings"]} == {"unchanged", "outlook"}


def test_an_option_that_only_has_the_name_of_a_setting_is_none(mulu):
    """The level of a run says nothing of the template that is written, or of the versions that are compared."""
    assert mulu("standard", "template", "resource", "-o", "一.xlsx").code == 0
    write("mulu.toml", 'level = "interoperate"\n')
    assert mulu("standard", "template", "resource", "-o", "二.xlsx").code == 0
    assert Path("一.xlsx").read_bytes() == Path("二.xlsx").read_bytes()
    write("mulu.toml", 'level = "nothing"\n')
    root, catalog = str(load().roots[0]), "a.json"
    Path(catalog).write_bytes(orjson.dumps([load().examples["organization"]]))
    assert mulu("standard", "impact", root, root, catalog).code == 0
    assert mulu("standard", "migrate", root, root, catalog, "-o", "b.jsonl").code == 0
    # It is a setting all the same, and wrong.
    write("mulu.toml", "level = 1\n")
    assert mulu("standard", "impact", root, root, catalog).code == 2


@pytest.mark.parametrize("page", ["ci.md", "ci.zh.md"])
def test_what_is_no_setting_is_documented(page):
    """The page that says that all options of `validate` are settings names those that are not."""
    from mulu.cli.validate import command

    options = [param for param in command.params if isinstance(param, click.Option)]
    names = {max(option.opts, key=len) for option in options if not isinstance(option, Setting)}
    # What says where settings stand is told beside it.
    names -= {"--config", "--isolated", "--lang"}
    text = (load().roots[0] / "docs" / page).read_text("utf-8")
    line = next(line for line in text.splitlines() if "`--show-settings`" in line and "`--date`" in line)
    assert {name for name in names if f"`{name}`" not in line} == set()
