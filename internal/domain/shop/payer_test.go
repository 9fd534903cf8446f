package shop_test

import (
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// G2: an order tells its payers apart by a keyed hash of channel and account, which goes with its buyer; a channel may say nothing.
func TestWhoPaid(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		keys := &keyed{}
		w := newWorldWith(t, d, keys.hash)
		w.open(9)
		other := w.in("other", 9)
		payer := func(w *world, person, by, account string) (order, payer string) {
			t.Helper()
			o := w.ordered(person)
			p, err := w.Pay(t.Context(), w.D.Community, o.ID, by)
			w.Must(err)
			_, err = w.Notify(t.Context(), w.D.Community, by, channel.Notice{Payment: p.ID, Amount: price, Payer: account})
			w.Must(err)
			w.Do(func(tx *db.Tx) (err error) { payer, err = w.PayerTx(tx, o.ID); return err })
			return o.ID, payer
		}
		order, one := payer(w, "ann", channel.Sandbox, "wallet")
		_, same := payer(w, "gil", channel.Sandbox, "wallet")
		_, another := payer(w, "gil", channel.Sandbox, "purse")
		_, elsewhere := payer(w, "gil", byBank, "wallet")
		_, away := payer(other, "gil", channel.Sandbox, "wallet")
		_, silent := payer(w, "gil", channel.Sandbox, "")
		if one == "" || same != one || another == one || elsewhere == one || away == one || silent != "" || strings.Contains(one, "wallet") {
			t.Errorf("%q %q %q %q %q %q", one, same, another, elsewhere, away, silent)
		}
		w.Do(func(tx *db.Tx) error { return w.EraseTx(tx, "ann") })
		w.Do(func(tx *db.Tx) error {
			left, err := w.PayerTx(tx, order)
			if left != "" {
				t.Errorf("erased, %q is left", left)
			}
			return err
		})
	})
}

// keyed hashes values by counting them.
type keyed struct{ seen []string }

func (k *keyed) hash(community, purpose, value string) string {
	for i, x := range k.seen {
		if x == community+purpose+value {
			return strings.Repeat("x", i+1)
		}
	}
	k.seen = append(k.seen, community+purpose+value)
	return strings.Repeat("x", len(k.seen))
}
