"""The state machine stands beside its test, so its assertions explain themselves too."""

import pytest

pytest.register_assert_rewrite("tests.property.machine")
