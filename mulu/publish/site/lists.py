"""The code lists for machines: CSV as it stands in the standard, JSON, and SKOS in two syntaxes."""

import re
from collections.abc import Iterator
from urllib.parse import quote

from mulu.publish.site.model import Model
from mulu.publish.site.rdf import Graph, Literal, Said, both, json_bytes, json_ld, prefixes, turtle
from mulu.standard import CodeList

_PLAIN = re.compile(r"[A-Za-z0-9._~-]+")


class Lists:
    """The lists of a standard and where each of their codes stands in the web."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.standard = standard = model.standard
        self._bases = [(one.roots[-1], one.header.base) for one in reversed(standard.layers)]

    def scheme(self, name: str) -> str:
        """Return the IRI of a list: the address of its SKOS, at the base of the standard that brings it."""
        path = self.standard.codes.paths[name]
        # A standard below may lie inside the folder of the one that is built on it.
        base = next(base for root, base in self._bases if path.is_relative_to(root / "schemas"))
        return f"{base}codes/{quote(name)}.ttl"

    def concept(self, name: str, code: str) -> str:
        """Return the IRI of a code."""
        return f"{self.scheme(name)}#{quote(code, safe='')}"

    def is_plain(self, name: str) -> bool:
        """Whether each code of a list can stand in an IRI as it is."""
        return all(_PLAIN.fullmatch(code) for code in self.standard.codes[name].values)

    def above(self, name: str) -> str | None:
        """Return the list that the codes above those of a list are in: itself, one beside it in an object, or none."""
        codes = self.standard.codes[name]
        broader = {code.fields.get("broader", "") for code in codes.codes} - {""}
        if not broader:
            return None
        # A list and that of its classes may both have a code such as “other”.
        if broader <= set(codes.by_code):
            return name
        for shape in self.model.shapes.values():
            beside = [one.codes for one in shape.fields if one.codes is not None]
            if name in beside:
                for other in beside:
                    if broader <= set(self.standard.codes[other].by_code):
                        return other
        return name if broader & set(codes.by_code) else None

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield each list in each form, with the name of its file."""
        for name in self.standard.codes:
            codes = self.standard.codes[name]
            graph = self._graph(codes)
            yield f"codes/{name}.csv", codes.path.read_bytes()
            yield f"codes/{name}.json", json_bytes(self._plain(codes))
            yield f"codes/{name}.ttl", turtle(graph)
            yield f"codes/{name}.jsonld", json_ld(graph)

    def _plain(self, codes: CodeList) -> dict[str, object]:
        own = {"code", "name.zh", "name.en", "aliases", "status", "successor"}
        rows = [
            {
                "code": code.code,
                "name": code.name.to_dict(),
                **({"status": code.status} if code.status else {}),
                **({"successor": code.successor.split(";")} if code.successor else {}),
                **({"aliases": list(code.aliases)} if code.aliases else {}),
                **{key: value for key, value in code.fields.items() if value and key not in own},
            }
            for code in codes.codes
        ]
        return {"id": self.scheme(codes.id), "list": codes.id, "codes": rows}

    def _graph(self, codes: CodeList) -> Graph:
        """Return a list as SKOS: its codes once each, by their newest line; former names are further labels."""
        known = prefixes()
        skos, dct, rdf, owl = known["skos"], known["dct"], known["rdf"], known["owl"]
        scheme = self.scheme(codes.id)
        graph: dict[str, Said] = {
            scheme: [
                (f"{rdf}type", f"{skos}ConceptScheme"),
                (f"{dct}identifier", Literal(codes.id)),
                (f"{skos}prefLabel", Literal(codes.id)),
            ]
        }
        above = self.above(codes.id)
        spelled: dict[str, dict[str, None]] = {}
        for row in codes.codes:
            spelled.setdefault(row.code, {}).update(dict.fromkeys([row.name.zh, *row.aliases]))
        for code in codes.by_code.values():
            said: Said = [
                (f"{rdf}type", f"{skos}Concept"),
                (f"{skos}inScheme", scheme),
                (f"{skos}notation", Literal(code.code)),
                *both(f"{skos}prefLabel", code.name.zh, code.name.en),
            ]
            # An alias with # stands for many spellings, none of which is this one.
            said += [
                (f"{skos}hiddenLabel", Literal(alias))
                for alias in spelled[code.code]
                if alias and "#" not in alias and alias != code.name.zh
            ]
            broader = code.fields.get("broader", "")
            if broader and above is not None and broader in self.standard.codes[above].by_code:
                # A code of another list is no broader concept in this scheme, but a match for one.
                name = "broader" if above == codes.id else "broadMatch"
                said.append((f"{skos}{name}", self.concept(above, broader)))
            elif above in (None, codes.id):
                said.append((f"{skos}topConceptOf", scheme))
            if code.status == "retired":
                said.append((f"{owl}deprecated", Literal("true", datatype=f"{known['xsd']}boolean")))
            said += [
                (f"{dct}isReplacedBy", self.concept(codes.id, successor))
                for successor in code.successor.split(";")
                if successor in codes.by_code
            ]
            if code.fields.get("source"):
                said.append((f"{dct}source", Literal(code.fields["source"])))
            graph[self.concept(codes.id, code.code)] = said
        return graph
