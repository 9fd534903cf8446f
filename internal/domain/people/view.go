package people

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// SeenTx notes that a person was here, and through what; within a minute a second time writes nothing.
func (s *Service) SeenTx(tx *db.Tx, id, source, entry string) error {
	root, err := Root(tx, id)
	if err != nil {
		return err
	}
	return updateSeen(tx, root, source, entry)
}

// Timeline gives the facts of a person and of those merged into them, newest first; kinds nil means all.
func (s *Service) Timeline(ctx context.Context, community, id string, kinds []string, cursor string, limit int) (p page.Page[fact.Fact], err error) {
	var us int64
	var beforeID string
	if _, err := page.Parse(cursor, &us, &beforeID); err != nil {
		return p, err
	}
	limit = page.Limit(limit)
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		group, err := Group(tx, id)
		if err != nil {
			return err
		}
		facts, err := fact.Timeline(tx, group, kinds, db.FromMicros(us), beforeID, limit+1)
		p = page.Cut(facts, limit, func(f fact.Fact) string { return page.Cursor(db.Micros(f.At), f.ID) })
		return err
	})
	return p, err
}

// views makes what lists show of rows: names and phones masked.
func (s *Service) views(tx *db.Tx, rows []*record) ([]Person, error) {
	out := make([]Person, 0, len(rows))
	if len(rows) == 0 {
		return out, nil
	}
	conf, err := s.config(tx)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.id)
	}
	tags, err := tagsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	phones, emails, err := s.masks(tx, ids)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		name, err := s.realName(tx, r)
		if err != nil {
			return nil, err
		}
		p := r.view(conf, tx.Now())
		p.Name, p.Phone, p.Email, p.Tags = text.MaskName(name), phones[r.id], emails[r.id], tags[r.id]
		out = append(out, p)
	}
	return out, nil
}

func (r *record) view(conf Settings, now time.Time) Person {
	lines := func(s string) []string {
		return slices.DeleteFunc(strings.Split(s, "\n"), func(l string) bool { return l == "" })
	}
	return Person{
		Profile: r.Profile, ID: r.id, State: r.state(), MergedInto: r.mergedInto, BlockedReason: r.blockedReason, BlockedAt: r.blockedAt,
		Platforms: lines(r.platforms), Needs: lines(r.needs), Offers: lines(r.offers), DueDate: string(r.anchors.Due), BirthDate: string(r.anchors.Birth),
		Stage: r.stage, Months: StageAt(conf.Stages, r.anchors, now, conf.Zone).Months, Custom: r.custom.V, Reach: r.reach.Names(),
		FirstSource: r.firstSource, FirstEntry: r.firstEntry, LastSource: r.lastSource, LastEntry: r.lastEntry,
		CreatedAt: r.createdAt, LastSeenAt: r.lastSeenAt, Version: r.version,
	}
}
