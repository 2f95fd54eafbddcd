"""XML records that name files and addresses, or hold more than one who looks at each value can bear."""

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_RECORD = (
    '<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco" '
    'xmlns:xi="http://www.w3.org/2001/XInclude">%s<gmd:fileIdentifier><gco:CharacterString>a</gco:CharacterString>'
    "</gmd:fileIdentifier><gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation><gmd:title>"
    "<gco:CharacterString>%s</gco:CharacterString></gmd:title></gmd:CI_Citation></gmd:citation>"
    "</gmd:MD_DataIdentification></gmd:identificationInfo></gmd:MD_Metadata>"
)
_INCLUDE = '<xi:include href="file:///etc/passwd" parse="text"/>'


def samples():
    """Yield name, file, bytes, and what must be said."""
    yield "record", "a.xml", record()
    yield "entity-of-file", "a.xml", record(text="&x;", declared='<!ENTITY x SYSTEM "file:///etc/passwd">'), "DOCTYPE"
    yield "entity-of-network", "a.xml", record(declared='<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;'), "DOCTYPE"
    yield "laughs", "a.xml", record(text="&b;", declared='<!ENTITY a "lol"><!ENTITY b "&a;&a;">'), "DOCTYPE"
    yield "entity-often", "a.xml", record(text="&a;" * 100_000, declared=f'<!ENTITY a "{"x" * 1000}">'), "DOCTYPE"
    yield "include", "a.xml", record(_INCLUDE, _INCLUDE)
    yield "stylesheet", "a.xml", record('<?xml-stylesheet href="http://127.0.0.1:9/a.xsl" type="text/xsl"?>')
    yield "deep", "a.xml", record("<gmd:a>" * 100_000 + "</gmd:a>" * 100_000), ""
    yield "deep-within-parser", "a.xml", record("<gmd:a>" * 200 + "</gmd:a>" * 200), "limit depth"
    yield "control", "a.xml", record(text="a&#27;[31mb"), "not well-formed"
    yield "many-attributes", "a.xml", record(element(100_000)), "limit keys"
    yield "many-attributes-often", "a.xml", record(element(9_990) * 40), "limit values"
    yield "many-elements", "a.xml", record("<gmd:contact/>" * 300_000), "limit values"
    yield "many-names", "a.xml", record("".join(f"<n{number}/>" for number in range(300_000))), "limit values"
    yield "many-comments", "a.xml", record("<!--x-->" * 300_000)
    yield (
        "many-namespaces",
        "a.xml",
        record("".join(f'<p:a xmlns:p="urn:{number}">x</p:a>' for number in range(8_000))),
    )
    spaces = " ".join(f'xmlns:n{number}="urn:{number}" n{number}:a="1"' for number in range(5_000))
    yield "many-prefixes", "a.xml", record(f"<gmd:a {spaces}/>")
    types = "<b xsi:type='n1:x'/>" * 50_000
    spaces = " ".join(f'xmlns:n{number}="urn:{number}"' for number in range(9_000))
    typed = f'<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {spaces}>{types}</a>'
    yield "types-of-namespaces", "a.xml", record(typed), "limit nodes"
    yield "elements-without-record", "a.xml", f"{_HEAD}<a>{'<b/>' * 1_200_000}</a>".encode(), "limit nodes"


def element(attributes):
    """Return an element with so many attributes."""
    names = " ".join(f'a{number}="1"' for number in range(attributes))
    return f"<gmd:a {names}/>"


def record(more="", text="t", declared=""):
    """Return a record of metadata with more in it, its title, and what its DOCTYPE declares."""
    doctype = f"<!DOCTYPE r [{declared}]>" if declared else ""
    return (_HEAD + doctype + _RECORD % (more, text)).encode()
