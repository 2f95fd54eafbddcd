"""A packed standard is the standard; a hostile or changed one is refused and leaves nothing behind."""

import hashlib
import io
import shutil
import stat
import tempfile
import zipfile
from pathlib import Path

import pytest

from mulu.cli import run
from mulu.errors import BadStandard
from mulu.publish.begin import begin
from mulu.publish.pack import pack, unpack
from mulu.standard import load

ROOT = Path(__file__).parents[2]


def packed(folder):
    """Return a standard as one file's bytes."""
    stream = io.BytesIO()
    pack(folder, stream)
    return stream.getvalue()


@pytest.fixture
def parks(tmp_path):
    """Return the folder of a small standard."""
    begin("parks", tmp_path / "parks")
    return tmp_path / "parks"


def test_same_standard_comes_out(tmp_path):
    """What is packed and unpacked is the same standard, to the byte, and packs to the same bytes again."""
    data = packed(None)
    (tmp_path / "a.zip").write_bytes(data)
    (tmp_path / "out").mkdir()
    unpack(tmp_path / "a.zip", tmp_path / "out")
    assert load(tmp_path / "out").sha256 == load().sha256
    assert packed(tmp_path / "out") == data


def test_checksums_are_those_of_sha256sum(parks):
    """Anybody can check the files without mulu."""
    with zipfile.ZipFile(io.BytesIO(packed(parks))) as archive:
        for line in archive.read("SHA256SUMS").decode().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
        assert len(archive.namelist()) > 5


def test_profile_goes_with_what_lies_inside_it(parks, tmp_path):
    """A standard inside the folder goes along, one that extends the built-in stays small; both load again."""
    shutil.copytree(parks, parks / "base")
    text = (parks / "standard.toml").read_text("utf-8")
    (parks / "standard.toml").write_text(text.replace('id = "parks"', 'id = "city"\nextends = "base"'), "utf-8")
    for path in (parks / "schemas").glob("*.schema.json"):
        path.unlink()
    for name, folder, roots in (("a", parks, 2), ("b", ROOT / "profiles/zhejiang", 2)):
        (tmp_path / f"{name}.zip").write_bytes(packed(folder))
        (tmp_path / name).mkdir()
        unpack(tmp_path / f"{name}.zip", tmp_path / name)
        assert len(load(tmp_path / name).roots) == roots
        assert load(tmp_path / name).sha256 == load(folder).sha256


