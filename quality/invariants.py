"""What must always hold of checks."""

from core import invariants

# A check's state follows from its results.
STATES = """
SELECT c.id AS check_id, c.state
FROM quality_qualitycheck c
LEFT JOIN (SELECT check_row_id, bool_and(is_ok) AS passed, count(*) FILTER (WHERE is_ok IS NULL) AS missing
           FROM quality_qualityresult GROUP BY 1) r ON r.check_row_id = c.id
WHERE CASE c.state WHEN 'passed' THEN r.missing > 0 OR NOT r.passed
                   WHEN 'failed' THEN r.missing > 0 OR r.passed
                   WHEN 'decided' THEN r.passed OR c.decision = ''
                   WHEN 'open' THEN r.missing = 0 ELSE FALSE END
ORDER BY 1
"""

# What a check says it holds is held.
HELD = """
SELECT c.id AS check_id, l.number FROM quality_qualitycheck c JOIN inventory_lot l ON l.id = c.lot_id
WHERE c.state = 'failed' AND c.holds_lot AND l.state <> 'held' ORDER BY 1
"""


def register() -> None:
    """Enter quality's invariants; called in `AppConfig.ready`."""
    invariants.register("checks = their results", STATES)
    invariants.register("lots of failed checks are held", HELD)
