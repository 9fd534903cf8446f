-- Messages kept to be read here instead of being sent: in the demo, in replays, and where no provider is set up.

-- owner: internal/channel/outbox
CREATE TABLE outbox (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    channel      TEXT   NOT NULL,
    recipient    TEXT   NOT NULL, -- encrypted
    body         TEXT   NOT NULL, -- encrypted
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX outbox_at ON outbox (community_id, at);
