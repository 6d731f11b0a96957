"""How are features chosen by what a person writes in CQL2?"""

from layers.filtering.expression import Expression
from layers.filtering.queryables import Queryable, queryables, sortables

__all__ = ["Expression", "Queryable", "queryables", "sortables"]
