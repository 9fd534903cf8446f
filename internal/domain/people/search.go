package people

import (
	"cmp"
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// ErrSearch refuses a search text that isn't writing or is longer than {max} characters.
var ErrSearch = errs.Define(errs.Invalid, "people.search")

const maxSearch = 100

// FoundBy says what a search text matched.
type FoundBy string

// What a search matches, in the order in which it is shown.
const (
	FoundByID       FoundBy = "id"
	FoundByPhone    FoundBy = "phone"
	FoundByTail     FoundBy = "phone_tail"
	FoundByEmail    FoundBy = "email"
	FoundByName     FoundBy = "name"      // the whole real name
	FoundByNamePart FoundBy = "name_part" // one character: the beginning
	FoundByNickname FoundBy = "nickname"  // a part; one character: the beginning
)

// Hit is a person that a search found.
type Hit struct {
	Person Person  `json:"person"`
	By     FoundBy `json:"by"`
}

// lookup is one way to find people by a text.
type lookup struct {
	by     FoundBy
	kind   string   // of index row, or the identifier's
	hashes []string // all of which a row must have
}

// lookups says how a text could find someone.
func (s *Service) lookups(community, q string) ([]lookup, error) {
	q, ok := text.Line(q, maxSearch)
	if !ok {
		return nil, ErrSearch.With("max", maxSearch).At("/q")
	}
	var out []lookup
	if id.Valid(q) {
		out = append(out, lookup{by: FoundByID, hashes: []string{q}})
	}
	if m, err := s.mark(community, Identifier{Kind: Phone, Value: q}); err == nil {
		out = append(out, lookup{by: FoundByPhone, kind: string(Phone), hashes: []string{m.key}})
	}
	folded := text.Fold(q)
	if isTail(folded) {
		out = append(out, lookup{by: FoundByTail, hashes: []string{s.secrets.HMAC(community, purposeTail, folded)}})
	}
	if m, err := s.mark(community, Identifier{Kind: Email, Value: q}); err == nil {
		out = append(out, lookup{by: FoundByEmail, kind: string(Email), hashes: []string{m.key}})
	}
	if folded == "" || utf8.RuneCountInString(folded) > maxName {
		return out, nil
	}
	whole, _ := s.nameHashes(community, q)
	part := lookup{by: FoundByNamePart, kind: "gram"}
	for _, g := range text.SearchBigrams(q) {
		part.hashes = append(part.hashes, s.secrets.HMAC(community, purposeGram, g))
	}
	return append(out, lookup{by: FoundByName, kind: "name", hashes: whole}, part,
		lookup{by: FoundByNickname, kind: "nick", hashes: text.SearchBigrams(q)}), nil
}

func isTail(s string) bool {
	return len(s) == 4 && !slices.ContainsFunc([]rune(s), func(r rune) bool { return r < '0' || r > '9' })
}

// Search finds people by id, phone, its last four digits, email, real name or a part of it, nickname or a part of it. Each is
// given once, by the first that matches; up to limit.
func (s *Service) Search(ctx context.Context, community, q string, limit int) (hits []Hit, err error) {
	limit = page.Limit(limit)
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		hits = []Hit{}
		ways, err := s.lookups(community, q)
		if err != nil {
			return err
		}
		seen, rows := map[string]bool{}, []*record{}
		for _, w := range ways {
			if len(rows) >= limit {
				break
			}
			more, err := lookUp(tx, w, limit)
			if err != nil {
				return err
			}
			for _, r := range more {
				if !seen[r.id] && len(rows) < limit {
					seen[r.id] = true
					rows, hits = append(rows, r), append(hits, Hit{By: w.by})
				}
			}
		}
		views, err := s.views(tx, rows)
		for i, p := range views {
			hits[i].Person = p
		}
		return err
	})
	return hits, err
}

