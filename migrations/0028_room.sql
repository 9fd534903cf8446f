-- Script rooms: what is played to an event's audience, how far it has come, and what they ask.

-- owner: internal/domain/room
-- A version of a script never changes: who reads it back reads what was played.
CREATE TABLE room_script (
    community_id TEXT    NOT NULL,
    event        TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    body         JSONB   NOT NULL, -- paragraphs with their slides
    hash         TEXT    NOT NULL,
    actor        TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    PRIMARY KEY (community_id, event, version)
);

-- owner: internal/domain/room
CREATE TABLE room (
    community_id TEXT    NOT NULL,
    event        TEXT    NOT NULL,
    version      INTEGER NOT NULL, -- of the script that is played
    state        TEXT    NOT NULL, -- waiting, playing, paused, ended
    shown        INTEGER NOT NULL, -- paragraphs that the audience has
    pace         INTEGER NOT NULL, -- characters a minute
    next_at      BIGINT  NOT NULL DEFAULT 0, -- when the next paragraph is due, while playing
    started_at   BIGINT  NOT NULL DEFAULT 0,
    ended_at     BIGINT  NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, event),
    CHECK (shown >= 0)
);

-- owner: internal/domain/room
CREATE TABLE room_question (
    community_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    event        TEXT    NOT NULL,
    person       TEXT    NOT NULL,
    body         TEXT    NOT NULL, -- '' when its author was erased
    votes        INTEGER NOT NULL DEFAULT 0,
    state        TEXT    NOT NULL, -- open, answered, hidden
    key          TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX room_question_key ON room_question (community_id, event, person, key);
CREATE INDEX room_question_votes ON room_question (community_id, event, votes, id) WHERE state <> 'hidden';
CREATE INDEX room_question_person ON room_question (community_id, person);

-- owner: internal/domain/room
CREATE TABLE room_vote (
    community_id TEXT   NOT NULL,
    question     TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, question, person)
);
