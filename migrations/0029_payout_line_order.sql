-- The lines of a payout batch in the order in which they were made, whatever their state.

CREATE INDEX payout_line_made ON payout_line (community_id, batch, id);
