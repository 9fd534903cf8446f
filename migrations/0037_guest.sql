-- Guests who may be asked to appear, topics that members want to hear of, and times at which something should be held.

-- owner: internal/domain/event
CREATE TABLE event_guest (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    root         TEXT   NOT NULL,            -- itself, or the guest that stands for it since their persons were merged
    person       TEXT   NOT NULL DEFAULT '', -- none for an outsider
    name         TEXT   NOT NULL,
    role         TEXT   NOT NULL,            -- what they are known for
    contact      TEXT   NOT NULL,            -- encrypted; how an outsider is reached
    topics       JSONB  NOT NULL,
    state        TEXT   NOT NULL,            -- active, retired, erased
    asked_at     BIGINT NOT NULL DEFAULT 0,  -- last
    version      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX event_guest_person ON event_guest (community_id, person) WHERE person <> '';
CREATE INDEX event_guest_asked ON event_guest (community_id, state, asked_at, id);
CREATE INDEX event_guest_root ON event_guest (community_id, root);

-- owner: internal/domain/event
-- What came out of talking to a guest; its words go when the guest is erased.
CREATE TABLE event_guest_note (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    guest        TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    actor        TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX event_guest_note_guest ON event_guest_note (community_id, guest, id);

-- owner: internal/domain/event
-- A guest is asked to appear; who agreed to an event appears there.
CREATE TABLE event_ask (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    guest        TEXT   NOT NULL,
    event        TEXT   NOT NULL DEFAULT '', -- none: at some time
    topic        TEXT   NOT NULL DEFAULT '',
    state        TEXT   NOT NULL,            -- asked, agreed, declined
    actor        TEXT   NOT NULL,
    asked_at     BIGINT NOT NULL,
    answered_at  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX event_ask_event ON event_ask (community_id, event, guest) WHERE event <> '';
CREATE INDEX event_ask_guest ON event_ask (community_id, guest, asked_at);

-- owner: internal/domain/event
CREATE TABLE event_topic (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    title        TEXT   NOT NULL,            -- goes with about when the one who proposed it is erased, unless an event has it
    about        TEXT   NOT NULL,
    state        TEXT   NOT NULL,            -- open, taken, closed
    person       TEXT   NOT NULL DEFAULT '', -- who proposed it; none for staff
    event        TEXT   NOT NULL DEFAULT '', -- that took it
    votes        BIGINT NOT NULL DEFAULT 0,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX event_topic_title ON event_topic (community_id, title) WHERE state = 'open';
CREATE UNIQUE INDEX event_topic_event ON event_topic (community_id, event) WHERE event <> '';
CREATE INDEX event_topic_votes ON event_topic (community_id, state, votes, id);
CREATE INDEX event_topic_person ON event_topic (community_id, person);

-- owner: internal/domain/event
CREATE TABLE event_topic_vote (
    community_id TEXT   NOT NULL,
    topic        TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, topic, person)
);
CREATE INDEX event_topic_vote_person ON event_topic_vote (community_id, person);

-- owner: internal/domain/event
-- A question that somebody asked in a room and that became, or went into, a topic.
CREATE TABLE event_topic_question (
    community_id TEXT   NOT NULL,
    question     TEXT   NOT NULL,
    topic        TEXT   NOT NULL,
    PRIMARY KEY (community_id, question)
);
CREATE INDEX event_topic_question_topic ON event_topic_question (community_id, topic);

-- owner: internal/domain/event
-- A time of a template's rhythm of which staff was told that nothing is planned for it.
CREATE TABLE event_slot (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    template     TEXT   NOT NULL,
    starts       BIGINT NOT NULL,
    state        TEXT   NOT NULL,            -- empty, filled
    round        BIGINT NOT NULL DEFAULT 1,  -- how often it was empty
    task         TEXT   NOT NULL DEFAULT '', -- by which staff is told
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX event_slot_starts ON event_slot (community_id, template, starts);

CREATE INDEX event_host ON event (community_id, host) WHERE host <> '';
CREATE INDEX room_question_asked ON room_question (community_id, votes, id) WHERE state = 'open';
