"""The session in which queries that were carried over are run, with what their meaning depends on set in it."""

from typing import Any

# What a query means must not depend on how a cluster is configured.
_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.crossJoin.enabled": "true",
    "spark.sql.groupByAliases": "true",
    "spark.sql.session.timeZone": "UTC",
}


def prepared(spark: Any) -> Any:
    """Return a session beside `spark`, with views of its own, in which a query means what rules mean."""
    found = spark.newSession()
    for name, value in _SETTINGS.items():
        found.conf.set(name, value)
    return found
