"""How long legacy files take to become entries, beside what the usual library takes for reading them and no more.

    pip install -e '.[dev]' && python benchmarks/convert.py [ENTRIES [RUNS]]

A made-up catalog is written as a workbook, as Turtle and as ISO 19139 XML, and each is converted to entries. Beside it
openpyxl iterates over the cells of the workbook, rdflib parses the Turtle, and lxml parses the XML and looks up the
values of the same elements. All in turn, in one process each; medians of processor seconds and their ratios.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

CONVERT = """
import sys, time
from pathlib import Path
from mulu import child
from mulu.convert import known, open_source
from mulu.readers import open_document
from mulu.standard import load
standard = load()
mapping = standard.mappings[sys.argv[2]]
told = known(standard)
for one in (told.words, told.prefixes, told.records):
    one()
begin = time.process_time()
document = open_document(Path(sys.argv[1]), known=told)
count = sum(1 for _ in open_source(document, standard, sys.argv[2]))
# What was read by a child counts, once that has ended.
child.end_all()
print(time.process_time() - begin + sum(__import__("os").times()[2:4]))
"""
OPENPYXL = """
import sys, time
import openpyxl
begin = time.process_time()
for sheet in openpyxl.load_workbook(sys.argv[1], read_only=True):
    for row in sheet.iter_rows(values_only=True):
        pass
print(time.process_time() - begin)
"""
RDFLIB = """
import sys, time
import rdflib
begin = time.process_time()
rdflib.Graph().parse(sys.argv[1], format="turtle")
print(time.process_time() - begin)
"""
LXML = """
import sys, time
from lxml import etree
begin = time.process_time()
gmd, gco = "http://www.isotc211.org/2005/gmd", "http://www.isotc211.org/2005/gco"
names = {"gmd": gmd, "gco": gco}
paths = ["gmd:fileIdentifier", "gmd:dateStamp", ".//gmd:title", ".//gmd:abstract", ".//gmd:keyword", ".//gmd:purpose",
         ".//gmd:organisationName", ".//gmd:individualName", ".//gmd:electronicMailAddress", ".//gmd:voice",
         ".//gmd:MD_MaintenanceFrequencyCode", ".//gmd:linkage", ".//gmd:otherConstraints",
         ".//gmd:EX_GeographicDescription"]
found = [etree.XPath(path, namespaces=names) for path in paths]
for record in etree.parse(sys.argv[1]).iter(f"{{{gmd}}}MD_Metadata"):
    for one in found:
        for node in one(record):
            "".join(node.itertext())
print(time.process_time() - begin)
"""
CASES = (
    ("workbook (cn-guide-2017)", "cn-guide-2017", ".xlsx", "openpyxl, read only", OPENPYXL),
    ("Turtle (dcat)", "dcat", ".ttl", "rdflib", RDFLIB),
    ("ISO XML (iso19139)", "iso19139", ".xml", "lxml and XPath", LXML),
)


def seconds(program: str, *arguments: str) -> float:
    """Run a program once, and return the seconds that it prints."""
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return float(done.stdout)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("entries", type=int, nargs="?", default=3_000)
    parser.add_argument("runs", type=int, nargs="?", default=5)
    asked = parser.parse_args()
    entries, runs = asked.entries, asked.runs
    mulu = [sys.executable, "-m", "mulu"]
    with tempfile.TemporaryDirectory() as folder:
        catalog = Path(folder) / "catalog.jsonl"
        subprocess.run([*mulu, "sample", f"resource:{entries}", "-o", str(catalog)], check=True, capture_output=True)
        for title, name, ending, peer, program in CASES:
            file = str(Path(folder) / f"catalog{ending}")
            command = [*mulu, "convert", str(catalog), "--to", name, "-o", file]
            subprocess.run(command, check=True, capture_output=True)
            rounds = [(seconds(CONVERT, file, name), seconds(program, file)) for _ in range(runs)]
            ours, theirs = (statistics.median(one) for one in zip(*rounds, strict=True))
            print(f"{title}, {entries} entries: mulu {ours:.2f} s, {peer} {theirs:.2f} s, ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
