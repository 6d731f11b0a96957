"""What does a parcel touch?"""

from layers.checks.overlaps import CheckResult, FeatureOverlap, LayerOverlap, check

__all__ = ["CheckResult", "FeatureOverlap", "LayerOverlap", "check"]
