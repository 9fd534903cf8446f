package intake

import (
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// Page is a landing page in one or more versions (G8). Visitors are shared out among these by weight; a browser sees the same
// one as long as the weights stay.
type Page struct {
	Name     string        `json:"name" doc:"a–z, 0–9, -"`
	Versions []PageVersion `json:"versions"`
}

// PageVersion is one wording of a page.
type PageVersion struct {
	Name   string `json:"name" doc:"a–z, 0–9, -"`
	Weight int    `json:"weight,omitempty" doc:"its share of the visitors; 1 if not given"`
	Landing
}

func (v PageVersion) weight() int { return max(v.Weight, 1) }

// Endorser is somebody who stands behind what is offered, in their own words.
type Endorser struct {
	Name  text.Text `json:"name"`
	Role  text.Text `json:"role,omitempty"`
	Words text.Text `json:"words,omitempty"`
}

// Shown is the page that a visitor sees. Revision is 0 for the playbook's own landing page, which is not counted.
type Shown struct {
	Page     string
	Version  string
	Revision int
	Landing
}

// Refusals about pages.
var (
	ErrPageName      = errs.Define(errs.Invalid, "intake.page_name")
	ErrPageTwice     = errs.Define(errs.Invalid, "intake.page_twice") // "name"
	ErrPageEmpty     = errs.Define(errs.Invalid, "intake.page_empty") // no version
	ErrPageTitle     = errs.Define(errs.Invalid, "intake.page_title")
	ErrPageBenefits  = errs.Define(errs.Invalid, "intake.page_benefits")
	ErrPageEndorsers = errs.Define(errs.Invalid, "intake.page_endorsers")
	ErrPageHowTo     = errs.Define(errs.Invalid, "intake.page_how_to")
	ErrPageWeight    = errs.Define(errs.Invalid, "intake.page_weight") // "max"
	ErrUnknownPage   = errs.Define(errs.Invalid, "intake.unknown_page")
)

const maxPageWeight = 1000

// CheckPages refuses pages that must not be published: without what a visitor gets, who stands behind it, and how to join.
func CheckPages(pages []Page) error {
	var bad []*errs.Error
	names := map[string]bool{}
	for i, p := range pages {
		at := fmt.Sprintf("/%d", i)
		if !validPageName(p.Name) {
			bad = append(bad, ErrPageName.At(at+"/name"))
		}
		if names[p.Name] {
			bad = append(bad, ErrPageTwice.With("name", p.Name).At(at+"/name"))
		}
		names[p.Name] = true
		if len(p.Versions) == 0 {
			bad = append(bad, ErrPageEmpty.At(at+"/versions"))
		}
		versions := map[string]bool{}
		for j, v := range p.Versions {
			vat := fmt.Sprintf("%s/versions/%d", at, j)
			bad = append(bad, v.problems(vat)...)
			if versions[v.Name] {
				bad = append(bad, ErrPageTwice.With("name", v.Name).At(vat+"/name"))
			}
			versions[v.Name] = true
		}
	}
	return errs.Join(bad...)
}

// CheckLanding refuses the page of the entries that name none for the same reasons.
func CheckLanding(l Landing) error { return errs.Join(l.problems("")...) }

func (v PageVersion) problems(at string) (bad []*errs.Error) {
	if !validPageName(v.Name) {
		bad = append(bad, ErrPageName.At(at+"/name"))
	}
	if v.Weight < 0 || v.Weight > maxPageWeight {
		bad = append(bad, ErrPageWeight.With("max", maxPageWeight).At(at+"/weight"))
	}
	return append(bad, v.Landing.problems(at)...)
}

func (l Landing) problems(at string) (bad []*errs.Error) {
	for _, x := range []struct {
		wrong bool
		e     *errs.Error
		field string
	}{
		{l.Title.In(text.Hans) == "", ErrPageTitle, "/title"},
		{len(l.Benefits) == 0, ErrPageBenefits, "/benefits"},
		{len(l.Endorsers) == 0, ErrPageEndorsers, "/endorsers"},
		{len(l.HowTo) == 0, ErrPageHowTo, "/how_to"},
	} {
		if x.wrong {
			bad = append(bad, x.e.At(at+x.field))
		}
	}
	return bad
}

// validPageName allows what an entry's code may be, and shorter ones.
func validPageName(s string) bool { return s != "" && s[len(s)-1] != '-' && validCode(s+"00") }

// shown chooses the version of a page for a visitor.
func (p Page) shown(visitor string) PageVersion {
	whole := 0
	for _, v := range p.Versions {
		whole += v.weight()
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %s", p.Name, visitor)
	at := int(h.Sum64() % uint64(whole)) //nolint:gosec // far below either's end
	for _, v := range p.Versions {
		if at -= v.weight(); at < 0 {
			return v
		}
	}
	return p.Versions[0]
}

// PageTx gives the landing page of an entry as a visitor sees it.
func (s *Service) PageTx(tx *db.Tx, e Entry, visitor string) (Shown, error) {
	config, err := s.ConfigTx(tx)
	if err != nil {
		return Shown{}, err
	}
	i := slices.IndexFunc(config.Pages, func(p Page) bool { return p.Name == e.Page })
	if i < 0 { // none of its own, or one that the playbook has no longer
		return Shown{Landing: config.Landing}, nil
	}
	v := config.Pages[i].shown(visitor)
	out := Shown{Page: e.Page, Version: v.Name, Landing: v.Landing}
	out.Revision, err = activeRevision(tx, e.Page, v.Name)
	return out, err
}

// PageFigures are what became of those who saw a version of a page. Each is persons, but for Paid.
type PageFigures struct {
	Page     string    `json:"page"`
	Version  string    `json:"version"`
	Revision int       `json:"revision" doc:"rises when the words change"`
	Active   bool      `json:"active"`
	Since    time.Time `json:"since"`
	Seen     int64     `json:"seen" doc:"browsers"`
	Begun    int64     `json:"begun" doc:"took the first step"`
	Bought   int64     `json:"bought" doc:"of these, bought a membership since"`
	Refunded int64     `json:"refunded" doc:"of these, gave it back"`
	Paid     money.Fen `json:"paid" doc:"fen, by those who bought, what was given back taken off"`
}

// PagesTx gives the figures of every version of every page, those shown now first.
func (s *Service) PagesTx(tx *db.Tx) ([]PageFigures, error) { return pageFigures(tx) }
