package faults_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
)

// where is an installation.
type where struct{ data, url string }

func (w where) args() []string {
	out := []string{"--data", w.data}
	if w.url != "" {
		out = append(out, "--database-url", w.url)
	}
	return out
}

// verified runs the program's own proof.
func verified(t *testing.T, w where) {
	t.Helper()
	proven(t, w, "seat")
}

// proven is verified of a community that has something of a part.
func proven(t *testing.T, w where, part string) {
	t.Helper()
	out, err := exec.Command(binary, append([]string{"verify", "--json"}, w.args()...)...).Output()
	var report struct {
		OK          bool `json:"ok"`
		Communities []struct {
			Checked map[string]int `json:"checked"`
		} `json:"communities"`
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("verify: %v: %s", err, out)
	}
	if err != nil || !report.OK || len(report.Communities) != 1 || report.Communities[0].Checked[part] == 0 {
		t.Errorf("verify (%v): %s", err, out)
	}
}

// holds opens the installation, which nobody serves any more, lets everything that is due happen, and checks that all that
// was acknowledged is there, once.
func holds(t *testing.T, w where, members []*member) {
	t.Helper()
	ctx := t.Context()
	a, err := app.New(ctx, app.Config{Data: w.data, DatabaseURL: w.url, Sandbox: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	c, err := a.Communities.BySlug(ctx, "mothers")
	if err != nil {
		t.Fatal(err)
	}
	registered, joined, said := 0, 0, 0
	err = a.DB.Read(ctx, c.ID, func(tx *db.Tx) error {
		written, err := allTexts(tx, a)
		if err != nil {
			return err
		}
		for _, m := range members {
			if !m.registered && !m.joined {
				continue
			}
			registered++
			if m.joined {
				joined++
			}
			if m.said != "" {
				said++
				if n := written[m.said]; n != 1 {
					t.Errorf("%s said something that was acknowledged; it stands there %d times", m.number, n)
				}
			}
			if err := hasAll(t, tx, a, m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if registered == 0 || joined == 0 || said == 0 {
		t.Errorf("nothing was tested: %d registered, %d joined, %d said something", registered, joined, said)
	}
	t.Logf("acknowledged and there: %d registrations, %d seats, %d messages", registered, joined, said)
}

func hasAll(t *testing.T, tx *db.Tx, a *app.App, m *member) error {
	t.Helper()
	person, found, err := a.People.Owner(tx, people.Identifier{Kind: people.Phone, Value: m.number})
	if err != nil {
		return err
	}
	if !found {
		t.Errorf("%s registered, and nobody has the phone", m.number)
		return nil
	}
	if _, err := a.Intake.ReviewTx(tx, person); err != nil {
		t.Errorf("%s registered, and the registration is gone: %v", m.number, err)
	}
	group, err := people.Group(tx, person)
	if err != nil {
		return err
	}
	seats, err := a.Seats.LiveSeats(tx, person)
	if err != nil {
		return err
	}
	var taken []seat.Seat
	for _, s := range seats {
		if s.State == seat.StateTaken && strings.HasPrefix(s.Group, "stage:") {
			taken = append(taken, s)
		}
	}
	stays, err := a.Circles.CirclesOfTx(tx, person)
	if err != nil {
		return err
	}
	if m.joined && (len(taken) != 1 || len(stays) != 1 || taken[0].Circle != stays[0].Circle || m.circle != "" && m.circle != stays[0].Circle) {
		t.Errorf("%s joined circle %q, and has the seats %+v and stays %+v", m.number, m.circle, taken, stays)
	}
	for _, kind := range []string{"circle.joined", "seat.taken"} {
		facts, err := fact.Timeline(tx, group, []string{kind}, time.Time{}, "", 10)
		if err != nil {
			return err
		}
		if m.joined && len(facts) == 0 || kind == "circle.joined" && len(facts) > 1 {
			t.Errorf("%s has %d facts %s", m.number, len(facts), kind)
		}
	}
	return nil
}

// allTexts counts how often each text stands in the circles.
func allTexts(tx *db.Tx, a *app.App) (map[string]int, error) {
	out := map[string]int{}
	groups, err := a.Seats.Groups(tx)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		pools, err := a.Seats.Pools(tx, g.Name)
		if err != nil {
			return nil, err
		}
		for _, p := range pools {
			if !strings.HasPrefix(g.Name, "stage:") {
				continue
			}
			for after := int64(0); ; {
				w := circle.Window{After: after, Limit: 200}
				if after == 0 {
					w = circle.Window{Before: 201, Limit: 200} // the first 200
				}
				h, err := a.Circles.HistoryTx(tx, circle.Actor{ID: "test", Staff: true}, p.ID, w)
				if err != nil {
					return nil, err
				}
				for _, m := range h.Messages {
					out[m.Text]++
					after = m.Seq
				}
				if len(h.Messages) == 0 || after == h.Last {
					break
				}
			}
		}
	}
	return out, nil
}
