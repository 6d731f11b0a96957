"""How are features chosen by what a person writes in CQL2?"""

from layers.filtering.expression import Expression
from layers.filtering.functions import FUNCTIONS, Function
from layers.filtering.parsing import Language, parse_filter
from layers.filtering.problems import InvalidFilter
from layers.filtering.queryables import Queryable, queryables, sortables
from layers.filtering.shapes import FilterCrs

__all__ = [
    "FUNCTIONS",
    "Expression",
    "FilterCrs",
    "Function",
    "InvalidFilter",
    "Language",
    "Queryable",
    "parse_filter",
    "queryables",
    "sortables",
]
