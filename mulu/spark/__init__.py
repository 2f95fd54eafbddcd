"""Validation on a cluster of Spark: the same checks and rules where the entries are, the same findings here.

Nothing outside of this package knows Spark, and nothing here is loaded unless it is asked for.
"""
