package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"github.com/qunce/qunce/internal/channel/outbox"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/playbooks"
)

const intakeClients = 64

// site is the phone pages on a port of this machine, and beside it a server that only inserts.
type site struct {
	client *http.Client
	base   string // of the pages
	entry  string // path of the entry's page
	bare   string
	codes  sync.Map // phone → the code last sent to it
	made   atomic.Int64
}

// arrivals brings people in by the newest path over HTTP, from the entry's page into a circle, and then looks at the sign-up alone.
func arrivals(ctx context.Context, r *run) error {
	const rounds = 5
	n := r.scaled(50_000, 100)
	s, err := r.serve(ctx, 2*n)
	if err != nil {
		return err
	}
	if err := r.wholeWay(ctx, s, n, rounds); err != nil {
		return err
	}
	seated, err := r.checkSeated(ctx, n)
	if err != nil {
		return err
	}
	if err := r.signUps(ctx, s, max(intakeClients*rounds, n/5/rounds*rounds), rounds); err != nil {
		return err
	}
	_, err = r.checkSeated(ctx, seated)
	return err
}

func (r *run) wholeWay(ctx context.Context, s *site, n, rounds int) error {
	spent := &steps{each: map[string][]time.Duration{}}
	var bare, ours times
	requests, sent := 0, 0
	err := turns(ctx, rounds, func(ctx context.Context, round int) error {
		r.say("intake: round %d of %d", round+1, rounds)
		var count atomic.Int64
		err := ours.clients(ctx, intakeClients, n/rounds, func(ctx context.Context, _ int) error {
			v := s.visitor(spent)
			err := v.allTheWay(ctx)
			count.Add(int64(v.sent))
			return err
		})
		sent = int(count.Load())
		requests += sent
		if err != nil {
			return err
		}
		return ours.also(func() error { return r.drained(ctx) })
	}, func(ctx context.Context, _ int) error {
		return bare.clients(ctx, intakeClients, sent, s.insert)
	})
	if err != nil {
		return err
	}
	rate, whole := bare.rate("requests"), ours.rate("arrivals")
	requestRate := times{spent: ours.spent, cpu: ours.cpu, each: spent.all()}
	m := r.measured(Measure{
		Name: "whole way", Did: fmt.Sprintf("%d arrivals from the entry's page into a circle by path 5.0, %d requests by %d clients", n, requests, intakeClients),
		Ours: requestRate.rate("requests"), What: "as many requests that each do one durable insert, group-committed", Reference: &rate,
	}, 0.5)
	m.Notes = append([]Note{{"arrivals", whole.PerSecond, "/s"}, {"processor for an arrival", whole.Processor, "ms"}, {"an arrival p50", whole.P50, "ms"}, {"an arrival p99", whole.P99, "ms"}}, spent.notes()...)
	return nil
}

// signUps sends the form alone: proof of the phone, looking for who has it, profile, consent with its proof, suspicion, and the seat that follows.
func (r *run) signUps(ctx context.Context, s *site, n, rounds int) error {
	spent := &steps{each: map[string][]time.Duration{}}
	var ready, bare, ours times
	err := turns(ctx, rounds, func(ctx context.Context, round int) error {
		r.say("sign-up: round %d of %d", round+1, rounds)
		waiting := make([]*visitor, n/rounds)
		err := ready.clients(ctx, intakeClients, n/rounds, func(ctx context.Context, i int) error {
			waiting[i] = s.visitor(spent)
			return waiting[i].toForm(ctx)
		})
		if err == nil {
			err = r.drained(ctx)
		}
		if err != nil {
			return err
		}
		err = ours.clients(ctx, intakeClients, n/rounds, func(ctx context.Context, i int) error {
			v := waiting[i]
			_, to, err := v.once(ctx, "register", v.entry+"/register", v.form())
			if err == nil && to == "" {
				err = errors.New("a form was not taken")
			}
			return err
		})
		if err != nil {
			return err
		}
		return ours.also(func() error { return r.drained(ctx) })
	}, func(ctx context.Context, _ int) error { return bare.clients(ctx, intakeClients, n/rounds, s.insert) })
	if err != nil {
		return err
	}
	rate := bare.rate("requests")
	r.measured(Measure{
		Name: "sign-up", Did: fmt.Sprintf("%d forms by %d clients: code, dedupe, profile, consent, suspicion, seat", n, intakeClients), Ours: ours.rate("requests"),
		What: "as many requests that each do one durable insert, group-committed", Reference: &rate,
	}, 0.5)
	return nil
}

func (s *steps) all() (out []time.Duration) {
	for _, d := range s.each {
		out = append(out, d...)
	}
	return out
}

// also adds what is still to be done to the time.
func (t *times) also(work func() error) error {
	from, used := time.Now(), processor()
	err := work()
	t.spent += time.Since(from)
	t.cpu += processor() - used
	return err
}

