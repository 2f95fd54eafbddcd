"""State secrets stay out of the catalog: an entry of any kind that claims to be one is rejected."""

import json

import pytest

from mulu.standard import load
from mulu.validate.structure import Structure

STANDARD = load()
STRUCTURE = Structure(STANDARD)
KINDS = [kind for kind in STANDARD.schemas.kinds if "secrecy" in STANDARD.schemas.members(STANDARD.schemas.kinds[kind])]
SECRETS = {
    "secrecy": ["state-secret", "top-secret", "secret", "confidential", "work-secret"],
    "record-secrecy": ["confidential", "secret", "top-secret"],
}


def test_every_kind_that_holds_data_says_whether_it_is_secret():
    """The question is put for each of them."""
    assert set(KINDS) >= {"resource", "organization", "licence", "issued-licence", "seal", "element", "record"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_secret_is_rejected(kind):
    """Every secret value is an error of the first level, told with what is accepted instead; the others pass."""
    codes = STANDARD.schemas.members(STANDARD.schemas.kinds[kind])["secrecy"]["x-code-list"]
    example = json.loads(json.dumps(dict(STANDARD.examples[kind])))
    for value in SECRETS[codes]:
        (fault,) = STRUCTURE.faults(example | {"secrecy": value})
        assert (fault.check, fault.path, fault.severity) == ("value-not-allowed", ("secrecy",), "error")
        assert fault.level == STANDARD.header.levels[0].id and fault.rejected
    for value in set(STANDARD.codes[codes].values) - set(SECRETS[codes]):
        assert STRUCTURE.faults(example | {"secrecy": value}) == []


@pytest.mark.parametrize(
    ("code_type", "code", "check"),
    [
        ("001", "92430104MA4X1E200M", None),
        ("001", "92430104MA4X1E200N", "invalid-format"),
        ("111", "11010519491231002X", None),
        ("111", "110105194912310021", "invalid-format"),
        ("414", "E00000001", None),
    ],
)
def test_a_holder_code_is_checked_by_its_type(code_type, code, check):
    """A credit code and a citizen number have check characters; the fault does not give the number away."""
    entry = dict(STANDARD.examples["issued-licence"])
    entry["holder"] = [{"name": "示例甲", "codeType": code_type, "code": code}]
    faults = STRUCTURE.faults(entry)
    assert [(fault.check, fault.path) for fault in faults] == ([(check, ("holder", 0, "code"))] if check else [])
    assert all("1949" not in str(fault.params["reason_zh"]) for fault in faults)
