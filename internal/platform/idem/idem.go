package idem

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/secret"
)

// What is refused.
var (
	ErrKeyInvalid = errs.Define(errs.Malformed, "idempotency.key_invalid") // not 1–{max} visible ASCII characters
	ErrKeyReused  = errs.Define(errs.Conflict, "idempotency.key_reused")   // the key stands for another content
)

// KeepFor is how long an answer can be had again.
const KeepFor = 48 * time.Hour

// maxKey is the longest key.
const maxKey = 255

// Store keeps answers.
type Store struct{ keys *secret.Keyring }

// New makes the store.
func New(keys *secret.Keyring) *Store { return &Store{keys: keys} }

// Answer is what a request got.
type Answer struct {
	Status int
	Body   []byte
	Again  bool // it was stored before; nothing was done now
}

// Hash is the content of a request: its method, path with query, and body.
func Hash(method, path string, body []byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q ", method, path)
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// Do runs effect in the transaction and stores its answer, or gives the stored answer of an earlier run. principal is
// access.Principal.Key, route the operation's name. Of two at once, the second waits for the first (PostgreSQL) or comes
// after it (SQLite). Without a key it only runs effect.
func (s *Store) Do(tx *db.Tx, principal, route, key, bodyHash string, effect func() (status int, body []byte, err error)) (Answer, error) {
	if key == "" {
		status, body, err := effect()
		return Answer{Status: status, Body: body}, err
	}
	if !validKey(key) {
		return Answer{}, ErrKeyInvalid.With("max", maxKey)
	}
	mine, err := claim(tx, principal, route, key, bodyHash)
	if err != nil {
		return Answer{}, err
	}
	if !mine {
		return s.stored(tx, principal, route, key, bodyHash)
	}
	status, body, err := effect()
	if err != nil {
		return Answer{}, err
	}
	sealed := s.keys.Encrypt(tx.Community(), purpose, string(body))
	return Answer{Status: status, Body: body}, complete(tx, principal, route, key, status, sealed)
}

// purpose binds the encrypted answers to this table.
const purpose = "idempotency"

func (s *Store) stored(tx *db.Tx, principal, route, key, bodyHash string) (Answer, error) {
	hash, status, sealed, err := find(tx, principal, route, key)
	if err != nil {
		return Answer{}, fmt.Errorf("look up an idempotency key: %w", err)
	}
	if hash != bodyHash {
		return Answer{}, ErrKeyReused
	}
	body, err := s.keys.Decrypt(tx.Community(), purpose, sealed)
	if err != nil {
		return Answer{}, fmt.Errorf("read a stored answer: %w", err)
	}
	return Answer{Status: status, Body: []byte(body), Again: true}, nil
}

func validKey(key string) bool {
	for _, r := range key {
		if r <= ' ' || r > '~' {
			return false
		}
	}
	return len(key) <= maxKey
}

// Sweep removes some of the transaction's community's lapsed answers, and tells whether more are left.
func (s *Store) Sweep(tx *db.Tx) (more bool, err error) { return purge(tx) }
