-- Orders, their payments and refunds. Amounts are fen; what they do to the books is the ledger's.

-- owner: internal/domain/shop
CREATE TABLE shop_order (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    key          TEXT   NOT NULL,            -- makes the checkout idempotent
    hash         TEXT   NOT NULL,            -- of what was asked
    person       TEXT   NOT NULL,
    state        TEXT   NOT NULL,            -- created, paid, fulfilled, completed, closed, refunded
    amount       BIGINT NOT NULL,
    paid         BIGINT NOT NULL DEFAULT 0,
    refunded     BIGINT NOT NULL DEFAULT 0,  -- given back, or on its way
    why          TEXT   NOT NULL DEFAULT '', -- it was given back by itself
    payment      TEXT   NOT NULL DEFAULT '', -- that paid it
    entry        TEXT   NOT NULL DEFAULT '', -- by which the deposit became revenue
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    paid_at      BIGINT NOT NULL DEFAULT 0,
    fulfilled_at BIGINT NOT NULL DEFAULT 0,
    ended_at     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, id),
    CHECK (refunded >= 0 AND refunded <= paid)
);
CREATE UNIQUE INDEX shop_order_key ON shop_order (community_id, key);
CREATE INDEX shop_order_person ON shop_order (community_id, person, created_at);
CREATE INDEX shop_order_created ON shop_order (community_id, created_at, id);
CREATE INDEX shop_order_state ON shop_order (community_id, state, created_at, id);

-- owner: internal/domain/shop
CREATE TABLE shop_line (
    community_id TEXT   NOT NULL,
    order_id     TEXT   NOT NULL,
    n            BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    item         TEXT   NOT NULL,
    ref          TEXT   NOT NULL,
    title        TEXT   NOT NULL,
    qty          BIGINT NOT NULL,
    amount       BIGINT NOT NULL,
    revenue      TEXT   NOT NULL, -- the account that it is earned on
    PRIMARY KEY (community_id, order_id, n)
);
CREATE INDEX shop_line_ref ON shop_line (community_id, ref);

-- owner: internal/domain/shop
CREATE TABLE shop_payment (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    order_id     TEXT   NOT NULL,
    channel      TEXT   NOT NULL,
    state        TEXT   NOT NULL,            -- open, received, void
    amount       BIGINT NOT NULL,
    received     BIGINT NOT NULL DEFAULT 0,
    returned     BIGINT NOT NULL DEFAULT 0,  -- given back, or on its way
    ref          TEXT   NOT NULL DEFAULT '', -- the channel's number
    url          TEXT   NOT NULL DEFAULT '',
    entry        TEXT   NOT NULL DEFAULT '', -- by which it came into the books
    created_at   BIGINT NOT NULL,
    paid_at      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, id),
    CHECK (returned >= 0 AND returned <= received)
);
CREATE INDEX shop_payment_order ON shop_payment (community_id, order_id, created_at);

-- owner: internal/domain/shop
CREATE TABLE shop_refund (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    key          TEXT   NOT NULL,            -- makes asking idempotent
    hash         TEXT   NOT NULL,
    order_id     TEXT   NOT NULL,
    payment      TEXT   NOT NULL,
    amount       BIGINT NOT NULL,
    state        TEXT   NOT NULL,            -- asked, waits, done, failed
    why          TEXT   NOT NULL DEFAULT '',
    actor        TEXT   NOT NULL DEFAULT '',
    error        TEXT   NOT NULL DEFAULT '', -- what the channel said
    asked_at     BIGINT NOT NULL,
    done_at      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX shop_refund_key ON shop_refund (community_id, key);
CREATE INDEX shop_refund_order ON shop_refund (community_id, order_id, asked_at);