def test_commands_take_a_packed_standard(parks, tmp_path, monkeypatch, capsys):
    """`--standard FILE.zip` is as good as the folder, and nothing is left of it afterwards."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    target = str(tmp_path / "标准 包.zip")
    assert run(["standard", "pack", str(parks), "-o", target]) == 0
    assert run(["schema", "example", "--standard", target]) == 0
    assert run(["rules", "--standard", target]) == 0
    assert "ended-before-started" in capsys.readouterr().out
    assert run(["standard", "check", target]) == 0
    assert run(["standard", "diff", str(parks), target]) == 0
    assert list((tmp_path / "t").iterdir()) == []


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("schemas/example.schema.json", "{"),
        ("schemas/codes/example-type.csv", "code;title\n"),
        ("schemas/statistics/share.yaml", "id: ["),
        ("validators/date/ended-before-started.yaml", "id: ["),
        ("converters/example-table/mapping.yaml", "reads: table\nfields: ["),
    ],
)
def test_broken_standard_is_not_packed(part, text, parks, tmp_path):
    """What cannot be used is not handed on, whichever part it is, and no file is left."""
    (parks / part).parent.mkdir(exist_ok=True)
    (parks / part).write_text(text, "utf-8")
    target = tmp_path / "a.zip"
    assert run(["standard", "pack", str(parks), "-o", str(target)]) == 2
    assert not target.exists()


def test_links_are_not_packed(parks, tmp_path):
    """A link in a folder might lead to a secret."""
    (tmp_path / "secret.csv").write_text("secret", "utf-8")
    (parks / "schemas/codes/x.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(BadStandard):
        packed(parks)


def remade(data, change, sums=True):
    """Return a packed standard with its members changed; `sums` gives the checksums of what is then in it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    infos = change(members) or {}
    if sums:
        listed = {name: content for name, content in members.items() if name != "SHA256SUMS"}
        lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in listed.items()]
        members["SHA256SUMS"] = "".join(lines).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(infos.get(name, name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def link(members):
    """Add a symbolic link."""
    info = zipfile.ZipInfo("schemas/codes/link.csv")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    members[info.filename] = b"/etc/passwd"
    return {info.filename: info}


HOSTILE = {
    "upwards": (lambda m: m.update({"schemas/../../evil.txt": b"x"}), True),
    "absolute": (lambda m: m.update({"/tmp/evil.txt": b"x"}), True),
    "drive": (lambda m: m.update({"C:/schemas/evil.txt": b"x"}), True),
    "backslash": (lambda m: m.update({"schemas\\evil.txt": b"x"}), True),
    "device": (lambda m: m.update({"schemas/codes/NUL.csv": b"x"}), True),
    "dot at the end": (lambda m: m.update({"schemas/codes./a.csv": b"x"}), True),
    "beside the standard": (lambda m: m.update({"run.py": b"x"}), True),
    "very long": (lambda m: m.update({f"schemas/{'a' * 300}": b"x"}), True),
    "same but for case": (lambda m: m.update({"STANDARD.toml": b"x"}), True),
    "link": (link, True),
    "bomb": (lambda m: m.update({"schemas/codes/a.csv": b"0" * (300 * 2**20)}), True),
    "changed": (lambda m: m.update({"standard.toml": m["standard.toml"] + b"\n"}), False),
    "further file": (lambda m: m.update({"schemas/codes/more.csv": b"code"}), False),
    "file gone": (lambda m: m.pop("standard.toml") and None, False),
    "no header": (lambda m: m.pop("standard.toml") and None, True),
    "no checksums": (lambda m: m.pop("SHA256SUMS") and None, False),
    "checksums are no text": (lambda m: m.update({"SHA256SUMS": b"\xff\xfe"}), False),
    "checksums repeat": (lambda m: m.update({"SHA256SUMS": m["SHA256SUMS"] * 2}), False),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pack_is_refused(name, parks, tmp_path):
    """Nothing is written anywhere, not even the files that are in order, and the message is one line."""
    change, sums = HOSTILE[name]
    path = tmp_path / "hostile.zip"
    path.write_bytes(remade(packed(parks), change, sums))
    out = tmp_path / "out"
    out.mkdir()
    before = {item.name for item in tmp_path.iterdir()}
    with pytest.raises(BadStandard) as caught:
        unpack(path, out)
    assert list(out.iterdir()) == [] and {item.name for item in tmp_path.iterdir()} == before
    assert "\n" not in caught.value.en and caught.value.zh
    assert run(["rules", "--standard", str(path)]) == 2


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 18, b"id = 1"])
def test_what_is_no_pack_is_refused(data, tmp_path):
    """An empty file, a torn one, an empty archive, another file."""
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    with pytest.raises(BadStandard):
        unpack(path, tmp_path)


@pytest.mark.parametrize("content", [b"", b'id = "parks"\n', b'{"kind": "resource"}\n'])
def test_another_file_is_told_to_be_no_standard(content, tmp_path):
    """Whoever names `standard.toml` or a catalog is not told of a damaged archive."""
    path = tmp_path / "standard.toml"
    path.write_bytes(content)
    with pytest.raises(BadStandard, match="neither the folder of a standard nor a package"):
        unpack(path, tmp_path / "out")


def test_a_packed_standard_is_packed_again(tmp_path):
    """It is what `--standard` names, so it is a standard here, too; the same files give the same bytes."""
    first, second, third = (tmp_path / name for name in ("a.zip", "b.zip", "c.zip"))
    assert run(["standard", "pack", "-o", str(first)]) == 0
    assert run(["standard", "pack", "--standard", str(first), "-o", str(second)]) == 0
    settings = tmp_path / "mulu.toml"
    settings.write_text('standard = "a.zip"\n', "utf-8")
    assert run(["standard", "pack", "--config", str(settings), "-o", str(third)]) == 0
    assert first.read_bytes() == second.read_bytes() == third.read_bytes()
