package event_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/test/testkit"
)

// E6: the figures of an NPS, worked out by hand; the interval covers 95 % of samples also where few answer.
func TestNPS(t *testing.T) {
	for _, x := range []struct {
		n, promoters, detractors int
		nps, low, high           float64
	}{
		{0, 0, 0, 0, -80.015, 80.015},
		{10, 7, 1, 60, 7.039, 85.268},
		{5, 5, 0, 100, 17.491, 100.000},
		{100, 50, 20, 30, 14.051, 44.201},
		{1000, 100, 600, -50, -54.006, -45.695},
	} {
		nps, low, high := event.Interval(x.n, x.promoters, x.detractors)
		if math.Abs(nps-x.nps) > .001 || math.Abs(low-x.low) > .001 || math.Abs(high-x.high) > .001 {
			t.Errorf("%d of which %d and %d: %f (%f – %f)", x.n, x.promoters, x.detractors, nps, low, high)
		}
	}
	// All outcomes of 12 answers where 40 % promote and 25 % detract: how often the interval holds the truth.
	const size, p, d = 12, .4, .25
	covered := 0.0
	for a := range size + 1 {
		for b := range size + 1 - a {
			la, _ := math.Lgamma(size + 1)
			lb, _ := math.Lgamma(float64(a + 1))
			lc, _ := math.Lgamma(float64(b + 1))
			ld, _ := math.Lgamma(float64(size - a - b + 1))
			chance := math.Exp(la - lb - lc - ld + float64(a)*math.Log(p) + float64(b)*math.Log(d) + float64(size-a-b)*math.Log(1-p-d))
			if _, low, high := event.Interval(size, a, b); low <= 100*(p-d) && 100*(p-d) <= high {
				covered += chance
			}
		}
	}
	if covered < .93 || covered > .99 {
		t.Errorf("covers %.3f", covered)
	}
}

// asked lets people come to an event that is over and answer with these scores.
func (w *world) asked(name string, scores ...int) event.Event {
	w.T.Helper()
	e := w.plan("conference", 50)
	var codes []string
	for i := range scores {
		codes = append(codes, w.claim(e, "open", fmt.Sprint(name, i)).Code)
	}
	w.Pass(60 * time.Hour)
	for i, score := range scores {
		w.scan(e, codes[i], fmt.Sprint(name, " scan ", i))
		if err := w.Answer(w.T.Context(), w.D.Community, e.ID, fmt.Sprint(name, i), event.Answer{Score: score, Service: i%2 == 0, Event: score > 6}); err != nil {
			w.T.Fatal(err)
		}
	}
	return e
}

// E6: one answer of each who came; the result has its denominators, and who is below the line of the others is told of once.
func TestSurvey(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		good := w.asked("g", 10, 9, 9, 8, 6) // 3 − 1 of 5: 40
		w.asked("f", 10, 10, 10, 10)         // too few for the line
		answer := func(person string, a event.Answer) func(*db.Tx) error {
			return func(tx *db.Tx) error { return w.AnswerTx(tx, good.ID, person, a) }
		}
		w.Do(answer("g0", event.Answer{Score: 10, Service: true, Event: true}))
		w.Refused(event.ErrAnswered, answer("g0", event.Answer{Score: 1}))
		w.Refused(event.ErrNotAttended, answer("eve", event.Answer{Score: 1}))
		w.Refused(event.ErrScore, answer("g0", event.Answer{Score: 11}))
		w.Do(func(tx *db.Tx) error {
			r, err := w.ResultTx(tx, good.ID)
			if err == nil && (r.Answers != 5 || r.Attended != 5 || r.Promoters != 3 || r.Passives != 1 || r.Detractors != 1 || r.NPS != 40 || r.Service != 3 || r.Event != 4 || r.LineOf != 0) {
				t.Errorf("result %+v", r)
			}
			return err
		})
		better := w.asked("b", 10, 10, 10, 10, 10)
		bad := w.asked("w", 10, 5, 5, 5, 9, 9) // below from the fifth on
		told := 0
		w.Do(func(tx *db.Tx) error {
			line, of, err := w.LineOfTx(tx)
			if want := (40 + 100 + 0.0) / 3; err == nil && (of != 3 || math.Abs(line-want) > .001) {
				t.Errorf("line %f of %d, want %f", line, of, want)
			}
			r, err := w.ResultTx(tx, bad.ID)
			for id, want := range map[string]bool{bad.ID: true, better.ID: false, good.ID: false} {
				if f, err := w.FiguresTx(tx, id); err != nil || f.Below != want {
					t.Errorf("figures %+v, %v; below the line: %v", f, err, want)
				}
			}
			if err == nil && (r.Line != 70 || r.LineOf != 2) {
				t.Errorf("its own line %+v", r)
			}
			shards := map[int]bool{fact.ShardOf(good.ID): true, fact.ShardOf(better.ID): true, fact.ShardOf(bad.ID): true}
			for shard := range shards {
				facts, err := fact.After(tx, shard, 0, 200)
				if err != nil {
					return err
				}
				for _, f := range facts {
					var b event.BelowLine
					if f.Kind != "event.below_line" {
						continue
					}
					if told++; f.Subject != bad.ID || f.Into(&b) != nil || b.Answers != 5 || b.NPS != -200 || b.Line != 700 {
						t.Errorf("told %+v", f)
					}
				}
			}
			answers, err := w.AnswersTx(tx, bad.ID, "", 4)
			if err == nil && (len(answers.Items) != 4 || answers.Next == "" || answers.Items[0].Score != 10) {
				t.Errorf("answers %+v", answers)
			}
			return err
		})
		if told != 1 {
			t.Errorf("told %d times", told)
		}
		w.sound()
	})
}
