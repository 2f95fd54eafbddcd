"""XML: a tree of objects by element names, with the line of each element.

An element with text alone is that text; any other is an object of its attributes (`@name`), its elements by name,
in a list where a name is repeated, and its text (`#text`). Names carry the prefix that the standard's mappings give
their namespace, or else the file's own. Nothing that the file points to is opened.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.place import Place
from mulu.pointer import steps_of
from mulu.readers.doctype import without_doctype
from mulu.readers.model import Document, Item, Json, Notice, Ref
from mulu.readers.office import SAFE
from mulu.readers.xml_pieces import NotWellFormed, Piece, TooLong, has_content, pieces
from mulu.standard.selectors import Selector

_XML = "http://www.w3.org/XML/1998/namespace"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_MANY = 100
"""Attributes of an element from which on they are read another way; namespaces in force that are no longer usual."""
_MOST_LOOKED_AT = 20
"""Times `Limits.nodes`: how many unusually many namespaces may be gathered, one after the other, for names of types."""
CHUNK = 64 * 1024
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")


def declared_encoding(head: bytes) -> str | None:
    """Return the encoding that an XML declaration names."""
    match = _DECLARED.match(head.lstrip(b"\xef\xbb\xbf \t\r\n"))
    return match.group(1).decode("ascii") if match else None


@dataclass(slots=True)
class XmlDocument(Document):
    """An XML document: an item for each piece of it that ends with a record, one for all of it if it has no records.

    An item is the object of the root element by its name, with what of it is in the piece.
    """

    read: Callable[[], Iterator[bytes]] = field(default=lambda: iter(()), repr=False)
    """Gives its bytes in UTF-8, from the beginning."""
    prefixes: Mapping[str, str] = field(default_factory=dict)
    records: Sequence[Selector] = ()
    names: dict[str, str] = field(default_factory=dict)
    """Name in the parser's writing, `{namespace}local` -> name in the tree."""
    _names_of_attributes: dict[str, str] = field(default_factory=dict)
    _prefixes_of_attributes: dict[str, str] = field(default_factory=lambda: {_XML: "xml"})
    """Namespace -> the prefix that it has where it was first met in an attribute."""
    _own: dict[tuple[str, str], str] = field(default_factory=dict)
    """Prefix and namespace -> the prefix in names of the tree, where the standard has none for the namespace."""
    _numbers: dict[str, int] = field(default_factory=dict)
    _looked_at: int = 0
    """Namespaces in force at values that name a type, where they are unusually many: each time all are gathered."""
    _counted: int = 0
    """Elements and attributes of the piece that is being read."""
    _inside: tuple[int, dict[Any, dict[str, list[Any]]]] = (-1, {})
    """A piece, and of elements in it their children by name."""
    _only: Item | None = None
    _shown: tuple[int, Piece] | None = None
    _ahead: Iterator[tuple[int, Piece]] | None = None
    _reached: tuple[int, Piece] | None = None

    def items(self) -> Iterator[Item]:
        """Yield the pieces."""
        if self._only is not None:
            yield self._only
            return
        for index, piece in self._pieces():
            self._shown = index, piece
            yield Item(index, _tree(self, piece))
            self._shown = None

    def check(self) -> None:
        """Read it once to its end; raises `Unreadable` if it is not well-formed."""
        for index, piece in self._pieces():
            self._only = Item(0, _tree(self, piece)) if index == 0 else None
            # A tree that is not cut is not cleared either.
            self._shown = None if piece.ends else (index, piece)

    def place(self, ref: Ref, *, key: bool = False) -> Place:
        """Return the line of the element that holds the value `ref`, or of the nearest one above it.

        It is found at once in the item that was yielded last; otherwise the file is read up to the item, so ask for
        places in the order of the items.
        """
        index, pointer = cast("tuple[int, str]", ref)
        piece = self._piece(index)
        if piece is None:
            return Place(self.path, line=1)
        if self._inside[0] != index:
            self._inside = index, {}
        element: Any = None
        here = [piece.root]
        for step in steps_of(pointer):
            if step.isdecimal() and int(step) < len(here):
                here = [here[int(step)]]
                element = here[0]
                continue
            here = self._children(element).get(step, []) if element is not None else here
            if not here or (element is None and self.names.get(here[0].tag) != step):
                break
            element = here[0]
        line = (piece.root if element is None else element).sourceline
        return Place(self.path, line=line or 1)

    def _children(self, element: Any) -> dict[str, list[Any]]:
        """Return the children of an element by name; places are asked for one after the other."""
        found: dict[str, list[Any]] | None = self._inside[1].get(element)
        if found is None:
            found = self._inside[1][element] = {}
            for child in element:
                found.setdefault(self.names.get(child.tag, ""), []).append(child)
        return found

    def _piece(self, index: int) -> Piece | None:
        if self._shown is not None and self._shown[0] == index:
            return self._shown[1]
        if self._ahead is None or self._reached is None or self._reached[0] > index:
            self._ahead, self._reached = self._pieces(), None
        while self._reached is None or self._reached[0] < index:
            self._reached = next(self._ahead, None)
            if self._reached is None:
                return None
        return self._reached[1]

    def _pieces(self) -> Iterator[tuple[int, Piece]]:
        found = pieces(self.read(), self.records, self.name, self.limits.document_bytes)
        try:
            for index, piece in enumerate(found):
                # Behind the last record there is mostly nothing more.
                if index == 0 or piece.ends or has_content(piece):
                    yield index, piece
        except NotWellFormed as error:
            raise _refusal(self.path, error.log, self.limits) from None
        except TooLong:
            most = self.limits.document_bytes
            raise self.limits.exceeded(
                "document_bytes",
                self.path,
                f"有 {most // 2**20} MiB 以上没有分成记录，太大；请拆分",
                f"more than {most // 2**20} MiB of it cannot be split into records, which is too large; split the file",
            ) from None

    def name(self, element: Any) -> str:
        """Return the name of an element in the tree."""
        tag: str = element.tag
        found = self.names.get(tag)
        if found is None:
            found = self.names[tag] = self._name(tag, element.prefix)
        return found

    def name_of_attribute(self, key: str, element: Any) -> str:
        """Return the name of an attribute of an element in the tree."""
        found = self._names_of_attributes.get(key)
        if found is None:
            prefix = self._prefix_of(key, element)
            found = self._names_of_attributes[key] = self._name(key, prefix) if prefix else key
        return found

    def begin(self) -> None:
        """Begin to count what a piece holds."""
        self._counted = 0

    def count(self, more: int, piece: Piece, element: Any) -> None:
        """Count elements and attributes of a piece; raises `Unreadable` if they are too many."""
        self._counted += more
        if piece.has_record and self._counted > self.limits.values:
            raise _exceeded(self, "values", element, "这条记录的值太多", "the record holds too many values")
        if self._counted > self.limits.nodes:
            raise _exceeded(self, "nodes", element, "元素和属性太多", "there are too many elements and attributes")

    def name_of_type(self, value: str, element: Any) -> str:
        """Return the name of a type, which is a value with a prefix, with that which its namespace has in the tree."""
        prefix, _, local = value.strip().rpartition(":")
        spaces = element.nsmap
        # A large file may name types in any number of records, as long as it is only a few that are gathered each time.
        self._looked_at += len(spaces) if len(spaces) > _MANY else 0
        if self._looked_at > _MOST_LOOKED_AT * self.limits.nodes:
            raise _exceeded(self, "nodes", element, "命名空间太多", "there are too many namespaces")
        uri = spaces.get(prefix or None)
        return self._name(f"{{{uri}}}{local}", prefix) if uri and prefix else value

    def _name(self, tag: str, prefix: str | None) -> str:
        """Return a name with its prefix, and note the namespace of that; a prefix of two namespaces gets a number."""
        uri, _, local = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
        if uri == _XML:
            return f"xml:{local}"
        known = self.prefixes.get(uri)
        if known is not None:
            self.namespaces[known] = uri
            return f"{known}:{local}"
        if prefix is None:
            if self.namespaces.setdefault("", uri) != uri:
                self.namespaces[""] = ""
            return local
        own = self._own.get((prefix, uri))
        if own is None:
            own, number = prefix, self._numbers.get(prefix, 1)
            while self.namespaces.setdefault(own, uri) != uri:
                number += 1
                own = f"{prefix}{number}"
            self._own[prefix, uri], self._numbers[prefix] = own, number
        return f"{own}:{local}"

    def _prefix_of(self, key: str, element: Any) -> str | None:
        """Return the prefix of an attribute, `None` for one without: that is in no namespace."""
        if not key.startswith("{"):
            return None
        uri = key[1:].partition("}")[0]
        if uri not in self._prefixes_of_attributes:
            for prefix, one in element.nsmap.items():
                if prefix:
                    self._prefixes_of_attributes.setdefault(one, prefix)
        return self._prefixes_of_attributes.get(uri)


