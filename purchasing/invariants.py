"""What must always hold between purchase orders and what follows from them: SQL that selects the rows that differ."""

# A line's open quantity is its supply, at the same place and as sure as its order.
SUPPLIES = """
SELECT coalesce(line.id, supply.line_id) AS line_id,
       line.open_quantity AS line_open, supply.open_quantity AS supply_open
FROM (
    SELECT l.id, l.open_quantity, l.item_id, l.site_id,
           CASE o.state WHEN 'draft' THEN 'draft' ELSE 'firm' END AS firmness
    FROM purchasing_purchaseorderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
    WHERE l.open_quantity > 0 AND l.kind = 'goods'
) line
FULL JOIN (
    SELECT line_id, sum(open_quantity) AS open_quantity, min(item_id) AS item_id, min(site_id) AS site_id,
           min(firmness) AS firmness
    FROM inventory_supply WHERE kind = 'purchase_line' AND closed_at IS NULL GROUP BY line_id
) supply ON supply.line_id = line.id
WHERE line.open_quantity IS DISTINCT FROM supply.open_quantity
   OR (line.item_id, line.site_id) <> (supply.item_id, supply.site_id) OR line.firmness <> supply.firmness
ORDER BY 1
"""

# What a line has posted and rejected is what the receipts that stand say of it.
RECEIPTS = """
SELECT l.id AS line_id, l.posted_quantity, coalesce(r.quantity, 0) AS received,
       l.rejected_quantity, coalesce(r.rejected, 0) AS rejected
FROM purchasing_purchaseorderline l
LEFT JOIN (
    SELECT part.order_line_id, sum(part.quantity) AS quantity, sum(part.rejected_quantity) AS rejected
    FROM purchasing_receiptline part JOIN purchasing_receipt r ON r.id = part.receipt_id
    WHERE r.reversed_at IS NULL GROUP BY part.order_line_id
) r ON r.order_line_id = l.id
WHERE l.posted_quantity <> coalesce(r.quantity, 0) OR l.rejected_quantity <> coalesce(r.rejected, 0)
ORDER BY 1
"""

# An order's state follows from its lines.
STATES = """
SELECT o.id AS order_id, o.number, o.state, t.posted, t.open
FROM purchasing_purchaseorder o
JOIN (
    SELECT order_id, sum(posted_quantity) AS posted, sum(open_quantity) AS open
    FROM purchasing_purchaseorderline GROUP BY order_id
) t ON t.order_id = o.id
WHERE CASE o.state
    WHEN 'draft' THEN t.posted > 0
    WHEN 'ordered' THEN t.posted > 0 OR t.open = 0
    WHEN 'partly_received' THEN t.posted = 0 OR t.open = 0
    WHEN 'received' THEN t.posted = 0 OR t.open > 0
    WHEN 'closed' THEN t.open > 0
    WHEN 'canceled' THEN t.posted > 0 OR t.open > 0
END
ORDER BY 1
"""
