-- Team: who looks after whom, whose sale it is, and what the staff earns by it. Amounts are fen.

-- owner: internal/domain/team
-- What the playbook said, never changed: turns, credits and lines of statements name the version.
CREATE TABLE team_rule (
    community_id TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    content      JSONB  NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, version)
);

-- owner: internal/domain/team
-- Staff in a department, with what they have in hand.
CREATE TABLE team_staff (
    community_id TEXT    NOT NULL,
    department   TEXT    NOT NULL,
    staff        TEXT    NOT NULL,               -- an operator
    paused       BOOLEAN NOT NULL DEFAULT FALSE, -- is given nobody new
    most         BIGINT  NOT NULL DEFAULT 0,     -- in hand at once; 0 is as the rule says
    hours_from   BIGINT  NOT NULL DEFAULT 0,     -- minutes of the day; both 0 are as the rule says
    hours_to     BIGINT  NOT NULL DEFAULT 0,
    load         BIGINT  NOT NULL DEFAULT 0,     -- turns that have not ended
    last_given   BIGINT  NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, department, staff),
    CHECK (load >= 0 AND most >= 0 AND hours_from >= 0 AND hours_from <= hours_to AND hours_to <= 1440)
);

-- owner: internal/domain/team
-- A time in which one of the staff looks after somebody, or in which they wait in the pool.
CREATE TABLE team_turn (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    side         TEXT   NOT NULL,            -- sales, service
    department   TEXT   NOT NULL,
    staff        TEXT   NOT NULL DEFAULT '', -- an operator; '' waits in the pool
    reason       TEXT   NOT NULL DEFAULT '', -- why they have it: load, turns, hand
    version      BIGINT NOT NULL,            -- of the rule
    source       TEXT   NOT NULL DEFAULT '', -- where the person came from
    before       TEXT   NOT NULL DEFAULT '', -- who had it before and did not touch it
    fact         TEXT   NOT NULL DEFAULT '', -- that made it
    at           BIGINT NOT NULL,
    given_at     BIGINT NOT NULL DEFAULT 0,
    touched_at   BIGINT NOT NULL DEFAULT 0,
    ended_at     BIGINT NOT NULL DEFAULT 0,
    end_reason   TEXT   NOT NULL DEFAULT '', -- returned, moved, handed, merged, erased
    PRIMARY KEY (community_id, id),
    CHECK ((staff <> '') = (given_at > 0) AND (ended_at > 0) = (end_reason <> '') AND (touched_at = 0 OR staff <> '')),
    CHECK (side IN ('sales', 'service'))
);
CREATE UNIQUE INDEX team_turn_open ON team_turn (community_id, person, side) WHERE ended_at = 0;
CREATE INDEX team_turn_person ON team_turn (community_id, person, id);
CREATE INDEX team_turn_staff ON team_turn (community_id, staff, ended_at, id);
CREATE INDEX team_turn_given ON team_turn (community_id, side, given_at);

-- owner: internal/domain/team
-- Whose sale an order is: one row an order.
CREATE TABLE team_credit (
    community_id TEXT   NOT NULL,
    order_id     TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    kind         TEXT   NOT NULL,            -- new, referral, renewal, upgrade
    department   TEXT   NOT NULL,
    staff        TEXT   NOT NULL DEFAULT '', -- '' is the department as a whole
    reason       TEXT   NOT NULL,            -- owner, promoter, other, nobody
    turn         TEXT   NOT NULL DEFAULT '', -- by which the staff had the buyer, or the promoter
    promoter     TEXT   NOT NULL DEFAULT '',
    version      BIGINT NOT NULL,            -- of the rule
    fact         TEXT   NOT NULL,            -- that caused it
    amount       BIGINT NOT NULL,
    refunded     BIGINT NOT NULL DEFAULT 0,
    month        TEXT   NOT NULL,            -- 2026-11: in whose statement it counts
    at           BIGINT NOT NULL,            -- when it was paid
    PRIMARY KEY (community_id, order_id),
    CHECK (amount > 0 AND refunded >= 0 AND refunded <= amount)
);
CREATE INDEX team_credit_month ON team_credit (community_id, month, department, staff, at, order_id);
CREATE INDEX team_credit_staff ON team_credit (community_id, staff, at, order_id);
CREATE INDEX team_credit_at ON team_credit (community_id, at, order_id);

