package h5

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// audiences are the phones that follow rooms through this server.
type audiences struct {
	mu    sync.Mutex
	rooms map[string]*audience // by event
}

// audience is who follows a room. What most of them need next is made once, before they are woken: thousands that wait for one
// another take longer than sending does.
type audience struct {
	pages *Pages
	visit visit // of the first who came; its language and person are not used
	event event.Event
	stop  func()

	news   atomic.Pointer[room.News] // the last
	asked  atomic.Bool               // there are other questions
	told   chan struct{}             // there is something of the two
	latest atomic.Pointer[standing]  // what phones are woken for

	persons sync.Map      // of whom it is noted that they came
	noting  chan struct{} // of whom it is being noted: few at a time, or the room's next step would wait behind its audience

	mu     sync.Mutex
	phones map[*follower]bool
	made   map[frameOfWhat]*made
}

// standing is news of a room, with the frames that most phones need.
type standing struct {
	room.News
	frames map[frameOfWhat]*made
}

type frameOfWhat struct {
	state                room.State
	version, shown, from int
	lang                 text.Lang
}

// made is a frame as it is sent, and how many paragraphs a phone has then.
type made struct {
	once  sync.Once
	bytes []byte
	shown int
	err   error
}

const (
	mostMade    = 64 // frames that are kept: the last paragraph's in three languages, and those of some who come back
	notedAtOnce = 8  // persons
	seenAtOnce  = 500
)

// join lets a phone follow until leave is called.
func (all *audiences) join(f *follower) (a *audience, leave func()) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.rooms == nil {
		all.rooms = map[string]*audience{}
	}
	a = all.rooms[f.event.ID]
	if a == nil {
		a = &audience{
			pages: f.Pages, visit: *f.v, event: f.event, told: make(chan struct{}, 1), noting: make(chan struct{}, notedAtOnce),
			phones: map[*follower]bool{}, made: map[frameOfWhat]*made{},
		}
		all.rooms[f.event.ID] = a
		a.follow(context.WithoutCancel(f.r.Context()))
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.phones[f] = true
	return a, func() {
		all.mu.Lock()
		defer all.mu.Unlock()
		a.mu.Lock()
		defer a.mu.Unlock()
		if delete(a.phones, f); len(a.phones) == 0 {
			delete(all.rooms, f.event.ID)
			a.stop()
		}
	}
}

// count is how many phones follow a room.
func (all *audiences) count(eventID string) int {
	all.mu.Lock()
	a := all.rooms[eventID]
	all.mu.Unlock()
	if a == nil {
		return 0
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.phones)
}

// follow wakes the phones when there is news, until stop is called.
func (a *audience) follow(ctx context.Context) {
	ctx, a.stop = context.WithCancel(ctx)
	unsubscribe := a.pages.Rooms.Subscribe(a.event.ID, func(n room.News) {
		if n.Questions { // the rest of it may be older than what is known
			a.asked.Store(true)
		} else {
			a.news.Store(&n)
		}
		wake(a.told)
	})
	go func() {
		defer unsubscribe()
		beat := time.NewTicker(roomBeat)
		defer beat.Stop()
		var known *room.News
		beats := 0
		for {
			select {
			case <-ctx.Done():
				return
			case <-a.told:
			case <-beat.C: // news may have been lost
				if beats++; beats%roomLooks == 0 && known != nil && (known.State == room.Playing || known.State == room.Paused) {
					a.noteSeen(ctx)
				}
				if n, err := a.now(ctx); err == nil && (known == nil || n != *known) {
					a.news.CompareAndSwap(known, &n)
				}
			}
			n := a.news.Load()
			moved := n != known
			if moved {
				a.latest.Store(&standing{*n, a.usual(ctx, *n, known != nil && known.State == n.State)})
			}
			known = n
			a.wake(moved, a.asked.Swap(false))
		}
	}()
}

// noteSeen notes who follows: how long somebody stayed is told from it. What fails is noted at the next beat.
func (a *audience) noteSeen(ctx context.Context) {
	var persons []string
	a.mu.Lock()
	for f := range a.phones {
		persons = append(persons, f.ids...)
	}
	a.mu.Unlock()
	for some := range slices.Chunk(persons, seenAtOnce) {
		err := a.pages.DB.Do(ctx, a.visit.community.ID, func(tx *db.Tx) error { return a.pages.Events.SeenTx(tx, a.event.ID, some) })
		if err != nil {
			a.pages.Log.WarnContext(ctx, "note who follows a room", "event", a.event.ID, "err", err)
			return
		}
	}
}

// now is how the room stands by the database.
func (a *audience) now(ctx context.Context) (n room.News, err error) {
	err = a.pages.DB.Read(ctx, a.visit.community.ID, func(tx *db.Tx) error {
		r, err := a.pages.Rooms.RoomTx(tx, a.event.ID)
		n = room.News{State: r.State, Shown: r.Shown, Version: r.Version}
		return err
	})
	return n, err
}

func wake(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default: // it is told already
	}
}

func (a *audience) wake(moved, asked bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for f := range a.phones {
		if moved {
			wake(f.moved)
		}
		if asked {
			wake(f.asked)
		}
	}
}

// usual makes the frames for who has all paragraphs but the last, and, unless the room goes on as before, for who has that too.
func (a *audience) usual(ctx context.Context, n room.News, goesOn bool) map[frameOfWhat]*made {
	last := n.Shown
	if goesOn {
		last--
	}
	langs := map[text.Lang]bool{}
	a.mu.Lock()
	for f := range a.phones {
		langs[f.v.lang] = true
	}
	a.mu.Unlock()
	out := map[frameOfWhat]*made{}
	for lang := range langs {
		for from := max(0, n.Shown-1); from <= last; from++ {
			w := frameOfWhat{n.State, n.Version, n.Shown, from, lang}
			if m := a.frame(ctx, w); m.err == nil {
				out[w] = m
			}
		}
	}
	return out
}

// frame makes a frame, or gives the one that another phone was sent.
func (a *audience) frame(ctx context.Context, w frameOfWhat) *made {
	a.mu.Lock()
	m := a.made[w]
	if m == nil {
		if len(a.made) >= mostMade {
			clear(a.made)
		}
		m = &made{}
		a.made[w] = m
	}
	a.mu.Unlock()
	m.once.Do(func() {
		if m.bytes, m.shown, m.err = a.produce(ctx, w); m.err != nil {
			a.mu.Lock()
			delete(a.made, w)
			a.mu.Unlock()
		}
	})
	return m
}

func (a *audience) produce(ctx context.Context, w frameOfWhat) (out []byte, has int, err error) {
	v := a.visit
	v.lang = w.lang
	var f frame
	err = a.pages.DB.Read(ctx, v.community.ID, func(tx *db.Tx) error {
		f, err = a.pages.frameOf(tx, &v, a.event, room.Room{Event: a.event.ID, State: w.state, Version: w.version, Shown: w.shown}, w.from)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	b, err := json.Marshal(f)
	return fmt.Appendf(nil, "id: %d\nevent: shown\ndata: %s\n\n", f.Shown, b), f.Shown, err
}
