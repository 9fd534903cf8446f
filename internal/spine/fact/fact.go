package fact

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// Shards is how many independent orders a community's facts have.
const Shards = 64

// Fact is one thing that happened.
type Fact struct {
	ID         string          `json:"id"`
	Kind       string          `json:"kind"`
	Person     string          `json:"person,omitempty"`  // whom it is about
	Subject    string          `json:"subject,omitempty"` // what else it is about: an event, an order, a run …
	Circle     string          `json:"circle,omitempty"`
	Entry      string          `json:"entry,omitempty"`
	Actor      string          `json:"actor,omitempty"` // who did it, when not the person: an operator's or member's id
	At         time.Time       `json:"at"`              // when it happened; the transaction's time if not given
	RecordedAt time.Time       `json:"recorded_at"`     // when we knew
	Data       json.RawMessage `json:"data"`
	Key        string          `json:"-"` // makes the append idempotent in its community
	Shard      int             `json:"-"`
	Pos        int64           `json:"-"`
}

// SubjectKey is whose order the fact belongs to: the person, else the subject.
func (f Fact) SubjectKey() string {
	if f.Person != "" {
		return f.Person
	}
	return f.Subject
}

// Into decodes the data into a payload.
func (f Fact) Into(payload any) error {
	if err := json.Unmarshal(f.Data, payload); err != nil {
		return fmt.Errorf("fact %s (%s): %w", f.ID, f.Kind, err)
	}
	return nil
}

// ErrKeyReused refuses a key that stands for another fact already.
var ErrKeyReused = errs.Define(errs.Conflict, "fact.key_reused")

// ShardOf is the shard of a subject.
func ShardOf(subject string) int {
	h := fnv.New32a()
	h.Write([]byte(subject))
	return int(h.Sum32() % Shards)
}

// flushName is the flusher's name on the database.
const flushName = "fact"

// Append adds a fact to the transaction: payload gives its kind and data, f the rest. With a Key that was used before
// with the same content it does nothing and gives the first fact's id; with other content it is ErrKeyReused.
func Append(tx *db.Tx, payload any, f Fact) (string, error) {
	data, err := json.Marshal(payload)
	if err != nil {
		return "", fmt.Errorf("encode fact %T: %w", payload, err)
	}
	f.ID, f.Kind, f.Data, f.RecordedAt = tx.NewID(), KindOf(payload), data, tx.Now()
	if f.SubjectKey() == "" {
		return "", fmt.Errorf("fact %s is about nobody and nothing", f.Kind)
	}
	if f.Key != "" {
		if known, err := claimKey(tx, f); err != nil || known != "" {
			return known, err
		}
	}
	if f.At.IsZero() {
		f.At = tx.Now()
	}
	f.Shard = ShardOf(f.SubjectKey())
	tx.Defer(flushName, &f)
	return f.ID, nil
}

// claimKey takes the key for f, or gives the id of the fact that has it.
func claimKey(tx *db.Tx, f Fact) (known string, err error) {
	hash := f.contentHash()
	n, err := tx.Exec(`INSERT INTO fact_key (community_id, key, hash, fact_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		tx.Community(), f.Key, hash, f.ID)
	if err != nil || n == 1 {
		return "", err
	}
	var was string
	if err := tx.QueryRow(`SELECT hash, fact_id FROM fact_key WHERE community_id = $1 AND key = $2`, tx.Community(), f.Key).Scan(&was, &known); err != nil {
		return "", fmt.Errorf("look up fact key: %w", err)
	}
	if was != hash {
		return "", ErrKeyReused.With("key", f.Key)
	}
	return known, nil
}

// contentHash covers what the fact says, not when it was recorded.
func (f Fact) contentHash() string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%q %q %q %q %q %q %d %s", f.Kind, f.Person, f.Subject, f.Circle, f.Entry, f.Actor, db.Micros(f.At), f.Data)
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:16])
}
