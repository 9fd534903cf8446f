-- The list of people begins with those who have told a name or can be reached; most visitors only look.
CREATE INDEX person_known ON person (community_id, created_at, id) WHERE merged_into = '' AND erased_at = 0 AND (reach > 0 OR nickname <> '' OR name_state <> 'none');
