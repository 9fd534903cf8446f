package growth

import (
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// newestFirst reads a page of what is ordered by time and id.
func newestFirst[T any](tx *db.Tx, cursor string, limit int, read func(before time.Time, id string, limit int) ([]T, error), at func(T) (time.Time, string)) (page.Page[T], error) {
	var us int64
	var id string
	found, err := page.Parse(cursor, &us, &id)
	if err != nil {
		return page.Page[T]{}, err
	}
	before := db.FromMicros(us)
	if !found {
		before = until(tx.Now(), forEver)
	}
	limit = page.Limit(limit)
	rows, err := read(before, id, limit+1)
	if err != nil {
		return page.Page[T]{}, err
	}
	return page.Cut(rows, limit, func(x T) string {
		when, id := at(x)
		return page.Cursor(db.Micros(when), id)
	}), nil
}

// GuestsTx lists the bonds by which a person brought others, newest first: also those that are pending, lost or refused.
func (s *Service) GuestsTx(tx *db.Tx, promoter, cursor string, limit int) (page.Page[Bond], error) {
	return s.bonds(tx, "promoter", promoter, cursor, limit)
}

// BroughtTx is GuestsTx without who has bought what an event offered: its host brought nobody.
func (s *Service) BroughtTx(tx *db.Tx, promoter, cursor string, limit int) (page.Page[Bond], error) {
	return s.bonds(tx, brought, promoter, cursor, limit)
}

// PromotersTx lists the bonds by which others brought a person, newest first.
func (s *Service) PromotersTx(tx *db.Tx, guest, cursor string, limit int) (page.Page[Bond], error) {
	return s.bonds(tx, "guest", guest, cursor, limit)
}

func (s *Service) bonds(tx *db.Tx, column, person, cursor string, limit int) (page.Page[Bond], error) {
	ids, err := s.People.IDs(tx, person)
	if err != nil {
		return page.Page[Bond]{}, err
	}
	return newestFirst(tx, cursor, limit, func(before time.Time, id string, limit int) ([]Bond, error) {
		return bondsOf(tx, column, ids, before, id, limit)
	}, func(b Bond) (time.Time, string) { return b.BoundAt, b.ID })
}

// RewardsTx lists what a person earned, newest first.
func (s *Service) RewardsTx(tx *db.Tx, promoter, cursor string, limit int) (page.Page[Reward], error) {
	ids, err := s.People.IDs(tx, promoter)
	if err != nil {
		return page.Page[Reward]{}, err
	}
	return newestFirst(tx, cursor, limit, func(before time.Time, id string, limit int) ([]Reward, error) {
		return rewardsTo(tx, ids, before, id, limit)
	}, func(r Reward) (time.Time, string) { return r.At, r.ID })
}

// RewardFilter chooses rewards; what is empty chooses all.
type RewardFilter struct {
	Promoter string
	State    RewardState
}

// AllRewardsTx lists rewards that a filter chooses, newest first.
func (s *Service) AllRewardsTx(tx *db.Tx, f RewardFilter, cursor string, limit int) (page.Page[Reward], error) {
	var ids []string
	if f.Promoter != "" {
		var err error
		if ids, err = s.People.IDs(tx, f.Promoter); err != nil {
			return page.Page[Reward]{}, err
		}
	}
	var before string
	if _, err := page.Parse(cursor, &before); err != nil {
		return page.Page[Reward]{}, err
	}
	limit = page.Limit(limit)
	rows, err := rewardsIn(tx, ids, f.State, before, limit+1)
	return page.Cut(rows, limit, func(r Reward) string { return page.Cursor(r.ID) }), err
}

// LinksTx lists a person's links, oldest first, with what came of each. They are as many as the products they shared.
func (s *Service) LinksTx(tx *db.Tx, sharer string) ([]LinkCount, error) {
	ids, err := s.People.IDs(tx, sharer)
	if err != nil {
		return nil, err
	}
	links, err := linksOf(tx, ids)
	if err != nil {
		return nil, err
	}
	return addCounts(tx, links)
}

// ChildrenTx lists the links of people who came by a link, oldest first, with what came of each. ErrUnknownLink if there
// is no such link.
func (s *Service) ChildrenTx(tx *db.Tx, link, cursor string, limit int) (p page.Page[LinkCount], err error) {
	var after string
	if _, err := page.Parse(cursor, &after); err != nil {
		return p, err
	}
	if _, found, err := linkByID(tx, link); err != nil || !found {
		if err == nil {
			err = ErrUnknownLink
		}
		return p, err
	}
	limit = page.Limit(limit)
	links, err := childrenOf(tx, link, after, limit+1)
	if err != nil {
		return p, err
	}
	counts, err := addCounts(tx, links)
	return page.Cut(counts, limit, func(l LinkCount) string { return page.Cursor(l.ID) }), err
}

// Node is a link in a chain of forwards.
type Node struct {
	LinkCount
	Depth int  `json:"depth" doc:"0 for where the chain begins"`
	More  bool `json:"more,omitempty" doc:"not all of its children are in the graph"`
}

// Bounds of a graph.
const (
	maxNodes  = 500
	maxBranch = 50
)

// ChainTx gives the forwards that began with a link: breadth first, at most 500 of them and 50 a link; a node's Parent is its
// edge. What is not in it is listed by ChildrenTx. ErrUnknownLink if there is no such link.
func (s *Service) ChainTx(tx *db.Tx, link string) ([]Node, error) {
	first, found, err := linkByID(tx, link)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, ErrUnknownLink
	}
	links, depth, more := []Link{first}, map[string]int{}, map[string]bool{}
	for i := 0; i < len(links); i++ {
		room := min(maxBranch, maxNodes-len(links))
		children, err := childrenOf(tx, links[i].ID, "", room+1)
		if err != nil {
			return nil, err
		}
		if len(children) > room {
			children, more[links[i].ID] = children[:room], true
		}
		for _, c := range children {
			depth[c.ID] = depth[links[i].ID] + 1
			links = append(links, c)
		}
	}
	counts, err := addCounts(tx, links)
	if err != nil {
		return nil, err
	}
	out := make([]Node, len(counts))
	for i, c := range counts {
		out[i] = Node{LinkCount: c, Depth: depth[c.ID], More: more[c.ID]}
	}
	return out, nil
}

