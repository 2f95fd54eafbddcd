"""What a run does for one small file, counted in work, since seconds depend on the machine."""

import subprocess
import sys
from pathlib import Path

from mulu.standard import Standard, load
from mulu.validate.api import validate

STANDARD = load()
# Readers of other files, other reports, and libraries that only some files or findings need.
IDLE = (
    *("mulu.readers.xml", "mulu.readers.rdf", "mulu.readers.html", "mulu.readers.ddl", "mulu.readers.xlsx"),
    *("mulu.readers.database", "mulu.convert.legacy", "mulu.reports.html", "mulu.reports.xlsx", "mulu.publish"),
    *("lxml", "openpyxl", "python_calamine", "xlrd", "jinja2", "sqlglot", "re2", "jsonschema", "difflib", "numpy"),
)
ENTRY = Path(STANDARD.roots[0]) / "schemas" / "examples" / "resource.json"


def test_what_no_finding_needs_is_not_read():
    """Of a rule that finds nothing the query is all that a run asks for."""
    standard = Standard(STANDARD.roots, STANDARD.header)
    with validate(ENTRY, standard=standard) as report:
        assert report.exit_code("info") == 0
    assert [rule.id for rule in standard.rules.values() if "said" in vars(rule)] == []


def test_what_the_file_does_not_need_is_not_loaded():
    """A command that checks one entry in JSON imports no reader of anything else, and no report but its own."""
    code = f"""
import atexit, sys
atexit.register(lambda: print(sorted(set({IDLE!r}) & set(sys.modules))))
from mulu.cli import main
main(["validate", {str(ENTRY)!r}, "--lang", "en"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