def read_xml(document: XmlDocument, text: str) -> XmlDocument:
    """Read `text` as the document; raises `Unreadable` at the first fault."""
    content, external = without_doctype(document.path, text, document.limits)
    if external:
        document.notices.append(Notice("doctype-passed-over", {"value": external}))
    data = content.encode("utf-8", "surrogatepass")
    document.read = lambda: (data[at : at + CHUNK] for at in range(0, len(data), CHUNK))
    document.check()
    return document


def parsed_xml(path: str, text: str, limits: Limits) -> Any:
    """Return the root element of a text that has no DOCTYPE; raises `Unreadable` if it is not well-formed."""
    from lxml import etree

    parser = etree.XMLParser(encoding="utf-8", **cast("Any", SAFE))
    try:
        return etree.fromstring(text.encode("utf-8", "surrogatepass"), parser)
    except etree.XMLSyntaxError:
        raise _refusal(path, parser.error_log, limits) from None


def _refusal(path: str, log: Any, limits: Limits) -> Unreadable:
    first = next((entry for entry in log if entry.level >= 2), None)
    line, column = (first.line, first.column) if first is not None else (1, 1)
    what = first.type_name if first is not None else ""
    place = Place(path, line=line, column=column or 1)
    other = ("写法不对", "invalid XML syntax")
    zh, en = next(((zh, en) for name, zh, en in _REASONS if name in what), other)
    message = str(first.message) if first is not None else ""
    if "depth" in message.lower():
        return limits.exceeded("depth", path, f"第 {line} 行：嵌套太深", f"line {line}: nested too deep", place=place)
    return Unreadable(
        path,
        f"不是合格的 XML，第 {line} 行第 {column} 列：{zh}。请改正后重试",
        f"XML that is not well-formed, line {line}, column {column}: {en}; correct it and try again",
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


def _tree(document: XmlDocument, piece: Piece) -> Json:
    """Return the object of the root element, by its name."""
    document.begin()
    return {document.name(piece.root): _value(document, piece, piece.root, 1)}


def _value(document: XmlDocument, piece: Piece, element: Any, depth: int) -> Json:
    limits, names = document.limits, document.names
    if depth > limits.depth:
        raise _exceeded(document, "depth", element, "嵌套太深", "elements are nested too deep")
    children = piece.children(element) if len(element) else ()
    attributes = _attributes(element, limits.keys)
    text: str = element.text or ""
    last = piece.ends.get(element) if children else None
    for child in children:
        if child is not last:
            text += child.tail or ""
    if len(text) > limits.text:
        raise _exceeded(document, "text", element, "元素的文字太长", "an element's text is too long")
    if attributes is None:
        raise _exceeded(document, "keys", element, "元素的属性太多", "an element's attributes are too many")
    document.count(1 + len(attributes), piece, element)
    if not children and not attributes:
        return text
    members: dict[str, Json] = {}
    for key, given in attributes:
        name = f"@{document.name_of_attribute(key, element)}"
        members[name] = document.name_of_type(given, element) if key == _TYPE else given
    if text and not text.isspace():
        members["#text"] = text
    for child in children:
        tag = child.tag
        if isinstance(tag, str):
            add_member(members, names.get(tag) or document.name(child), _value(document, piece, child, depth + 1))
    return members


def _attributes(element: Any, most: int) -> list[tuple[str, str]] | None:
    """Return the attributes of an element with their values, `None` if they are more than `most`."""
    count = len(element.attrib)
    if count > most:
        return None
    # To look each value up by its name takes time with the square of their number.
    return element.items() if count < _MANY else [(one.attrname, str(one)) for one in element.xpath("@*")]


def add_member(members: dict[str, Json], name: str, value: Json) -> None:
    """Set a member of an object; one that is there already becomes a list."""
    before = members.get(name)
    if name not in members:
        members[name] = value
    elif isinstance(before, list):
        before.append(value)
    else:
        members[name] = [before, value]


def _exceeded(document: XmlDocument, limit: str, element: Any, zh: str, en: str) -> Unreadable:
    line = element.sourceline or 1
    place = Place(document.path, line=line, column=1)
    return document.limits.exceeded(limit, document.path, f"第 {line} 行：{zh}", f"line {line}: {en}", place=place)
