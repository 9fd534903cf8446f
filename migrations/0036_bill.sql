-- A bill can be withdrawn, so that a corrected one takes its place; lines know whose they are; fees are kept to five decimals of a yuan;
-- refunds are looked for on the day on which they were done.

ALTER TABLE shop_bill ADD COLUMN withdrawn_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE shop_bill ADD COLUMN withdrawn_by TEXT NOT NULL DEFAULT ''; -- operator
ALTER TABLE shop_bill ADD COLUMN why TEXT NOT NULL DEFAULT '';          -- it was withdrawn
DROP INDEX shop_bill_day;
CREATE UNIQUE INDEX shop_bill_day ON shop_bill (community_id, channel, day) WHERE state <> 'withdrawn';

ALTER TABLE shop_bill_line ADD COLUMN ours BOOLEAN NOT NULL DEFAULT TRUE; -- not another merchant's
UPDATE shop_bill_line SET ours = FALSE WHERE EXISTS (SELECT 1 FROM shop_difference x
    WHERE x.community_id = shop_bill_line.community_id AND x.bill = shop_bill_line.bill AND x.n = shop_bill_line.n AND x.kind = 'merchant');
ALTER TABLE shop_bill_line RENAME COLUMN fee TO fee_exact; -- thousandths of a fen
UPDATE shop_bill_line SET fee_exact = fee_exact * 1000;

CREATE INDEX shop_difference_later ON shop_difference (community_id, later) WHERE later <> '';

DROP INDEX shop_refund_day;
CREATE INDEX shop_refund_day ON shop_refund (community_id, done_at, id) WHERE state = 'done';
