-- Why somebody looked at what is masked otherwise. The audit log tells who and when, and holds no words; this is erased with the person.

-- owner: internal/domain/people
CREATE TABLE people_look (
    community_id TEXT   NOT NULL,
    person       TEXT   NOT NULL, -- whose row was looked at
    id           TEXT   NOT NULL,
    kind         TEXT   NOT NULL, -- of who looked: operator, token, member, system
    actor        TEXT   NOT NULL,
    field        TEXT   NOT NULL, -- name, phone, email; export for all there is
    reason       TEXT   NOT NULL, -- in the words of who looked
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, person, id)
);
