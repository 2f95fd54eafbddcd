"""Rules are proved by their examples: a query that says something else is found out by the rule's own examples.

Of each query mutants are made, each with one condition dropped, comparison turned round or moved by one, constant
changed, `not` removed, or join made unconditional. A mutant that finds the same in all examples of its rule survives;
`survivors.csv` lists those that were looked at, each with the reason. All rules at once:

    python tests/standard/test_mutants.py
"""

import csv
import os
import sys
import tempfile
import zlib
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from sqlglot import exp, parse_one

from mulu.pointer import dumps
from mulu.publish.check.examples import example_flaws
from mulu.publish.check.flaws import Flaw
from mulu.standard import Standard, load
from mulu.validate import Options, Validation
from mulu.validate.allowed import known_tables
from mulu.validate.shapes import words_of
from mulu.validate.tables import Tables

DIALECT = "duckdb"
STANDARD = load()
PROFILE = Path(__file__).parents[2] / "profiles" / "zhejiang"
LIST = Path(__file__).with_name("survivors.csv")
SHARE = 16
"""Of how many rules one is mutated in the suite."""
FEW = 3
"""Constants in a list; those of a longer one are changed together, as what a list of words holds is no logic."""
OPPOSITE = {exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.LT: exp.GTE, exp.LTE: exp.GT, exp.GT: exp.LTE, exp.GTE: exp.LT}
EDGE = {exp.LT: exp.LTE, exp.LTE: exp.LT, exp.GT: exp.GTE, exp.GTE: exp.GT}
NOTHING = ("", "—")
"""Constants that stand for a value that is not there; any other sign would do."""
OTHER = "\u2042"
"""A sign that no value holds."""


def told_only(node):
    """Whether a part of a query is in no condition: in a column for the message, or in `select 1` of an `exists`.

    Columns of one language are for the message also further inside.
    """
    while (parent := node.parent) is not None:
        if isinstance(parent, exp.Select) and node.arg_key == "expressions":
            up = parent.parent
            while isinstance(up, exp.Union):
                up = up.parent
            if isinstance(up, exp.Exists) or node.alias_or_name.endswith(("_zh", "_en")):
                return True
            if up is None and node.alias_or_name not in ("entry", "path"):
                return True
        node = parent
    return False


def text(node):
    """Return a part of a query as text."""
    return node.sql(DIALECT, comments=False)


def changes(node):
    """Yield, for one part of a query, what can be put in its place: what changes, and the new part."""
    if isinstance(node, (exp.And, exp.Or)):
        for left, dropped, kept in ((True, node.left, node.right), (False, node.right, node.left)):
            # Of `a and b and c` one is dropped at a time.
            if type(dropped) is not type(node) or not left:
                yield f"{node.key} without {text(dropped)}", kept
    elif type(node) in OPPOSITE:
        for word, kinds in (("opposite of", OPPOSITE), ("edge of", EDGE)):
            if type(node) in kinds:
                yield (
                    f"{word} {text(node)}",
                    kinds[type(node)](this=node.this, expression=node.expression),
                )
    elif isinstance(node, exp.In):
        if not isinstance(node.parent, exp.Not):
            yield f"opposite of {text(node)}", exp.Not(this=node.copy())
        if len(node.expressions) > FEW:
            new = node.copy()
            new.set("expressions", [changed(node.expressions[0])])
            yield f"other list than {text(node)}", new
    elif isinstance(node, exp.Not) and not isinstance(node.this, exp.Null):
        yield f"no {text(node)}", node.this
    elif isinstance(node, exp.Literal) and node.this not in NOTHING:
        if not (
            node.arg_key == "expressions" and isinstance(node.parent, exp.In) and len(node.parent.expressions) > FEW
        ):
            yield (
                f"other constant than {text(node)} in {text(node.parent)}",
                changed(node),
            )
    elif isinstance(node, (exp.Where, exp.Having)) and not isinstance(node.this, exp.And):
        yield f"no {text(node)}", type(node)(this=exp.true())
    elif isinstance(node, exp.Join) and node.args.get("on") is not None and not isinstance(node.args["on"], exp.And):
        new = node.copy()
        new.set("on", exp.true())
        yield f"no condition of {text(node)}", new


def changed(literal):
    """Return another constant: a number more by one, a text with a sign that no value holds."""
    if literal.is_string:
        return exp.Literal.string(literal.this + OTHER)
    return exp.Literal.number(str(float(literal.this) + 1 if "." in literal.this else int(literal.this) + 1))


def mutants(query):
    """Yield name and text of each mutant of a query; no two have one name, or one text."""
    tree = parse_one(query, read=DIALECT)
    texts, names = {text(tree)}, Counter()
    for node in list(tree.walk()):
        if told_only(node):
            continue
        for name, new in list(changes(node)):
            new = new.copy()
            node.replace(new)
            query = text(tree)
            new.replace(node)
            if query not in texts:
                texts.add(query)
                name = " ".join(name.split())
                names[name] += 1
                yield f"{name} ({names[name]})" if names[name] > 1 else name, query


