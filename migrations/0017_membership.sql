-- Memberships: what is sold, what was bought, who has which number. Places (waves, the cap, counted benefits) are the seats'.

-- owner: internal/domain/membership
-- Every version of a plan: a term keeps the one it was bought under.
CREATE TABLE membership_plan (
    community_id TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    version      BIGINT  NOT NULL,
    position     BIGINT  NOT NULL, -- in the playbook
    active       BOOLEAN NOT NULL, -- the one that is sold
    hash         TEXT    NOT NULL, -- of body, to see whether a declaration changes anything
    body         JSONB   NOT NULL,
    PRIMARY KEY (community_id, name, version)
);

-- owner: internal/domain/membership
-- A wave's pool of seats has its id.
CREATE TABLE membership_wave (
    community_id TEXT   NOT NULL,
    plan         TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    price        BIGINT NOT NULL, -- fen
    PRIMARY KEY (community_id, plan, name)
);
CREATE UNIQUE INDEX membership_wave_id ON membership_wave (community_id, id);

-- owner: internal/domain/membership
-- since is when somebody first became a member; it never changes.
CREATE TABLE membership_member (
    community_id TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    since        BIGINT NOT NULL,
    PRIMARY KEY (community_id, person)
);

-- owner: internal/domain/membership
CREATE TABLE membership_term (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    plan         TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    kind         TEXT   NOT NULL,            -- new, renewal, upgrade
    state        TEXT   NOT NULL,            -- held, dropped, bought, refunded, upgraded
    price        BIGINT NOT NULL,            -- fen, of the whole term
    credit       BIGINT NOT NULL,            -- fen, of the price, from terms that it replaces
    wave         TEXT   NOT NULL DEFAULT '', -- by name
    seat         TEXT   NOT NULL DEFAULT '', -- in the wave
    member_seat  TEXT   NOT NULL DEFAULT '', -- under the community's cap
    held_until   BIGINT NOT NULL DEFAULT 0,
    bought_at    BIGINT NOT NULL DEFAULT 0,
    run_start    BIGINT NOT NULL DEFAULT 0,  -- of the unbroken run
    starts       BIGINT NOT NULL DEFAULT 0,
    ends         BIGINT NOT NULL DEFAULT 0,
    grace_until  BIGINT NOT NULL DEFAULT 0,
    ended_at     BIGINT NOT NULL DEFAULT 0,  -- when it was refunded or upgraded
    ended_by     TEXT   NOT NULL DEFAULT '', -- the term that it gave way to
    number       TEXT   NOT NULL DEFAULT '',
    PRIMARY KEY (community_id, id)
);
CREATE INDEX membership_term_person ON membership_term (community_id, person);
CREATE UNIQUE INDEX membership_term_held ON membership_term (community_id, person, plan) WHERE state = 'held';
CREATE INDEX membership_term_ends ON membership_term (community_id, ends, id) WHERE state = 'bought';

-- owner: internal/domain/membership
-- The last number given in a series: a pattern with its year filled in.
CREATE TABLE membership_series (
    community_id TEXT   NOT NULL,
    series       TEXT   NOT NULL,
    last         BIGINT NOT NULL,
    PRIMARY KEY (community_id, series)
);

-- owner: internal/domain/membership
CREATE TABLE membership_number (
    community_id TEXT   NOT NULL,
    series       TEXT   NOT NULL,
    n            BIGINT NOT NULL,
    pattern      TEXT   NOT NULL, -- without its year: a member keeps one number a pattern
    text         TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    given_at     BIGINT NOT NULL,
    PRIMARY KEY (community_id, series, n)
);
CREATE UNIQUE INDEX membership_number_text ON membership_number (community_id, text);
CREATE INDEX membership_number_person ON membership_number (community_id, person, pattern);

-- owner: internal/domain/membership
-- What a term lets its member use. A counted one has a pool of seats with its id.
CREATE TABLE membership_entitlement (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    term         TEXT   NOT NULL,
    benefit      TEXT   NOT NULL,
    title        JSONB  NOT NULL,
    granted      BIGINT NOT NULL, -- 0 is unlimited
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX membership_entitlement_term ON membership_entitlement (community_id, term, benefit);

-- owner: internal/domain/membership
CREATE TABLE membership_use (
    community_id TEXT   NOT NULL,
    key          TEXT   NOT NULL,
    hash         TEXT   NOT NULL, -- of what was asked
    entitlement  TEXT   NOT NULL,
    seat         TEXT   NOT NULL, -- '' of an unlimited one
    qty          BIGINT NOT NULL,
    used_for     TEXT   NOT NULL,
    used_at      BIGINT NOT NULL,
    returned_at  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, key)
);
CREATE INDEX membership_use_entitlement ON membership_use (community_id, entitlement, used_at);
