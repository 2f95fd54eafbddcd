"""RDF that says what no catalog can hold, or that a parser would follow or choke on."""

_HEAD = b"@prefix dcat: <http://www.w3.org/ns/dcat#> .\n<urn:d> a dcat:Dataset ; dcat:keyword "
_TERMS = "triple terms"


def samples():
    """Yield name, file, bytes, and what must be said."""
    yield "triple-term", "a.ttl", _HEAD + b"<<( <urn:a> <urn:b> <urn:c> )>> .\n", _TERMS
    yield "triple-term-inside", "a.ttl", _HEAD + b"<<( <urn:a> <urn:b> <<( <urn:a> <urn:b> 1 )>> )>> .\n", _TERMS
    yield "reified", "a.ttl", _HEAD + b'"x" {| <urn:said> "y" |} .\n', _TERMS
    yield "reified-subject", "a.ttl", _HEAD + b'"x" .\n<< <urn:d> <urn:b> "x" >> <urn:said> "y" .\n', _TERMS
    yield "deep-triple-terms", "a.ttl", lambda: _HEAD + b"<<( <urn:a> <urn:b> " * 5_000
    yield "deep-brackets", "a.ttl", lambda: _HEAD + b"[ <urn:b> " * 20_000, "depth"
    chain = "".join(f"_:b{number} <urn:p> _:b{number + 1} .\n" for number in range(20_000)).encode()
    yield "chain", "a.ttl", _HEAD + b'"x" ; <urn:p> _:b0 .\n' + chain, "limit depth"
    ring = "".join(f"<urn:{number}> <urn:p> <urn:{number + 1}>, <urn:d> .\n" for number in range(20_000)).encode()
    yield "ring", "a.ttl", _HEAD + b'"x" ; <urn:p> <urn:0> .\n' + ring
    yield "long-text", "a.ttl", _HEAD + b'"' + b"x" * 9_000_000 + b'" .\n', "limit text"
    yield "long-escapes", "a.ttl", _HEAD + b'"' + rb"\n" * 1_200_000 + b'" .\n', "limit text"
    yield "many-triples", "a.ttl", _many_triples, "limit triples"
    yield "same-triple", "a.ttl", lambda: _HEAD + b"1 .\n" + b"<urn:a> <urn:b> 1 .\n" * 400_000, "limit triples"
    # A text beside a name is mended, and what stands behind it is looked through for more of them.
    beside = b'<rdf:Description><p:q rdf:resource="urn:y">t</p:q></rdf:Description>'
    names = b"<p:x " + b"resource='a' " * 60_000 + b">x<p:y/></p:x>"
    head = b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:p='urn:p'>"
    yield "names-without-end", "a.rdf", head + beside + names + b"</rdf:RDF>", "not well-formed"
    yield "direction", "a.ttl", _HEAD + '"\u202ex"@ar--rtl .\n'.encode()


def _many_triples():
    """Return as many triples as nine million bytes can hold, each another."""
    numbers = ",".join(map(str, range(100_000)))
    return _HEAD + b"0" + "".join(f";<x:{name}> {numbers}" for name in "abcdefghijklmno").encode() + b" .\n"
