package api_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/api"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
)

// lived are the ids of a community that has been used, by the noun before them in a path.
type lived map[string]string

// marker stands in every text of the used community.
const marker = "暗号"

// live uses the community: a person in a circle who speaks, a visitor on the way in, a task, a picture, a token, a merge.
func (w *world) live(t *testing.T) lived {
	t.Helper()
	ctx := t.Context()
	ids := lived{"entries": w.entry.ID, "staff": w.ownerID}
	person := func(nickname, phone string) string {
		p, _, err := w.app.People.FindOrCreate(ctx, w.community, []people.Identifier{{Kind: people.Phone, Value: phone, Verified: true}}, people.Seed{Nickname: nickname})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	ids["people"] = person(marker+"甲", "13800000001")
	gone := person(marker+"乙", "13800000002")
	merge, err := w.app.People.Merge(ctx, w.community, ids["people"], gone, "")
	if err != nil {
		t.Fatal(err)
	}
	ids["merges"] = merge.ID
	var first struct{ Items []struct{ ID string } }
	w.do(t, w.owner, "GET "+here("/circles"), nil).into(t, &first)
	ids["circles"] = first.Items[0].ID
	w.must(t, http.StatusCreated, "POST "+here("/circles/"+ids["circles"]+"/members"), map[string]any{"person": ids["people"]})
	var said struct{ ID string }
	w.must(t, http.StatusCreated, "POST "+here("/circles/"+ids["circles"]+"/messages"), map[string]any{"text": marker}).into(t, &said)
	ids["messages"] = said.ID
	visitor, e, err := w.app.Intake.Arrive(ctx, w.community, w.entry.Code, intake.Visitor{Account: strings.Repeat("a", 32)}, "")
	if err != nil {
		t.Fatal(err)
	}
	ids["openings"] = e.Opening
	w.settle(t)
	var runs struct{ Items []struct{ ID string } }
	w.do(t, w.owner, "GET "+here("/people/"+visitor+"/runs"), nil).into(t, &runs)
	ids["runs"] = runs.Items[0].ID
	k, err := w.app.Tasks.Open(ctx, w.community, task.Task{Kind: "call", Person: ids["people"], Role: "service", Outcomes: []task.Outcome{"done"}, Note: marker})
	if err != nil {
		t.Fatal(err)
	}
	ids["tasks"] = k.ID
	token := w.token(t, w.community, access.Read)
	ids["tokens"] = token[len("Bearer qnc_")+20:][:20]
	ids["pictures"] = w.upload(t)
	ids["campaigns"] = w.make(t, here("/campaigns"), draft()).ID
	ids["orders"], ids["refunds"] = w.bought(t, ids["people"])
	w.has(t, ids)
	held, ticket := w.planned(t, ids["people"])
	ids["events"], ids["tickets"] = held.ID, ticket.ID
	ids["questions"] = w.scripted(t, ids)
	w.banked(t, ids)
	w.stocked(t, ids)
	w.earned(t, ids)
	w.launched(t, ids)
	w.teamed(t, ids)
	w.employed(t, ids)
	ids["imports"] = w.importFile(t, "手机号,昵称\n13800000007,"+marker+"\n").ID
	return ids
}

// must does something as the owner.
func (w *world) must(t *testing.T, status int, route string, body any, headers ...string) answer {
	t.Helper()
	a := w.do(t, w.owner, route, body, headers...)
	if a.status != status {
		t.Fatalf("%s: %s", route, a)
	}
	return a
}

// upload stores a picture and gives its hash.
func (w *world) upload(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("picture", "x.png")
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(part, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	form.Close()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, here("/pictures"), &b)
	req.Header.Set("Content-Type", form.FormDataContentType())
	w.sign(req, w.owner)
	a := w.send(req)
	var stored struct{ Hash string }
	a.into(t, &stored)
	if a.status != http.StatusCreated || len(stored.Hash) != 64 {
		t.Fatalf("upload: %s", a)
	}
	return stored.Hash
}

// bodies are what operations with an id in their path are sent, so that nothing but the id is wrong.
func bodies(ids lived) map[string]any {
	type m = map[string]any
	later := testkitLater()
	return map[string]any{
		"staff.set_person": m{"person": ""}, "term.number": m{"number": 9}, "person.reveal_invoice": m{"reason": "check"},
		"person.edit": m{"fields": m{"city": "x"}}, "person.block": m{"reason": "x"}, "person.reveal": m{"field": "phone", "reason": "x"}, "organisation.reveal": m{"reason": "check"},
		"person.merge": m{"other": ids["people"]}, "entry.edit": m{"title": "x"}, "opening.move": m{"opens_at": later, "rate": 5},
		"circle.edit": m{"capacity": 10}, "member.add": m{"person": ids["people"]}, "member.move": m{"to": ids["circles"]}, "member.mute": m{},
		"message.post": m{"text": "x"}, "task.finish": m{"outcome": "done"}, "task.hand_over": m{"role": "service"}, "task.snooze": m{"until": later},
		"import.map": m{"columns": []string{"phone", "nickname"}, "existing": "update"}, "staff.set_roles": m{"roles": []string{"viewer"}},
		"campaign.edit": draft(), "campaign.approve": m{"version": 1}, "campaign.test": m{"person": ids["people"]},
		"event.edit": m{"city": "x"}, "event.scan": m{"code": "x", "nonce": "x"},
		"event.summary": m{"text": "x"}, "event.jury": m{"persons": []string{ids["people"]}, "need": 1}, "event.judge": m{"person": ids["people"], "verdict": "yes"},
		"guest.edit": m{"role": "x"}, "guest.note": m{"text": "x"}, "guest.answer": m{"state": "agreed"},
		"topic.edit": m{"about": "x"}, "topic.bring": m{"topic": ids["topics"]}, "event.topic": m{"topic": ids["topics"]},
		"event.give_way": m{"hot": m{"template": "salon", "title": m{"zh-Hans": "x"}, "starts": later}, "to": later},
		"room.write":     m{"paragraphs": []m{{"text": "x"}}}, "room.pace": m{"pace": 400}, "question.mark": m{"state": "open"},
		"order.add": m{"person": ids["people"], "items": []m{{"kind": "plan", "item": "year"}}}, "order.confirm": m{"amount": 99900}, "order.refund": m{"why": "x"},
		"payout.failed": m{"reason": "x"},
		"launch.edit":   m{"title": "x"}, "endorser.add": m{"name": "x"}, "endorser.edit": m{"name": "x"}, "endorser.consent": m{"given": true},
		"resource.add": m{"kind": "text", "title": "x"}, "resource.edit": m{"kind": "text", "title": "x"},
		"pledge.ask": m{"persons": []string{ids["people"]}}, "pledge.promise": m{"person": ids["people"], "contacts": 1, "shares": 1},
		"placement.edit": m{"name": "x"}, "proof.approve": m{}, "proof.refuse": m{"reason": "other"}, "post.edit": m{"title": "x"},
		"owner.set":         m{"side": "sales", "staff": ids["staff"]},
		"organisation.edit": m{"name": "x"}, "organisation.set_role": m{"role": "contact"}, "difference.resolve": m{"reason": "x"}, "bill.withdraw": m{"reason": "x"},
		"product.edit": tea(), "product.stock": m{"sku": "box", "by": 1}, "product.retire": m{"retired": true},
		"offer.edit": three(), "offer.retire": m{"retired": true}, "coupon.edit": ten(), "coupon.retire": m{"retired": true},
		"shipment.send": m{"carrier": "x"}, "shipment.address": m{"reason": "x"}, "complaint.answer": m{"outcome": "reject"},
		"event.place": m{"source": "x", "pool": "x", "name": "x", "cost": 1}, "supplier.pay": m{"amount": 1}, "points.grant": m{"points": 1, "why": "gift"},
	}
}

func testkitLater() time.Time { return time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC) }

