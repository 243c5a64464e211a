"""What connects mfg to other systems."""

from integrations.models.api_keys import ApiKey

__all__ = ["ApiKey"]
