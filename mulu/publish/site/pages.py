"""The pages for people: each in Chinese and in English, at an address of its own."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from mulu.publish.site import diagram, search
from mulu.publish.site.addresses import PAGE_ROWS, anchor, list_page, page_of
from mulu.publish.site.examples import Reach, json_markup, reach_of
from mulu.publish.site.formats import ways
from mulu.publish.site.lists import Lists
from mulu.publish.site.markdown import in_language, rendered
from mulu.publish.site.model import Field, Model, Shape
from mulu.publish.site.sources import documents
from mulu.standard import CodeList, Rule
from mulu.texts import LANGUAGES, Text, clean, unasked

LANG = {"zh": "zh-CN", "en": "en"}
_SECTIONS = (
    ("kinds", Text("条目种类", "Kinds")),
    ("objects", Text("对象", "Objects")),
    ("codes", Text("代码表", "Code lists")),
    ("rules", Text("规则", "Rules")),
    ("formats", Text("格式", "Formats")),
    ("levels", Text("级别", "Levels")),
    ("sources", Text("依据", "Sources")),
    ("downloads", Text("下载", "Downloads")),
)


class Pages:
    """Makes the pages of a standard."""

    def __init__(self, model: Model, downloads: list[tuple[str, Text]]) -> None:
        self.model = model
        self.standard = model.standard
        self.downloads = downloads
        self.documents = documents(model)
        self.reach = Reach(self.standard)
        self.lists = Lists(model)
        self.by_field = self._rules_by_field()
        self.by_list = self._fields_by_list()
        self.formats = {name: ways(model, self.standard.mappings[name]) for name in sorted(self.standard.mappings)}
        self.environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            finalize=_finalize,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals.update(
            model=model, standard=self.standard, anchor=anchor, page_of=page_of, unasked=unasked
        )

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield each page with its address, both languages of one after each other."""
        for name in ("site.css", "site.js"):
            yield name, Path(__file__).with_name("templates").joinpath(name).read_bytes()
        yield "index.html", self._render("choice.html", "zh", "index.html", {}, inside=False)
        entries = {language: search.entries(self.model, language) for language in LANGUAGES}
        yield "search.json", search.json_of(entries)
        for path, template, values in self._pages():
            for language in LANGUAGES:
                own = {key: value(language) if callable(value) else value for key, value in values.items()}
                if template == "search.html":
                    own["index"] = search.script_data(entries[language])
                    own["names"] = search.script_data({key: name.get(language) for key, name in search.KINDS.items()})
                yield f"{language}/{path}", self._render(template, language, path, own)

    def _pages(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        header = self.standard.header
        yield "index.html", "index.html", {"title": header.title, "diagram": self._front_diagram, "current": ""}
        for section, title in _SECTIONS:
            yield f"{section}.html", f"{section}.html", {"title": title, "current": section, **self._section(section)}
        yield "search.html", "search.html", {"title": Text("搜索", "Search"), "current": "search"}
        for shape in self.model.shapes.values():
            section = "kinds" if shape.is_kind else "objects"
            yield page_of(shape), "shape.html", {"title": shape.title, "current": section, **self._shape(shape)}
        for name in self.standard.codes:
            yield from self._list_pages(self.standard.codes[name])
        for rule in self.standard.rules.values():
            values = {"title": rule.text.title, "current": "rules", **self._rule(rule)}
            yield f"rules/{rule.id}.html", "rule.html", values
        for name, found in self.formats.items():
            mapping = self.standard.mappings[name]
            readme = mapping.folder / "README.md"
            text = readme.read_text(encoding="utf-8", errors="replace") if readme.is_file() else ""
            values = {
                "title": mapping.title,
                "current": "formats",
                "mapping": mapping,
                "ways": found,
                "schema": next((path for path, _ in self.downloads if path == f"xsd/{name}.xsd"), None),
                "readme": lambda language, text=text: rendered(in_language(text, language), 3) if text else "",
            }
            yield f"formats/{name}.html", "format.html", values

    # -- what stands on which page

    def _section(self, name: str) -> dict[str, Any]:
        if name == "sources":
            return {"documents": self.documents}
        if name == "downloads":
            return {"downloads": self.downloads}
        if name == "rules":
            topics: dict[str, list[Rule]] = {}
            for rule in self.standard.rules.values():
                topics.setdefault(rule.topic, []).append(rule)
            return {"topics": dict(sorted(topics.items()))}
        if name == "levels":
            return {"asked": {level: self._asked(level) for level in self.standard.levels}}
        if name == "codes":
            return {"users": self.by_list}
        return {}

    def _asked(self, level: str) -> dict[str, Any]:
        first = self.standard.header.levels[0].id
        wanted = ("", first) if level == first else (level,)
        return {
            "required": [
                (shape, [one for one in shape.fields if one.level in wanted])
                for shape in self.model.shapes.values()
                if any(one.level in wanted for one in shape.fields)
            ],
            "rules": [rule for rule in self.standard.rules.values() if rule.text.level == level],
        }

    def _shape(self, shape: Shape) -> dict[str, Any]:
        example = self.standard.examples.get(shape.name) if shape.is_kind else None
        return {
            "shape": shape,
            "users": self.model.users(shape.name),
            "rules": {one.name: self.by_field.get((shape.name, one.name), []) for one in shape.fields},
            "whole": self.by_field.get((shape.name, ""), []),
            "entry": json_markup(example) if example is not None else None,
            "reached": reach_of(self.reach, example) if example is not None else [],
            "formats": [name for name in self.formats if shape.name in self.standard.mappings[name].kinds],
            "diagram": lambda language: self._tree_diagram(shape, language),
            "here": shape.id is not None and shape.id.startswith(self.standard.header.base),
        }

    def _list_pages(self, codes: CodeList) -> Iterator[tuple[str, str, dict[str, Any]]]:
        total = max(1, -(-len(codes.codes) // PAGE_ROWS))
        ours = {"code", "name.zh", "name.en", "aliases", "status", "successor", "broader"}
        filled = [name for name in codes.columns if name not in ours and any(code.fields[name] for code in codes.codes)]
        row_of = _rows(codes)
        other = self.lists.above(codes.id)
        above = self.standard.codes[other] if other is not None else None
        row_above = _rows(above) if above is not None else {}
        values = {
            "title": Text(codes.id, codes.id),
            "current": "codes",
            "codes": codes,
            "columns": [name for name in filled if name not in ("source", "mark")],
            "has": {
                key: any(code.fields.get(key) for code in codes.codes) for key in ("broader", "status", "successor")
            },
            "users": self.by_list.get(codes.id, []),
            "total": total,
            "pages": [list_page(codes, number * PAGE_ROWS) for number in range(total)],
            "cited": list(dict.fromkeys(code.fields["source"] for code in codes.codes if code.fields.get("source"))),
        }

        def place(code: str) -> str | None:
            return list_page(codes, row_of[code]) if code in row_of else None

        def place_above(code: str) -> str | None:
            return list_page(above, row_above[code]) if above is not None and code in row_above else None

        for number in range(total):
            start = number * PAGE_ROWS
            # A code that has several lines is pointed at by its first.
            rows = [
                (code, row_of[code.code] == row)
                for row, code in enumerate(codes.codes[start : start + PAGE_ROWS], start)
            ]
            own = {
                **values,
                "rows": rows,
                "number": number + 1,
                "place": lambda _: place,
                "above": lambda _: place_above,
            }
            yield list_page(codes, number * PAGE_ROWS), "list.html", own

    def _rule(self, rule: Rule) -> dict[str, Any]:
        def told(examples: Any) -> list[dict[str, Any]]:
            return [
                {
                    "name": example.name,
                    "entries": [
                        (entry, json_markup(entry, [path for place, path in example.at if place == number]))
                        for number, entry in enumerate(example.entries)
                    ],
                    "at": example.at,
                }
                for example in examples
            ]

        found: dict[tuple[str, str], tuple[Shape, Field | None]] = {}
        for shape, one in self.rule_fields[rule.id]:
            found[shape.name, one.name if one else ""] = (shape, one)
        return {"rule": rule, "good": told(rule.passes), "bad": told(rule.fails), "fields": list(found.values())}

    def _rules_by_field(self) -> dict[tuple[str, str], list[Rule]]:
        """Return the rules that find something in a field, as their examples show it; `""` for the entry as a whole."""
        found: dict[tuple[str, str], list[Rule]] = {}
        self.rule_fields: dict[str, list[tuple[Shape, Field | None]]] = {}
        for rule in self.standard.rules.values():
            self.rule_fields[rule.id] = []
            for example in rule.fails:
                for number, pointer in example.at:
                    kind = example.entries[number].get("kind") if number < len(example.entries) else None
                    if kind not in self.model.shapes:
                        continue
                    at = self.model.at(str(kind), pointer)
                    shape, one = at if at is not None else (self.model.shapes[str(kind)], None)
                    rules = found.setdefault((shape.name, one.name if one else ""), [])
                    if rule not in rules:
                        rules.append(rule)
                        self.rule_fields[rule.id].append((shape, one))
        return found

    def _fields_by_list(self) -> dict[str, list[tuple[Shape, Field]]]:
        found: dict[str, list[tuple[Shape, Field]]] = {}
        for shape in self.model.shapes.values():
            for one in shape.fields:
                for name in {one.codes, one.open_codes} - {None}:
                    found.setdefault(str(name), []).append((shape, one))
        return found

    def _front_diagram(self, language: str) -> Markup:
        title = Text("条目种类之间的联系", "How the kinds hang together").get(language)
        return diagram.kinds_diagram(self.model, language, lambda shape: quote(page_of(shape)), title)

    def _tree_diagram(self, shape: Shape, language: str) -> Markup | None:
        title = Text("其中的对象", "The objects in it").get(language)
        return diagram.tree_diagram(self.model, shape, language, lambda one: "../" + quote(page_of(one)), title)

    def _render(
        self, template: str, language: str, path: str, values: Mapping[str, Any], *, inside: bool = True
    ) -> bytes:
        root = "../" * (path.count("/") + (1 if inside else 0))

        def link(target: str, place: str = "") -> str:
            """Return the address of a page of this language, from here."""
            return f"{root}{language}/{quote(target)}" + (f"#{anchor(place)}" if place else "")

        text = self.environment.get_template(template).render(
            language=language,
            lang=LANG[language],
            other="en" if language == "zh" else "zh",
            path=path,
            root=root,
            link=link,
            file=lambda target: f"{root}{quote(target)}",
            t=lambda zh, en: en if language == "en" else zh,
            say=lambda text: text.get(language) or text.zh,
            sections=_SECTIONS,
            **values,
        )
        return text.encode("utf-8", "backslashreplace")


def _rows(codes: CodeList) -> dict[str, int]:
    """Return the first line of each code of a list, from 0."""
    found: dict[str, int] = {}
    for row, code in enumerate(codes.codes):
        found.setdefault(code.code, row)
    return found


def _finalize(value: Any) -> Any:
    """What a template puts in is cleaned of what could drive the reading direction; escaping comes after it."""
    return clean(value, keep_newlines=True) if isinstance(value, str) and not isinstance(value, Markup) else value
