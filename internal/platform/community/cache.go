package community

import (
	"sync"
	"time"

	"github.com/qunce/qunce/internal/kit/clock"
)

// cacheFor bounds how long a node that missed a message works with an old row.
const cacheFor = 10 * time.Second

// cache keeps communities by slug and by id. Unknown slugs are not kept: anybody can invent them.
type cache struct {
	clock clock.Clock
	mu    sync.Mutex
	epoch uint64 // rises with every forget, so that a row read before it isn't kept after it
	byKey map[[2]string]entry
}

type entry struct {
	c     *Community
	until time.Time
}

func newCache(clk clock.Clock) *cache { return &cache{clock: clk, byKey: map[[2]string]entry{}} }

// get gives what is kept, or nil and the epoch in which the caller goes to read.
func (k *cache) get(by, value string) (*Community, uint64) {
	now := k.clock.Now()
	k.mu.Lock()
	defer k.mu.Unlock()
	if e, ok := k.byKey[[2]string{by, value}]; ok && now.Before(e.until) && e.until.Sub(now) <= cacheFor {
		return e.c, k.epoch
	}
	return nil, k.epoch
}

// put keeps a row that was read in the epoch given, unless something was forgotten since.
func (k *cache) put(c *Community, epoch uint64) {
	until := k.clock.Now().Add(cacheFor)
	k.mu.Lock()
	defer k.mu.Unlock()
	if epoch == k.epoch {
		k.byKey[[2]string{"id", c.ID}] = entry{c, until}
		k.byKey[[2]string{"slug", c.Slug}] = entry{c, until}
	}
}

func (k *cache) forget(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.epoch++
	for key, e := range k.byKey {
		if e.c.ID == id {
			delete(k.byKey, key)
		}
	}
}
