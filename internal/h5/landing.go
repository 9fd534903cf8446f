package h5

import (
	"context"
	"slices"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

type landing struct {
	Action, Title, Lead, OpensAt, Day, Keyword string
	Reserved                                   int
	Plans                                      []planCard
	Benefits, Behind, HowTo                    []string
	Endorsers                                  []endorser
}

type endorser struct{ Name, Role, Words string }

func (p *Pages) landing(ctx context.Context, a *at) (out landing, err error) {
	l := a.page.Landing
	out = landing{
		Action: a.action, Title: l.Title.In(a.lang), Lead: l.Lead.In(a.lang), Keyword: a.Entry.Keyword,
		Benefits: each(l.Benefits, a.lang), Behind: each(l.Behind, a.lang), HowTo: each(l.HowTo, a.lang),
	}
	if a.Opening != nil && a.Opening.OpensAt.After(p.DB.Clock().Now()) {
		at := a.Opening.OpensAt.In(a.community.Location())
		out.OpensAt, out.Day, out.Reserved = at.Format("15:04"), day(at), a.Opening.Reserved
	}
	for _, e := range l.Endorsers {
		out.Endorsers = append(out.Endorsers, endorser{e.Name.In(a.lang), e.Role.In(a.lang), e.Words.In(a.lang)})
	}
	if len(l.Plans) == 0 {
		return out, nil
	}
	err = p.DB.Read(ctx, a.community.ID, func(tx *db.Tx) error {
		cards, err := p.planCards(tx, a.visit)
		out.Plans = slices.DeleteFunc(cards, func(c planCard) bool { return !slices.Contains(l.Plans, c.Name) })
		return err
	})
	return out, err
}

func each(list []text.Text, lang text.Lang) []string {
	out := make([]string, 0, len(list))
	for _, t := range list {
		out = append(out, t.In(lang))
	}
	return out
}
