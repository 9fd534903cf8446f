package people

import (
	"context"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Merge is an entry of the merge log.
type Merge struct {
	ID       string    `json:"id"`
	From     string    `json:"from"`
	Into     string    `json:"into"`
	By       Kind      `json:"by" doc:"kind of the identifier that showed it; empty when staff decided"`
	Actor    string    `json:"actor,omitempty"`
	At       time.Time `json:"at"`
	UndoneAt time.Time `json:"undone_at,omitzero"`
	filled   []FieldName
}

// Proposal is a guess that two persons are one human, until staff settles it.
type Proposal struct {
	One   string    `json:"one"`
	Other string    `json:"other"`
	By    Kind      `json:"by"`
	At    time.Time `json:"at"`
}

// What is refused about merges.
var (
	ErrMergeSelf  = errs.Define(errs.Invalid, "people.merge_self")   // both are the same person already
	ErrNotMerged  = errs.Define(errs.NotFound, "people.not_merged")  // no such merge, or undone already
	ErrMergeLater = errs.Define(errs.Conflict, "people.merge_later") // the survivor was merged on; undo that one first
	ErrNoProposal = errs.Define(errs.NotFound, "people.no_proposal")
)

// Merge makes two persons one. The one met first stays, whichever is named first.
func (s *Service) Merge(ctx context.Context, community, one, other, actor string) (m Merge, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) error {
		m, err = s.MergeTx(tx, one, other, actor)
		return err
	})
	return m, err
}

// MergeTx is Merge in a transaction.
func (s *Service) MergeTx(tx *db.Tx, one, other, actor string) (Merge, error) {
	from, into, err := lockBoth(tx, one, other)
	if err != nil {
		return Merge{}, err
	}
	if from.id == into.id {
		return Merge{}, ErrMergeSelf
	}
	if from.before(into) {
		from, into = into, from
	}
	return s.merge(tx, from, into, "", actor)
}

// merge lets into stand for from and all whom from stood for. Both rows are locked.
func (s *Service) merge(tx *db.Tx, from, into *record, by Kind, actor string) (Merge, error) {
	m := Merge{ID: tx.NewID(), From: from.id, Into: into.id, By: by, Actor: actor, At: tx.Now(), filled: into.fill(from)}
	if err := insertMerge(tx, m); err != nil {
		return m, err
	}
	if err := copyTags(tx, from.id, into.id); err != nil {
		return m, err
	}
	if err := reroot(tx, from.id, into.id); err != nil {
		return m, err
	}
	from.root, from.mergedInto = into.id, into.id
	if err := save(tx, from); err != nil {
		return m, err
	}
	if err := job.Clear(tx, stageTimer, from.id); err != nil {
		return m, err
	}
	if _, err := fact.Append(tx, Merged{From: fact.ID(from.id), Merge: fact.ID(m.ID), By: by}, fact.Fact{Person: into.id, Subject: from.id, Actor: actor}); err != nil {
		return m, err
	}
	if err := s.refresh(tx, into); err != nil {
		return m, err
	}
	if _, err := settleProposal(tx, from.id, into.id, "merged", actor); err != nil {
		return m, err
	}
	for _, fn := range s.onMerge {
		if err := fn(tx, from.id, into.id); err != nil {
			return m, err
		}
	}
	return m, nil
}

// refresh finds anew what follows from a row's identifiers and dates, and saves it.
func (s *Service) refresh(tx *db.Tx, r *record) error {
	conf, err := s.config(tx)
	if err != nil {
		return err
	}
	if err := s.recount(tx, r); err != nil {
		return err
	}
	if err := restage(tx, conf, r); err != nil {
		return err
	}
	return save(tx, r)
}

// Unmerge takes a merge back. See UnmergeTx.
func (s *Service) Unmerge(ctx context.Context, community, merge, actor string) error {
	return s.db.Do(ctx, community, func(tx *db.Tx) error { return s.UnmergeTx(tx, merge, actor) })
}