// Filter chooses people. Empty fields don't narrow. Those merged into others or erased are never among them.
type Filter struct {
	Text         string    // as Search takes it
	IDs          []string  // only these, or who stands for them now
	Stage        Stage     //
	Tag          Tag       //
	Grade        string    //
	Joiner       string    //
	Relation     string    //
	Stakeholder  string    //
	City         string    //
	Source       string    // the first one
	Entry        string    // the first one
	SalesOwner   string    //
	ServiceOwner string    //
	Ways         []int     // numbers of separate ways to reach them: 0 to 3
	NoCircle     bool      // in no circle and nobody's contact
	Known        bool      // has told a name, or there is a way to reach them: not a visitor who only looked
	Blocked      *bool     //
	CreatedFrom  time.Time //
	CreatedTo    time.Time // before
	BySeen       bool      // last seen first, instead of newest first

	// Among narrows to who stands for the ids that a query gives, such as a roster that another package keeps. arg makes a
	// value a parameter of it, of which the first one is the community.
	Among func(arg func(any) string) string
}

// List reads people that a filter chooses, newest (or last seen) first.
func (s *Service) List(ctx context.Context, community string, f Filter, cursor string, limit int) (p page.Page[Person], err error) {
	var us int64
	var beforeID string
	if _, err := page.Parse(cursor, &us, &beforeID); err != nil {
		return p, err
	}
	limit = page.Limit(limit)
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		q, err := s.query(tx, f)
		if err != nil {
			return err
		}
		rows, err := q.read(tx, db.FromMicros(us), beforeID, limit+1)
		if err != nil {
			return err
		}
		cut := page.Cut(rows, limit, func(r *record) string {
			at := r.createdAt
			if f.BySeen {
				at = r.lastSeenAt
			}
			return page.Cursor(db.Micros(at), r.id)
		})
		p.Next = cut.Next
		p.Items, err = s.views(tx, cut.Items)
		return err
	})
	return p, err
}

// Count counts people that a filter chooses, up to bound; more tells that there are others.
func (s *Service) Count(ctx context.Context, community string, f Filter, bound int) (n int, more bool, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		q, err := s.query(tx, f)
		if err != nil {
			return err
		}
		n, err = q.count(tx, bound+1)
		return err
	})
	return min(n, bound), n > bound, err
}

// query turns a filter into a statement.
func (s *Service) query(tx *db.Tx, f Filter) (*query, error) {
	q := newQuery(tx, f)
	if f.Text != "" {
		ways, err := s.lookups(tx.Community(), f.Text)
		if err != nil {
			return nil, err
		}
		q.matching(ways)
	}
	return q, nil
}

// Coverage tells how many people can be reached by how many separate ways.
type Coverage struct {
	People int    `json:"people"`
	Ways   [4]int `json:"ways" doc:"people with none, one, two and three ways"`
	Phone  int    `json:"phone"`
	Follow int    `json:"follower"`
	Circle int    `json:"circle"`
}

func (c *Coverage) add(r Reach, n int) {
	c.People += n
	c.Ways[r.count()] += n
	for way, into := range map[Reach]*int{ByPhone: &c.Phone, ByFollower: &c.Follow, ByCircle: &c.Circle} {
		if r&way != 0 {
			*into += n
		}
	}
}

// Coverage counts the ways to reach people: phone, follower, circle or contact. List with Filter.Ways gives who they are.
func (s *Service) Coverage(ctx context.Context, community string) (c Coverage, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		sets, err := countReach(tx)
		c = Coverage{}
		for r, n := range sets {
			c.add(r, n)
		}
		return err
	})
	return c, err
}

// SourceCoverage is the coverage of those who first came from a source.
type SourceCoverage struct {
	Source string `json:"source" doc:"id of the first one; empty for those of whom it isn't known"`
	Coverage
}

// CoverageBySource counts the ways to reach people by where they first came from, the source with the most people first.
func (s *Service) CoverageBySource(ctx context.Context, community string) (out []SourceCoverage, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		bySource := map[string]*SourceCoverage{}
		err := countReachBySource(tx, func(source string, r Reach, n int) {
			if bySource[source] == nil {
				bySource[source] = &SourceCoverage{Source: source}
			}
			bySource[source].add(r, n)
		})
		out = make([]SourceCoverage, 0, len(bySource))
		for _, c := range bySource {
			out = append(out, *c)
		}
		slices.SortFunc(out, func(a, b SourceCoverage) int {
			return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Source, b.Source))
		})
		return err
	})
	return out, err
}
