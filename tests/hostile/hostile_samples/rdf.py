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
    yield "direction", "a.ttl", _HEAD + '"\u202ex"@ar--rtl .\n'.encode()
