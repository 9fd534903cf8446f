-- Money and points, double entry. Entries and lines are never changed; balances are their sums, kept as they are written.

-- owner: internal/spine/ledger
CREATE TABLE ledger_entry (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    key          TEXT   NOT NULL,
    hash         TEXT   NOT NULL,             -- of the content
    request      TEXT   NOT NULL DEFAULT '',  -- of what was asked, where the lines follow from the state: a reversal
    fact         TEXT   NOT NULL,
    subject      TEXT   NOT NULL DEFAULT '',
    rule         TEXT   NOT NULL DEFAULT '',
    reverses     TEXT   NOT NULL DEFAULT '',  -- the entry it takes back, wholly or in part
    at           BIGINT NOT NULL DEFAULT 0,   -- when it happened, if that was not when it was recorded
    recorded_at  BIGINT NOT NULL,
    lines        JSONB  NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX ledger_entry_key ON ledger_entry (community_id, key);
CREATE INDEX ledger_entry_reverses ON ledger_entry (community_id, reverses) WHERE reverses <> '';

-- owner: internal/spine/ledger
-- The lines of the entries by account: n counts an account's (slot's) lines without gaps, balance is the one after it.
-- only sqlite
CREATE TABLE ledger_line (
    community_id TEXT     NOT NULL,
    account      TEXT     NOT NULL,
    currency     TEXT     NOT NULL,
    slot         SMALLINT NOT NULL,
    n            BIGINT   NOT NULL,
    entry_id     TEXT     NOT NULL,
    amount       BIGINT   NOT NULL,
    balance      BIGINT   NOT NULL,
    recorded_at  BIGINT   NOT NULL,
    PRIMARY KEY (community_id, account, currency, slot, n)
) WITHOUT ROWID;
-- end
-- only postgres
CREATE TABLE ledger_line (
    community_id TEXT     NOT NULL,
    account      TEXT     NOT NULL,
    currency     TEXT     NOT NULL,
    slot         SMALLINT NOT NULL,
    n            BIGINT   NOT NULL,
    entry_id     TEXT     NOT NULL,
    amount       BIGINT   NOT NULL,
    balance      BIGINT   NOT NULL,
    recorded_at  BIGINT   NOT NULL,
    PRIMARY KEY (community_id, account, currency, slot, n)
);
-- end

-- owner: internal/spine/ledger
CREATE TABLE ledger_balance (
    community_id TEXT     NOT NULL,
    account      TEXT     NOT NULL,
    currency     TEXT     NOT NULL,
    slot         SMALLINT NOT NULL, -- 0, but for accounts that are spread
    n            BIGINT   NOT NULL,
    balance      BIGINT   NOT NULL,
    floor        BIGINT   NOT NULL, -- nothing takes the balance below it
    PRIMARY KEY (community_id, account, currency, slot)
);

-- owner: internal/spine/ledger
-- How much of an entry's line was taken back. Rows come with the first reversal or release.
CREATE TABLE ledger_taken (
    community_id TEXT   NOT NULL,
    entry_id     TEXT   NOT NULL,
    account      TEXT   NOT NULL,
    currency     TEXT   NOT NULL,
    amount       BIGINT NOT NULL, -- the line's, without its sign
    taken        BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, entry_id, account, currency),
    CHECK (taken >= 0 AND taken <= amount)
);

-- owner: internal/spine/ledger
-- Entries to post at a later time.
CREATE TABLE ledger_due (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    key          TEXT   NOT NULL,
    hash         TEXT   NOT NULL,
    of_entry     TEXT   NOT NULL DEFAULT '', -- it moves no more than what is left of this one
    state        TEXT   NOT NULL DEFAULT 'waiting', -- waiting, posted, void (nothing left, or called off), refused (below a floor)
    due_at       BIGINT NOT NULL,
    entry        JSONB  NOT NULL,
    entry_id     TEXT   NOT NULL DEFAULT '', -- what was posted
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX ledger_due_key ON ledger_due (community_id, key);
CREATE INDEX ledger_due_state ON ledger_due (community_id, state, due_at) WHERE state IN ('waiting', 'refused');

-- owner: internal/spine/ledger
CREATE TABLE ledger_payout (
    community_id TEXT   NOT NULL,
    key          TEXT   NOT NULL,
    hash         TEXT   NOT NULL,
    account      TEXT   NOT NULL,
    currency     TEXT   NOT NULL,
    amount       BIGINT NOT NULL,
    state        TEXT   NOT NULL, -- reserved, done, returned
    paid_to      TEXT   NOT NULL DEFAULT '',
    reserved_by  TEXT   NOT NULL, -- the entry that set the amount aside
    ended_by     TEXT   NOT NULL DEFAULT '',
    reserved_at  BIGINT NOT NULL,
    PRIMARY KEY (community_id, key),
    CHECK (amount > 0 AND state IN ('reserved', 'done', 'returned'))
);

-- owner: internal/spine/ledger
-- The chain over the entries' hashes, in the order they were sealed.
CREATE TABLE ledger_seal (
    community_id TEXT   NOT NULL,
    n            BIGINT NOT NULL,
    month        TEXT   NOT NULL, -- 2026-11, UTC
    entry_id     TEXT   NOT NULL,
    hash         TEXT   NOT NULL,
    PRIMARY KEY (community_id, n)
);
CREATE UNIQUE INDEX ledger_seal_entry ON ledger_seal (community_id, entry_id);

-- owner: internal/spine/ledger
-- The last seal of each month: where the next month's chain begins.
CREATE TABLE ledger_head (
    community_id TEXT   NOT NULL,
    month        TEXT   NOT NULL,
    n            BIGINT NOT NULL,
    hash         TEXT   NOT NULL,
    PRIMARY KEY (community_id, month)
);
