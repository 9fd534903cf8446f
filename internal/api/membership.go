package api

import (
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// Plans are the memberships on sale.
type Plans struct {
	Items  []membership.Offer  `json:"items"`
	Counts []membership.Counts `json:"counts" doc:"members by plan, also of plans that are sold no more"`
}

// MembershipsOf is what a person has.
type MembershipsOf struct {
	Memberships  []membership.Tenure      `json:"memberships"`
	Entitlements []membership.Entitlement `json:"entitlements"`
	Uses         []membership.Use         `json:"uses" doc:"the latest of their benefits, the last first; at most 20"`
	Terms        []membership.Term        `json:"terms" doc:"all that were ever bought, in the order in which they begin"`
}

// MemberTerm is the term of a member, with who that is.
type MemberTerm struct {
	membership.Term
	Nickname string `json:"nickname"`
	Erased   bool   `json:"erased,omitempty"`
}

// Cohorts are renewals by the month in which terms end.
type Cohorts struct {
	Items []membership.Cohort `json:"items"`
}

// PageCounts are landing pages with what became of those who saw them.
type PageCounts struct {
	Items []intake.PageFigures `json:"items"`
}

// How many months of renewals are shown.
const (
	cohortsBefore = 12
	cohortsAfter  = 3
)

// latestUses is how many uses of benefits are shown of a person.
const latestUses = 20

func (a *API) memberships() {
	const tag = "Members"
	op := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.PeopleRead, Summary: summary}
	}
	look(a, op("plan.list", "GET /plans", "Lists the memberships on sale, with what is left of their waves, and how many members there are"),
		func(tx *db.Tx, _ *call, _ *nothing) (p Plans, err error) {
			if p.Items, err = a.Members.Plans(tx); err == nil {
				p.Counts, err = a.Members.CountsTx(tx)
			}
			return p, err
		})
	look(a, op("membership.list", "GET /members", "Lists members by the end of their run of terms"), a.listMembers)
	look(a, op("membership.cohorts", "GET /members/cohorts", "Renewals by the month in which terms end: the last year and what is to come"),
		func(tx *db.Tx, c *call, _ *nothing) (out Cohorts, err error) {
			out.Items, err = a.Members.CohortsTx(tx, c.community.Location(), cohortsBefore, cohortsAfter)
			return out, err
		})
	look(a, op("person.memberships", "GET /people/{id}/memberships", "What a person has: memberships, what is left of their benefits, and the terms behind them"),
		func(tx *db.Tx, _ *call, in *OneThing) (m MembershipsOf, err error) {
			if m.Memberships, err = a.Members.MembershipsTx(tx, string(in.ID)); err != nil {
				return m, err
			}
			if m.Entitlements, err = a.Members.EntitlementsTx(tx, string(in.ID)); err != nil {
				return m, err
			}
			if m.Uses, err = a.Members.UsesTx(tx, string(in.ID), latestUses); err != nil {
				return m, err
			}
			m.Terms, err = a.Members.TermsTx(tx, string(in.ID))
			return m, err
		})
	look(a, Op{Name: "page.list", Route: "GET /pages", Tag: "Intake", Action: access.IntakeRead, Summary: "Compares the versions of landing pages: who saw them, began, bought, and gave it back"},
		func(tx *db.Tx, _ *call, _ *nothing) (out PageCounts, err error) {
			out.Items, err = a.Intake.PagesTx(tx)
			return out, err
		})
}

func (a *API) listMembers(tx *db.Tx, _ *call, in *struct {
	Paging
	State membership.State `query:"state" enum:"pending,active,ending,grace,lapsed" doc:"all that are not over if not given"`
	Plan  string           `query:"plan" maxLength:"40"`
},
) (out page.Page[MemberTerm], err error) {
	p, err := a.Members.MembersTx(tx, membership.MemberFilter{State: in.State, Plan: in.Plan}, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	out.Next = p.Next
	ids := make([]string, 0, len(p.Items))
	for _, t := range p.Items {
		ids = append(ids, t.Person)
	}
	names, err := a.People.Names(tx, ids)
	for _, t := range p.Items {
		out.Items = append(out.Items, MemberTerm{t, names[t.Person].Nickname, names[t.Person].Erased})
	}
	return out, err
}
