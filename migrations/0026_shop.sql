-- What of each line of an order has gone back, and by which rule it was sold; what of a term has gone back, and what a
-- reservation was priced by; the task about a refund that failed.

ALTER TABLE shop_line ADD COLUMN rule TEXT NOT NULL DEFAULT '';       -- the goods' rule and its version: year@3
ALTER TABLE shop_line ADD COLUMN returned BIGINT NOT NULL DEFAULT 0;  -- of its amount, given back or on its way
ALTER TABLE shop_line ADD COLUMN gone BOOLEAN NOT NULL DEFAULT FALSE; -- it was taken back, or never will be given
ALTER TABLE shop_refund ADD COLUMN task TEXT NOT NULL DEFAULT '';     -- in which staff was asked to see to it
ALTER TABLE membership_term ADD COLUMN returned BIGINT NOT NULL DEFAULT 0;   -- of its price, given back while the member keeps it
ALTER TABLE membership_term ADD COLUMN quoted JSONB NOT NULL DEFAULT '[]';   -- the terms that its credit is for

UPDATE shop_line SET returned = amount * (SELECT o.refunded FROM shop_order o WHERE o.community_id = shop_line.community_id AND o.id = shop_line.order_id)
    / (SELECT o.paid FROM shop_order o WHERE o.community_id = shop_line.community_id AND o.id = shop_line.order_id)
WHERE EXISTS (SELECT 1 FROM shop_order o WHERE o.community_id = shop_line.community_id AND o.id = shop_line.order_id AND o.refunded > 0);

-- The fen that the division left over.
UPDATE shop_line SET returned = (SELECT o.refunded FROM shop_order o WHERE o.community_id = shop_line.community_id AND o.id = shop_line.order_id)
    - (SELECT COALESCE(SUM(x.returned), 0) FROM shop_line x WHERE x.community_id = shop_line.community_id AND x.order_id = shop_line.order_id AND x.n > 0)
WHERE n = 0;

UPDATE shop_line SET gone = TRUE
WHERE EXISTS (SELECT 1 FROM shop_order o WHERE o.community_id = shop_line.community_id AND o.id = shop_line.order_id AND o.state = 'refunded');

UPDATE membership_term SET returned = (SELECT COALESCE(SUM(l.returned), 0) FROM shop_line l
    JOIN shop_order o ON o.community_id = l.community_id AND o.id = l.order_id AND o.refunded < o.paid
    WHERE l.community_id = membership_term.community_id AND l.kind = 'plan' AND l.ref = membership_term.id)
WHERE state IN ('held', 'bought', 'upgraded');

-- Refunds that wait are asked for again.
INSERT INTO job (id, community_id, kind, key, run_at, created_at)
SELECT id, community_id, 'shop.refund', id, asked_at, asked_at FROM shop_refund WHERE state = 'waits' ON CONFLICT DO NOTHING;
