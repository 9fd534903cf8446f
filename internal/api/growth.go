package api

import (
	"slices"
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// Programmes are the rules by which people are bound and rewarded now.
type Programmes struct {
	Items    []growth.Terms     `json:"items"`
	Asking   growth.Asking      `json:"asking"`
	Warnings []ProgrammeWarning `json:"warnings" doc:"what may be declared and is unwise"`
}

// ProgrammeWarning is something of a programme that a careful operator should look at again.
type ProgrammeWarning struct {
	growth.Warning
	What string `json:"what"`
}

// NamedBond is a bond with the names of those it ties.
type NamedBond struct {
	growth.Bond
	PromoterName string `json:"promoter_name"`
	GuestName    string `json:"guest_name"`
}

// NamedReward is a reward with whose it is.
type NamedReward struct {
	growth.Reward
	PromoterName string `json:"promoter_name"`
}

// Links are a person's links with what came of each, and what the person has of rewards.
type Links struct {
	Items []growth.LinkCount `json:"items"`
	Purse growth.Purse       `json:"purse"`
}

// Chain is the forwards that began with a link.
type Chain struct {
	Items []ChainNode `json:"items" doc:"breadth first; a node's parent is its edge"`
}

// ChainNode is a link in a chain with whose it is.
type ChainNode struct {
	growth.Node
	SharerName string `json:"sharer_name"`
}

func (a *API) growth() {
	const tag = "Growth"
	op := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.MoneyRead, Summary: summary}
	}
	look(a, op("programme.list", "GET /programmes", "Lists the programmes by which people are bound and rewarded, with what is unwise in them"), a.listProgrammes)
	look(a, op("programme.simulate", "POST /programmes/{name}/simulate",
		"What a programme came to in a while, and beside it what other rules would have come to: at most 5000 purchases and 10000 touches; nothing is changed"), a.simulate)
	look(a, op("bond.list", "GET /people/{id}/bonds", "Lists whom a person brought, or who brought them, newest first: also bonds that are pending, lost or refused"), a.listBonds)
	look(a, op("link.list", "GET /people/{id}/links", "Lists a person's links with what came of each, and what they have of rewards"),
		func(tx *db.Tx, _ *call, in *OneThing) (out Links, err error) {
			if out.Items, err = a.Growth.LinksTx(tx, string(in.ID)); err == nil {
				out.Purse, err = a.Growth.PurseTx(tx, string(in.ID))
			}
			return out, err
		})
	look(a, op("link.chain", "GET /links/{id}/chain", "The forwards that began with a link: at most 500, and 50 a link"), a.linkChain)
	look(a, op("link.children", "GET /links/{id}/children", "Lists the links of people who came by a link, oldest first"), func(tx *db.Tx, _ *call, in *struct {
		OneThing
		Paging
	},
	) (page.Page[growth.LinkCount], error) {
		return a.Growth.ChildrenTx(tx, string(in.ID), in.Cursor, in.Limit)
	})
	look(a, op("reward.list", "GET /rewards", "Lists rewards, the newest first"), a.listRewards)
	look(a, op("reward.why", "GET /rewards/{id}/why", "Why a reward was earned: the bond, those that lost, the order, the rules of that day, what was posted"),
		func(tx *db.Tx, _ *call, in *OneThing) (growth.Why, error) { return a.Growth.WhyTx(tx, string(in.ID)) })
}

func (a *API) listProgrammes(tx *db.Tx, c *call, _ *nothing) (out Programmes, err error) {
	if out.Items, err = a.Growth.ProgrammesTx(tx); err != nil {
		return out, err
	}
	if out.Asking, err = a.Growth.Asking(tx); err != nil {
		return out, err
	}
	config := growth.Config{Asking: out.Asking}
	for _, t := range out.Items {
		config.Programmes = append(config.Programmes, t.Programme)
	}
	for _, w := range config.Warnings() {
		out.Warnings = append(out.Warnings, ProgrammeWarning{w, a.Words.Say(c.lang, c.community.Location(), w.Code, nil)})
	}
	return out, nil
}

// NamedSimulation is a simulation with the names of the promoters.
type NamedSimulation struct {
	growth.Simulation
	Promoters []NamedPromoter `json:"promoters" doc:"at most 50, those with most first"`
}

