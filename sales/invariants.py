"""What must always hold between sales orders and what follows from them: SQL that selects the rows that differ."""

# A line's open quantity is its demand, at the same place and as sure as its order.
DEMANDS = """
SELECT coalesce(line.id, demand.line_id) AS line_id,
       line.open_quantity AS line_open, demand.open_quantity AS demand_open
FROM (
    SELECT l.id, l.open_quantity, l.item_id, l.site_id, o.company_id,
           CASE o.state WHEN 'quote' THEN 'draft' ELSE 'firm' END AS firmness, o.priority_id
    FROM sales_salesorderline l JOIN sales_salesorder o ON o.id = l.order_id
    WHERE l.open_quantity > 0
) line
FULL JOIN (
    SELECT line_id, sum(open_quantity) AS open_quantity, min(item_id) AS item_id, min(site_id) AS site_id,
           min(used_by_id) AS used_by_id, min(firmness) AS firmness, min(priority_id) AS priority_id
    FROM inventory_demand WHERE kind = 'sales_line' AND closed_at IS NULL GROUP BY line_id
) demand ON demand.line_id = line.id
WHERE line.open_quantity IS DISTINCT FROM demand.open_quantity
   OR (line.item_id, line.site_id, line.company_id) <> (demand.item_id, demand.site_id, demand.used_by_id)
   OR line.firmness <> demand.firmness OR line.priority_id IS DISTINCT FROM demand.priority_id
ORDER BY 1
"""

# What a line has posted is what the shipments that stand have shipped of it.
SHIPMENTS = """
SELECT l.id AS line_id, l.posted_quantity, coalesce(s.quantity, 0) AS shipped
FROM sales_salesorderline l
LEFT JOIN (
    SELECT part.order_line_id, sum(part.quantity) AS quantity
    FROM sales_shipmentline part JOIN sales_shipment s ON s.id = part.shipment_id
    WHERE s.reversed_at IS NULL GROUP BY part.order_line_id
) s ON s.order_line_id = l.id
WHERE l.posted_quantity <> coalesce(s.quantity, 0)
ORDER BY 1
"""

# The place of an order among the ranks counts while it is open.
PLACES = """
SELECT o.id AS order_id, o.number, o.state, p.closed_at
FROM sales_salesorder o
LEFT JOIN inventory_priority p ON p.id = o.priority_id
WHERE (o.state IN ('open', 'partly_shipped')) <> (p.id IS NOT NULL AND p.closed_at IS NULL)
ORDER BY 1
"""

# An order's state follows from its lines.
STATES = """
SELECT o.id AS order_id, o.number, o.state, t.posted, t.open
FROM sales_salesorder o
JOIN (
    SELECT order_id, sum(posted_quantity) AS posted, sum(open_quantity) AS open
    FROM sales_salesorderline GROUP BY order_id
) t ON t.order_id = o.id
WHERE CASE o.state
    WHEN 'quote' THEN t.posted > 0
    WHEN 'open' THEN t.posted > 0 OR t.open = 0
    WHEN 'partly_shipped' THEN t.posted = 0 OR t.open = 0
    WHEN 'shipped' THEN t.posted = 0 OR t.open > 0
    WHEN 'closed' THEN t.open > 0
    WHEN 'canceled' THEN t.posted > 0 OR t.open > 0
END
ORDER BY 1
"""
