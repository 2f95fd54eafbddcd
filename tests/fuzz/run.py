"""A mutation fuzzer: `python tests/fuzz/run.py --count 100000 --seed 1`, and the same with `--of standards`.

Each mutant of a small good file (of each family, and the samples of the converters) is read, whatever it is, and what
was read is converted and held to the schemas. With `--of standards` the mutants are of rules, mappings and code lists,
and are loaded. The verdict must be a result or a refusal in words: any other exception, a signal, more than 20 seconds
or 2 GiB is a crash, is told with its number, and makes the exit code 1. A mutant depends on seed and number alone.
"""

import argparse
import io
import mmap
import os
import random
import resource
import signal
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from mulu.convert import known, open_source, place  # noqa: E402
from mulu.errors import MuluError  # noqa: E402
from mulu.pointer import pointer_of  # noqa: E402
from mulu.readers import isolated, open_bytes  # noqa: E402
from mulu.standard import load  # noqa: E402
from mulu.standard.codes import read_code_list  # noqa: E402
from mulu.standard.mapping_reader import read_mapping  # noqa: E402
from mulu.standard.rules import read_rule  # noqa: E402
from mulu.validate.structure import Structure  # noqa: E402

BATCH = 500
SECONDS, MEMORY = 20, 2 * 2**30
WORDS = [
    *(
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b'"',
        b"'",
        b"\n",
        b"\r",
        b",",
        b"\\",
        b"[",
        b"{",
        b"<",
        b"&",
        b"*",
    ),
    *(b"\\u0000", b"\\ud800", b"1e999", b"NaN", b"-1", b"9999999999999999999999", b"<!DOCTYPE a>", b"<!--", b"]]>"),
    *(b"&#0;", b"<table>", b"<td colspan=9999>", b"&a [*a]", b"!!x", b"<<: *a", b"---\n", b"PK\x03\x04", b"\x7f" * 4),
    *(b'r="XFD1048576"', b't="s"', b"\x81\x30\x81\x30", b"\xe2\x80\xae", b"\x1b[31m"),
]


STANDARD = load()
STRUCTURE = Structure(STANDARD)
KNOWN = known(STANDARD)


def parts():
    """Return good files of a standard, by where they stand in it."""
    rules = sorted((ROOT / "validators").glob("*/*.yaml"))[::20]
    mappings = sorted((ROOT / "converters").glob("*/mapping.yaml"))
    lists = [path for path in sorted((ROOT / "schemas" / "codes").glob("*.csv")) if path.stat().st_size < 5_000][::10]
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in (*rules, *mappings, *lists)}


def seeds():
    """Return good files, by name."""
    found = {}
    for path in sorted([*(ROOT / "examples").iterdir(), *(ROOT / "converters").glob("*/sample.*")]):
        if path.suffix != ".md" and path.stat().st_size < 200_000:
            found[f"{path.parent.name}/{path.name}"] = path.read_bytes()
    found["a.yaml"] = "kind: resource\ntitle: &a 甲\nx-a: [*a, {b: 1, c: 'd'}]\n".encode()
    found["a.html"] = "<html><table><tr><th rowspan=2>名称<th>代码<tr><td>甲&amp;<td>1</table></html>".encode()
    found["a.gbk.csv"] = '信息资源名称,信息资源代码\n甲,1\n"乙",2\n'.encode("gb18030")
    return found


def mutant(chance, files):
    """Return name and bytes of a changed file; of a workbook a part is changed as often as the archive."""
    name = chance.choice(sorted(files))
    data = files[name]
    if data.startswith(b"PK") and chance.random() < 0.7:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {part: archive.read(part) for part in archive.namelist()}
        part = chance.choice(sorted(parts))
        parts[part] = changed(chance, parts[part], files)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for each, content in parts.items():
                archive.writestr(each, content)
        return name, buffer.getvalue()
    return name, changed(chance, data, files)


