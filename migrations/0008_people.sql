-- People: who they are, by what they are known, what they agreed to. Everything a person can ask to be erased stands here.

-- owner: internal/domain/people
-- root is who stands for the person now: the own id, or after a merge the one it went into, at the end of any chain.
CREATE TABLE person (
    community_id   TEXT     NOT NULL,
    id             TEXT     NOT NULL,
    root           TEXT     NOT NULL,
    merged_into    TEXT     NOT NULL DEFAULT '',
    version        BIGINT   NOT NULL DEFAULT 1,
    nickname       TEXT     NOT NULL DEFAULT '',
    name           TEXT     NOT NULL DEFAULT '', -- encrypted
    name_state     TEXT     NOT NULL DEFAULT 'none',
    city           TEXT     NOT NULL DEFAULT '',
    role           TEXT     NOT NULL DEFAULT '',
    company        TEXT     NOT NULL DEFAULT '',
    industry       TEXT     NOT NULL DEFAULT '',
    platforms      TEXT     NOT NULL DEFAULT '', -- one a line, as needs and offers
    needs          TEXT     NOT NULL DEFAULT '',
    offers         TEXT     NOT NULL DEFAULT '',
    lang           TEXT     NOT NULL DEFAULT '',
    born_on        TEXT     NOT NULL DEFAULT '', -- dates are 2026-11-21, '' for none
    due_date       TEXT     NOT NULL DEFAULT '',
    birth_date     TEXT     NOT NULL DEFAULT '',
    stage          TEXT     NOT NULL DEFAULT '', -- computed from the dates
    relation       TEXT     NOT NULL DEFAULT 'stranger',
    grade          TEXT     NOT NULL DEFAULT '',
    stakeholder    TEXT     NOT NULL DEFAULT '',
    joiner         TEXT     NOT NULL DEFAULT '',
    concern        TEXT     NOT NULL DEFAULT '',
    sales_owner    TEXT     NOT NULL DEFAULT '',
    service_owner  TEXT     NOT NULL DEFAULT '',
    first_source   TEXT     NOT NULL DEFAULT '',
    first_entry    TEXT     NOT NULL DEFAULT '',
    last_source    TEXT     NOT NULL DEFAULT '',
    last_entry     TEXT     NOT NULL DEFAULT '',
    custom         JSONB    NOT NULL DEFAULT '{}',
    reach          SMALLINT NOT NULL DEFAULT 0,  -- bits of the ways to reach them, counted from the identifiers
    blocked_at     BIGINT   NOT NULL DEFAULT 0,
    blocked_reason TEXT     NOT NULL DEFAULT '',
    erased_at      BIGINT   NOT NULL DEFAULT 0,
    created_at     BIGINT   NOT NULL,
    last_seen_at   BIGINT   NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX person_root ON person (community_id, root) WHERE merged_into <> '';
CREATE INDEX person_created ON person (community_id, created_at, id) WHERE merged_into = '' AND erased_at = 0;
CREATE INDEX person_seen ON person (community_id, last_seen_at, id) WHERE merged_into = '' AND erased_at = 0;
CREATE INDEX person_reach ON person (community_id, reach, created_at, id) WHERE merged_into = '' AND erased_at = 0;
CREATE INDEX person_stage ON person (community_id, stage, created_at, id) WHERE merged_into = '' AND erased_at = 0 AND stage <> '';
CREATE INDEX person_city ON person (community_id, city, created_at, id) WHERE merged_into = '' AND erased_at = 0 AND city <> '';
CREATE INDEX person_source ON person (community_id, first_source, created_at, id) WHERE merged_into = '' AND erased_at = 0 AND first_source <> '';
CREATE INDEX person_entry ON person (community_id, first_entry, created_at, id) WHERE merged_into = '' AND erased_at = 0 AND first_entry <> '';
CREATE INDEX person_grade ON person (community_id, grade, created_at, id) WHERE merged_into = '' AND erased_at = 0 AND grade <> '';
CREATE INDEX person_joiner ON person (community_id, joiner, created_at, id) WHERE merged_into = '' AND erased_at = 0 AND joiner <> '';
CREATE INDEX person_sales ON person (community_id, sales_owner, created_at, id) WHERE merged_into = '' AND erased_at = 0 AND sales_owner <> '';
CREATE INDEX person_service ON person (community_id, service_owner, created_at, id) WHERE merged_into = '' AND erased_at = 0 AND service_owner <> '';
CREATE INDEX person_blocked ON person (community_id, created_at, id) WHERE merged_into = '' AND erased_at = 0 AND blocked_at > 0;

-- owner: internal/domain/people
-- A merge moves no row: who owns an identifier is the root of the person in its row.
CREATE TABLE people_identifier (
    community_id TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    value        TEXT    NOT NULL,            -- a keyed hash for phone and email, else the id as it was given
    person       TEXT    NOT NULL,
    secret       TEXT    NOT NULL DEFAULT '', -- the phone or address, encrypted
    tail         TEXT    NOT NULL DEFAULT '', -- keyed hash of a phone's last four digits
    verified     BOOLEAN NOT NULL,
    created_at   BIGINT  NOT NULL,
    PRIMARY KEY (community_id, kind, value)
);
CREATE INDEX people_identifier_person ON people_identifier (community_id, person);
CREATE INDEX people_identifier_tail ON people_identifier (community_id, tail, person) WHERE tail <> '';

-- owner: internal/domain/people
-- What people are found by: name and gram hold keyed hashes of the real name and its pairs of characters, nick pairs of
-- the nickname, which is plain.
CREATE TABLE people_index (
    community_id TEXT NOT NULL,
    kind         TEXT NOT NULL,
    hash         TEXT NOT NULL,
    person       TEXT NOT NULL,
    PRIMARY KEY (community_id, kind, hash, person)
);
CREATE INDEX people_index_person ON people_index (community_id, person, kind);

-- owner: internal/domain/people
CREATE TABLE people_tag (
    community_id TEXT   NOT NULL,
    tag          TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    via          TEXT   NOT NULL DEFAULT '', -- the merged person it came from
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, tag, person)
);
CREATE INDEX people_tag_person ON people_tag (community_id, person, tag);