// NamedPromoter is a promoter of a simulation with their name.
type NamedPromoter struct {
	growth.SimulatedPromoter
	PromoterName string `json:"promoter_name"`
}

func (a *API) simulate(tx *db.Tx, _ *call, in *struct {
	Name string `path:"name" maxLength:"40"`
	Body struct {
		Rules growth.Programme `json:"rules" doc:"in whole; the name is the programme's"`
		From  time.Time        `json:"from"`
		To    time.Time        `json:"to" doc:"not in the future"`
	}
},
) (out NamedSimulation, err error) {
	in.Body.Rules.Name = in.Name
	if out.Simulation, err = a.Growth.SimulateTx(tx, in.Body.Rules, in.Body.From, in.Body.To); err != nil {
		return out, err
	}
	ids := make([]string, 0, len(out.Simulation.Promoters))
	for _, p := range out.Simulation.Promoters {
		ids = append(ids, p.Promoter)
	}
	names, err := a.nicknames(tx, ids)
	for _, p := range out.Simulation.Promoters {
		out.Promoters = append(out.Promoters, NamedPromoter{p, names[p.Promoter]})
	}
	return out, err
}

func (a *API) listBonds(tx *db.Tx, _ *call, in *struct {
	OneThing
	Paging
	As string `query:"as" enum:"promoter,guest" default:"promoter" doc:"promoter: whom they brought; guest: who brought them"`
},
) (out page.Page[NamedBond], err error) {
	read := a.Growth.GuestsTx
	if in.As == "guest" {
		read = a.Growth.PromotersTx
	}
	p, err := read(tx, string(in.ID), in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	out.Next = p.Next
	var ids []string
	for _, b := range p.Items {
		ids = append(ids, b.Promoter, b.Guest)
	}
	names, err := a.nicknames(tx, ids)
	for _, b := range p.Items {
		out.Items = append(out.Items, NamedBond{b, names[b.Promoter], names[b.Guest]})
	}
	return out, err
}

// withNames gives a page's rows with the nicknames of those whom they are about.
func withNames[X, Row any](a *API, tx *db.Tx, p page.Page[X], person func(X) string, row func(x X, name string) Row) (out page.Page[Row], err error) {
	out.Next = p.Next
	ids := make([]string, 0, len(p.Items))
	for _, x := range p.Items {
		ids = append(ids, person(x))
	}
	names, err := a.nicknames(tx, ids)
	for _, x := range p.Items {
		out.Items = append(out.Items, row(x, names[person(x)]))
	}
	return out, err
}

// nicknames gives the nicknames of persons, a hundred at a time.
func (a *API) nicknames(tx *db.Tx, ids []string) (map[string]string, error) {
	out := make(map[string]string, len(ids))
	slices.Sort(ids)
	for some := range slices.Chunk(slices.Compact(ids), 100) {
		names, err := a.People.Names(tx, some)
		if err != nil {
			return nil, err
		}
		for id, n := range names {
			out[id] = n.Nickname
		}
	}
	return out, nil
}

func (a *API) linkChain(tx *db.Tx, _ *call, in *OneThing) (out Chain, err error) {
	nodes, err := a.Growth.ChainTx(tx, string(in.ID))
	if err != nil {
		return out, err
	}
	ids := make([]string, 0, len(nodes))
	for _, n := range nodes {
		ids = append(ids, n.Sharer)
	}
	names, err := a.nicknames(tx, ids)
	for _, n := range nodes {
		out.Items = append(out.Items, ChainNode{n, names[n.Sharer]})
	}
	return out, err
}

func (a *API) listRewards(tx *db.Tx, _ *call, in *struct {
	Paging
	Promoter ID                 `query:"promoter"`
	State    growth.RewardState `query:"state" enum:"frozen,released,held,taken"`
},
) (out page.Page[NamedReward], err error) {
	p, err := a.Growth.AllRewardsTx(tx, growth.RewardFilter{Promoter: string(in.Promoter), State: in.State}, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	return withNames(a, tx, p, func(r growth.Reward) string { return r.Promoter }, func(r growth.Reward, name string) NamedReward { return NamedReward{r, name} })
}
