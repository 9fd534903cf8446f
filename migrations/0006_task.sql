-- Work for people: who may do it, by when, about whom, and how it ended.

-- owner: internal/spine/task
CREATE TABLE task (
    community_id  TEXT   NOT NULL,
    id            TEXT   NOT NULL,
    key           TEXT   NOT NULL DEFAULT '',
    hash          TEXT   NOT NULL DEFAULT '',
    kind          TEXT   NOT NULL,
    person        TEXT   NOT NULL DEFAULT '', -- whom it is about
    subject       TEXT   NOT NULL DEFAULT '', -- what else it is about
    subject_kind  TEXT   NOT NULL DEFAULT '',
    state         TEXT   NOT NULL,            -- open (nobody has it), claimed, finished, cancelled
    assignee      TEXT   NOT NULL DEFAULT '', -- who has it, or had it at the end
    role          TEXT   NOT NULL DEFAULT '',
    circle        TEXT   NOT NULL DEFAULT '',
    due_at        BIGINT NOT NULL DEFAULT 0,
    queue_at      BIGINT NOT NULL,            -- due_at, or the far future without one: the queue's order
    snoozed_until BIGINT NOT NULL DEFAULT 0,
    escalate_to   TEXT   NOT NULL DEFAULT '', -- the role that is told when it is overdue
    escalated_to  TEXT   NOT NULL DEFAULT '', -- the role that was told
    escalated_due BIGINT NOT NULL DEFAULT 0,  -- the due time that was dealt with
    context       JSONB  NOT NULL DEFAULT '{}', -- ids, enums and numbers
    note          TEXT   NOT NULL DEFAULT '', -- erasable words for whoever does it
    outcomes      JSONB  NOT NULL DEFAULT '[]',
    needs_proof   BOOLEAN NOT NULL DEFAULT FALSE,
    outcome       TEXT   NOT NULL DEFAULT '',
    proof         TEXT   NOT NULL DEFAULT '', -- erasable: a blob's reference or words
    opened_at     BIGINT NOT NULL,
    claimed_at    BIGINT NOT NULL DEFAULT 0,
    ended_at      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, id),
    CHECK (state IN ('open', 'claimed', 'finished', 'cancelled')),
    CHECK (state <> 'open' OR (assignee = '' AND (role <> '' OR circle <> ''))),
    CHECK (state <> 'claimed' OR assignee <> '')
);
CREATE UNIQUE INDEX task_key ON task (community_id, key) WHERE key <> '';
CREATE INDEX task_queue ON task (community_id, queue_at, id) WHERE state IN ('open', 'claimed');
CREATE INDEX task_ended ON task (community_id, state, queue_at, id) WHERE state IN ('finished', 'cancelled');
CREATE INDEX task_person ON task (community_id, person) WHERE person <> '';
CREATE INDEX task_subject ON task (community_id, subject) WHERE subject <> '';
