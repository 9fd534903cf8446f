-- Products with their stock, what was sold of them, group-buys; coupons; orders that wait or are paid with points.

-- owner: internal/domain/goods
CREATE TABLE goods_product (
    community_id TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    position     BIGINT  NOT NULL DEFAULT 0,
    body         JSONB   NOT NULL,
    declared     JSONB   NOT NULL DEFAULT '{}',   -- what the playbook last said; staff may have changed it since
    retired      BOOLEAN NOT NULL DEFAULT FALSE,  -- sold no more
    version      BIGINT  NOT NULL,
    created_at   BIGINT  NOT NULL,
    PRIMARY KEY (community_id, name)
);
CREATE INDEX goods_product_position ON goods_product (community_id, position, name);

-- owner: internal/domain/goods
CREATE TABLE goods_price (
    community_id TEXT   NOT NULL,
    product      TEXT   NOT NULL,
    sku          TEXT   NOT NULL,
    since        BIGINT NOT NULL,
    price        BIGINT NOT NULL,                 -- asked from then on
    PRIMARY KEY (community_id, product, sku, since)
);

-- owner: internal/domain/goods
CREATE TABLE goods_offer (
    community_id TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    position     BIGINT  NOT NULL DEFAULT 0,
    body         JSONB   NOT NULL,
    declared     JSONB   NOT NULL DEFAULT '{}',
    retired      BOOLEAN NOT NULL DEFAULT FALSE,
    version      BIGINT  NOT NULL,
    PRIMARY KEY (community_id, name)
);

-- owner: internal/domain/goods
CREATE TABLE goods_group (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    offer        TEXT   NOT NULL,
    product      TEXT   NOT NULL,
    sku          TEXT   NOT NULL,
    size         BIGINT NOT NULL,
    price        BIGINT NOT NULL,
    state        TEXT   NOT NULL,                 -- open, full, failed
    starter      TEXT   NOT NULL DEFAULT '',      -- person; empty when staff started it
    follows      TEXT   NOT NULL DEFAULT '',      -- the group that had no place for who started it
    opened_at    BIGINT NOT NULL,
    closes_at    BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX goods_group_offer ON goods_group (community_id, offer, state, opened_at, id);
CREATE INDEX goods_group_opened ON goods_group (community_id, opened_at, id);

-- owner: internal/domain/goods
CREATE TABLE goods_item (
    community_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    person       TEXT    NOT NULL,
    product      TEXT    NOT NULL,
    sku          TEXT    NOT NULL,
    qty          BIGINT  NOT NULL,
    price        BIGINT  NOT NULL,                -- fen, of one
    cost         BIGINT  NOT NULL,                -- fen, of one
    supplier     TEXT    NOT NULL DEFAULT '',
    ships        BOOLEAN NOT NULL,
    return_days  BIGINT  NOT NULL,
    state        TEXT    NOT NULL,                -- held, dropped, waits, sold, returned
    seat         TEXT    NOT NULL,                -- in the stock
    allowance    TEXT    NOT NULL DEFAULT '',     -- the seat that counts against what one may buy
    grp          TEXT    NOT NULL DEFAULT '',     -- the group-buy
    slot         TEXT    NOT NULL DEFAULT '',     -- the seat in it
    next_group   BOOLEAN NOT NULL DEFAULT FALSE,  -- its buyer starts the next group rather than get the money back
    address      TEXT    NOT NULL DEFAULT '',     -- where it is sent, encrypted
    carrier      TEXT    NOT NULL DEFAULT '',
    tracking     TEXT    NOT NULL DEFAULT '',     -- the carrier's number
    shipped_at   BIGINT  NOT NULL DEFAULT 0,
    received_at  BIGINT  NOT NULL DEFAULT 0,
    complaint    TEXT    NOT NULL DEFAULT '',     -- the task in which staff is asked about it
    held_until   BIGINT  NOT NULL,
    created_at   BIGINT  NOT NULL,
    joined_at    BIGINT  NOT NULL DEFAULT 0,      -- when it was paid for a group
    sold_at      BIGINT  NOT NULL DEFAULT 0,
    ended_at     BIGINT  NOT NULL DEFAULT 0,      -- when it was given back
    PRIMARY KEY (community_id, id),
    CHECK (qty > 0)
);
CREATE INDEX goods_item_person ON goods_item (community_id, person, created_at);
CREATE INDEX goods_item_sold ON goods_item (community_id, product, sku, sold_at);
CREATE INDEX goods_item_state ON goods_item (community_id, state, sold_at, id);
CREATE INDEX goods_item_grp ON goods_item (community_id, grp, id);
CREATE UNIQUE INDEX goods_item_once ON goods_item (community_id, grp, person) WHERE grp <> '' AND state IN ('held', 'waits', 'sold');

CREATE INDEX goods_item_to_ship ON goods_item (community_id, supplier, sold_at, id) WHERE ships AND state = 'sold' AND shipped_at = 0;

-- owner: internal/domain/goods
CREATE TABLE goods_address (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    sealed       TEXT   NOT NULL,                 -- encrypted
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX goods_address_person ON goods_address (community_id, person, id);

-- owner: internal/domain/shop
CREATE TABLE shop_coupon (
    community_id TEXT    NOT NULL,
    code         TEXT    NOT NULL,
    position     BIGINT  NOT NULL DEFAULT 0,
    body         JSONB   NOT NULL,
    declared     JSONB   NOT NULL DEFAULT '{}',
    retired      BOOLEAN NOT NULL DEFAULT FALSE,
    version      BIGINT  NOT NULL,
    PRIMARY KEY (community_id, code)
);

ALTER TABLE shop_order ADD COLUMN waits BOOLEAN NOT NULL DEFAULT FALSE;        -- paid, and can't be given yet
ALTER TABLE shop_order ADD COLUMN coupon TEXT NOT NULL DEFAULT '';             -- its code
ALTER TABLE shop_order ADD COLUMN coupon_seat TEXT NOT NULL DEFAULT '';        -- of its quota
ALTER TABLE shop_order ADD COLUMN discount BIGINT NOT NULL DEFAULT 0;          -- what the coupon has taken off
ALTER TABLE shop_order ADD COLUMN points BIGINT NOT NULL DEFAULT 0;            -- that it was paid with
ALTER TABLE shop_order ADD COLUMN points_entry TEXT NOT NULL DEFAULT '';       -- by which they were taken
ALTER TABLE shop_line ADD COLUMN discount BIGINT NOT NULL DEFAULT 0;           -- of its price; the amount is without it
ALTER TABLE shop_line ADD COLUMN points BIGINT NOT NULL DEFAULT 0;
