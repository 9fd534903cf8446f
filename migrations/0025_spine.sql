-- What the seats need to know of groups, pools and lines that can't be told from the counters alone.

-- Whether the room left is below the reserve and the owner has been told of it.
ALTER TABLE seat_group ADD COLUMN below BOOLEAN NOT NULL DEFAULT FALSE;

-- Whether a pool's places are still to be offered to those who wait when it opens: who comes before its timer has fired is not
-- before them.
ALTER TABLE seat_pool ADD COLUMN opening BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE seat_pool SET opening = TRUE WHERE opens > 0;

-- A person's places in lines, for merges and for who is gone.
CREATE INDEX seat_wait_holder ON seat_wait (community_id, holder);

-- The facts that hold others of their subject back, of which each batch asks; those that only wait may be many.
CREATE INDEX fact_parked_blamed ON fact_parked (community_id, subscriber, shard, subject) WHERE error <> '';

-- Timers that keep failing, for those who look after the community.
CREATE INDEX timer_failing ON timer (community_id, due_at) WHERE attempts > 3;

-- A group is some part's: a circle can't take the name of what is there already.
UPDATE seat_group SET owner = 'membership' WHERE owner = '' AND (name = 'members' OR name LIKE 'plan:%' OR name LIKE 'benefit:%');
