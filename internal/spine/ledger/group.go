package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Entries posted by themselves at about the same time go into the books together, with one statement for all their rows.
// Only those that no floor can refuse are taken: each of the others decides in its own savepoint.

// maxGroup bounds how many entries go together, drainers how many groups of a community are under way: while one waits
// for the disk, the next gathers.
const (
	maxGroup = 64
	drainers = 3
)

// call is an entry that waits for its group.
type call struct {
	ctx   context.Context
	entry Entry
	err   error
	done  chan struct{}
}

// group is what waits in a community.
type group struct {
	mu      sync.Mutex
	waiting []*call
	running int
}

// postTogether hands a checked entry to the community's next group and waits for it.
func (s *Service) postTogether(ctx context.Context, community string, e Entry) (Entry, error) {
	v, _ := s.groups.LoadOrStore(community, &group{})
	g, c := v.(*group), &call{ctx: ctx, entry: e, done: make(chan struct{})}
	g.mu.Lock()
	g.waiting = append(g.waiting, c)
	start := g.running < drainers
	if start {
		g.running++
	}
	g.mu.Unlock()
	if start {
		go s.drain(community, g)
	}
	<-c.done
	return c.entry, c.err
}

// drain posts what waits until nothing does.
func (s *Service) drain(community string, g *group) {
	for {
		g.mu.Lock()
		n := min(len(g.waiting), maxGroup)
		calls := g.waiting[:n:n]
		if g.waiting = g.waiting[n:]; n == 0 {
			g.waiting = nil
			g.running--
			g.mu.Unlock()
			return
		}
		g.mu.Unlock()
		s.postCalls(community, calls)
	}
}

func (s *Service) postCalls(community string, calls []*call) {
	live := calls[:0:0]
	for _, c := range calls {
		if c.err = c.ctx.Err(); c.err == nil {
			live = append(live, c)
		}
	}
	results, refusals := make([]Entry, len(live)), make([]error, len(live))
	var err error
	if len(live) > 0 {
		err = s.db.Do(context.Background(), community, func(tx *db.Tx) error { return s.postPlain(tx, live, results, refusals) })
	}
	for i, c := range live {
		switch {
		case err == nil:
			c.entry, c.err = results[i], refusals[i]
		case len(live) == 1 || db.IsTransient(err) || errors.Is(err, db.ErrClosed):
			c.err = err
		default: // one of them is at fault: each for itself
			c.entry, c.err = do(c.ctx, s, community, func(tx *db.Tx) (Entry, error) { return s.PostTx(tx, c.entry) })
		}
	}
	for _, c := range calls {
		close(c.done)
	}
}

// postPlain posts entries that no floor can refuse; all their balances change at the end.
func (s *Service) postPlain(tx *db.Tx, calls []*call, results []Entry, refusals []error) error {
	for i, c := range calls {
		e := c.entry
		e.ID, e.RecordedAt, e.Hash = tx.NewID(), tx.Now(), e.contentHash()
		results[i], refusals[i] = e, nil
	}
	first := results[0].ID
	added, err := insertEntries(tx, results, "")
	if err != nil {
		return fmt.Errorf("post entries: %w", err)
	}
	for i, e := range results {
		if !added[e.ID] {
			if results[i], refusals[i] = s.known(tx, e, ""); refusals[i] != nil && !errors.Is(refusals[i], ErrKeyReused) {
				return refusals[i]
			}
			continue
		}
		for _, l := range e.Lines {
			s.deferLine(tx, e, l)
		}
		if err := tell(tx, e, laneOf(first), Posted{Entry: fact.ID(e.ID)}); err != nil {
			return err
		}
	}
	return nil
}
