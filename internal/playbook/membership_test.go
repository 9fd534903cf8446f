package playbook_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/playbook"
)

const club = `
playbook: 1
name: club
title: 运营人社群
membership:
  cap: 10000
  plans:
    - name: year
      title: {zh-Hans: 年度会员, en: A year with us}
      price: 1599
      period: {months: 12}
      grace_days: 14
      refund_days: 7
      number: {pattern: "{yyyy}{n:4}", without: "4"}
      benefits:
        - {name: salon, title: 闭门沙龙, count: 2}
        - {name: session, title: 线上分享}
      waves:
        - {name: first, price: 999, quota: 500}
        - {name: second, price: 999, quota: 500, opens: 2027-01-01T20:00:00+08:00}
`

// M1, X1: what a playbook says of memberships is sold; applying it again changes nothing; a plan that is named no longer is sold
// no more, and who has it keeps it.
func TestMembershipsOfAPlaybook(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.apply(club)
		ann := w.person(1)
		held, err := w.App.Members.Reserve(t.Context(), w.Community, ann, "year", time.Minute)
		w.must(err)
		term, err := w.App.Members.Buy(t.Context(), w.Community, held.ID)
		w.must(err)
		if term.Due() != 999_00 || term.Wave != "first" || !strings.HasPrefix(term.Number, "2026") {
			t.Errorf("bought %+v", term)
		}
		if again := w.apply("# again\n" + club); len(again) > 0 {
			t.Errorf("applied again it changed %v", again)
		}
		before, _, _ := strings.Cut(club, "membership:")
		was, _ := playbook.Parse([]byte(club))
		is, _ := playbook.Parse([]byte(before))
		changes, err := playbook.Diff(was, is)
		w.must(err)
		if len(changes) != 2 || changes[1].Field != "membership.plans[year]" || !changes[1].Retires {
			t.Errorf("told %+v", changes)
		}
		w.apply(before)
		_, err = w.App.Members.Reserve(t.Context(), w.Community, w.person(2), "year", time.Minute)
		if !errors.Is(err, membership.ErrUnknownPlan) {
			t.Errorf("a plan that is named no longer: %v", err)
		}
		w.read(func(tx *db.Tx) error {
			has, err := w.App.Members.MembershipsTx(tx, ann)
			if err == nil && len(has) != 1 {
				t.Errorf("ann has %+v", has)
			}
			return err
		})
		w.apply(club)
		_, err = w.App.Members.Reserve(t.Context(), w.Community, w.person(2), "year", time.Minute)
		w.must(err)
		w.sound()
	})
}

// A plan that can't be sold is told by line and field.
func TestAWrongPlanIsTold(t *testing.T) {
	for field, change := range map[string][2]string{
		"membership.plans[0].period":         {"{months: 12}", "{months: 0}"},
		"membership.plans[0].waves[1].quota": {"name: second, price: 999, quota: 500", "name: second, price: 999, quota: 0"},
		"membership.plans[0].includes[0]":    {"grace_days: 14", "includes: [none]"},
		"membership.plans[0].number":         {"{n:4}", "{m}"},
		"membership.plans[0].price":          {"price: 1599", "price: 15.999"},
		"membership.cap":                     {"cap: 10000", "cap: -1"},
	} {
		_, problems := playbook.Parse([]byte(strings.Replace(club, change[0], change[1], 1)))
		if len(problems) != 1 || problems[0].Field != field || problems[0].Line == 0 {
			t.Errorf("%s: %+v", field, problems)
		}
	}
}
