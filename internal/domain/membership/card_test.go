package membership_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// M5: the code of a card is good for a minute, says what its member has at the time it is checked, and can't be made up.
func TestCard(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.SignWith(func(community, purpose, value string) string {
			sum := sha256.Sum256([]byte(community + " " + purpose + " " + value))
			return hex.EncodeToString(sum[:])
		})
		w.declare(companies())
		w.buyFor("boss", firm, "ka")
		place := w.hire("anna")
		code := func(person string) (out string) {
			w.Do(func(tx *db.Tx) (err error) { out, err = w.CardCodeTx(tx, person); return err })
			return out
		}
		check := func(code string) (c membership.Card, err error) {
			err = w.Try(func(tx *db.Tx) (err error) { c, err = w.CheckCardTx(tx, code); return err })
			return c, err
		}
		if got := code("stranger"); got != "" {
			t.Errorf("a stranger's code: %q", got)
		}
		fresh := code("anna")
		c, err := check("https://club.example/demo/card/" + fresh)
		if err != nil || c.Person != "anna" || len(c.Memberships) != 1 || c.Memberships[0].Plan != "ka" || !c.IssuedAt.Equal(d.Clock.Now().Truncate(time.Second)) {
			t.Errorf("anna's card: %+v, %v", c, err)
		}
		for _, bad := range []string{"", "x", "a.b.c", fresh + "x", "boss" + fresh[4:], strings.Replace(fresh, ".", "..", 1), strings.ToUpper(fresh)} {
			if _, err := check(bad); !errors.Is(err, membership.ErrCard) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		w.free(place.ID)
		if c, err := check(fresh); err != nil || len(c.Memberships) != 0 {
			t.Errorf("after her place was taken back: %+v, %v", c, err)
		}
		d.Clock.Advance(76 * time.Second)
		if _, err := check(fresh); !errors.Is(err, membership.ErrCardOld) {
			t.Errorf("a picture of a minute ago: %v", err)
		}
	})
}
