"""What a record of XML held beyond the standard, under names that the file which is written can have."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mulu.convert.trees import leaves
from mulu.pointer import Json, pointer_step
from mulu.texts import Text
from mulu.xml_names import is_name, is_namespace, is_prefix

NO_NAME = Text(
    "XML 中不能有这样的名称或结构，或名称的前缀没有命名空间",
    "the name or form is not valid in XML, or its prefix has no namespace",
)
_PREFIX = "kept"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"


def prefixes_in(value: Json) -> set[str]:
    """Return the prefixes of all names in a tree of XML, `""` for that of elements without one."""
    found: set[str] = set()
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
            for name, member in one.items():
                if name.endswith(":type") and isinstance(member, str):
                    # The name of a type of XML Schema is a value with a prefix.
                    found.add(member.partition(":")[0])
                prefix, colon, _ = name.removeprefix("@").partition(":")
                if colon or name[:1] not in ("@", "#"):
                    found.add(prefix if colon else "")
        elif isinstance(one, list):
            waiting += one
    return found


@dataclass(slots=True)
class XmlNames:
    """The names of a file in which elements have those that `order` lists, with the prefixes of `known`.

    `further` are the prefixes that other names have got, with their namespaces; the same in the whole file.
    """

    known: Mapping[str, str]
    order: Mapping[str, tuple[str, ...]]
    further: dict[str, str] = field(default_factory=dict)

    @property
    def _types(self) -> set[str]:
        every = {**self.known, **self.further}
        return {f"@{prefix}:type" for prefix, uri in every.items() if uri == _INSTANCE}

    def fitted(self, kept: Json, tree: Json, element: str, namespaces: Json) -> tuple[Json, list[str]]:
        """Return what is to be laid over `tree`, the content of an element, and pointers to what cannot be in XML.

        `namespaces` are those of the prefixes in `kept`. A name of the format itself, in whatever namespace it was
        read, is written as the format has it.
        """
        given = namespaces if isinstance(namespaces, dict) else {}
        prefixes = {prefix: own for prefix, uri in given.items() if (own := self._prefix(prefix, uri)) is not None}
        lost: list[str] = []
        return self._fitted(kept, tree, element, "", prefixes, lost), lost

    def _fitted(
        self, value: Json, tree: Json, element: str, pointer: str, prefixes: dict[str, str], lost: list[str]
    ) -> Json:
        if isinstance(value, list):
            found = []
            for number, one in enumerate(value):
                if isinstance(one, list):
                    lost += [at for at, _ in leaves(one, f"{pointer}/{number}")]
                elif one is not None:
                    found.append(self._fitted(one, tree, element, f"{pointer}/{number}", prefixes, lost))
            return found
        if not isinstance(value, dict):
            return value
        there = _members(tree)
        made: dict[str, Json] = {}
        for name, member in value.items():
            here = pointer + pointer_step(name)
            key = self._key(name, member, {*there, *self.order.get(element, ())}, prefixes)
            if key is None:
                lost += [at for at, _ in leaves(member, here)]
            elif key in self._types and isinstance(member, str):
                prefix, colon, local = member.partition(":")
                made[key] = f"{prefixes.get(prefix, prefix)}{colon}{local}"
            elif member is not None:
                inner = self._fitted(member, there.get(key), key, here, prefixes, lost)
                made[key] = [*_listed(made[key]), *_listed(inner)] if key in made else inner
        return made

    def _key(self, name: str, member: Json, own: set[str], prefixes: dict[str, str]) -> str | None:
        mark = "@" if name.startswith("@") else ""
        if (mark or name == "#text") and isinstance(member, dict | list):
            return None
        if name == "#text":
            return name
        prefix, colon, local = name.removeprefix("@").rpartition(":")
        if not is_name(local) or (mark and not colon and local == "xmlns"):
            return None
        if prefix in ("xml", *self.known) and colon:
            return name
        if mark + local in own or (not colon and (mark or "" not in prefixes)):
            return mark + local
        return f"{mark}{prefixes[prefix]}:{local}" if prefix in prefixes else None

    def _prefix(self, prefix: str, uri: Json) -> str | None:
        """Return the prefix that a namespace has in the file; `None` if it can be none."""
        if not isinstance(uri, str) or not is_namespace(uri):
            return None
        every = {**self.known, **self.further}
        known = next((one for one, of in every.items() if of == uri), None)
        if known is not None:
            return known
        first = prefix if is_prefix(prefix) else _PREFIX
        number, own = 1, first
        while own in every:
            number += 1
            own = f"{first}{number}"
        self.further[own] = uri
        return own


def _members(tree: Json) -> dict[str, Json]:
    """Return what there is by name in an element, or in several of one name."""
    found: dict[str, Json] = {}
    for one in _listed(tree):
        if isinstance(one, dict):
            for name, member in one.items():
                found[name] = [*_listed(found[name]), *_listed(member)] if name in found else member
    return found


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]
