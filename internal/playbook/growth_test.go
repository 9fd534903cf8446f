package playbook_test

import (
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/ladder"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/playbook"
)

const referrals = `
playbook: 1
name: club
title: 运营人社群
growth:
  asking: {days: 60}
  programmes:
    - name: lock-in
      title: 锁粉
      binds: attendance
      valid_days: 30
      protect_days: 7
      products: ["plan:year"]
      levels: [{fixed: 200}]
    - name: cps
      title: CPS 海报
      binds: click
      valid_days: -1
      touch: first
      levels: [{rate_bp: 1000}, {rate_bp: 200}]
      reward: [money, points]
      points_per_yuan: 10
      freeze_days: 14
`

// G2, G6, X1: what a playbook says of growth is in force; applied again it changes nothing; a rule that changes is a new version,
// and a programme that is named no longer binds nobody new.
func TestProgrammesOfAPlaybook(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		terms := func() (list []growth.Terms) {
			w.read(func(tx *db.Tx) (err error) { list, err = w.Growth.ProgrammesTx(tx); return err })
			return list
		}
		w.apply(referrals)
		got := terms()
		if len(got) != 2 || got[0].Name != "lock-in" || got[0].Levels[0].Fixed != 200_00 || got[1].Touch != growth.First || *got[1].FreezeDays != 14 || got[1].Version != 1 {
			t.Fatalf("%+v", got)
		}
		if again := w.apply("# again\n" + referrals); len(again) > 0 {
			t.Errorf("applied again it changed %v", again)
		}
		ann := w.person(1)
		w.must(w.Do(t.Context(), func(tx *db.Tx) error { return w.Growth.AskTx(tx, growth.Ask{Person: ann, Campaign: "spring"}) }))
		w.read(func(tx *db.Tx) error {
			p, err := w.Playbooks.Current(tx)
			if p.Growth.Asking.Days != 60 {
				t.Errorf("the asking budget %+v", p.Growth.Asking)
			}
			return err
		})
		w.apply(strings.Replace(referrals, "fixed: 200", "fixed: 300", 1))
		if got = terms(); got[0].Version != 2 || got[1].Version != 1 {
			t.Errorf("after a change %+v", got)
		}
		head, _, _ := strings.Cut(referrals, "    - name: cps")
		was, _ := playbook.Parse([]byte(referrals))
		is, _ := playbook.Parse([]byte(head))
		changes, err := playbook.Diff(was, is)
		w.must(err)
		if len(changes) != 1 || changes[0].Field != "growth.programmes[cps]" || !changes[0].Retires {
			t.Errorf("told %+v", changes)
		}
		w.apply(head)
		if got = terms(); len(got) != 1 {
			t.Errorf("after a retirement %+v", got)
		}
		w.sound()
	})
}

// G3: a programme that can't run, or is against the law, is told by line and field, with the reason.
func TestAWrongProgrammeIsTold(t *testing.T) {
	for field, change := range map[string][2]string{
		"growth.programmes[0].binds":           {"binds: attendance", "binds: share"},
		"growth.programmes[1].levels":          {"{rate_bp: 200}]", "{rate_bp: 200}, {rate_bp: 100}]"},
		"growth.programmes[1].points_per_yuan": {"points_per_yuan: 10", "points_per_yuan: 0"},
		"growth.programmes[0].products[0]":     {"plan:year", "year plan"},
		"growth.asking.days":                   {"days: 60", "days: -1"},
	} {
		_, problems := playbook.Parse([]byte(strings.Replace(referrals, change[0], change[1], 1)))
		if len(problems) != 1 || problems[0].Field != field || problems[0].Line == 0 {
			t.Errorf("%s: %+v", field, problems)
		}
	}
	_, problems := playbook.Parse([]byte(strings.Replace(referrals, "{rate_bp: 200}]", "{rate_bp: 200}, {rate_bp: 100}]", 1)))
	if len(problems) != 1 || !strings.Contains(problems[0].Reason, "pyramid") {
		t.Errorf("three levels: %+v", problems)
	}
}

// M6: the ladder's limits are yuan; a playbook without them has 500 and 10,000; rungs without anything between them are told by line and field.
func TestTheLadderOfAPlaybook(t *testing.T) {
	const head = "playbook: 1\nname: club\ntitle: 社\n"
	each(t, func(t *testing.T, w *world) {
		limits := func() (c ladder.Config) {
			w.read(func(tx *db.Tx) error {
				p, err := w.Playbooks.Current(tx)
				c = p.Ladder.WithDefaults()
				return err
			})
			return c
		}
		w.apply(head)
		if got := limits(); got != (ladder.Config{Mid: 500_00, High: 10_000_00}) {
			t.Errorf("not said: %+v", got)
		}
		changes := w.apply(head + "ladder: {mid: 99.50}\n")
		if got := limits(); got != (ladder.Config{Mid: 99_50, High: 10_000_00}) || len(changes) != 1 || changes[0] != "ladder.mid" {
			t.Errorf("said: %+v, told %+v", got, changes)
		}
	})
	for field, line := range map[string]string{
		"ladder.mid":  "ladder: {mid: 300, high: 300}",
		"ladder.high": "ladder: {high: -1}",
		"ladder.top":  "ladder: {top: 1}",
	} {
		if _, problems := playbook.Parse([]byte(head + line)); len(problems) != 1 || problems[0].Field != field || problems[0].Line != 4 || strings.Contains(problems[0].Reason, "error.") {
			t.Errorf("%s: %+v", line, problems)
		}
	}
}
