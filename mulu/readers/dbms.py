"""Which database a script of SQL was written for."""

import re

# What a script says of the program that wrote it, or writes as only one does; the first that is there counts.
_DBMS = (
    ("dm", r"\bCLUSTER\s++PRIMARY\s++KEY\b|\bSTORAGE\s*+\(\s*+ON\b|达梦|\bDM ?8\b|\bDMDBMS\b|Dameng"),
    ("kingbasees", r"\bKingbase"),
    ("mysql", r"MySQL dump|Type *+: *+(?:MySQL|MariaDB)|DBMS name: *+MySQL|\bENGINE\s*+=\s*+InnoDB\b"),
    (
        "sql-server",
        r"Type *+: *+SQL Server|DBMS name: *+Microsoft SQL|\bsp_addextendedproperty\b|\[dbo\]|\bNVARCHAR\s*+\(\s*+MAX",
    ),
    (
        "postgresql",
        r"PostgreSQL database dump|Type *+: *+PostgreSQL|DBMS name: *+PostgreSQL|\bpg_catalog\b"
        r"|\bSET\s++statement_timeout\b",
    ),
    ("oracle", r"Type *+: *+Oracle|DBMS name: *+ORACLE|\bVARCHAR2\s*+\("),
)
_DBMS_PATTERNS = tuple((name, re.compile(f"(?i){pattern}")) for name, pattern in _DBMS)


def dbms_of(script: str) -> tuple[str, int] | None:
    """Return the database, as formats call it, and the position at which the script tells; `None` if it does not."""
    for name, pattern in _DBMS_PATTERNS:
        if match := pattern.search(script):
            return name, match.start()
    return None
