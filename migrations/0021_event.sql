-- Events: what is planned, who has a ticket, who came, what they thought of it. Places are the seats'.

-- owner: internal/domain/event
-- What a playbook says of a sort of events, from which staff makes one.
CREATE TABLE event_template (
    community_id TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    position     BIGINT NOT NULL, -- in the playbook
    body         JSONB  NOT NULL,
    PRIMARY KEY (community_id, name)
);

-- owner: internal/domain/event
-- The house's pool of seats has the event's id. What people answered is counted here, so that the line of all events can be
-- drawn without reading every answer.
CREATE TABLE event (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    code         TEXT   NOT NULL,            -- short, for links
    kind         TEXT   NOT NULL,            -- script, live, salon, conference, class, course
    state        TEXT   NOT NULL,            -- planned, cancelled
    template     TEXT   NOT NULL DEFAULT '', -- that it was made from
    title        JSONB  NOT NULL,
    about        JSONB  NOT NULL,
    starts       BIGINT NOT NULL,
    ends         BIGINT NOT NULL,
    city         TEXT   NOT NULL DEFAULT '',
    place        TEXT   NOT NULL DEFAULT '',
    link         TEXT   NOT NULL DEFAULT '',
    series       TEXT   NOT NULL DEFAULT '',
    host         TEXT   NOT NULL DEFAULT '', -- person
    capacity     BIGINT NOT NULL,
    terms        JSONB  NOT NULL,            -- quotas, ticket types, friend tickets
    version      BIGINT NOT NULL DEFAULT 1,
    created_at   BIGINT NOT NULL,
    cancelled_at BIGINT NOT NULL DEFAULT 0,
    answers      BIGINT NOT NULL DEFAULT 0,
    promoters    BIGINT NOT NULL DEFAULT 0,
    detractors   BIGINT NOT NULL DEFAULT 0,
    below_at     BIGINT NOT NULL DEFAULT 0,  -- when it was told that it is below the line
    PRIMARY KEY (community_id, id),
    CHECK (starts < ends)
);
CREATE UNIQUE INDEX event_code ON event (community_id, code);
CREATE INDEX event_starts ON event (community_id, starts, id);
CREATE INDEX event_asked ON event (community_id, ends, id) WHERE answers >= 5;

-- owner: internal/domain/event
CREATE TABLE event_ticket (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    event        TEXT   NOT NULL,
    type         TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    state        TEXT   NOT NULL,            -- held, dropped, valid, returned, refunded
    price        BIGINT NOT NULL,            -- fen
    giver        TEXT   NOT NULL DEFAULT '', -- of a friend ticket
    code         TEXT   NOT NULL,            -- the secret that its QR shows
    seat         TEXT   NOT NULL,            -- in the house
    held_until   BIGINT NOT NULL DEFAULT 0,
    taken_at     BIGINT NOT NULL DEFAULT 0,
    ended_at     BIGINT NOT NULL DEFAULT 0,
    admitted_at  BIGINT NOT NULL DEFAULT 0,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX event_ticket_code ON event_ticket (community_id, code);
CREATE INDEX event_ticket_event ON event_ticket (community_id, event, id);
CREATE INDEX event_ticket_person ON event_ticket (community_id, person, id);
CREATE INDEX event_ticket_live ON event_ticket (community_id, event, id) WHERE state IN ('held', 'valid');

-- owner: internal/domain/event
-- The seats of a ticket in quotas besides the house.
CREATE TABLE event_ticket_seat (
    community_id TEXT NOT NULL,
    ticket       TEXT NOT NULL,
    quota        TEXT NOT NULL,
    seat         TEXT NOT NULL,
    PRIMARY KEY (community_id, ticket, quota)
);

-- owner: internal/domain/event
-- Friend tickets that members gave. A gift's seat is a unit of its giver's grant.
CREATE TABLE event_gift (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    key          TEXT   NOT NULL,            -- makes giving idempotent
    event        TEXT   NOT NULL,
    giver        TEXT   NOT NULL,
    token        TEXT   NOT NULL,            -- the secret of its link
    state        TEXT   NOT NULL,            -- given, claimed, returned
    seat         TEXT   NOT NULL,
    guest        TEXT   NOT NULL DEFAULT '',
    ticket       TEXT   NOT NULL DEFAULT '',
    given_at     BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL DEFAULT 0,  -- claimed or returned
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX event_gift_key ON event_gift (community_id, key);
CREATE UNIQUE INDEX event_gift_token ON event_gift (community_id, token);
CREATE UNIQUE INDEX event_gift_guest ON event_gift (community_id, event, guest) WHERE guest <> '';
CREATE INDEX event_gift_giver ON event_gift (community_id, giver, event, id);
CREATE INDEX event_gift_event ON event_gift (community_id, event, id);

-- owner: internal/domain/event
-- Every scan at a door with what it was answered.
CREATE TABLE event_scan (
    community_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    nonce        TEXT    NOT NULL,            -- makes a scan one record however often it is sent
    hash         TEXT    NOT NULL,            -- of what was asked
    event        TEXT    NOT NULL,
    ticket       TEXT    NOT NULL DEFAULT '', -- '' when no ticket has the code
    result       TEXT    NOT NULL,            -- admitted, double, already, not_valid, wrong_event, unknown, cancelled
    at           BIGINT  NOT NULL,
    recorded_at  BIGINT  NOT NULL,
    offline      BOOLEAN NOT NULL,
    actor        TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX event_scan_nonce ON event_scan (community_id, nonce);
CREATE INDEX event_scan_event ON event_scan (community_id, event, id);
CREATE INDEX event_scan_double ON event_scan (community_id, event, id) WHERE result = 'double';
CREATE UNIQUE INDEX event_scan_admitted ON event_scan (community_id, ticket) WHERE result = 'admitted';

-- owner: internal/domain/event
-- Who came to what. The first row of a person is when they first came to anything.
CREATE TABLE event_attendance (
    community_id TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    event        TEXT   NOT NULL,
    ticket       TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, person, event)
);
CREATE INDEX event_attendance_event ON event_attendance (community_id, event, person);

-- owner: internal/domain/event
-- What somebody who came thought of it. The text goes when its writer is erased.
CREATE TABLE event_answer (
    community_id TEXT    NOT NULL,
    event        TEXT    NOT NULL,
    person       TEXT    NOT NULL,
    score        BIGINT  NOT NULL, -- 0–10
    service      BOOLEAN NOT NULL, -- praised
    praised      BOOLEAN NOT NULL, -- the event itself
    text         TEXT    NOT NULL DEFAULT '',
    at           BIGINT  NOT NULL,
    PRIMARY KEY (community_id, event, person)
);
CREATE INDEX event_answer_person ON event_answer (community_id, person);
