-- Indexes of lists that people page through.

-- owner: internal/domain/touch
CREATE INDEX touch_campaign_rows ON touch (community_id, campaign, created_at, id) WHERE campaign <> '';
-- owner: internal/domain/people
CREATE INDEX people_merge_at ON people_merge (community_id, at, id);
