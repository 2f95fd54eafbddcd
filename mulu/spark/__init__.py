"""Rules on Spark: their queries as Spark SQL, of the same meaning.

Nothing outside of this package knows Spark, and nothing here is loaded unless it is asked for.
"""
