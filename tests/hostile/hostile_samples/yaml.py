"""YAML."""


def samples():
    """Yield name, file, bytes, and what must be said."""
    good = "kind: resource\ntitle: 甲登记信息\n".encode()
    laughs = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n".encode() for n in range(9)
    )
    yield "billion-laughs", "a.yaml", good + laughs, "limit aliases"
    yield (
        "quadratic",
        "a.yaml",
        good + b"a: &a [" + b"x," * 3_000 + b"]\nb: [" + b"*a," * 3_000 + b"]\n",
        "limit aliases",
    )
    yield "merge-bomb", "a.yaml", good + b"a: &a {x: 1}\nb: {<<: *a}\n", "merge keys"
    yield "deep-flow", "a.yaml", good + b"a: " + b"[" * 100_000, "limit depth"
    yield "deep-flow-maps", "a.yaml", good + b"a: " + b"{a: " * 100_000, "limit depth"
    yield "deep-block", "a.yaml", good + b"a:\n" + b"".join(b" " * n + b"- \n" for n in range(1, 400)), None
    yield "deep-dashes", "a.yaml", good + b"a:\n " + b"- " * 100_000, "limit depth"
    yield "deep-questions", "a.yaml", b"kind: resource\n" + b"? " * 100_000, ""
    yield "alias-to-itself", "a.yaml", good + b"a: &a [*a]\n", "alias"
    yield "alias-undefined", "a.yaml", good + b"a: *b\n", "alias"
    yield "alias-chain", "a.yaml", good + b"".join(f"k{n}: &k{n} [*k{n - 1}]\n".encode() for n in range(1, 90)), ""
    yield "python-object", "a.yaml", good + b"a: !!python/object/apply:os.system ['touch pwned']\n", "tag"
    yield "python-name", "a.yaml", good + b"a: !!python/name:os.system\n", "tag"
    yield "own-tag", "a.yaml", good + b"a: !x y\n", "tag"
    yield "tag-directive", "a.yaml", b"%TAG ! tag:evil,2000:\n---\n" + good + b"a: !x y\n", "tag"
    yield "binary", "a.yaml", good + b"a: !!binary aGVsbG8=\n", "tag"
    yield "timestamp", "a.yaml", good + b"a: !!timestamp 2020-01-01\n", "tag"
    yield "bad-int", "a.yaml", good + b"a: !!int x\n", "tag"
    yield "repeated-key", "a.yaml", good + b"title: x\n", "repeated"
    yield "number-key", "a.yaml", good + b"1: x\n", "no text"
    yield "list-key", "a.yaml", good + b"? [a]\n: x\n", "key"
    yield "null-key", "a.yaml", good + b"? \n: x\n", ""
    yield "tabs", "a.yaml", good + b"a:\n\t- x\n", "line 4"
    yield "control", "a.yaml", good + b"a: x\x01\x1b[31m\n", ""
    yield "escaped-ansi", "a.yaml", good + b'a: "\\e[31m\\u202e\\0"\n'
    yield "surrogate", "a.yaml", good + b'a: "\\ud800"\n'
    yield "two-documents", "a.yaml", good + b"---\n" + good
    yield "no-document", "a.yaml", b"# kind: resource\n", ""
    yield "many-documents", "a.yaml", b"---\n" * 20_000
    yield "long-key", "a.yaml", good + b"? " + b"k" * 5_000 + b"\n: 1\n", "limit key"
    yield "long-text", "a.yaml", good + b"a: " + b"x" * 1_100_000 + b"\n", "limit text"
    yield "many-digits", "a.yaml", good + b"a: " + b"9" * 5_000 + b"\n"
    yield "hexadecimal", "a.yaml", good + b"a: 0x" + b"f" * 300 + b"\n"
    yield "exponent", "a.yaml", good + b"a: 1e400\n"
    yield "anchors", "a.yaml", good + b"".join(f"k{n}: &k{n} x\n".encode() for n in range(9_000))
    yield "million-items", "a.yaml", good + b"a:\n" + b"- x\n" * 1_000_100, "limit nodes"
    yield "unclosed-quote", "a.yaml", good + b'a: "' + b"x\n" * 100_000, ""
    yield "unclosed-block", "a.yaml", good + b"a: [1, 2\n", ""
    yield "directive", "a.yaml", b"%YAML 9.9\n---\n" + good
    yield "commands", "a.yaml", good + b'a: "x\\n::error::y\\n##[group]z"\n'
    yield "many-colons", "a.yaml", good + b"a" + b": a" * 100_000, ""
    yield "many-percent", "a.yaml", b"%a b\n" * 100_000 + b"---\n" + good
