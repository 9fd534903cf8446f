-- Growth: who brought whom, and what they get for it. Amounts are fen or points; what they do to the books is the ledger's.

-- owner: internal/domain/growth
CREATE TABLE growth_programme (
    community_id TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    version      BIGINT  NOT NULL, -- that new bonds are made under
    position     BIGINT  NOT NULL,
    retired      BOOLEAN NOT NULL,
    PRIMARY KEY (community_id, name)
);

-- owner: internal/domain/growth
-- What a programme said, never changed: bonds and rewards name it.
CREATE TABLE growth_programme_version (
    community_id TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    content      JSONB  NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, name, version)
);

-- owner: internal/domain/growth
CREATE TABLE growth_link (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    code         TEXT   NOT NULL,
    sharer       TEXT   NOT NULL,
    product      TEXT   NOT NULL DEFAULT '', -- plan:vip; '' is the community as a whole
    parent       TEXT   NOT NULL DEFAULT '', -- the link by which the sharer came
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX growth_link_code ON growth_link (community_id, code);
CREATE UNIQUE INDEX growth_link_sharer ON growth_link (community_id, sharer, product);
CREATE INDEX growth_link_parent ON growth_link (community_id, parent, id) WHERE parent <> '';

-- owner: internal/domain/growth
-- One row for each visitor, link and day.
CREATE TABLE growth_visit (
    community_id TEXT   NOT NULL,
    link         TEXT   NOT NULL,
    day          TEXT   NOT NULL, -- 2026-11-21, in the community's zone
    visitor      TEXT   NOT NULL, -- a keyed hash
    views        BIGINT NOT NULL,
    PRIMARY KEY (community_id, link, day, visitor)
);

-- owner: internal/domain/growth
-- By which links somebody came to a product: the first and the last. Holder is a visitor until they are known, then a person.
CREATE TABLE growth_touch (
    community_id TEXT    NOT NULL,
    holder       TEXT    NOT NULL,
    product      TEXT    NOT NULL,
    person       BOOLEAN NOT NULL,
    first_link   TEXT    NOT NULL,
    first_at     BIGINT  NOT NULL,
    last_link    TEXT    NOT NULL,
    last_at      BIGINT  NOT NULL,
    PRIMARY KEY (community_id, holder, product)
);

-- owner: internal/domain/growth
-- Known persons who came by a link.
CREATE TABLE growth_lead (
    community_id TEXT   NOT NULL,
    link         TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, link, person)
);
CREATE INDEX growth_lead_person ON growth_lead (community_id, person, at);

-- owner: internal/domain/growth
-- What two accounts of one human may have in common: hashes of devices, phones, payment accounts.
CREATE TABLE growth_mark (
    community_id TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    hash         TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, person, kind, hash)
);

-- owner: internal/domain/growth
CREATE TABLE growth_bond (
    community_id  TEXT   NOT NULL,
    id            TEXT   NOT NULL,
    programme     TEXT   NOT NULL,
    version       BIGINT NOT NULL,
    binds         TEXT   NOT NULL,            -- click, claim, attendance, order
    promoter      TEXT   NOT NULL,
    guest         TEXT   NOT NULL,
    subject       TEXT   NOT NULL DEFAULT '', -- the link, event or order that made it
    fact          TEXT   NOT NULL,            -- that made it
    state         TEXT   NOT NULL,            -- pending, active, lost, refused
    reason        TEXT   NOT NULL DEFAULT '',
    winner        TEXT   NOT NULL DEFAULT '', -- the bond it lost to
    task          TEXT   NOT NULL DEFAULT '', -- in which somebody looks at it
    bound_at      BIGINT NOT NULL,
    valid_until   BIGINT NOT NULL,
    protect_until BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX growth_bond_active ON growth_bond (community_id, programme, guest) WHERE state = 'active';
CREATE INDEX growth_bond_guest ON growth_bond (community_id, guest, bound_at, id);
CREATE INDEX growth_bond_promoter ON growth_bond (community_id, promoter, bound_at, id);
CREATE INDEX growth_bond_winner ON growth_bond (community_id, winner) WHERE winner <> '';

-- owner: internal/domain/growth
-- Orders that were fulfilled, as rewards see them.
CREATE TABLE growth_sale (
    community_id TEXT   NOT NULL,
    order_id     TEXT   NOT NULL,
    buyer        TEXT   NOT NULL,
    link         TEXT   NOT NULL DEFAULT '', -- by which the buyer came last
    paid         BIGINT NOT NULL,
    refunded     BIGINT NOT NULL DEFAULT 0,  -- in all
    lines        JSONB  NOT NULL,
    paid_at      BIGINT NOT NULL,
    refund_until BIGINT NOT NULL,
    fact         TEXT   NOT NULL,
    PRIMARY KEY (community_id, order_id),
    CHECK (refunded >= 0 AND refunded <= paid)
);
CREATE INDEX growth_sale_buyer ON growth_sale (community_id, buyer, paid_at);
CREATE INDEX growth_sale_link ON growth_sale (community_id, link) WHERE link <> '';

-- owner: internal/domain/growth
CREATE TABLE growth_reward (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    order_id     TEXT   NOT NULL,
    programme    TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    level        BIGINT NOT NULL,
    bond         TEXT   NOT NULL,
    promoter     TEXT   NOT NULL,
    kind         TEXT   NOT NULL,            -- money, points, service
    base         BIGINT NOT NULL,            -- fen paid for what the programme is about
    amount       BIGINT NOT NULL,            -- fen or points; 1 for a service
    taken        BIGINT NOT NULL DEFAULT 0,  -- of it, taken back
    held         BOOLEAN NOT NULL DEFAULT FALSE, -- somebody looks at it, and nothing is released meanwhile
    task         TEXT   NOT NULL DEFAULT '',
    release_at   BIGINT NOT NULL,
    entry        TEXT   NOT NULL DEFAULT '', -- that posted it
    due          TEXT   NOT NULL DEFAULT '', -- the due posting that releases it
    fact         TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    CHECK (level IN (1, 2) AND amount > 0 AND taken >= 0 AND taken <= amount)
);
CREATE UNIQUE INDEX growth_reward_order ON growth_reward (community_id, order_id, programme, level);
CREATE INDEX growth_reward_promoter ON growth_reward (community_id, promoter, at, id);
CREATE INDEX growth_reward_bond ON growth_reward (community_id, bond);

-- owner: internal/domain/growth
-- What was taken back of a reward, by which fact, and from where.
CREATE TABLE growth_takeback (
    community_id TEXT   NOT NULL,
    reward       TEXT   NOT NULL,
    fact         TEXT   NOT NULL,
    amount       BIGINT NOT NULL,
    owed         BIGINT NOT NULL, -- of it, what was paid out already
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, reward, fact),
    CHECK (amount > 0 AND owed >= 0 AND owed <= amount)
);

-- owner: internal/domain/growth
-- What a promoter wants to be given.
CREATE TABLE growth_choice (
    community_id TEXT NOT NULL,
    person       TEXT NOT NULL,
    programme    TEXT NOT NULL,
    kind         TEXT NOT NULL,
    PRIMARY KEY (community_id, person, programme)
);

-- owner: internal/domain/growth
-- When somebody was last asked to share.
CREATE TABLE growth_asked (
    community_id TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    campaign     TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, person)
);
