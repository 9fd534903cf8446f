package h5

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// Times of a room's stream. It ends by itself, so that whoever comes back is asked again who they are.
const (
	roomBeat      = 25 * time.Second // a sign of life, and a look at what may have been missed
	roomLooks     = 4                // beats until a phone looks for itself, and whether it still may
	roomBeats     = 24               // beats of a stream
	questionsWait = 2 * time.Second  // after a vote, until the page is told: by then there are more
)

// follower is a phone at its stream.
type follower struct {
	*Pages
	*audience
	w     http.ResponseWriter
	r     *http.Request
	v     *visit
	ids   []string // the phone's owner, whoever they have been
	event event.Event
	moved chan struct{} // the room is not what it was
	asked chan struct{} // there are other questions
	came  chan error    // how noting that they came went
	noted bool          // or under way
	has   int
	state room.State
}

// roomStream shows a phone what is shown, for as long as it is open. A phone that comes back says how many paragraphs it has, and
// misses none.
func (p *Pages) roomStream(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := &follower{
		Pages: p, w: w, r: r, v: v, has: has(r), moved: make(chan struct{}, 1), asked: make(chan struct{}, 1), came: make(chan error, 1),
	}
	err := p.look(r, v, func(tx *db.Tx, e event.Event, _ room.Room) (err error) {
		f.event = e
		f.ids, err = people.Group(tx, v.who.ID)
		return err
	})
	if err != nil {
		return err
	}
	var leave func()
	f.audience, leave = p.audiences.join(f)
	defer leave()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	fmt.Fprint(w, "retry: 2000\n\n") //nolint:errcheck // noticed by Flush
	f.run()
	return nil
}

// run sends until the phone goes away, the server stops, or the time is up.
func (f *follower) run() {
	beat, questions := time.NewTicker(roomBeat), time.NewTimer(time.Hour)
	questions.Stop()
	defer beat.Stop()
	defer questions.Stop()
	out := http.NewResponseController(f.w)
	waits, failed, beats := false, false, 0
	for on := f.catchUp(); on; {
		if out.Flush() != nil {
			return
		}
		f.noteCome()
		select {
		case <-f.r.Context().Done():
			return
		case <-f.Stopping:
			return // the page connects again, to the server that follows
		case err := <-f.came:
			if errs.As(err) != nil {
				return // who may not be there any more is let go
			}
			failed = err != nil
		case <-beat.C:
			fmt.Fprint(f.w, ": \n\n") //nolint:errcheck // noticed by Flush
			f.noted, failed = f.noted && !failed, false
			if beats++; beats%roomLooks == 0 {
				on = beats < roomBeats && f.catchUp()
			}
		case <-f.moved:
			n := f.latest.Load()
			on = f.send(n.State, n.Version, n.Shown, n.frames)
		case <-f.asked:
			if !waits {
				questions.Reset(questionsWait)
			}
			waits = true
		case <-questions.C:
			waits = false
			fmt.Fprint(f.w, "event: questions\ndata: \n\n") //nolint:errcheck // noticed by Flush
		}
	}
}

// catchUp sends what the database knows; it tells whether to go on.
func (f *follower) catchUp() bool {
	var now room.Room
	err := f.look(f.r, f.v, func(_ *db.Tx, _ event.Event, r room.Room) error { now = r; return nil })
	return err == nil && f.send(now.State, now.Version, now.Shown, nil)
}

// send sends how the room stands and what the phone doesn't have, unless it knows; ready are frames that are made. It tells whether to
// go on. After a fault it doesn't: the phone connects again.
func (f *follower) send(state room.State, version, shown int, ready map[frameOfWhat]*made) bool {
	known := state == f.state && shown <= f.has
	older := state != room.Ended && shown < f.has && f.state != ""
	if known || older || f.state == room.Ended {
		return true
	}
	from := f.has
	if state != room.Ended {
		from = min(from, shown)
	}
	what := frameOfWhat{state, version, shown, from, f.v.lang}
	m := ready[what]
	if m == nil {
		m = f.frame(context.WithoutCancel(f.r.Context()), what)
	}
	if m.err != nil {
		return false
	}
	f.w.Write(m.bytes) //nolint:errcheck // noticed by Flush
	f.has, f.state = m.shown, state
	return true
}

// noteCome begins to note, once, that who follows a room that plays has come. After a fault it is tried again at the next beat.
func (f *follower) noteCome() {
	if f.noted || f.state != room.Playing && f.state != room.Paused {
		return
	}
	f.noted = true
	if _, known := f.persons.Load(f.v.who.ID); known {
		return
	}
	go func() {
		ctx := f.r.Context()
		select {
		case f.noting <- struct{}{}:
		case <-ctx.Done():
			return
		}
		defer func() { <-f.noting }()
		err := f.DB.Do(ctx, f.v.community.ID, func(tx *db.Tx) error {
			_, err := f.Rooms.EnterTx(tx, f.event.ID, f.v.who.ID)
			return err
		})
		if err == nil {
			f.persons.Store(f.v.who.ID, true)
		}
		f.came <- err // there is room: one is under way
	}()
}