class Bench:
    """The examples of the standard's rules in one database; a query is tried on one example at a time."""

    def __init__(self, folder, rules, standard=STANDARD):
        today, level = date(2026, 1, 15), standard.header.levels[-1].id
        self.examples = {rule.id: [] for rule in rules}
        entries = []
        for rule in rules:
            # Those in which something is to be found tell most mutants.
            for example in (*rule.fails, *rule.passes):
                first = len(entries) + 1
                entries += example.entries
                self.examples[rule.id].append((first, len(entries), Counter(example.at)))
        file = folder / "examples.jsonl"
        file.write_bytes(b"".join(dumps(dict(entry)) + b"\n" for entry in entries))
        run = Validation(standard, Options(level, today), folder)
        for _ in run.add(file, file.name):
            pass
        assert run.inputs[0].entries == len(entries)
        unknown = {f["source"]["line"] for f in run.store if f["rule"] == "value-not-in-code-list"}
        run.close()
        for rule, examples in self.examples.items():
            # A profile may lack a code that an example has.
            self.examples[rule] = [item for item in examples if not unknown & set(range(item[0], item[1] + 1))]
        self.tables = Tables(standard, folder)
        self.tables.load(run.spool, [rule.query for rule in rules], today)
        self.known = known_tables(standard)

    def surviving(self, rule, queries):
        """Return those of the named queries that find in all examples of a rule what its own query does.

        The rule's own query must find there what the examples say.
        """
        run = self.tables.connection.execute
        left = list(queries)
        tables = self.known & words_of(rule.query)
        for first, last, expected in self.examples[rule.id]:
            for table in tables:
                run(
                    f'create or replace temp table "{table}" as '
                    f'select * from memory.main."{table}" where entry between {first} and {last}'
                )
            assert self._found(rule.query, first) == expected
            left = [(name, query) for name, query in left if self._found(query, first) == expected]
        for table in tables:
            run(f'drop table if exists temp."{table}"')
        return [name for name, _ in left]

    def _found(self, query, first):
        try:
            result = self.tables.connection.execute(query)
        except duckdb.Error:
            # It cannot run, which the check of a standard tells.
            return None
        columns = [column[0] for column in result.description]
        entry, path = columns.index("entry"), columns.index("path")
        return Counter((row[entry] - first, row[path] or "") for row in result.fetchall() if row[entry] is not None)


def reviewed():
    """Return the mutants that may survive: rule -> name -> reason."""
    found = {}
    with LIST.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            found.setdefault(line["rule"], {})[line["mutant"]] = line["reason"]
    return found


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """Return the examples of all rules, loaded."""
    bench = Bench(tmp_path_factory.mktemp("bench"), STANDARD.rules.values())
    yield bench
    bench.tables.close()


@pytest.mark.parametrize(
    "rule", [rule for rule in STANDARD.rules.values() if not zlib.crc32(rule.id.encode()) % SHARE], ids=lambda r: r.id
)
def test_examples_tell_a_query_from_its_mutants(rule, bench):
    """No mutant survives but those that were looked at, and none of these is listed in vain."""
    assert sorted(bench.surviving(rule, mutants(rule.query))) == sorted(reviewed().get(rule.id, {}))


def test_list_of_survivors_is_of_rules_and_gives_reasons():
    """A rule that is gone leaves no excuse behind."""
    listed = reviewed()
    assert set(listed) <= set(STANDARD.rules)
    assert all(reason.strip() for mutants in listed.values() for reason in mutants.values())


@pytest.mark.parametrize("root", [None, PROFILE], ids=["built-in", "profile"])
def test_a_rule_without_its_query_is_found_out(root, tmp_path):
    """A query that finds nothing fails the check of the standard, for each of its rules."""
    standard = load(root) if root else load()
    silent = Standard(standard.roots, standard.header, standard.below)
    silent.__dict__["rules"] = {
        name: replace(rule, query=f"select * from ({rule.query}) where false") for name, rule in standard.rules.items()
    }
    own = {rule.path for rule in standard.rules.values() if rule.path.is_relative_to(standard.roots[-1] / "validators")}
    assert own and {Path(one.path) for one in example_flaws(silent, tmp_path) if isinstance(one, Flaw)} == own


def test_rules_find_the_same_under_a_profile(tmp_path):
    """What a province adds to schemas and narrows in code lists leaves the rules below as they were."""
    profile = load(PROFILE)
    assert set(profile.rules) > set(STANDARD.rules)
    bench = Bench(tmp_path, profile.rules.values(), profile)
    assert sum(map(bool, bench.examples.values())) >= len(STANDARD.rules)
    whole = bool(os.environ.get("TEST_WHOLE"))
    for rule in [*profile.rules.values()][:: 1 if whole else SHARE]:
        assert bench.surviving(rule, [("own", rule.query)]) == ["own"]
    bench.tables.close()


def main(arguments):
    """Print how many mutants of all rules, or those named, are told, and the survivors; `--write` lists them."""
    write = "--write" in arguments
    wanted = set(arguments) - {"--write"} or set(STANDARD.rules)
    rules = [rule for rule in STANDARD.rules.values() if rule.id in wanted]
    before, lines, total, unknown = reviewed(), [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), rules)
        for rule in rules:
            queries = list(mutants(rule.query))
            survivors = bench.surviving(rule, queries)
            total += len(queries)
            for name in sorted(survivors):
                reason = before.get(rule.id, {}).get(name, "")
                lines.append((rule.id, name, reason))
                unknown += not reason
                if not write and not reason:
                    print(rule.id, name, sep="\t")
        bench.tables.close()
    print(f"{total} mutants, {total - len(lines)} told, {len(lines)} survive, {unknown} of them without a reason")
    if write:
        with LIST.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(("rule", "mutant", "reason"))
            others = [(r, m, why) for r, listed in before.items() if r not in wanted for m, why in listed.items()]
            writer.writerows(sorted(others + lines))
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
