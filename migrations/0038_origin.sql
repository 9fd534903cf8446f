-- What led a buyer to an order, and until when somebody followed an event online.

ALTER TABLE shop_order ADD COLUMN origin TEXT NOT NULL DEFAULT ''; -- as event/<id>
CREATE INDEX shop_order_origin ON shop_order (community_id, origin, created_at, id) WHERE origin <> '';

ALTER TABLE event_attendance ADD COLUMN seen_until BIGINT NOT NULL DEFAULT 0; -- 0 for who was never seen to follow
CREATE INDEX event_attendance_seen ON event_attendance (community_id, event, seen_until) WHERE seen_until > 0;
