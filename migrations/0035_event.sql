-- Who came to an event, in the order in which they came; and the jury of other guests that reads a script before it is played.

CREATE INDEX event_attendance_at ON event_attendance (community_id, event, at, person);

-- owner: internal/domain/event
CREATE TABLE event_jury (
    community_id TEXT   NOT NULL,
    event        TEXT   NOT NULL,
    round        BIGINT NOT NULL, -- a script that was written anew is read anew
    need         BIGINT NOT NULL, -- how many must say yes
    state        TEXT   NOT NULL, -- asked, passed, failed
    asked_at     BIGINT NOT NULL,
    decided_at   BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, event),
    CHECK (need >= 1)
);

-- owner: internal/domain/event
CREATE TABLE event_juror (
    community_id TEXT   NOT NULL,
    event        TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    verdict      TEXT   NOT NULL DEFAULT '', -- yes, no, or nothing yet
    note         TEXT   NOT NULL DEFAULT '', -- goes when the juror is erased
    said_at      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, event, person)
);
CREATE INDEX event_juror_person ON event_juror (community_id, person);
