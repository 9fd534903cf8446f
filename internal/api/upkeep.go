package api

import (
	"context"

	"github.com/qunce/qunce/internal/channel/outbox"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// FactKind is a kind of fact with its fields.
type FactKind struct {
	Kind   string      `json:"kind"`
	Fields []FactField `json:"fields"`
}

// FactField is a field of a fact's data.
type FactField struct {
	Name string `json:"name"`
	Type string `json:"type" enum:"id,enum,integer,number,boolean,list"`
}

type parkedInput struct {
	Body struct {
		Subscriber string `json:"subscriber"`
		Shard      int    `json:"shard" minimum:"0"`
		Pos        int64  `json:"pos" minimum:"1"`
	}
}

// upkeep declares what keeps the machine going: messages that no provider takes, facts that stick, jobs that were given up.
func (a *API) upkeep() {
	const tag = "Upkeep"
	op := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.JobManage, Summary: summary}
	}
	// The outbox shows codes that sign members in, so each look is written down.
	get(a, op("outbox.read", "GET /outbox", "The last day's messages that have no provider to take them; each look is audited"), func(ctx context.Context, c *call, in *nothing) (list[outbox.Message], error) {
		return alter(ctx, a, c, in, func(tx *db.Tx, c *call, _ *nothing) (out list[outbox.Message], err error) {
			if out.Items, err = a.Outbox.List(tx, page.Max); err != nil {
				return out, err
			}
			return out, c.record(tx, "community", c.Community, audit.Detail{"messages": len(out.Items)})
		})
	})
	kinds := op("fact.kinds", "GET /facts/kinds", "Lists the kinds of facts, which paths and playbooks name")
	kinds.Action = access.PlaybookRead
	get(a, kinds, func(context.Context, *call, *nothing) (out list[FactKind], err error) {
		for _, k := range a.Kinds.Kinds() {
			fields, _ := a.Kinds.Fields(k)
			x := FactKind{Kind: k, Fields: []FactField{}}
			for _, f := range fields {
				x.Fields = append(x.Fields, FactField(f))
			}
			out.Items = append(out.Items, x)
		}
		return out, nil
	})
	look(a, op("fact.parked", "GET /facts/parked", "Lists facts that a subscriber could not handle; they hold back the later ones of their subject"),
		func(tx *db.Tx, _ *call, _ *nothing) (out list[fact.Parked], err error) {
			out.Items, err = fact.ListParked(tx, page.Max)
			return out, err
		})
	for verb, does := range map[string]func(ctx context.Context, community, subscriber string, shard int, pos int64) error{"replay": a.replay, "skip": a.skip} {
		summary := map[string]string{"replay": "Hands a parked fact, and those behind it, to the subscriber again", "skip": "Leaves a parked fact out for good"}[verb]
		handle(a, op("fact."+verb, "POST /facts/parked/"+verb, summary), func(ctx context.Context, c *call, in *parkedInput) (*nothing, error) {
			b := in.Body
			if err := does(ctx, c.Community, b.Subscriber, b.Shard, b.Pos); err != nil {
				return nil, err
			}
			return nil, a.DB.Do(ctx, c.Community, func(tx *db.Tx) error {
				return c.record(tx, "subscriber", b.Subscriber, audit.Detail{"shard": b.Shard, "pos": b.Pos})
			})
		})
	}
	look(a, op("job.dead", "GET /jobs/dead", "Lists the jobs that were given up, the latest first"), func(tx *db.Tx, _ *call, _ *nothing) (out list[job.Job], err error) {
		out.Items, err = job.ListDead(tx, page.Max)
		return out, err
	})
	drop(a, op("job.revive", "POST /jobs/{id}/revive", "Gives a dead job another round of attempts"), func(tx *db.Tx, c *call, in *OneThing) error {
		if err := job.Revive(tx, string(in.ID)); err != nil {
			return err
		}
		return c.record(tx, "job", string(in.ID), nil)
	})
}

func (a *API) replay(ctx context.Context, community, subscriber string, shard int, pos int64) error {
	return a.Facts.Replay(ctx, community, subscriber, shard, pos)
}

func (a *API) skip(ctx context.Context, community, subscriber string, shard int, pos int64) error {
	return a.Facts.Skip(ctx, community, subscriber, shard, pos)
}
