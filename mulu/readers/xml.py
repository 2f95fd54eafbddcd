"""XML: a tree of objects by element names, with the line of each element.

An element with text alone is that text; any other is an object of its attributes (`@name`), its elements by name,
in a list where a name is repeated, and its text (`#text`). Names carry the prefix that the standard's mappings give
their namespace, or else the file's own. Nothing that the file points to is opened.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.place import Place
from mulu.pointer import steps_of
from mulu.readers.model import Document, Item, Json, Notice, Ref

_XML = "http://www.w3.org/XML/1998/namespace"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_HEAD = 64 * 1024
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_DOCTYPE = re.compile(r"<!DOCTYPE")
_ENTITY = re.compile(r"""\s*<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:"([^"&%<]*)"|'([^'&%<]*)')\s*>""")
_REFERENCE = re.compile(r"&([A-Za-z_][\w.-]*);")
_MOST_ENTITIES = 100
_OWN_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}


def declared_encoding(head: bytes) -> str | None:
    """Return the encoding that an XML declaration names."""
    match = _DECLARED.match(head.lstrip(b"\xef\xbb\xbf \t\r\n"))
    return match.group(1).decode("ascii") if match else None


@dataclass(slots=True)
class XmlDocument(Document):
    """An XML document: one item, the object of its root element by its name."""

    value: Json = None
    root: Any = None
    names: dict[str, str] = field(default_factory=dict)
    """Name in the parser's writing, `{namespace}local` -> name in the tree."""

    def items(self) -> Iterator[Item]:
        """Yield the document."""
        return iter((Item(0, self.value),))

    def place(self, ref: Ref, *, key: bool = False) -> Place:
        """Return the line of the element that holds the value `ref`, or of the nearest one above it."""
        element: Any = None
        here = [self.root]
        for step in steps_of(cast("tuple[int, str]", ref)[1]):
            if step.isdecimal() and int(step) < len(here):
                here = [here[int(step)]]
                element = here[0]
                continue
            if element is not None:
                here = list(element)
            here = [one for one in here if self.names.get(one.tag) == step]
            if not here:
                break
            element = here[0]
        line = (self.root if element is None else element).sourceline
        return Place(self.path, line=line or 1)


def read_xml(document: XmlDocument, text: str, prefixes: Mapping[str, str], limits: Limits) -> XmlDocument:
    """Parse `text` into `document.value`; raises `Unreadable` at the first fault."""
    from lxml import etree

    content, external = without_doctype(document.path, text, limits)
    if external:
        document.notices.append(Notice("doctype-passed-over", {"value": external}))
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_pis=True,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(content.encode("utf-8", "surrogatepass"), parser)
    except etree.XMLSyntaxError:
        raise _refusal(document.path, parser, limits) from None
    document.root = root
    document.value = _tree(document, root, prefixes, limits)
    return document


def _refusal(path: str, parser: Any, limits: Limits) -> Unreadable:
    first = next((entry for entry in parser.error_log if entry.level >= 2), None)
    line, column = (first.line, first.column) if first is not None else (1, 1)
    what = first.type_name if first is not None else ""
    place = Place(path, line=line, column=column or 1)
    other = ("写法不对", "this is not how XML is written")
    zh, en = next(((zh, en) for name, zh, en in _REASONS if name in what), other)
    message = str(first.message) if first is not None else ""
    if "depth" in message.lower():
        return limits.exceeded("depth", path, f"第 {line} 行：嵌套太深", f"line {line}: nested too deep", place=place)
    return Unreadable(
        path,
        f"不是合格的 XML，第 {line} 行第 {column} 列：{zh}。请改正后重试",
        f"not well-formed XML, line {line}, column {column}: {en}; mend it and try again",
        place=place,
    )


_REASONS = (
    ("TAG_NAME_MISMATCH", "结束标签与开始标签不一致", "an end tag does not match its start tag"),
    ("TAG_NOT_FINISHED", "内容在此中断，有元素没有结束", "the text ends here; an element is not closed"),
    ("GT_REQUIRED", "标签没有写完", "a tag is not finished"),
    ("DOCUMENT_END", "根元素之后还有内容", "there is more after the root element"),
    ("DOCUMENT_EMPTY", "没有根元素", "there is no root element"),
    ("UNDECLARED_ENTITY", "用了没有定义的实体", "an entity is used that nothing declares"),
    ("NAMESPACE", "前缀没有声明命名空间", "a prefix has no namespace"),
    ("NS_ERR", "前缀没有声明命名空间", "a prefix has no namespace"),
    ("ATTRIBUTE", "属性写法不对（缺引号、重复）", "an attribute is not written right (quotes, repeated?)"),
    ("INVALID_CHAR", "有 XML 不允许的字符", "there is a character that XML does not allow"),
    ("LT_IN_ATTRIBUTE", "属性值中有未转义的 <", "an attribute holds a < that is not escaped"),
    ("ENTITYREF", "& 没有写成 &amp;", "a & is not written &amp;"),
    ("NAME_REQUIRED", "此处应为名字（& 是否应写成 &amp;）", "a name is expected here (is a & not written &amp;?)"),
)


