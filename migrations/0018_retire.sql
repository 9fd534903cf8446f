-- What a playbook names no longer goes on for those who are inside, and takes nobody new. A pool's capacity may be lowered
-- below what is used.

-- By how much the capacity is above the one that is wanted: places that are freed are not given again until it is 0.
ALTER TABLE seat_pool ADD COLUMN surplus BIGINT NOT NULL DEFAULT 0;

-- A retired group opens no circles, and the pools of its circles are closed.
ALTER TABLE circle_group ADD COLUMN retired BOOLEAN NOT NULL DEFAULT FALSE;

-- Retired doors give no more numbers.
ALTER TABLE intake_opening ADD COLUMN retired BOOLEAN NOT NULL DEFAULT FALSE;
