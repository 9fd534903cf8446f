package playbook_test

import (
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/playbook"
)

const departments = `
playbook: 1
name: academy
title: 商学院
team:
  departments:
    - {name: traffic, title: 流量部, side: traffic}
    - name: sales
      title: 销售部
      side: sales
      sources: [短视频]
      pay:
        steps:
          - {from: 0, rate_bp: 300}
          - {from: 100000, rate_bp: 500}
        cap: 50000
    - {name: service, title: 服务部, side: service, role: content}
  owners:
    choose: turns
    hours: {from: "09:00", to: "21:00"}
    most: 50
    return_after: 2d
    hand_over: [plan, goods]
  credits: {referral: sales}
intake:
  sources:
    - {name: 短视频, kind: video}
`

// T1, T6, G11, X1: what a playbook says of the team is in force, by version; applied again it changes nothing.
func TestTeamOfAPlaybook(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		rules := func() (r team.Rules) {
			w.read(func(tx *db.Tx) (err error) { r, err = w.Team.RulesTx(tx); return err })
			return r
		}
		w.apply(departments)
		got := rules()
		if got.Version != 1 || len(got.Departments) != 3 || got.Departments[1].Pay.Steps[1].From != 100_000_00 || got.Departments[1].Pay.Cap != 50_000_00 ||
			got.Departments[2].Role != access.Content || !got.Owners.HandsOver("goods") || got.Owners.HandsOver("ticket") {
			t.Fatalf("%+v", got)
		}
		if again := w.apply("# again\n" + departments); len(again) > 0 || rules().Version != 1 {
			t.Errorf("applied again it changed %v", again)
		}
		w.apply(strings.Replace(departments, "rate_bp: 500", "rate_bp: 600", 1))
		if got = rules(); got.Version != 2 || got.Departments[1].Pay.Steps[1].RateBP != 600 {
			t.Errorf("after a change %+v", got)
		}
		w.sound()
	})
}

// T1, T6, G11: what can't run is told by line and field.
func TestAWrongTeamIsTold(t *testing.T) {
	for field, change := range map[string][2]string{
		"team.departments[1].name":                 {"name: sales", "name: Sales"},
		"team.departments[2].name":                 {"name: service", "name: traffic"},
		"team.departments[0].side":                 {"side: traffic", "side: press"},
		"team.departments[2].role":                 {"role: content", "role: chief"},
		"team.departments[1].sources[0]":           {"sources: [短视频]", "sources: [文章]"},
		"team.departments[1].pay.steps[0].from":    {"from: 0,", "from: 5,"},
		"team.departments[1].pay.steps[1].from":    {"from: 100000", "from: 0"},
		"team.departments[1].pay.steps[1].rate_bp": {"rate_bp: 500", "rate_bp: 200"},
		"team.departments[1].pay.cap":              {"cap: 50000", "cap: -1"},
		"team.owners.choose":                       {"choose: turns", "choose: dice"},
		"team.owners.hours":                        {`"21:00"`, `"08:00"`},
		"team.owners.most":                         {"most: 50", "most: -1"},
		"team.owners.return_after":                 {"return_after: 2d", "return_after: 2s"},
		"team.owners.hand_over[1]":                 {"hand_over: [plan, goods]", "hand_over: [plan, smiles]"},
		"team.credits.referral":                    {"referral: sales", "referral: traffic"},
	} {
		_, problems := playbook.Parse([]byte(strings.Replace(departments, change[0], change[1], 1)))
		if len(problems) != 1 || problems[0].Field != field || problems[0].Line == 0 {
			t.Errorf("%s: %+v", field, problems)
		}
	}
}
