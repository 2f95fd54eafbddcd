"""Catalogs that are made up by the recipes of a standard, with faults in them where wanted."""

from mulu.sample.faults import Planter, planters
from mulu.sample.plan import counts_of
from mulu.sample.recipes import Recipes
from mulu.sample.write import Sample

__all__ = ["Planter", "Recipes", "Sample", "counts_of", "planters"]
