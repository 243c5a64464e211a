"""What is checked, and what was found."""

from quality.models.checks import QualityCheck, QualityResult
from quality.models.plans import QualityCharacteristic, QualityPlan

__all__ = ["QualityCharacteristic", "QualityCheck", "QualityPlan", "QualityResult"]
