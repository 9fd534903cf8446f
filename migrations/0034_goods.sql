-- Lists of what waits to be sent and what was sent, what is sold of a supplier's, and the orders of a product and of a coupon.

CREATE INDEX goods_item_waits ON goods_item (community_id, sold_at, id) WHERE ships AND state = 'sold' AND shipped_at = 0;
CREATE INDEX goods_item_shipped ON goods_item (community_id, shipped_at, id) WHERE shipped_at > 0;

ALTER TABLE shop_line ADD COLUMN product TEXT NOT NULL DEFAULT '';       -- what it is one of, with its kind: plan:year, ticket:<event>, goods:tea
ALTER TABLE shop_line ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;   -- of its order
UPDATE shop_line SET created_at = (SELECT o.created_at FROM shop_order o WHERE o.community_id = shop_line.community_id AND o.id = shop_line.order_id);
UPDATE shop_line SET product = 'plan:' || item WHERE kind = 'plan';
UPDATE shop_line SET product = 'ticket:' || substr(item, 1, 20) WHERE kind = 'ticket';
UPDATE shop_line SET product = 'goods:' || (SELECT i.product FROM goods_item i WHERE i.community_id = shop_line.community_id AND i.id = shop_line.ref)
WHERE kind IN ('goods', 'group') AND EXISTS (SELECT 1 FROM goods_item i WHERE i.community_id = shop_line.community_id AND i.id = shop_line.ref);
CREATE INDEX shop_line_product ON shop_line (community_id, product, created_at, order_id);
CREATE INDEX shop_order_coupon ON shop_order (community_id, coupon, created_at, id) WHERE coupon <> '';