-- owner: internal/domain/team
-- What went back of an order, and in which month's statement that counts.
CREATE TABLE team_return (
    community_id TEXT   NOT NULL,
    order_id     TEXT   NOT NULL,
    fact         TEXT   NOT NULL,
    amount       BIGINT NOT NULL,
    month        TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, order_id, fact),
    CHECK (amount > 0)
);
CREATE INDEX team_return_month ON team_return (community_id, month, order_id);

-- owner: internal/domain/team
-- One row a community: nothing is credited any more up to this month.
CREATE TABLE team_book (
    community_id TEXT NOT NULL,
    closed       TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (community_id)
);

-- owner: internal/domain/team
CREATE TABLE team_month (
    community_id TEXT   NOT NULL,
    month        TEXT   NOT NULL,
    state        TEXT   NOT NULL, -- closing, closed
    closed_by    TEXT   NOT NULL,
    begun_at     BIGINT NOT NULL,
    closed_at    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, month)
);

-- owner: internal/domain/team
-- What one of the staff earned in a month. Never changed once written, but for its approval.
CREATE TABLE team_statement (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    month        TEXT   NOT NULL,
    department   TEXT   NOT NULL,
    staff        TEXT   NOT NULL,
    state        TEXT   NOT NULL,            -- draft, approved
    volume       BIGINT NOT NULL,            -- credited in the month, without what went back in it
    commission   BIGINT NOT NULL,
    taken        BIGINT NOT NULL,            -- for refunds of earlier months, zero or below
    carried      BIGINT NOT NULL,            -- from the statement before, zero or below
    total        BIGINT NOT NULL,            -- below zero it is carried on
    closed_by    TEXT   NOT NULL,
    approved_by  TEXT   NOT NULL DEFAULT '',
    entry        TEXT   NOT NULL DEFAULT '', -- that posted it
    at           BIGINT NOT NULL,
    approved_at  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, id),
    CHECK (total = commission + taken + carried AND taken <= 0 AND carried <= 0 AND commission >= 0),
    CHECK ((state = 'approved') = (approved_by <> '') AND approved_by <> closed_by AND approved_by <> staff)
);
CREATE UNIQUE INDEX team_statement_month ON team_statement (community_id, month, department, staff);
CREATE INDEX team_statement_staff ON team_statement (community_id, staff, department, month);

-- owner: internal/domain/team
-- One reason for some fen of a statement.
CREATE TABLE team_line (
    community_id TEXT   NOT NULL,
    statement    TEXT   NOT NULL,
    n            BIGINT NOT NULL,
    kind         TEXT   NOT NULL,            -- commission, takeback, carried
    order_id     TEXT   NOT NULL DEFAULT '',
    base         BIGINT NOT NULL DEFAULT 0,  -- of the order, in this step; what went back is below zero
    reached      BIGINT NOT NULL DEFAULT 0,  -- the month's volume before it
    rate_bp      BIGINT NOT NULL DEFAULT 0,
    version      BIGINT NOT NULL DEFAULT 0,  -- of the rule
    capped       BOOLEAN NOT NULL DEFAULT FALSE,
    fen          BIGINT NOT NULL,
    PRIMARY KEY (community_id, statement, n)
);
CREATE INDEX team_line_order ON team_line (community_id, order_id) WHERE order_id <> '';

-- owner: internal/domain/team
CREATE TABLE team_target (
    community_id TEXT   NOT NULL,
    month        TEXT   NOT NULL,
    department   TEXT   NOT NULL,
    staff        TEXT   NOT NULL,   -- '' is the department as a whole
    kind         TEXT   NOT NULL,   -- sales, referral
    amount       BIGINT NOT NULL,
    set_by       TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, month, department, staff, kind),
    CHECK (amount > 0 AND kind IN ('sales', 'referral'))
);
