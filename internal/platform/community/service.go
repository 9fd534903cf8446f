package community

import (
	"context"
	"encoding/json"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
)

// topic tells every node that a community changed; the message is its id.
const topic = "community"

// Service makes, finds and changes communities.
type Service struct {
	db    *db.DB
	bus   bus.Bus
	cache *cache
	sweep []Sweep
}

// New makes the service of a node.
func New(d *db.DB, b bus.Bus) *Service {
	s := &Service{db: d, bus: b, cache: newCache(d.Clock())}
	b.Subscribe(topic, func(msg []byte) { s.cache.forget(string(msg)) })
	return s
}

// Create makes a community in a transaction of its own.
func (s *Service) Create(ctx context.Context, n Draft) (c *Community, err error) {
	err = s.db.Do(ctx, s.db.NewID(), func(tx *db.Tx) (err error) {
		c, err = s.CreateTx(tx, n)
		return err
	})
	return c, err
}

// CreateTx makes the community that the transaction is about: open it for a new id (DB.NewID).
func (s *Service) CreateTx(tx *db.Tx, n Draft) (*Community, error) {
	c := &Community{
		ID: tx.Community(), Slug: n.Slug, Name: n.Name, Zone: n.Zone, Lang: n.Lang, Settings: n.Settings,
		Revision: 1, CreatedAt: tx.Now(),
	}
	if c.Zone == "" {
		c.Zone = DefaultZone
	}
	if c.Lang == "" {
		c.Lang = text.Hans
	}
	if c.Settings == nil {
		c.Settings = json.RawMessage("{}")
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	if err := insert(tx, c); err != nil {
		return nil, err
	}
	return c, armSweep(tx, tx.Now().Add(sweepEvery))
}

// BySlug finds a community by its address, from the cache if it is there. Don't change what it gives.
func (s *Service) BySlug(ctx context.Context, slug string) (*Community, error) {
	if !slugShape.MatchString(slug) {
		return nil, ErrUnknown
	}
	return s.find(ctx, "slug", slug)
}

// ByID finds a community, from the cache if it is there. Don't change what it gives.
func (s *Service) ByID(ctx context.Context, id string) (*Community, error) {
	return s.find(ctx, "id", id)
}

func (s *Service) find(ctx context.Context, by, value string) (*Community, error) {
	c, epoch := s.cache.get(by, value)
	if c != nil {
		return c, nil
	}
	err := s.db.Read(ctx, "", func(tx *db.Tx) (err error) {
		c, err = selectBy(tx, by, value, "")
		return err
	})
	if err != nil {
		return nil, err
	}
	s.cache.put(c, epoch)
	return c, nil
}

// List pages through all communities of the installation, oldest first.
func (s *Service) List(ctx context.Context, cursor string, limit int) (p page.Page[*Community], err error) {
	err = s.db.Read(ctx, "", func(tx *db.Tx) (err error) {
		p, err = list(tx, cursor, limit)
		return err
	})
	return p, err
}

// Update changes a community that still has the revision given; 0 takes any.
func (s *Service) Update(ctx context.Context, id string, revision int64, ch Change) (c *Community, err error) {
	err = s.db.Do(ctx, id, func(tx *db.Tx) (err error) {
		c, err = s.UpdateTx(tx, revision, ch)
		return err
	})
	return c, err
}

// UpdateTx is Update of the transaction's community.
func (s *Service) UpdateTx(tx *db.Tx, revision int64, ch Change) (*Community, error) {
	c, err := selectBy(tx, "id", tx.Community(), tx.ForUpdate())
	if err != nil {
		return nil, err
	}
	if revision != 0 && revision != c.Revision {
		return nil, ErrChanged
	}
	c.apply(ch)
	if err := c.check(); err != nil {
		return nil, err
	}
	if err := update(tx, c); err != nil {
		return nil, err
	}
	id := c.ID
	tx.AfterCommit(func() { s.bus.Broadcast(topic, []byte(id)) })
	return c, nil
}
