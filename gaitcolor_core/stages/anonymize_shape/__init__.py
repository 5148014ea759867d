"""Task 1: another walk for a walker's silhouettes."""

from gaitcolor_core.stages.anonymize_shape.by_network import NetworkShape
from gaitcolor_core.stages.anonymize_shape.deform import Deform
from gaitcolor_core.stages.anonymize_shape.protocol import AnonymizedGait, ShapeAnonymizer

__all__ = ["AnonymizedGait", "Deform", "NetworkShape", "ShapeAnonymizer"]
