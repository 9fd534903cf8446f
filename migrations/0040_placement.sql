-- Events that are placements: an audience that somebody was paid to bring, with a way in of its own.

ALTER TABLE intake_placement ADD COLUMN event TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX intake_placement_event ON intake_placement (community_id, event) WHERE event <> '';
CREATE INDEX intake_entry_placement ON intake_entry (community_id, placement, created_at, id) WHERE placement <> '';
