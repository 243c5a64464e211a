"""The same figures, only read."""

from inventory.services.recompute_sql.figures import FIGURES, LEVEL_COLUMNS, SERVED_COLUMNS

_LEVEL = ", ".join(f"f.{name}" for name in LEVEL_COLUMNS)
_SERVED = ", ".join(f"s.{name}" for name in SERVED_COLUMNS)

# One statement, so that levels and allocations are of one snapshot; a key without demand has one row of nulls.
READ = f"""WITH {FIGURES}
SELECT f.item_id, f.site_id, f.used_by_id, {_LEVEL}, {_SERVED},
       greatest(0, coalesce(s.expected_on, s.today) - s.due_on) AS late_days
FROM figure f LEFT JOIN served s ON s.n = f.n
ORDER BY f.n, s.place
"""
