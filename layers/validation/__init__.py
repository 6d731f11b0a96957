"""Does a table of features fit the layer's definition?"""

from layers.validation.faults import Fault
from layers.validation.features import Features, faults, valid_features
from layers.validation.values import arrow_type, value_from

__all__ = ["Fault", "Features", "arrow_type", "faults", "valid_features", "value_from"]