def changed(chance, data, files):
    """Return data after a few changes."""
    whole = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(whole) + 1)
        length = chance.choice((1, 1, 2, 8, 64, 1024))
        how = chance.randrange(7)
        if how == 0:
            whole[at : at + 1] = bytes([chance.randrange(256)])
        elif how == 1:
            del whole[at : at + length]
        elif how == 2:
            whole[at:at] = whole[at : at + length] * chance.choice((1, 2, 50))
        elif how == 3:
            whole[at:at] = chance.choice(WORDS) * chance.choice((1, 1, 100))
        elif how == 4:
            del whole[at:]
        elif how == 5:
            whole[at : at + length] = chance.randbytes(length)
        else:
            other = files[chance.choice(sorted(files))]
            start = chance.randrange(len(other))
            whole[at:at] = other[start : start + length]
    return bytes(whole[: 2**20])


def inspect(name, data):
    """Read a file whole, ask where its values stand, and convert it; raises what is raised against their word."""
    try:
        document = open_bytes(data, name, known=KNOWN)
        for item in document.items():
            document.place((item.index, ""))
        for sheet in document.sheets:
            for row in sheet.rows[:20]:
                document.place((sheet.index, row.number, len(row.cells)))
        for notice in document.notices[:50]:
            if notice.ref is not None:
                document.place(notice.ref)
        for sourced in open_source(document, STANDARD):
            for fault in STRUCTURE.faults(sourced.entry)[:20]:
                place(document, sourced.origin, pointer_of(fault.path))
    except MuluError as refusal:
        assert refusal.zh and refusal.en and "内部错误" not in refusal.zh, refusal.zh


def load_part(name, data):
    """Load a file of a standard, with its examples if it is a rule; raises what a loader raises against its word."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        try:
            if name.startswith("validators/"):
                rule = read_rule(path, set(STANDARD.levels), STANDARD.examples)
                assert rule.passes is not None and rule.fails is not None
            elif name.startswith("converters/"):
                read_mapping(path, (ROOT, Path(folder)))
            else:
                read_code_list(path)
        except MuluError as refusal:
            assert refusal.zh and refusal.en, refusal


def work(numbers, seed, files, now, inspect):
    """Try some mutants in this, a forked, process; leaves with 1 at the first that ends as it should not."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The process that would be lost is this one: a child for each mutant would only take time.
    isolated.read = lambda function, *arguments: function(*arguments)
    for number in numbers:
        now[:8] = number.to_bytes(8, "little")
        signal.alarm(SECONDS)
        name, data = mutant(random.Random(f"{seed}.{number}"), files)
        try:
            inspect(name, data)
        except Exception as error:
            print(f"mutant {number} of {name}: {type(error).__name__}: {error}"[:300], flush=True)
            os._exit(1)
    os._exit(0)


def main(arguments=None):
    """Run; return how many mutants were no good."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--of", choices=("readers", "standards"), default="readers", help="what is given the mutants")
    parser.add_argument("--first", type=int, default=0, help="the number of the first mutant")
    wanted = parser.parse_args(arguments)
    files, tried = (seeds(), inspect) if wanted.of == "readers" else (parts(), load_part)
    now = mmap.mmap(-1, 8)
    number, last, bad = wanted.first, wanted.first + wanted.count, 0
    while number < last:
        batch = range(number, min(number + BATCH, last))
        pid = os.fork()
        if not pid:
            work(batch, wanted.seed, files, now, tried)
        _, status = os.waitpid(pid, 0)
        number = batch.stop
        if status:
            bad += 1
            number = int.from_bytes(now[:8], "little") + 1
            if os.WIFSIGNALED(status):
                print(f"mutant {number - 1}: signal {os.WTERMSIG(status)}", flush=True)
    print(f"{wanted.count} mutants of {len(files)} files, seed {wanted.seed}: {bad} crashes")
    return bad


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
