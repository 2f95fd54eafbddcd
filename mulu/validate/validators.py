"""What is made of a standard's schemas to hold entries to them: at first use, and once for all runs of a process."""

from functools import cached_property, lru_cache
from typing import Any

import jsonschema_rs

from mulu import identifiers
from mulu.standard import Schemas
from mulu.validate.missing import Need, can_be_told, need_of, without_required


class Validators:
    """The validators of a standard's kinds.

    To build one raises `ValueError` or `jsonschema_rs.ReferencingError` if the schema cannot be used.
    """

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._judging: dict[str, jsonschema_rs.Draft202012Validator] = {}
        self._explaining: dict[str, jsonschema_rs.Draft202012Validator] = {}
        self._needs: dict[str, Need] = {}

    def judging(self, kind: str) -> jsonschema_rs.Draft202012Validator:
        """Return what tells whether an entry of a kind is right."""
        if kind not in self._judging:
            self._judging[kind] = _built(self._schemas.in_place(kind), self._registry)
        return self._judging[kind]

    def explaining(self, kind: str) -> jsonschema_rs.Draft202012Validator:
        """Return what tells too where in the schemas errors stand; not what is missing, if `tell_no_missing`."""
        if kind not in self._explaining:
            self._explaining[kind] = _built(self._schemas.closed(kind), self._explaining_registry)
        return self._explaining[kind]

    def need(self, kind: str) -> Need:
        """Return what is required of entries of a kind."""
        if kind not in self._needs:
            self._needs[kind] = need_of(self._schemas, kind)
        return self._needs[kind]

    @cached_property
    def tell_no_missing(self) -> bool:
        """Whether what is missing is looked up (`need`), so that the validator that explains need not tell it."""
        return can_be_told(self._schemas)

    @cached_property
    def _registry(self) -> jsonschema_rs.Registry:
        return jsonschema_rs.Registry(list(self._schemas.resources.items()))

    @cached_property
    def _explaining_registry(self) -> jsonschema_rs.Registry:
        if not self.tell_no_missing:
            return self._registry
        return jsonschema_rs.Registry(
            [(identifier, without_required(schema)) for identifier, schema in self._schemas.resources.items()]
        )


# Runs of a process have one standard, or are compared by two.
@lru_cache(maxsize=2)
def validators_of(schemas: Schemas) -> Validators:
    """Return the validators of a standard."""
    return Validators(schemas)


def _built(schema: dict[str, Any], registry: jsonschema_rs.Registry) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        schema,
        registry=registry,
        validate_formats=True,
        offline=True,
        formats={name: module.is_compact for name, module in identifiers.formats().items()},
        pattern_options=jsonschema_rs.RegexOptions(),
    )
