-- Scarce things: groups of pools, the seats in them, and the lines of those who wait.

-- owner: internal/spine/seat
-- One row a community. Who gives or frees places locks it first, so that transactions that touch several pools never wait
-- for each other in a circle. What may be given is decided by the guards on the other tables, not by this lock.
CREATE TABLE seat_lock (
    community_id TEXT NOT NULL PRIMARY KEY
);

-- owner: internal/spine/seat
CREATE TABLE seat_group (
    community_id TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    per_holder   BIGINT  NOT NULL,
    reserve      BIGINT  NOT NULL,
    growable     BOOLEAN NOT NULL,
    policy       TEXT    NOT NULL, -- fill_first, least_loaded, weighted, on_duty
    owner        TEXT    NOT NULL, -- whose function makes the next pool
    offer_us     BIGINT  NOT NULL, -- how long an offer to a waiter stands, in microseconds
    PRIMARY KEY (community_id, name)
);

-- owner: internal/spine/seat
CREATE TABLE seat_pool (
    community_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    group_name   TEXT    NOT NULL,
    position     BIGINT  NOT NULL,
    capacity     BIGINT  NOT NULL,
    used         BIGINT  NOT NULL DEFAULT 0, -- held + taken
    has_room     BOOLEAN NOT NULL,           -- open and used < capacity: the index of choices leads past full pools
    state        TEXT    NOT NULL DEFAULT 'open', -- open, closed
    weight       BIGINT  NOT NULL,
    on_duty      BOOLEAN NOT NULL,
    opens        BIGINT  NOT NULL,
    closes       BIGINT  NOT NULL,
    attributes   TEXT    NOT NULL, -- sorted one-pair JSON objects, one after the other
    circle       TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX seat_pool_group ON seat_pool (community_id, group_name, position);
CREATE INDEX seat_pool_room ON seat_pool (community_id, group_name, position, id) WHERE has_room = TRUE;

-- owner: internal/spine/seat
CREATE TABLE seat (
    community_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    group_name   TEXT    NOT NULL,
    pool_id      TEXT    NOT NULL,
    holder       TEXT    NOT NULL,
    person       BOOLEAN NOT NULL, -- whether the holder is a person
    qty          BIGINT  NOT NULL,
    state        TEXT    NOT NULL, -- held, taken, released, lapsed
    key          TEXT    NOT NULL,
    hash         TEXT    NOT NULL, -- of what was asked for with the key
    opened       BIGINT  NOT NULL,
    expires      BIGINT  NOT NULL, -- of a held seat
    ended        BIGINT  NOT NULL, -- of a released or lapsed seat
    offered      BOOLEAN NOT NULL, -- given to a waiter
    moved_from   TEXT    NOT NULL, -- the seat it took the place of
    circle       TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX seat_key ON seat (community_id, key);
CREATE INDEX seat_of_holder ON seat (community_id, holder) WHERE state IN ('held', 'taken');
CREATE INDEX seat_held ON seat (community_id, group_name, expires) WHERE state = 'held';

-- owner: internal/spine/seat
CREATE TABLE seat_holder (
    community_id TEXT   NOT NULL,
    group_name   TEXT   NOT NULL,
    holder       TEXT   NOT NULL,
    used         BIGINT NOT NULL, -- live units
    PRIMARY KEY (community_id, group_name, holder)
);

-- owner: internal/spine/seat
CREATE TABLE seat_wait (
    community_id TEXT    NOT NULL,
    group_name   TEXT    NOT NULL,
    holder       TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    person       BOOLEAN NOT NULL,
    priority     BIGINT  NOT NULL,
    seq          BIGINT  NOT NULL, -- order of arrival
    qty          BIGINT  NOT NULL,
    pool_id      TEXT    NOT NULL, -- '' for any
    attributes   TEXT    NOT NULL,
    since        BIGINT  NOT NULL,
    PRIMARY KEY (community_id, group_name, holder)
);
CREATE INDEX seat_wait_line ON seat_wait (community_id, group_name, priority DESC, seq);
