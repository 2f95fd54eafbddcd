"""XSD of the XML formats that are a standard's own: of what is written for an entry that its first level accepts.

A format whose names are in no namespace is the standard's own; others have a schema where their namespace comes from.
What a record held beyond the standard is in a namespace, and may stand at the end of any element.
"""

from collections.abc import Iterator
from typing import Any

from mulu.pointer import Json
from mulu.publish.site._xsd import values
from mulu.publish.site._xsd.content import Content, content_of
from mulu.publish.site.model import Model
from mulu.publish.site.names import Names
from mulu.standard.mappings import Mapping
from mulu.texts import clean
from mulu.writers.xml import xml_bytes

_NAMESPACES = {"xs": "http://www.w3.org/2001/XMLSchema"}
_OTHERS: dict[str, Json] = {"@namespace": "##other", "@processContents": "lax"}
_ANY: dict[str, Json] = {**_OTHERS, "@minOccurs": "0", "@maxOccurs": "unbounded"}


def own_formats(model: Model) -> Iterator[Mapping]:
    """Yield the formats that an XSD is made of."""
    for mapping in model.standard.mappings.values():
        names = [step.name for part in mapping.parts for step in part.records[0].steps]
        is_written = mapping.family == "xml" and mapping.writing is not None
        if is_written and not mapping.namespaces and not any(name.startswith("*") for name in names):
            yield mapping


def xsd(model: Model, mapping: Mapping) -> bytes:
    """Return the XSD of a format."""
    return xml_bytes({"xs:schema": _Writer(model, mapping).schema()}, _NAMESPACES)


class _Writer:
    """Writes the schema of one format; what several elements have in common is a type of its own."""

    def __init__(self, model: Model, mapping: Mapping) -> None:
        self.mapping = mapping
        self.root, self.records = content_of(model, mapping)
        self.names = Names()
        self.types: dict[tuple[values.Simple, ...], tuple[str, dict[str, Json]]] = {}
        self.members: dict[values.Simple, str] = {}
        self.header = model.standard.header

    def schema(self) -> Json:
        """Return the schema: a record stands alone, or in what stands around it."""
        title, header = self.mapping.title, self.header
        said = (f"{title.zh}（{header.title.zh} {header.version}）", f"{title.en} ({header.title.en} {header.version})")
        roots = {**self.root.children, **self.records}
        elements: list[Json] = [{"@name": name, **self._content(name, one)} for name, one in roots.items()]
        simple: list[Json] = [
            *({"@name": name, **values.restriction(one)} for one, name in self.members.items()),
            *(made for _, made in self.types.values()),
        ]
        return {
            "@elementFormDefault": "unqualified",
            "@version": header.version,
            "xs:annotation": _documentation(said),
            "xs:element": elements,
            **({"xs:simpleType": simple} if simple else {}),
        }

    def _content(self, name: str, one: Content) -> dict[str, Any]:
        """Return the type of an element as members of its declaration."""
        note = {"xs:annotation": _documentation(one.told)} if one.told else {}
        is_text = bool(one.texts) and not one.children
        if is_text and not one.attributes:
            return {"@type": self._type(name, one.texts), **note}
        attributes: dict[str, Json] = {
            "xs:attribute": [{"@name": key, "@type": self._type(key, texts)} for key, texts in one.attributes.items()],
            "xs:anyAttribute": _OTHERS,
        }
        if is_text:
            inside = {"@base": self._type(name, one.texts), **attributes}
            return {**note, "xs:complexType": {"xs:simpleContent": {"xs:extension": inside}}}
        mixed: dict[str, Json] = {"@mixed": "true"} if one.texts else {}
        return {**note, "xs:complexType": {**mixed, **self._children(name, one), **attributes}}

    def _children(self, name: str, one: Content) -> dict[str, Json]:
        assert self.mapping.writing is not None
        place = {key: number for number, key in enumerate(self.mapping.writing.order.get(name, ()))}
        # Where the format does not say in what order elements stand, they stand as entries have them.
        is_ordered = len(one.children) < 2 or all(key in place for key in one.children)
        found: list[Json] = []
        for key, child in sorted(one.children.items(), key=lambda item: place.get(item[0], len(place))):
            occurs: dict[str, Json] = {}
            if is_ordered:
                occurs |= {} if child.is_sure else {"@minOccurs": "0"}
                occurs |= {"@maxOccurs": "unbounded"} if child.is_many else {}
            if self.records.get(key) is child:
                found.append({"@ref": key, **occurs})
            else:
                found.append({"@name": key, **occurs, **self._content(key, child)})
        if is_ordered:
            return {"xs:sequence": {"xs:element": found, "xs:any": _ANY}}
        around: dict[str, Json] = {"@minOccurs": "0", "@maxOccurs": "unbounded"}
        return {"xs:choice": {**around, "xs:element": found, "xs:any": _OTHERS}}

    def _type(self, name: str, texts: list[values.Simple]) -> str:
        """Return the name of the type of texts that are of any of several types."""
        found = values.merged(texts)
        if len(found) == 1:
            return self._member(name, found[0])
        if found not in self.types:
            members = " ".join(self._member(name, one) for one in found)
            own = self.names.take(name)
            self.types[found] = own, {"@name": own, "xs:union": {"@memberTypes": members}}
        return self.types[found][0]

    def _member(self, name: str, one: values.Simple) -> str:
        if not one.facets:
            return one.base
        if one not in self.members:
            self.members[one] = self.names.take(name)
        return self.members[one]


def _documentation(told: tuple[str, str]) -> Json:
    return {
        "xs:documentation": [
            {"@xml:lang": language, "#text": clean(text)}
            for language, text in zip(("zh", "en"), told, strict=True)
            if text
        ]
    }