var inPath = regexp.MustCompile(`/([a-z-]+)/\{(id|hash|message|person|name)\}`)

// aimed is an operation's path below another community, with the ids of the used one in it.
func aimed(o *api.Op, ids lived) (route string, hasID bool) {
	method, path := o.Path()
	path = strings.ReplaceAll(path, "/members/{person}", "/people/{person}")
	path = inPath.ReplaceAllStringFunc(path, func(s string) string {
		noun := inPath.FindStringSubmatch(s)[1]
		if ids[noun] == "" {
			return s
		}
		hasID = true
		return "/" + noun + "/" + ids[noun]
	})
	path = strings.ReplaceAll(path, "/people/"+ids["people"]+"/m", "/members/"+ids["people"]+"/m") // move, mute
	if strings.Contains(path, "/circles/") {
		path = strings.ReplaceAll(path, "/people/"+ids["people"], "/members/"+ids["people"])
	}
	return method + " " + strings.NewReplacer("{community}", "other", "{tag}", "x").Replace(path), hasID
}

// audited counts the entries of a community's audit log.
func (w *world) audited(t *testing.T, communityID string) (n int) {
	t.Helper()
	err := w.app.DB.Read(t.Context(), communityID, func(tx *db.Tx) error {
		p, err := audit.List(tx, audit.Filter{Limit: 200})
		n = len(p.Items)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// X2, “Tenants” of quality.md: who may do everything in one community finds nothing of another there, whichever ids they
// know, and changes nothing of it.
func TestAnotherCommunitysIdsAreNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.live(t)
		other := w.other(t)
		before := w.audited(t, w.community)
		owner, token := w.operator(t, other, "owner@other.example", true, access.Owner), w.token(t, other, access.Scopes...)
		sent := bodies(ids)
		aimedAt := 0
		for _, o := range operations(t) {
			if o.Reach != api.InCommunity || o.Raw {
				continue
			}
			route, hasID := aimed(o, ids)
			if strings.Contains(route, "{") {
				if !strings.Contains(o.Route, "{name}") && o.Name != "job.revive" {
					t.Errorf("%s: the test has no id for %s", o.Name, route)
				}
				continue
			}
			switch o.Name {
			case "person.export":
				route += "?reason=x"
			case "campaign.preview":
				route += "?person=" + ids["people"]
			}
			for _, who := range []string{owner, token} {
				if access.Allowed(access.Principal{Kind: access.Token, Community: other, Scopes: access.Scopes}, o.Action, other) != nil && who == token {
					continue
				}
				body := sent[o.Name]
				if hasID && o.Name != "circle.archive" && body == nil && !strings.HasPrefix(route, "GET") {
					body = map[string]any{}
				}
				if !hasID && !strings.HasPrefix(route, "GET") {
					continue // it makes something of its own
				}
				a := w.do(t, who, route, body)
				if strings.Contains(a.body, marker) || strings.Contains(a.body, w.community) {
					t.Errorf("%s leaks: %s", route, a)
				}
				if hasID && a.status != http.StatusNotFound && a.code() != "circle.not_member" {
					t.Errorf("%s (%s): %s, want that there is no such thing", o.Name, route, a)
				}
				aimedAt++
			}
		}
		if aimedAt < 100 {
			t.Errorf("only %d requests were aimed at the other community", aimedAt)
		}
		if after := w.audited(t, w.community); after != before {
			t.Errorf("%d changes reached the other community", after-before)
		}
		for noun, filter := range map[string]string{"/people?source=": ids["people"], "/tasks?state=open&person=": ids["people"], "/audit?target=": ids["people"], "/search?q=": marker} {
			a := w.do(t, owner, "GET /api/v1/communities/other"+noun+filter, nil)
			if a.status != http.StatusOK || strings.Contains(a.body, ids["people"]) {
				t.Errorf("%s: %s", noun, a)
			}
		}
		// Control: the same ids are something where they belong.
		for _, path := range []string{"/people/" + ids["people"], "/circles/" + ids["circles"], "/tasks/" + ids["tasks"], "/runs/" + ids["runs"], "/runs/" + ids["runs"] + "/course", "/pictures/" + ids["pictures"], "/openings/" + ids["openings"] + "/queue"} {
			w.must(t, http.StatusOK, "GET "+here(path), nil)
		}
		var found struct{ People []json.RawMessage }
		w.must(t, http.StatusOK, "GET "+here("/search?q="+marker), nil).into(t, &found)
		if len(found.People) == 0 {
			t.Error("the marker isn't found at home either")
		}
	})
}