// Export is what a person's own export says of growth. Whom they brought is named by ids.
type Export struct {
	Links   []LinkCount `json:"links"`
	Guests  []Bond      `json:"guests"`
	Brought []Bond      `json:"brought_by"`
	Rewards []Reward    `json:"rewards"`
	Proofs  []Proof     `json:"proofs"`
}

// ExportTx gives all that a person has to do with growth.
func (s *Service) ExportTx(tx *db.Tx, person string) (x Export, err error) {
	if x.Links, err = s.LinksTx(tx, person); err != nil {
		return x, err
	}
	if x.Guests, err = all(func(cursor string) (page.Page[Bond], error) { return s.GuestsTx(tx, person, cursor, 100) }); err != nil {
		return x, err
	}
	if x.Brought, err = all(func(cursor string) (page.Page[Bond], error) { return s.PromotersTx(tx, person, cursor, 100) }); err != nil {
		return x, err
	}
	if x.Rewards, err = all(func(cursor string) (page.Page[Reward], error) { return s.RewardsTx(tx, person, cursor, 100) }); err != nil {
		return x, err
	}
	x.Proofs, err = all(func(cursor string) (page.Page[Proof], error) {
		return s.ProofsTx(tx, ProofFilter{Person: person}, cursor, 100)
	})
	return x, err
}

func all[T any](read func(cursor string) (page.Page[T], error)) (out []T, err error) {
	for cursor := ""; ; {
		p, err := read(cursor)
		if err != nil {
			return nil, err
		}
		if out, cursor = append(out, p.Items...), p.Next; cursor == "" {
			return out, nil
		}
	}
}
