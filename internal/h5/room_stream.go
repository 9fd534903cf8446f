package h5

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// audiences are the phones that follow rooms through this server. What many of them are sent is made once.
type audiences struct {
	mu    sync.Mutex
	rooms map[string]*audience // by event
}

type audience struct {
	phones atomic.Int64
	came   sync.Map // persons of whom it is noted
	mu     sync.Mutex
	made   map[frameOfWhat]frame
}

type frameOfWhat struct {
	state                room.State
	version, shown, from int
	lang                 text.Lang
}

// mostMade bounds the frames that are kept: the last paragraph's in three languages, and those of some who come back.
const mostMade = 64

// join counts a phone in until leave is called.
func (all *audiences) join(eventID string) (a *audience, leave func()) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.rooms == nil {
		all.rooms = map[string]*audience{}
	}
	a = all.rooms[eventID]
	if a == nil {
		a = &audience{made: map[frameOfWhat]frame{}}
		all.rooms[eventID] = a
	}
	a.phones.Add(1)
	return a, func() {
		all.mu.Lock()
		defer all.mu.Unlock()
		if a.phones.Add(-1) == 0 {
			delete(all.rooms, eventID)
		}
	}
}

// count is how many phones follow a room.
func (all *audiences) count(eventID string) int64 {
	all.mu.Lock()
	defer all.mu.Unlock()
	if a := all.rooms[eventID]; a != nil {
		return a.phones.Load()
	}
	return 0
}

// frame makes a frame, or gives the one that another phone was sent.
func (a *audience) frame(w frameOfWhat, produce func() (frame, error)) (frame, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if f, ok := a.made[w]; ok {
		return f, nil
	}
	f, err := produce()
	if err != nil {
		return f, err
	}
	if len(a.made) >= mostMade {
		clear(a.made)
	}
	a.made[w] = f
	return f, nil
}

// Times of a room's stream. It ends by itself, so that whoever comes back is asked again who they are.
const (
	roomBeat      = 25 * time.Second
	roomFor       = 10 * time.Minute
	questionsWait = 2 * time.Second // after a vote, until the page is told: by then there are more
)

// follower is a phone at its stream.
type follower struct {
	*Pages
	*audience
	w     http.ResponseWriter
	r     *http.Request
	v     *visit
	event event.Event
	has   int
	state room.State
}

// roomStream shows a phone what is shown, for as long as it is open. A phone that comes back says how many paragraphs it has, and
// misses none.
func (p *Pages) roomStream(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := &follower{Pages: p, w: w, r: r, v: v, has: has(r)}
	err := p.look(r, v, func(_ *db.Tx, e event.Event, _ room.Room) error { f.event = e; return nil })
	if err != nil {
		return err
	}
	var leave func()
	f.audience, leave = p.audiences.join(f.event.ID)
	defer leave()
	var latest atomic.Pointer[room.News]
	moved, asked := make(chan struct{}, 1), make(chan struct{}, 1)
	defer p.Rooms.Subscribe(f.event.ID, func(n room.News) {
		tell := asked
		if !n.Questions { // what comes with a question may be older than what is known
			latest.Store(&n)
			tell = moved
		}
		select {
		case tell <- struct{}{}:
		default: // it is told already
		}
	})()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	fmt.Fprint(w, "retry: 2000\n\n") //nolint:errcheck // noticed by Flush
	f.run(&latest, moved, asked)
	return nil
}

// run sends until the phone goes away, the server stops, or the time is up.
func (f *follower) run(latest *atomic.Pointer[room.News], moved, asked <-chan struct{}) {
	beat, end, questions := time.NewTicker(roomBeat), time.NewTimer(roomFor), time.NewTimer(time.Hour)
	questions.Stop()
	defer beat.Stop()
	defer end.Stop()
	defer questions.Stop()
	out := http.NewResponseController(f.w)
	waits := false
	for on := f.catchUp(); on; {
		if out.Flush() != nil || !f.noteCome() {
			return
		}
		select {
		case <-f.r.Context().Done():
			return
		case <-f.Stopping:
			return // the page connects again, to the server that follows
		case <-end.C:
			return
		case <-beat.C:
			fmt.Fprint(f.w, ": \n\n") //nolint:errcheck // noticed by Flush
			on = f.catchUp()          // news may have been lost
		case <-moved:
			n := latest.Load()
			on = f.send(room.Room{Event: f.event.ID, State: n.State, Version: n.Version, Shown: n.Shown})
		case <-asked:
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
	return err == nil && f.send(now)
}

// send sends how the room stands and what the phone doesn't have, unless it knows; it tells whether to go on. After a fault it
// doesn't: the phone connects again.
func (f *follower) send(now room.Room) bool {
	known := now.State == f.state && now.Shown <= f.has
	older := now.State != room.Ended && now.Shown < f.has && f.state != ""
	if known || older || f.state == room.Ended {
		return true
	}
	from := f.has
	if now.State != room.Ended {
		from = min(from, now.Shown)
	}
	made, err := f.frame(frameOfWhat{now.State, now.Version, now.Shown, from, f.v.lang}, func() (made frame, err error) {
		err = f.DB.Read(f.r.Context(), f.v.community.ID, func(tx *db.Tx) error {
			made, err = f.frameOf(tx, f.v, f.event, now, from)
			return err
		})
		return made, err
	})
	if err != nil {
		return false
	}
	b, _ := json.Marshal(made)                                            //nolint:errchkjson // texts and an integer always encode
	fmt.Fprintf(f.w, "id: %d\nevent: shown\ndata: %s\n\n", made.Shown, b) //nolint:errcheck // noticed by Flush
	f.has, f.state = made.Shown, now.State
	return true
}

// noteCome notes, once, that who follows a room that plays has come; who may not be there any more is let go. After a fault, or when
// the phone goes away meanwhile, it is tried again.
func (f *follower) noteCome() bool {
	if f.state != room.Playing && f.state != room.Paused {
		return true
	}
	if _, noted := f.came.Load(f.v.who.ID); noted {
		return true
	}
	err := f.DB.Do(f.r.Context(), f.v.community.ID, func(tx *db.Tx) error {
		_, err := f.Rooms.EnterTx(tx, f.event.ID, f.v.who.ID)
		return err
	})
	if err == nil {
		f.came.Store(f.v.who.ID, true)
	}
	return errs.As(err) == nil
}
