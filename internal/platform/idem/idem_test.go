package idem_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/idem"
	"github.com/qunce/qunce/internal/platform/secret"
	"github.com/qunce/qunce/test/testkit"
)

func store(t *testing.T) *idem.Store {
	t.Helper()
	keys, err := secret.OpenOrCreate(filepath.Join(t.TempDir(), "k"))
	if err != nil {
		t.Fatal(err)
	}
	return idem.New(keys)
}

type call struct{ community, principal, route, key, body string }

// post is a request whose effect is a timer row, numbered so that a second one would be seen.
func post(t *testing.T, d *testkit.DB, s *idem.Store, c call, fail error) (a idem.Answer, err error) {
	t.Helper()
	err = d.Do(t.Context(), c.community, func(tx *db.Tx) (err error) {
		a, err = s.Do(tx, c.principal, c.route, c.key, idem.Hash("POST", c.route, []byte(c.body)), func() (int, []byte, error) {
			id := tx.NewID()
			if _, err := tx.Exec(`INSERT INTO timer (kind, community_id, ref, due_at) VALUES ('effect', $1, $2, 0)`, tx.Community(), id); err != nil {
				return 0, nil, err
			}
			return 201, fmt.Appendf(nil, `{"id": %q, "phone": "13800000001"}`, id), fail
		})
		return err
	})
	return a, err
}

func effects(t *testing.T, d *testkit.DB) (n int) {
	t.Helper()
	err := d.Read(t.Context(), "", func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM timer WHERE kind = 'effect'`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTheSameRequestTakesEffectOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		s := store(t)
		c := call{d.Community, "operator:1", "people.create", "k1", "{}"}
		refusal := errors.New("refused")
		if _, err := post(t, d, s, c, refusal); !errors.Is(err, refusal) || effects(t, d) != 0 {
			t.Fatalf("a refusal: %v", err)
		}
		first, err := post(t, d, s, c, nil)
		if err != nil || first.Again || first.Status != 201 {
			t.Fatalf("%+v, %v", first, err)
		}
		second, err := post(t, d, s, c, nil)
		if err != nil || !second.Again || second.Status != 201 || string(second.Body) != string(first.Body) || effects(t, d) != 1 {
			t.Fatalf("again: %+v, %v, %d effects", second, err, effects(t, d))
		}
		other := c
		other.body = `{"a": 1}`
		if _, err := post(t, d, s, other, nil); !errors.Is(err, idem.ErrKeyReused) {
			t.Errorf("another content: %v", err)
		}
		for _, apart := range []call{
			{"other", c.principal, c.route, c.key, c.body},
			{c.community, "operator:2", c.route, c.key, c.body},
			{c.community, c.principal, "people.import", c.key, c.body},
			{c.community, c.principal, c.route, "k2", c.body},
			{c.community, c.principal, c.route, "", c.body},
			{c.community, c.principal, c.route, "", c.body},
		} {
			if a, err := post(t, d, s, apart, nil); err != nil || a.Again {
				t.Errorf("%+v got %+v, %v", apart, a, err)
			}
		}
		for _, key := range []string{"a b", "钥", strings.Repeat("k", 256), "a\n"} {
			bad := c
			bad.key = key
			if _, err := post(t, d, s, bad, nil); !errors.Is(err, idem.ErrKeyInvalid) {
				t.Errorf("key %q: %v", key, err)
			}
		}
		if effects(t, d) != 7 {
			t.Errorf("%d effects, want 7", effects(t, d))
		}
	})
}

// Of the same request sent many times at once, one takes effect and all get its answer.
func TestRace(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		s := store(t)
		second, err := db.Open(t.Context(), d.Config)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { second.Close() })
		nodes := []*testkit.DB{d, {DB: second}}
		bodies := make([]string, 16)
		var wg sync.WaitGroup
		for i := range bodies {
			wg.Go(func() {
				a, err := post(t, nodes[i%2], s, call{d.Community, "operator:1", "people.create", "k", "{}"}, nil)
				if err != nil {
					t.Error(err)
				}
				bodies[i] = string(a.Body)
			})
		}
		wg.Wait()
		for _, b := range bodies {
			if b != bodies[0] {
				t.Fatalf("two answers: %s and %s", bodies[0], b)
			}
		}
		if effects(t, d) != 1 {
			t.Errorf("%d effects", effects(t, d))
		}
	})
}

func TestAnswersAreEncryptedAndLapse(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		s := store(t)
		c := call{d.Community, "operator:1", "people.create", "k", "{}"}
		if _, err := post(t, d, s, c, nil); err != nil {
			t.Fatal(err)
		}
		var body string
		sweep := func() (rows int) {
			err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
				if _, err := s.Sweep(tx); err != nil {
					return err
				}
				return tx.QueryRow(`SELECT count(*), COALESCE(max(body), '') FROM idempotency WHERE community_id = $1`, tx.Community()).Scan(&rows, &body)
			})
			if err != nil {
				t.Fatal(err)
			}
			return rows
		}
		if sweep() != 1 || body == "" || strings.Contains(body, "138") {
			t.Errorf("stored as %q", body)
		}
		d.Clock.Advance(idem.KeepFor)
		if a, err := post(t, d, s, c, nil); err != nil || a.Again {
			t.Errorf("a lapsed answer: %+v, %v", a, err)
		}
		d.Clock.Advance(idem.KeepFor)
		if sweep() != 0 {
			t.Error("lapsed answers stay")
		}
	})
}