-- owner: internal/domain/people
-- Every value an anchor date ever had.
CREATE TABLE people_anchor (
    community_id TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    anchor       TEXT   NOT NULL, -- due_date, birth_date
    value        TEXT   NOT NULL, -- '' when it was taken away
    actor        TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, person, id)
);

-- owner: internal/domain/people
-- Statements in order; the latest of a purpose and channel holds.
CREATE TABLE people_consent (
    community_id TEXT    NOT NULL,
    person       TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    purpose      TEXT    NOT NULL, -- '' for a channel as a whole
    channel      TEXT    NOT NULL, -- '' for every channel
    given        BOOLEAN NOT NULL,
    wording      TEXT    NOT NULL, -- version of the words that were shown
    entry        TEXT    NOT NULL, -- proof: where it was said
    address      TEXT    NOT NULL, -- proof: keyed hash of the network address
    actor        TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    PRIMARY KEY (community_id, person, id)
);

-- owner: internal/domain/people
CREATE TABLE people_merge (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    from_person  TEXT   NOT NULL,
    into_person  TEXT   NOT NULL,
    kind         TEXT   NOT NULL, -- of the identifier that showed it; '' when a person decided
    filled       JSONB  NOT NULL, -- fields that were empty in into_person and taken from from_person
    actor        TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    undone_at    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX people_merge_into ON people_merge (community_id, into_person);
CREATE UNIQUE INDEX people_merge_from ON people_merge (community_id, from_person) WHERE undone_at = 0;

-- owner: internal/domain/people
CREATE TABLE people_proposal (
    community_id TEXT   NOT NULL,
    one          TEXT   NOT NULL, -- the lower id of the two
    other        TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    state        TEXT   NOT NULL DEFAULT 'open', -- open, merged, dismissed
    actor        TEXT   NOT NULL DEFAULT '',
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, one, other)
);
CREATE INDEX people_proposal_open ON people_proposal (community_id, at, one, other) WHERE state = 'open';

-- owner: internal/domain/people
-- Whoever comes with one of these is blocked. It outlives an erased person, as a hash without a name.
CREATE TABLE people_blocked (
    community_id TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    value        TEXT   NOT NULL,
    person       TEXT   NOT NULL DEFAULT '',
    reason       TEXT   NOT NULL,
    actor        TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, kind, value)
);
CREATE INDEX people_blocked_person ON people_blocked (community_id, person) WHERE person <> '';
