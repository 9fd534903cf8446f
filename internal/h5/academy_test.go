package h5_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
)

// I8: the payment opens the member's own circle with staff by duty; a duty that nobody has is a task, what is overdue escalates, and
// the layers lead to the hall.
func TestTheFourLayers(t *testing.T) {
	a, community, clk, p := serve(t, "academy")
	w := walker{t, a, community, clk, p}
	for i, r := range []access.Role{access.Sales, access.Service, access.Content, access.Admin} {
		_, err := a.Auth.CreateOperator(t.Context(), community, authn.NewOperator{Email: string(r) + "@example.org", Name: string(r), Password: strings.Repeat("long-enough-", 2+i)}, r)
		w.must(err)
	}
	boss := task.Principal{ID: "boss", Roles: []task.Role{{Name: "sales"}, {Name: "service"}, {Name: "admin"}, {Name: "owner"}}}
	open := func() map[task.Kind]task.Task {
		t.Helper()
		list, err := a.Tasks.List(t.Context(), community, boss, task.Filter{State: task.StateOpen}, "", 50)
		w.must(err)
		out := map[task.Kind]task.Task{}
		for _, x := range list.Items {
			out[x.Kind] = x
		}
		return out
	}
	finish := func(k task.Kind, o task.Outcome) {
		t.Helper()
		for range 200 {
			if x, there := open()[k]; there {
				_, err := a.Tasks.Claim(t.Context(), community, boss, x.ID)
				w.must(err)
				_, err = a.Tasks.Finish(t.Context(), community, boss, x.ID, o, "")
				w.must(err)
				w.settle()
				return
			}
			w.settle()
		}
		t.Fatalf("no task %s; there are %v", k, open())
	}
	w.see("/e/join?lang=zh-Hans")
	w.register("13900000001", "林一")
	order := w.send("/plans/vip/buy", url.Values{"key": {w.see("/plans").Value("key")}})
	w.send(w.send(order+"/pay", url.Values{"by": {"sandbox"}}), nil)
	w.settle()
	finish("add-sales-account", "added")
	finish("fill-duty", "later") // nobody is the owner: the head is missing
	w.see("/me", "V2026-0001", "1 号会员服务群", "你的专属服务群已开好")
	var own string
	w.must(a.DB.Read(context.Background(), community, func(tx *db.Tx) error {
		person, _, err := a.People.Owner(tx, people.Identifier{Kind: people.Phone, Value: "13900000001"})
		if err != nil {
			return err
		}
		stays, err := a.Circles.CirclesOfTx(tx, person)
		if err != nil || len(stays) != 1 {
			t.Fatalf("%d circles, %v", len(stays), err)
		}
		own = stays[0].Circle
		staff, err := a.Circles.StaffTx(tx, own)
		if len(staff) != 4 {
			t.Errorf("staff of the circle: %+v", staff)
		}
		who, err2 := a.People.GetTx(tx, person)
		if err2 != nil || who.ServiceOwner == "" {
			t.Errorf("service owner %q, %v", who.ServiceOwner, err2)
		}
		return err
	}))
	w.see("/circles/"+own, "会员号 V2026-0001")
	if x := open()["check-nickname"]; x.Due.IsZero() {
		t.Error("the nickname has no due time")
	}
	clk.Advance(49 * time.Hour)
	w.settle()
	if x := open()["check-nickname"]; x.EscalatedTo != "admin" {
		t.Errorf("overdue, and nobody else was told: %+v", x)
	}
	finish("check-nickname", "right")
	_, _, done, err := p.SendFile(t.Context(), "/circles/"+own+"/messages", url.Values{"text": {"我在杭州做电商，想认识做内容的朋友。"}, "key": {"introduction-1"}})
	if w.must(err); !done {
		t.Fatal("the introduction was refused")
	}
	w.settle()
	finish("add-service-account", "added")
	w.see("/me", "为你留了位置", "大厅 1")
}