def without_doctype(path: str, text: str, limits: Limits) -> tuple[str, str]:
    """Return the text without declaration and DOCTYPE, short forms put in, and the external DTD that was named.

    Judged before any parser runs. An internal subset may only hold texts by name, without references in them
    (RDF/XML writes namespaces so); everything else that it could hold is refused.
    """
    match = _DECLARATION.match(text)
    if match:
        text = _blank(text, match.start(), match.end())
    found = _DOCTYPE.search(text[:_HEAD])
    if found is None:
        return text, ""
    first_element = re.search(r"<[A-Za-z_]", text)
    if first_element is not None and first_element.start() < found.start():
        return text, ""
    subset = text.find("[", found.end())
    close = text.find(">", found.end())
    external, entities = "", {}
    if subset >= 0 and subset < close:
        end = text.find("]", subset)
        entities = _entities(path, text, text[subset + 1 : end] if end >= 0 else "", found.start())
        close = text.find(">", end)
        name = text[found.end() : subset]
    else:
        name = text[found.end() : close]
    if close < 0:
        raise _doctype_refused(path, text, found.start())
    if re.search(r"\b(SYSTEM|PUBLIC)\b", name):
        external = " ".join(name.split())[:200]
    text = _blank(text, found.start(), close + 1)
    if entities:
        grown = sum(len(entities.get(each, "")) for each in _REFERENCE.findall(text))
        if grown > limits.text * 64:
            raise _doctype_refused(path, text, found.start())
        text = _REFERENCE.sub(lambda one: entities.get(one.group(1), one.group(0)), text)
    return text, external


def _entities(path: str, text: str, subset: str, start: int) -> dict[str, str]:
    entities: dict[str, str] = {}
    at = 0
    while match := _ENTITY.match(subset, at):
        name = match.group(1)
        if name not in _OWN_ENTITIES:
            entities.setdefault(name, match.group(2) if match.group(2) is not None else match.group(3))
        at = match.end()
        if len(entities) > _MOST_ENTITIES:
            raise _doctype_refused(path, text, start)
    if subset[at:].strip():
        raise _doctype_refused(path, text, start)
    return entities


def _doctype_refused(path: str, text: str, start: int) -> Unreadable:
    line = text.count("\n", 0, start) + 1
    return Unreadable(
        path,
        f"第 {line} 行的 DOCTYPE 里有实体或其他声明，出于安全不予处理；请去掉 DOCTYPE 后重试",
        f"the DOCTYPE in line {line} declares entities or more, which is refused for safety; remove it and try again",
        place=Place(path, line=line, column=1),
    )


def _blank(text: str, start: int, end: int) -> str:
    """Return the text with a stretch taken out, its line breaks left in, so that lines keep their numbers."""
    return text[:start] + "\n" * text.count("\n", start, end) + text[end:]


def _tree(document: XmlDocument, root: Any, prefixes: Mapping[str, str], limits: Limits) -> Json:
    """Return the object of an element, by its name; walks with a stack of its own."""
    names, names_of_attributes = document.names, dict[str, str]()
    holder: dict[str, Json] = {}
    waiting: list[tuple[Any, dict[str, Json], int]] = [(root, holder, 1)]
    while waiting:
        element, parent, depth = waiting.pop()
        if not isinstance(element.tag, str):
            continue
        if depth > limits.depth:
            line = element.sourceline or 1
            raise limits.exceeded(
                "depth",
                document.path,
                f"第 {line} 行：嵌套太深",
                f"line {line}: elements are nested too deep",
                place=Place(document.path, line=line, column=1),
            )
        if element.tag not in names:
            names[element.tag] = _name(element.tag, element.prefix, prefixes, document.namespaces)
        name = names[element.tag]
        text = element.text or ""
        for child in element:
            text += child.tail or ""
        if len(text) > limits.text or len(element.attrib) > limits.keys:
            line = element.sourceline or 1
            raise limits.exceeded(
                "text" if len(text) > limits.text else "keys",
                document.path,
                f"第 {line} 行：元素的文字太长或属性太多",
                f"line {line}: an element's text is too long, or its attributes are too many",
                place=Place(document.path, line=line, column=1),
            )
        value: Json
        if not len(element) and not element.attrib:
            value = text
        else:
            members: dict[str, Json] = {}
            for key, attribute in element.attrib.items():
                if key not in names_of_attributes:
                    prefix = _prefix_of(key, element)
                    names_of_attributes[key] = _name(key, prefix, prefixes, document.namespaces) if prefix else key
                if key == _TYPE:
                    attribute = _type(attribute, element, prefixes, document.namespaces)
                members["@" + names_of_attributes[key]] = attribute
            if text.strip():
                members["#text"] = text
            waiting.extend((child, members, depth + 1) for child in reversed(element))
            value = members
        before = parent.get(name)
        if name not in parent:
            parent[name] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            parent[name] = [before, value]
    return holder


def _name(tag: str, prefix: str | None, prefixes: Mapping[str, str], namespaces: dict[str, str]) -> str:
    """Return a name with its prefix, and note the namespace of that; a prefix of two namespaces gets a number."""
    uri, _, local = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
    if uri == _XML:
        return f"xml:{local}"
    known = prefixes.get(uri)
    if known is not None:
        namespaces[known] = uri
        return f"{known}:{local}"
    if prefix is None:
        if namespaces.setdefault("", uri) != uri:
            namespaces[""] = ""
        return local
    number, own = 1, prefix
    while namespaces.setdefault(own, uri) != uri:
        number += 1
        own = f"{prefix}{number}"
    return f"{own}:{local}"


def _type(value: str, element: Any, prefixes: Mapping[str, str], namespaces: dict[str, str]) -> str:
    """Return the name of a type, which is a value with a prefix, with that which its namespace has in the tree."""
    prefix, _, local = value.strip().rpartition(":")
    uri = element.nsmap.get(prefix or None)
    return _name(f"{{{uri}}}{local}", prefix, prefixes, namespaces) if uri and prefix else value


def _prefix_of(key: str, element: Any) -> str | None:
    """Return the prefix of an attribute, `None` for one without: that is in no namespace."""
    uri = key[1:].partition("}")[0] if key.startswith("{") else None
    return next((prefix for prefix, one in element.nsmap.items() if prefix and one == uri), "xml" if uri else None)
