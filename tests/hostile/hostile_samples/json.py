"""JSON and JSON Lines."""

import json

GOOD = '{"kind": "resource", "title": "甲登记信息", "identifier": "307021022100/000101"}'


def samples():
    """Yield name, file, bytes, and what must be said."""
    good = GOOD.encode()
    yield "empty", "a.json", b"", "empty"
    yield "mark-only", "a.json", b"\xef\xbb\xbf", ""
    yield "no-entry", "a.json", b"[]", "no entries"
    yield "null", "a.json", b"null"
    yield "number", "a.json", b"1"
    yield "text", "a.json", b'"x"'
    yield "array-of-nulls", "a.json", b"[null, 1, true, [], {}]"
    yield "cut-off", "a.json", good[:-5], "invalid JSON"
    yield "cut-in-character", "a.json", good[:30] + b"\xe7\x94", ""
    yield "trailing", "a.json", good + b" x", "invalid JSON"
    yield "deep-arrays", "a.json", b"[" * 100_000 + b"]" * 100_000, "limit depth"
    yield "deep-unclosed", "a.json", b"[" * 5_000_000, ""
    yield "deep-objects", "a.json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "limit depth"
    yield "deep-within-parser", "a.json", b"[" * 150 + b"]" * 150, "limit depth"
    yield "deep-value", "a.json", b'[{"kind":"resource","title":' + b"[" * 61 + b"]" * 61 + b"}]"
    yield "repeated-key", "a.json", b'{"kind":"resource","title":"a","title":"b"}', ("duplicate-key",)
    yield "repeated-kind", "a.json", b'{"kind":"resource","kind":"service","title":"b"}', ("duplicate-key",)
    yield "repeated-escaped", "a.json", b'{"kind":"resource","title":"a","\\u0074itle":"b"}', ("duplicate-key",)
    yield "nan", "a.json", b'{"kind":"resource","storage":NaN}', ("not-a-json-number",)
    yield "infinity", "a.json", b'{"kind":"resource","x-a":[-Infinity,1e999]}', ("not-a-json-number",)
    yield "large-integer", "a.json", b'{"kind":"resource","x-a":123456789012345678901}', ("integer-too-large",)
    yield "5000-digits", "a.json", b'{"kind":"resource","x-a":' + b"9" * 5_000 + b"}", "limit digits"
    yield "million-digits", "a.json", b'{"x-a":' + b"9" * 1_000_000 + b"}", "limit digits"
    yield "long-exponent", "a.json", b'{"x-a":1e' + b"9" * 100_000 + b"}", "limit digits"
    yield "negative-zero", "a.json", b'{"kind":"resource","x-a":-0}'
    yield "lone-surrogate", "a.json", b'{"kind":"resource","title":"\\ud800"}', "invalid JSON"
    yield "surrogate-key", "a.json", b'{"kind":"resource","\\udc00":1}', "invalid JSON"
    yield "raw-surrogate", "a.json", b'{"kind":"resource","title":"\xed\xa0\x80"}'
    yield "escaped-nul", "a.json", b'{"kind":"resource","title":"a\\u0000b"}', ("nul-character",)
    yield "raw-control", "a.json", b'{"kind":"resource","title":"a\x01b"}', "invalid JSON"
    yield "ansi", "a.json", b'{"kind":"resource","title":"\\u001b[2J\\u009b31m\\u202e"}'
    yield "ansi-in-key", "a.json", b'{"kind":"resource","\\u001b[2J::error::":1,"\\u2028":2}'
    yield "ansi-in-kind", "a.json", b'{"kind":"\\u001b[31m\\n::error::x","title":"a"}'
    yield "long-text", "a.json", b'{"kind":"resource","title":"' + b"x" * 1_100_000 + b'"}', "limit text"
    yield "long-key", "a.json", b'{"kind":"resource","' + b"k" * 2_000 + b'":1}', "limit key"
    keys = ",".join(f'"k{number}":1' for number in range(10_001)).encode()
    yield "many-keys", "a.json", b"{" + keys + b"}", "limit keys"
    keys = ",".join(f'"{"k" * 300}{number}":1' for number in range(9_000)).encode()
    yield "many-unknown-keys", "a.json", b'{"kind":"resource",' + keys + b"}", ("unknown-property",)
    yield "many-unknown-keys-in-line", "a.jsonl", b'{"kind":"resource",' + keys + b"}\n", ("unknown-property",)
    yield "many-repeated-keys", "a.json", b'{"kind":"resource"' + b',"a":1' * 30_000 + b"}", ("duplicate-key",)
    words = ",".join(str(number) for number in range(30_000)).encode()
    yield "many-wrong-elements", "a.json", b'{"kind":"resource","keyword":[' + words + b"]}", ("wrong-type",)
    words = b",".join([b'{"name":""}'] * 150_000)
    yield "many-values", "a.json", b'{"kind":"resource","dataItems":[' + words + b"]}", ("entry-too-large",)
    yield "many-values-in-line", "a.jsonl", b'{"kind":"resource","dataItems":[' + words + b"]}\n", ("entry-too-large",)
    yield "proto", "a.json", b'{"kind":"resource","__proto__":{"a":1},"__class__":{"__init__":1}}'
    yield "references", "a.json", b'{"kind":"resource","$ref":"file:///etc/passwd","$schema":"http://127.0.0.1/"}'
    yield "context", "a.json", b'{"@context":"http://127.0.0.1/x","@graph":[],"kind":"resource"}'
    yield "kind-list", "a.json", b'{"kind":["resource"]}', ("unknown-kind",)
    yield "kind-path", "a.json", b'{"kind":"../../etc/passwd"}', ("unknown-kind",)
    yield "kind-number", "a.json", b'{"kind":1e308}', ("unknown-kind",)
    yield "comments", "a.json", b'{"kind":"resource" /* x */}', "invalid JSON"
    yield "single-quotes", "a.json", b"{'kind':'resource'}", "invalid JSON"
    yield "utf16", "a.json", GOOD.encode("utf-16")
    yield "gbk", "a.json", GOOD.encode("gb18030")
    yield "pointers", "a.json", b'{"kind":"resource","~":1,"/":2,"~1":3,"":4,"a/b~c":5}'
    yield "digits-as-keys", "a.json", b'{"kind":"resource","dataItems":{"0":{"name":1}}}'
    yield "wrong-types", "a.json", b'{"kind":"resource","title":[],"publisher":"x","dataItems":1,"sharing":[[]]}'
    items = ",".join('{"name":1}' for _ in range(2_000))
    yield "2000-faults-in-one", "a.json", f'{{"kind":"resource","dataItems":[{items}]}}'.encode()
    yield "same-identifier-often", "a.json", ("[" + ",".join([GOOD] * 3_000) + "]").encode()
    yield "slow-pattern", "a.json", ('{"kind":"resource","identifier":"' + "1" * 100_000 + '!"}').encode()
    yield "lines-broken", "a.jsonl", good + b"\n{\n" + good + b"\n", ("unparsable-json",)
    yield "lines-all-broken", "a.jsonl", b"{\n" * 5_000, ""
    yield "lines-separators", "a.jsonl", (GOOD.replace("甲", "甲\u2028\u0085") + "\n").encode() * 2
    yield "lines-nuls", "a.jsonl", good + b"\n" + b"\0" * 1_000 + b"\n" + good
    yield "lines-long", "a.jsonl", b'{"a":"' + b"x" * 17_000_000 + b'"}\n', "limit record_bytes"
    yield "lines-deep", "a.jsonl", good + b"\n" + b"[" * 100_000 + b"\n"
    yield "lines-deep-alone", "a.jsonl", b"[" * 20_000 + b"]" * 20_000 + b"\n", "nested too deep"
    yield "lines-many", "a.jsonl", b"{}\n" * 20_000
    yield "lines-array-inside", "a.jsonl", b"[" + good + b"]\n[" + good + b"]\n"
    yield "lines-without-end", "a.jsonl", good
    yield "lines-returns", "a.jsonl", good + b"\r" + good
    yield "lines-not-utf8", "a.jsonl", GOOD.encode("gb18030") + b"\n" + good + b"\n"
    yield "lines-blank", "a.jsonl", b"\n" * 200_000 + good
    yield from _lists_of_records()


def _lists_of_records():
    """Yield files whose lists of records stand at very many places, or whose members have very long names."""
    items = [{f"k{i}_{j}": [{f"a{i}{j}": 1, f"b{i}{j}": 2}] for j in range(10)} for i in range(1_000)]
    yield "lists-at-many-places", "a.json", json.dumps(items + [{}] * 60_000).encode(), "not recognised"
    deep = {f"g{group}": {f"x{number}": 1 for number in range(5_000)} for group in range(8)}
    for level in range(55):
        deep = {"k" * 1000 + str(level): deep}
    yield "long-names-in-each-other", "a.json", json.dumps([deep]).encode(), "not recognised"
    catalog = {"conformsTo": "https://project-open-data.cio.gov/v1.1/schema"}
    said = {"title": "t", "identifier": "i", "accessLevel": "public", "description": "d", "modified": "2020-01-01"}
    dataset = {"@type": "dcat:Dataset", **said, "keyword": ["k"], "x": deep}
    yield "long-names-in-a-tree", "a.json", json.dumps({**catalog, "dataset": [dataset]}).encode(), "limit pointers"
