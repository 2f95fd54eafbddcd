"""What is none of the formats, or passes for another."""

import gzip


def samples():
    """Yield name, file, bytes, and what must be said."""
    yield "pdf", "a.xlsx", b"%PDF-1.7\n" + b"x" * 1_000, "PDF"
    yield "gzip-bomb", "a.csv", lambda: gzip.compress(b"\0" * 10_000_000), "gzip"
    yield "program", "a.xls", b"\x7fELF" + bytes(range(256)), "a program"
    yield "image", "a.csv", b"\x89PNG\r\n\x1a\n" + bytes(1_000), "image"
    yield "sqlite", "a.xlsx", b"SQLite format 3\0" + bytes(1_000), "SQLite"
    yield "parquet", "a.xlsx", b"PAR1" + bytes(1_000) + b"PAR1", "Parquet"
    yield "mht", "a.xls", b"MIME-Version: 1.0\nContent-Type: multipart/related\n", "MHT"
    yield "binary", "a.csv", bytes(range(32)) * 4_000, ""
    yield "noise", "a.json", bytes(n * n % 251 for n in range(100_000)), ""
    yield "noise-yaml", "a.yaml", bytes(n * n % 251 for n in range(100_000)), ""
    yield "svg", "a.html", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", ""
    yield "rdf", "a.xml", b"<?xml version='1.0'?><rdf:RDF xmlns:rdf='x'/>", ""
    yield "sql", "a.sql", b"create table t (a int); drop table t;"
    yield "sql-open-comments", "a.sql", b"create table t (a int);\ninsert into t values (1,\n" + b"/* " * 300_000
    yield "name-commands", "::error::x.csv", b"", ""
    yield "name-ansi", "a\x1b[31m\u202e.csv", b"", ""
    yield "name-markup", "<img src=x onerror=y>.csv", b"", ""
    yield "name-formula", "=cmd|calc.csv", b"", ""
