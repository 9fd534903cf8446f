-- What goes out, how much of it one person may get, and the campaigns it goes out by.

-- owner: internal/domain/touch
CREATE TABLE touch_config (
    community_id TEXT  NOT NULL PRIMARY KEY,
    version      TEXT  NOT NULL, -- another one for each declaration
    config       JSONB NOT NULL
);

-- owner: internal/domain/touch
CREATE TABLE touch (
    community_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    key          TEXT    NOT NULL,
    hash         TEXT    NOT NULL, -- of what the key stands for
    person       TEXT    NOT NULL,
    channel      TEXT    NOT NULL,
    purpose      TEXT    NOT NULL,
    template     TEXT    NOT NULL,
    campaign     TEXT    NOT NULL DEFAULT '',
    trial        BOOLEAN NOT NULL DEFAULT FALSE, -- a campaign's test
    vars         JSONB   NOT NULL, -- erased with the person
    subject      TEXT    NOT NULL DEFAULT '', -- as it was sent; erased with the person
    body         TEXT    NOT NULL DEFAULT '',
    link         TEXT    NOT NULL DEFAULT '',
    state        TEXT    NOT NULL, -- queued, leaving, sent, failed, unknown, held
    reason       TEXT    NOT NULL DEFAULT '',
    reserved     JSONB   NOT NULL DEFAULT '[]', -- the room it has in budgets
    not_before   BIGINT  NOT NULL,
    not_after    BIGINT  NOT NULL DEFAULT 0,
    created_at   BIGINT  NOT NULL,
    left_at      BIGINT  NOT NULL DEFAULT 0, -- when it was last handed to its channel
    done_at      BIGINT  NOT NULL DEFAULT 0,
    read_at      BIGINT  NOT NULL DEFAULT 0,
    echoes       BIGINT  NOT NULL DEFAULT 0, -- bits: delivered, opened, clicked, replied
    external     TEXT    NOT NULL DEFAULT '', -- the channel's id for it
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX touch_key ON touch (community_id, key);
CREATE INDEX touch_person ON touch (community_id, person, created_at, id);
CREATE INDEX touch_stuck ON touch (community_id, created_at, id) WHERE state IN ('held', 'failed', 'unknown') AND reason <> 'holdout';
CREATE INDEX touch_waiting ON touch (community_id, campaign, id) WHERE state = 'queued' AND campaign <> '';

-- owner: internal/domain/touch
-- An empty channel or purpose stands for all of them together, as in the budget's rule.
CREATE TABLE touch_budget (
    community_id TEXT    NOT NULL,
    person       TEXT    NOT NULL,
    channel      TEXT    NOT NULL,
    purpose      TEXT    NOT NULL,
    span         TEXT    NOT NULL, -- d20518, w2931, m24315; with a ! in front for the channel's own limit
    used         INTEGER NOT NULL,
    ends_at      BIGINT  NOT NULL, -- of the span
    PRIMARY KEY (community_id, person, channel, purpose, span)
);
CREATE INDEX touch_budget_ended ON touch_budget (community_id, ends_at);

-- owner: internal/domain/touch
CREATE TABLE touch_campaign (
    community_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    version      BIGINT  NOT NULL DEFAULT 1,
    name         TEXT    NOT NULL,
    rule         JSONB   NOT NULL, -- whom it is for
    channel      TEXT    NOT NULL,
    message      JSONB   NOT NULL,
    holdout      INTEGER NOT NULL, -- per cent that get nothing, to compare with
    starts_at    BIGINT  NOT NULL DEFAULT 0,
    not_after    BIGINT  NOT NULL DEFAULT 0,
    state        TEXT    NOT NULL, -- draft, approved, sending, done, stopped
    created_at   BIGINT  NOT NULL,
    created_by   TEXT    NOT NULL,
    approved_at  BIGINT  NOT NULL DEFAULT 0,
    approved_by  TEXT    NOT NULL DEFAULT '',
    started_at   BIGINT  NOT NULL DEFAULT 0,
    ended_at     BIGINT  NOT NULL DEFAULT 0,
    after        TEXT    NOT NULL DEFAULT '', -- the last person looked at
    PRIMARY KEY (community_id, id)
);
CREATE INDEX touch_campaign_created ON touch_campaign (community_id, created_at, id);

-- owner: internal/domain/touch
-- How many of a campaign's touches are in a state, by reason, and how many were opened and the like.
CREATE TABLE touch_campaign_count (
    community_id TEXT   NOT NULL,
    campaign     TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    touches      BIGINT NOT NULL,
    PRIMARY KEY (community_id, campaign, state, reason)
);
