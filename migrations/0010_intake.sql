-- Where people come in: sources, paid placements, entries, doors with their queues, registrations.

-- owner: internal/domain/intake
CREATE TABLE intake_config (
    community_id TEXT  NOT NULL PRIMARY KEY,
    config       JSONB NOT NULL
);

-- owner: internal/domain/intake
CREATE TABLE intake_source (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX intake_source_name ON intake_source (community_id, name);

-- owner: internal/domain/intake
CREATE TABLE intake_placement (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    source       TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    cost         BIGINT NOT NULL, -- fen
    starts       BIGINT NOT NULL DEFAULT 0,
    ends         BIGINT NOT NULL DEFAULT 0,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);

-- owner: internal/domain/intake
CREATE TABLE intake_entry (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    code         TEXT   NOT NULL, -- in the short link
    title        TEXT   NOT NULL,
    source       TEXT   NOT NULL DEFAULT '',
    placement    TEXT   NOT NULL DEFAULT '',
    owner        TEXT   NOT NULL DEFAULT '', -- the person whose link it is
    path         TEXT   NOT NULL,
    opening      TEXT   NOT NULL DEFAULT '',
    keyword      TEXT   NOT NULL DEFAULT '',
    live_code    TEXT   NOT NULL DEFAULT '', -- the group of circles it hands out at once
    state        TEXT   NOT NULL,            -- active, retired
    successor    TEXT   NOT NULL DEFAULT '', -- where a retired code leads
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX intake_entry_code ON intake_entry (community_id, code);
CREATE INDEX intake_entry_created ON intake_entry (community_id, created_at, id);

-- owner: internal/domain/intake
CREATE TABLE intake_opening (
    community_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    opens_at     BIGINT  NOT NULL,
    rate         INTEGER NOT NULL, -- people let in a minute
    last_number  INTEGER NOT NULL DEFAULT 0,
    created_at   BIGINT  NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX intake_opening_name ON intake_opening (community_id, name);

-- owner: internal/domain/intake
CREATE TABLE intake_reservation (
    community_id TEXT    NOT NULL,
    opening      TEXT    NOT NULL,
    person       TEXT    NOT NULL,
    number       INTEGER NOT NULL,
    entry        TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    PRIMARY KEY (community_id, opening, person)
);
CREATE UNIQUE INDEX intake_reservation_number ON intake_reservation (community_id, opening, number);

-- owner: internal/domain/intake
CREATE TABLE intake_registration (
    community_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    person       TEXT    NOT NULL,
    entry        TEXT    NOT NULL,
    phone        TEXT    NOT NULL, -- keyed hash
    device       TEXT    NOT NULL, -- keyed hash
    address      TEXT    NOT NULL, -- keyed hash
    suspicion    INTEGER NOT NULL,
    reasons      JSONB   NOT NULL,
    at           BIGINT  NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX intake_registration_person ON intake_registration (community_id, person, at);
CREATE INDEX intake_registration_phone ON intake_registration (community_id, phone, at);
CREATE INDEX intake_registration_device ON intake_registration (community_id, device, at) WHERE device <> '';
CREATE INDEX intake_registration_address ON intake_registration (community_id, address, at) WHERE address <> '';

-- owner: internal/domain/intake
CREATE TABLE intake_count (
    community_id TEXT    NOT NULL,
    entry        TEXT    NOT NULL,
    day          INTEGER NOT NULL, -- days since 1970 in the community's zone
    what         TEXT    NOT NULL, -- the fact's kind
    n            BIGINT  NOT NULL,
    PRIMARY KEY (community_id, entry, day, what)
);

-- owner: internal/domain/intake
CREATE TABLE intake_contact (
    community_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    group_name   TEXT    NOT NULL,
    name         JSONB   NOT NULL,
    daily        INTEGER NOT NULL,
    duty         BOOLEAN NOT NULL,
    PRIMARY KEY (community_id, id)
);
