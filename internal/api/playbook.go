package api

import (
	"context"
	"encoding/json"

	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/playbook"
)

// Checked is what a playbook would do.
type Checked struct {
	Problems []playbook.Problem `json:"problems" doc:"with any of them it is not applied"`
	Warnings []playbook.Problem `json:"warnings" doc:"with any of them it is applied only with an acknowledgement"`
	Changes  []playbook.Change  `json:"changes" doc:"against what the community runs on"`
}

// AppliedNow is what applying a playbook did.
type AppliedNow struct {
	Version int               `json:"version"`
	Changes []playbook.Change `json:"changes" doc:"none: it was so already"`
}

type playbookInput struct {
	Body struct {
		Source string `json:"source" doc:"the YAML file"`
	}
}

func (a *API) playbooks() {
	const tag = "Playbook"
	look(a, Op{Name: "playbook.read", Route: "GET /playbook", Tag: tag, Action: access.PlaybookRead, Summary: "The playbook that the community runs on"},
		func(tx *db.Tx, _ *call, _ *nothing) (playbook.Applied, error) { return a.Playbooks.AppliedTx(tx) })
	look(a, Op{Name: "playbook.check", Route: "POST /playbook/check", Tag: tag, Action: access.PlaybookRead, Summary: "Finds what is wrong with a playbook, and what applying it would change"}, a.checkPlaybook)
	get(a, Op{Name: "playbook.schema", Route: "GET /playbook/schema", Tag: tag, Action: access.PlaybookRead, Summary: "The JSON Schema of playbooks, for editors"},
		func(context.Context, *call, *nothing) (json.RawMessage, error) {
			b, err := a.Playbooks.Schema()
			return b, err
		})
	get(a, Op{Name: "playbook.apply", Route: "POST /playbook/apply", Tag: tag, Action: access.PlaybookApply, Summary: "Makes the community run on a playbook, wholly or not at all"}, a.applyPlaybook)
}

func (a *API) checkPlaybook(tx *db.Tx, _ *call, in *playbookInput) (out Checked, err error) {
	p, err := a.Playbooks.Read([]byte(in.Body.Source))
	if out.Problems = playbook.ProblemsOf(err); len(out.Problems) > 0 {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.Warnings = p.Warnings()
	was, err := a.Playbooks.Current(tx)
	if err != nil {
		return out, err
	}
	out.Changes, err = playbook.Diff(was, p)
	return out, err
}

func (a *API) applyPlaybook(ctx context.Context, c *call, in *struct {
	Body struct {
		Source      string `json:"source" doc:"the YAML file"`
		Acknowledge bool   `json:"acknowledge,omitempty" doc:"apply it in spite of its warnings; the audit log says so"`
	}
},
) (out AppliedNow, err error) {
	source := []byte(in.Body.Source)
	p, err := a.Playbooks.Read(source)
	if err != nil {
		return out, err
	}
	warnings, err := p.Heed(in.Body.Acknowledge)
	if err != nil {
		return out, err
	}
	err = a.DB.Alone(ctx, c.Community, func(tx *db.Tx) error {
		out = AppliedNow{}
		changes, err := a.Playbooks.ApplyTx(tx, c.ID, source, p)
		if err != nil {
			return err
		}
		applied, err := a.Playbooks.AppliedTx(tx)
		if err != nil {
			return err
		}
		out.Version, out.Changes = applied.Version, changes
		return c.record(tx, "community", tx.Community(), audit.Detail{"version": applied.Version, "changes": len(changes), "warnings": warnings})
	})
	return out, err
}
