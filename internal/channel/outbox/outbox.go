// Package outbox is the channel of an installation that has no provider for text messages or email: messages are kept,
// encrypted, for a day, for somebody who may read them here.
//
// What must stay true: a message stands in the outbox or has been sent to the outside, never both.
package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

// Secrets encrypt what must not be readable at rest.
type Secrets interface {
	Encrypt(community, purpose, plaintext string) string
	Decrypt(community, purpose, ciphertext string) (string, error)
}

// Box keeps messages.
type Box struct {
	db      *db.DB
	secrets Secrets
	watch   func(Message)
}

// New makes the box.
func New(d *db.DB, s Secrets) *Box { return &Box{db: d, secrets: s} }

// Message is a kept message.
type Message struct {
	ID        string    `json:"id"`
	Channel   string    `json:"channel"`
	Recipient string    `json:"recipient"`
	Body      string    `json:"body"`
	At        time.Time `json:"at"`
}

const purpose = "outbox"

// keepFor is how long a message can be read.
const keepFor = 24 * time.Hour

// PutTx keeps a message; an id that is there already keeps the first one.
func (b *Box) PutTx(tx *db.Tx, m Message) error {
	if m.ID == "" {
		m.ID = tx.NewID()
	}
	if b.watch != nil {
		tx.AfterCommit(func() { b.watch(m) })
	}
	c := tx.Community()
	return tx.Put(`INSERT INTO outbox (community_id, id, channel, recipient, body, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		c, m.ID, m.Channel, b.secrets.Encrypt(c, purpose, m.Recipient), b.secrets.Encrypt(c, purpose, m.Body), tx.Now())
}

// Watch calls fn for every message once it is kept: a replay's people read their phones so. Set it before the first message.
func (b *Box) Watch(fn func(Message)) { b.watch = fn }

// Put keeps a message in a transaction of its own.
func (b *Box) Put(ctx context.Context, community string, m Message) error {
	return b.db.Do(ctx, community, func(tx *db.Tx) error { return b.PutTx(tx, m) })
}

// List gives the newest messages that may still be read.
func (b *Box) List(tx *db.Tx, limit int) ([]Message, error) {
	out, err := db.All(tx, func(r *db.Row) (m Message, err error) {
		err = r.Scan(&m.ID, &m.Channel, &m.Recipient, &m.Body, &m.At)
		return m, err
	}, `SELECT id, channel, recipient, body, at FROM outbox WHERE community_id = $1 AND at > $2 ORDER BY at DESC, id DESC LIMIT $3`, tx.Community(), tx.Now().Add(-keepFor), limit)
	if err != nil {
		return nil, err
	}
	for i := range out {
		for _, s := range []*string{&out[i].Recipient, &out[i].Body} {
			if *s, err = b.secrets.Decrypt(tx.Community(), purpose, *s); err != nil {
				return nil, fmt.Errorf("outbox message %s: %w", out[i].ID, err)
			}
		}
	}
	return out, nil
}

// Sweep removes what can no longer be read, a piece at a time.
func (b *Box) Sweep(tx *db.Tx) (more bool, err error) {
	const piece = 500
	n, err := tx.Exec(`DELETE FROM outbox WHERE community_id = $1 AND id IN (SELECT id FROM outbox WHERE community_id = $1 AND at <= $2 ORDER BY at LIMIT $3)`,
		tx.Community(), tx.Now().Add(-keepFor), piece)
	return n == piece, err
}
