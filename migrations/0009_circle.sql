-- Circles: groups of people who talk. Who has a place is the seats'; who came, when and how is the roster's.

-- owner: internal/domain/circle
-- A declared group: the version of its template that new circles get, and how many it has had, which numbers the next.
CREATE TABLE circle_group (
    community_id TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    circles      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, name)
);

-- owner: internal/domain/circle
-- Every version of a template: a circle keeps the one it was opened with.
CREATE TABLE circle_template (
    community_id TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    hash         TEXT   NOT NULL, -- of body, to see whether a declaration changes anything
    body         JSONB  NOT NULL,
    PRIMARY KEY (community_id, name, version)
);

-- owner: internal/domain/circle
-- Its seat pool has the same id. Every message raises seq, so the row is kept narrow.
CREATE TABLE circle (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    group_name   TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    number       BIGINT NOT NULL,
    name         JSONB  NOT NULL,           -- by language
    search       TEXT   NOT NULL,           -- the names folded, for finding
    state        TEXT   NOT NULL,           -- open, frozen, archived
    seq          BIGINT NOT NULL DEFAULT 0, -- of the last message
    opened_at    BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,           -- when the state was last changed
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX circle_number ON circle (community_id, group_name, number);

-- owner: internal/domain/circle
CREATE TABLE circle_staff (
    community_id TEXT   NOT NULL,
    circle_id    TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    staff        TEXT   NOT NULL, -- operator or person
    since        BIGINT NOT NULL,
    PRIMARY KEY (community_id, circle_id, role, staff)
);

-- owner: internal/domain/circle
-- One row a stay: somebody who comes again has two. left_at 0 is a stay that lasts.
CREATE TABLE circle_member (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    circle_id    TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    seat_id      TEXT   NOT NULL,
    via          TEXT   NOT NULL,
    from_circle  TEXT   NOT NULL DEFAULT '', -- of one who was moved here
    joined_at    BIGINT NOT NULL,
    left_at      BIGINT NOT NULL DEFAULT 0,
    left_why     TEXT   NOT NULL DEFAULT '', -- left, moved, removed
    muted_until  BIGINT NOT NULL DEFAULT 0,
    read_seq     BIGINT NOT NULL,            -- the last message seen
    wrote_at     BIGINT NOT NULL DEFAULT 0,  -- first message of this stay
    answered_at  BIGINT NOT NULL DEFAULT 0,  -- first answer or mention after it
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX circle_member_current ON circle_member (community_id, circle_id, person) WHERE left_at = 0;
CREATE INDEX circle_member_history ON circle_member (community_id, circle_id, joined_at, id);
CREATE INDEX circle_member_person ON circle_member (community_id, person, joined_at, id);
CREATE INDEX circle_member_unanswered ON circle_member (community_id, joined_at) WHERE left_at = 0 AND wrote_at > 0 AND answered_at = 0;

-- owner: internal/domain/circle
CREATE TABLE circle_message (
    community_id  TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    circle_id     TEXT    NOT NULL,
    seq           BIGINT  NOT NULL DEFAULT 0, -- given at the end of the transaction
    kind          TEXT    NOT NULL,           -- text, picture, link, system
    author_kind   TEXT    NOT NULL,           -- member, staff, system
    author        TEXT    NOT NULL,
    text          TEXT    NOT NULL,           -- a mention stands in it as <@id>
    words         JSONB   NOT NULL,           -- of a system message, by language
    picture       TEXT    NOT NULL,
    thumb         TEXT    NOT NULL,
    width         BIGINT  NOT NULL,
    height        BIGINT  NOT NULL,
    link          JSONB   NOT NULL,
    reply_to      TEXT    NOT NULL,
    answers_after BIGINT  NOT NULL,           -- microseconds since another's message that it replies to; 0 if it answers none
    key           TEXT    NOT NULL,
    hash          TEXT    NOT NULL,           -- of what was posted with the key
    at            BIGINT  NOT NULL,
    pinned_at     BIGINT  NOT NULL DEFAULT 0,
    pinned_by     TEXT    NOT NULL DEFAULT '',
    withdrawn_at  BIGINT  NOT NULL DEFAULT 0,
    withdrawn_by  TEXT    NOT NULL DEFAULT '',
    erased        BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX circle_message_seq ON circle_message (community_id, circle_id, seq) WHERE seq > 0;
CREATE UNIQUE INDEX circle_message_key ON circle_message (community_id, author, key) WHERE key <> '';
CREATE INDEX circle_message_author ON circle_message (community_id, author, at);
CREATE INDEX circle_message_answers ON circle_message (community_id, circle_id, at) WHERE answers_after > 0;
CREATE INDEX circle_message_pinned ON circle_message (community_id, circle_id, pinned_at) WHERE pinned_at > 0;
CREATE INDEX circle_message_picture ON circle_message (community_id, picture) WHERE picture <> '';
CREATE INDEX circle_message_thumb ON circle_message (community_id, thumb) WHERE thumb <> '';

-- owner: internal/domain/circle
-- Who was there on a day: a row means that they read, messages how many they wrote.
CREATE TABLE circle_activity (
    community_id TEXT   NOT NULL,
    circle_id    TEXT   NOT NULL,
    day          BIGINT NOT NULL, -- days since 1970 in the community's zone
    person       TEXT   NOT NULL,
    messages     BIGINT NOT NULL,
    PRIMARY KEY (community_id, circle_id, day, person)
);

-- owner: internal/domain/circle
-- The sums of circle_activity, so that a board of all circles reads one row a circle and day.
CREATE TABLE circle_day (
    community_id TEXT   NOT NULL,
    circle_id    TEXT   NOT NULL,
    day          BIGINT NOT NULL,
    messages     BIGINT NOT NULL,
    writers      BIGINT NOT NULL,
    readers      BIGINT NOT NULL,
    loudest      BIGINT NOT NULL, -- most messages of one person
    PRIMARY KEY (community_id, day, circle_id)
);
