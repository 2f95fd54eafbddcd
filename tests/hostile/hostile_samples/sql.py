"""Scripts that define tables: brackets, names and keys in numbers that no database has."""


def samples():
    """Yield name, file, bytes, and what must be said."""
    deep = 120_000
    yield "brackets-around-a-default", "a.sql", _table(f"a int DEFAULT {'(' * deep}1{')' * deep}")
    columns = [f"c{number} int" for number in range(200_000)]
    yield "many-columns", "a.sql", _table(*columns), "limit columns"
    yield "many-partitions", "a.sql", _table(f"a int) PARTITIONED BY ({','.join(columns)}"), "limit columns"
    added = "".join(f"ALTER TABLE x ADD COLUMN {column};\n" for column in columns[:100_000])
    yield "many-columns-added", "a.sql", _table("a int") + added.encode(), "limit columns"
    yield "many-words", "a.sql", _table("a int " + "xxxxxxxx " * 300_000)
    long = "a" * 60
    yield "many-constraints", "a.sql", _table(f"a int, b int{f',UNIQUE ({long},b)' * 40_000}")
    names = ",".join(columns[number].split()[0] for number in range(2_000))
    key = f"FOREIGN KEY ({names}) REFERENCES y ({names})"
    yield "long-keys", "a.sql", _table(*columns[:2_000], *[key] * 60), ("statement-not-understood",)
    yield "many-brackets", "a.sql", _table("(" * 9_000_000), "limit nodes"
    yield "nested-types", "a.sql", _table("a " + "array<struct<x:" * 10_000 + "int" + ">>" * 10_000)


def _table(*elements):
    return f"CREATE TABLE x ({','.join(elements)});\n".encode()
