"""Files of a few MiB in which there is more to say than anyone would read."""

import json


def samples():
    """Yield name, file, bytes, and what must be said."""
    yield "broken-lines", "a.jsonl", b"{\n" * 3_000_000, "limit notices"
    yield "empty-objects", "a.jsonl", b"{}\n" * 3_000_000, "not recognised"
    yield "numbers", "a.jsonl", b"1\n" * 3_000_000, ""
    yield (
        "unknown-kinds",
        "a.jsonl",
        b"".join(b'{"kind":"k%d"}\n' % number for number in range(150_000)),
        "limit findings",
    )
    yield "short-lines", "a.jsonl", b'{"kind":"resource","id":1}\n' * 120_000, "limit findings"
    yield "repeated-keys", "a.jsonl", b'{"kind":"resource","a":1,"a":2,"a":3}\n' * 60_000, "limit findings"
    names = {f"unknown{number}": number for number in range(9_000)}
    yield "unknown-keys", "a.jsonl", json.dumps({"kind": "resource", **names}).encode() + b"\n", ("unknown-property",)
    yield (
        "unknown-keys-in-lines",
        "a.jsonl",
        (json.dumps({"kind": "resource", **names}) + "\n").encode() * 40,
        "limit findings",
    )
    yield "array", "a.json", json.dumps([{"kind": "resource", "id": 1}] * 100_000).encode(), "limit findings"
    head = b'[{"kind":"resource"},'
    yield "array-of-brackets", "a.json", head + b"[" * 9_000_000, "limit depth"
    yield "array-of-a-text-without-end", "a.json", head + b'"' + b'\\"' * 4_600_000, "invalid JSON"
    yield "array-of-numbers", "a.json", head + b"1," * 1_000_000 + b"1]", "limit findings"
    row = "信息资源名称,信息资源提供方,信息资源摘要,共享类型,开放类型,更新周期\n"
    yield "rows", "a.csv", (row + "a,b,c,d,e,f\n" * 40_000).encode(), "limit findings"
    yield "ragged-rows", "a.csv", (row + "a,b,c,d,e,f,g,h\n" * 40_000).encode(), "limit findings"
    guide = "信息资源名称,信息资源代码,信息资源提供方,信息资源摘要,共享类型,更新周期,信息项名称\n"
    guide += "甲,1,乙,丙,无条件共享,每年,丁\n"
    yield "lines-of-one-entry", "a.csv", (guide + ",,,,有条件共享,每年,戊\n" * 50_000).encode(), "limit values"
    yield "same-table-often", "a.sql", b"CREATE TABLE t (a int);\n" * 60_000, "limit values"
    head = "@prefix dcat: <http://www.w3.org/ns/dcat#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n"
    values = " ; ".join(f'dct:title "a{number}"' for number in range(60_000))
    records = "".join(f"<x:{number}> a dcat:Dataset ; dct:publisher <x:p> .\n" for number in range(60_000))
    yield "shared-node", "a.ttl", f"{head}<x:p> {values} .\n{records}".encode(), "limit shared"