// UnmergeTx lets the merged person stand for themselves again, with the identifiers and tags they came with. What the survivor
// got since stays with the survivor; seats given up at the merge don't come back.
func (s *Service) UnmergeTx(tx *db.Tx, merge, actor string) error {
	known, found, err := readMerge(tx, merge)
	if err != nil {
		return err
	}
	if !found {
		return ErrNotMerged
	}
	// The survivor's lock comes first, as in every other change.
	into, err := lockRoot(tx, known.Into)
	if err != nil {
		return err
	}
	m, found, err := undoMerge(tx, merge)
	if err != nil {
		return err
	}
	if !found {
		return ErrNotMerged
	}
	if into.id != m.Into {
		return ErrMergeLater
	}
	from, err := lockPerson(tx, m.From)
	if err != nil {
		return err
	}
	into.unfill(from, m.filled)
	if err := uncopyTags(tx, from.id, into.id); err != nil {
		return err
	}
	if err := unroot(tx, from.id, into.id); err != nil {
		return err
	}
	from.root, from.mergedInto = from.id, ""
	if _, err := fact.Append(tx, Unmerged{From: fact.ID(from.id), Merge: fact.ID(m.ID)}, fact.Fact{Person: into.id, Subject: from.id, Actor: actor}); err != nil {
		return err
	}
	// from's row is written before any identifiers are counted: until then it still belongs to the group.
	if err := save(tx, from); err != nil {
		return err
	}
	if err := s.refresh(tx, into); err != nil {
		return err
	}
	if err := s.refresh(tx, from); err != nil {
		return err
	}
	for _, fn := range s.onUnmerge {
		if err := fn(tx, from.id, into.id); err != nil {
			return err
		}
	}
	return nil
}

// Merges lists the merge log of a person, newest first, also of what was merged before into those merged into them.
func (s *Service) Merges(tx *db.Tx, person string) ([]Merge, error) {
	group, err := Group(tx, person)
	if err != nil {
		return nil, err
	}
	return mergesInto(tx, group)
}

// AllMerges lists the merge log of everybody, newest first.
func (s *Service) AllMerges(tx *db.Tx, cursor string, limit int) (p page.Page[Merge], err error) {
	var us int64
	var before string
	if _, err := page.Parse(cursor, &us, &before); err != nil {
		return p, err
	}
	limit = page.Limit(limit)
	list, err := latestMerges(tx, db.FromMicros(us), before, limit+1)
	return page.Cut(list, limit, func(m Merge) string { return page.Cursor(db.Micros(m.At), m.ID) }), err
}

func (s *Service) proposeMerge(tx *db.Tx, person, other string, by Kind, actor string) error {
	fresh, err := propose(tx, Proposal{One: person, Other: other, By: by, At: tx.Now()})
	if err != nil || !fresh {
		return err
	}
	_, err = fact.Append(tx, MergeProposed{Other: fact.ID(other), By: by}, fact.Fact{Person: person, Actor: actor})
	return err
}

// Proposals lists the open guesses, oldest first. Merge settles one as true, DismissTx as false.
func (s *Service) Proposals(ctx context.Context, community, cursor string, limit int) (p page.Page[Proposal], err error) {
	var us int64
	var one, other string
	if _, err := page.Parse(cursor, &us, &one, &other); err != nil {
		return p, err
	}
	limit = page.Limit(limit)
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		list, err := openProposals(tx, db.FromMicros(us), one, other, limit+1)
		p = page.Cut(list, limit, func(x Proposal) string { return page.Cursor(db.Micros(x.At), x.One, x.Other) })
		return err
	})
	return p, err
}

// ProposedTx tells whether it is an open guess that two persons are one human.
func (s *Service) ProposedTx(tx *db.Tx, one, other string) (bool, error) {
	return isProposed(tx, one, other)
}

// DismissTx settles a guess as false; the same two are not proposed again.
func (s *Service) DismissTx(tx *db.Tx, one, other, actor string) error {
	found, err := settleProposal(tx, one, other, "dismissed", actor)
	if err == nil && !found {
		return ErrNoProposal
	}
	return err
}