// drained waits until nothing is due any more, so that one side's work does not run on in the other's turn.
func (r *run) drained(ctx context.Context) error {
	for began := time.Now(); ; {
		n, err := r.number(ctx, `SELECT (SELECT count(*) FROM job WHERE state = 'ready' AND run_at <= $1) + (SELECT count(*) FROM timer WHERE due_at <= $1)`, db.Micros(time.Now()))
		if err != nil || n == 0 {
			return err
		}
		if time.Since(began) > time.Minute {
			return fmt.Errorf("%d jobs and timers are still due after a minute", n)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

var sixDigits = regexp.MustCompile(`\d{6}`)

// serve founds a community whose doors are open for everybody who is to come, and serves its pages and the reference.
func (r *run) serve(ctx context.Context, people int) (*site, error) {
	s := &site{client: newClient(intakeClients)}
	r.app.Outbox.Watch(func(m outbox.Message) { s.codes.Store(m.Recipient, sixDigits.FindString(m.Body)) })
	source, err := playbooks.Files.ReadFile("mothers.yaml")
	if err != nil {
		return nil, fmt.Errorf("read the playbook: %w", err)
	}
	d, err := r.app.Demo(ctx, "mothers", source)
	if err != nil {
		return nil, err
	}
	r.community, s.entry = d.Community, "/mothers/e/join"
	err = r.app.DB.Do(ctx, r.community, func(tx *db.Tx) error { return r.openDoors(tx, people) })
	if err != nil {
		return nil, err
	}
	handler, err := r.app.Handler()
	if err != nil {
		return nil, err
	}
	working, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- r.app.Work(working) }()
	r.later(func() error { stop(); return <-done })
	if s.base, err = r.listen(ctx, handler); err != nil {
		return nil, err
	}
	s.bare, err = r.listen(ctx, http.HandlerFunc(r.insert))
	return s, err
}

// openDoors lets everybody in at once, and gives the contacts time for them.
func (r *run) openDoors(tx *db.Tx, people int) error {
	e, err := r.app.Intake.EntryByCode(tx, "join")
	if err != nil {
		return err
	}
	if err := r.app.Intake.MoveOpeningTx(tx, e.Opening, tx.Now().AddDate(0, 0, -1), 10_000, ""); err != nil {
		return err
	}
	contacts, err := r.app.Intake.Contacts(tx, "nurses")
	if err != nil {
		return err
	}
	for _, c := range contacts {
		c.Daily = people
		if err := r.app.Intake.DeclareContactTx(tx, c); err != nil {
			return err
		}
	}
	return nil
}

// listen serves on a free port and gives its address.
func (r *run) listen(ctx context.Context, h http.Handler) (string, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(ln) //nolint:errcheck // ends with Close
	r.later(server.Close)
	return "http://" + ln.Addr().String(), nil
}

// insert is the reference: a request, a durable insert, an answer.
func (r *run) insert(w http.ResponseWriter, q *http.Request) {
	err := r.bare.Do(q.Context(), r.community, func(tx *db.Tx) error {
		return tx.Put(`INSERT INTO intake_registration (community_id, id, person, entry, phone, device, address, suspicion, reasons, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '[]', $8)`, tx.Community(), tx.NewID(), tx.NewID(), "entry", q.PostFormValue("phone"), "device", "address", tx.Now())
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	io.WriteString(w, "ok") //nolint:errcheck // the caller went away
}

func (s *site) insert(ctx context.Context, i int) error {
	b := browser{client: s.client, base: s.bare, spent: &steps{each: map[string][]time.Duration{}}}
	_, _, err := b.once(ctx, "insert", "/", map[string][]string{"phone": {fmt.Sprint(13900000000 + i)}})
	return err
}

// visitor is the next one to come, with a phone, a browser and an address of their own.
func (s *site) visitor(spent *steps) *visitor {
	n := int(s.made.Add(1))
	return &visitor{
		browser: &browser{client: s.client, base: s.base, address: fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255), cookies: map[string]string{}, spent: spent},
		n:       n, entry: s.entry, phone: fmt.Sprintf("139%08d", n),
		code: func(phone string) string {
			code, _ := s.codes.LoadAndDelete("+86" + phone)
			text, _ := code.(string)
			return text
		},
	}
}

// checkSeated counts what must hold after everybody is in.
func (r *run) checkSeated(ctx context.Context, least int) (seated int, err error) {
	count := func(name, want, query string) (n int) {
		if err == nil {
			n, err = r.number(ctx, query, r.community)
			if want != "" {
				r.check(name, n == 0, want, n)
			}
		}
		return n
	}
	seated = count("", "", `SELECT count(*) FROM circle_member WHERE community_id = $1 AND left_at = 0`)
	circles := count("", "", `SELECT count(DISTINCT circle_id) FROM circle_member WHERE community_id = $1 AND left_at = 0`)
	r.check("everybody is seated", err == nil && seated >= least, "%d in %d circles", seated, circles)
	count("no circle over capacity", "%d over", `SELECT count(*) FROM seat_pool p WHERE community_id = $1 AND capacity <
		(SELECT count(*) FROM seat s WHERE s.community_id = p.community_id AND s.pool_id = p.id AND s.state IN ('held', 'taken'))`)
	count("nobody seated twice", "%d twice", `SELECT count(*) FROM (SELECT person FROM circle_member WHERE community_id = $1 AND left_at = 0 GROUP BY person HAVING count(*) > 1) x`)
	if err != nil {
		return seated, err
	}
	err = r.app.DB.Snapshot(ctx, r.community, func(tx *db.Tx) error {
		problems, err := seat.Verify(tx)
		r.check("the seats add up", len(problems) == 0, "%d problems", len(problems))
		return err
	})
	return seated, err
}
