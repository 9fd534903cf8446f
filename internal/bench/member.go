package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/playbooks"
)

const (
	memberFacts  = 10_000
	memberWithin = 100.0 // ms, for all that the console's page of a person asks for
)

// pageOf are the requests by which the console opens a person's page, after the community's address.
func pageOf(person string) []struct{ name, path string } {
	of := "/people/" + person
	return []struct{ name, path string }{
		{"person", of},
		{"memberships", of + "/memberships"},
		{"orders", "/orders?limit=50&person=" + person},
		{"brought by", of + "/bonds?as=guest"},
		{"brought", of + "/bonds?as=promoter"},
		{"links", of + "/links"},
		{"circles", of + "/circles"},
		{"runs", of + "/runs"},
		{"looks", of + "/looks"},
		{"timeline", of + "/timeline"},
		{"entries", "/entries"},
		{"paths", "/paths"},
	}
}

// member opens the page of a member to whom very much has happened, in a community to whose others less did.
func member(ctx context.Context, r *run) error {
	others := r.scaled(10_000, 64)
	person, err := r.longLife(ctx, others)
	if err != nil {
		return err
	}
	handler, err := r.app.Handler()
	if err != nil {
		return err
	}
	base, err := r.listen(ctx, handler)
	if err != nil {
		return err
	}
	_, token, err := r.app.Auth.CreateToken(ctx, access.AsSystem(r.community, "bench"), authn.NewToken{Name: "bench", Scopes: access.Scopes})
	if err != nil {
		return err
	}
	client, spent, asked := newClient(1), &steps{each: map[string][]time.Duration{}}, pageOf(person)
	empty := 0
	err = r.opened(ctx, "in the console", fmt.Sprintf("%d requests of the console one after another", len(asked)), others, spent, func(ctx context.Context, _ int) error {
		for _, x := range asked {
			n, err := get(ctx, client, spent, x.name, base+"/api/v1/communities/operators"+x.path, "Authorization", "Bearer "+token)
			if err != nil {
				return err
			}
			if x.name == "timeline" && n < 1000 {
				empty++
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var s authn.Session
	err = r.app.DB.Do(ctx, r.community, func(tx *db.Tx) (err error) { s, err = r.app.Auth.StartMemberTx(tx, person, "bench"); return err })
	if err != nil {
		return err
	}
	spent.each = map[string][]time.Duration{}
	err = r.opened(ctx, "on the phone", "the member's own page", others, spent, func(ctx context.Context, _ int) error {
		_, err := get(ctx, client, spent, "me", base+"/operators/me", "Cookie", "qunce_member="+s.Token)
		return err
	})
	if err != nil {
		return err
	}
	r.check("the page has what happened", empty == 0, "%d pages without", empty)
	stored, err := r.number(ctx, `SELECT count(*) FROM fact WHERE community_id = $1 AND person = $2`, r.community, person)
	r.check("the member has their facts", stored >= memberFacts, "%d", stored)
	return err
}

// opened measures one way to open the page.
func (r *run) opened(ctx context.Context, name, what string, others int, spent *steps, open func(ctx context.Context, _ int) error) error {
	var first, t times
	if err := first.clients(ctx, 1, 5, open); err != nil { // what is kept in memory is there then
		return err
	}
	clear(spent.each)
	if err := t.clients(ctx, 1, r.scaled(1000, 10), open); err != nil {
		return err
	}
	rate := t.rate("pages")
	r.result.Measures = append(r.result.Measures, Measure{
		Name: name, Did: fmt.Sprintf("a member with %d facts, by %s; %d others have %d facts each", memberFacts, what, others, othersFacts),
		Ours: rate, Ratio: memberWithin / rate.P99, Target: 1, Met: rate.P99 <= memberWithin,
		Notes: append([]Note{{"a page p99 (target 100)", rate.P99, "ms"}}, spent.notes()...),
	})
	return nil
}

// get reads an address and gives the size of the answer.
func get(ctx context.Context, client *http.Client, spent *steps, name, address, header, value string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return 0, err
	}
	req.Header.Set(header, value)
	from := time.Now()
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", res.Status, body)
	}
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", name, err)
	}
	spent.add(name, time.Since(from))
	return len(body), nil
}

// othersFacts is how many facts each of the others has.
const othersFacts = 10

// longLife founds the operators' community with so many others in it, and gives a member with a long history.
func (r *run) longLife(ctx context.Context, others int) (person string, err error) {
	source, err := playbooks.Files.ReadFile("operators.yaml")
	if err != nil {
		return "", fmt.Errorf("read the playbook: %w", err)
	}
	d, err := r.app.Demo(ctx, "operators", source)
	if err != nil {
		return "", err
	}
	r.community = d.Community
	if err := r.app.Facts.Start(ctx); err != nil {
		return "", err
	}
	r.say("member: %d others", others)
	crowd, err := r.buyers(ctx, others+1)
	if err != nil {
		return "", err
	}
	person = crowd[others]
	var t times
	err = t.clients(ctx, seatClients, others, func(ctx context.Context, i int) error { return r.happen(ctx, crowd[i], 0, othersFacts) })
	const atOnce = 500
	for i := 0; i < memberFacts && err == nil; i += atOnce {
		err = r.happen(ctx, person, i, i+atOnce)
	}
	if err != nil {
		return "", err
	}
	o, err := r.app.Shop.Checkout(ctx, r.community, shop.Checkout{Key: "member", Person: person, Items: []shop.Item{{Kind: shop.KindPlan, Item: "annual"}}})
	if err != nil {
		return "", err
	}
	_, err = r.app.DB.SQL().ExecContext(ctx, `ANALYZE`) // the statistics that the server gathers by itself in time
	return o.Person, err
}

// happen appends what may happen to a person, from its i-th on, each an hour after the one before.
func (r *run) happen(ctx context.Context, person string, from, to int) error {
	kinds := []any{
		circle.Joined{Group: "field:content", Kind: circle.KindStage, Number: 1, Via: circle.ViaSeat}, event.TicketTaken{}, event.Attended{}, growth.LinkFollowed{}, shop.OrderCreated{},
	}
	return r.app.DB.Do(ctx, r.community, func(tx *db.Tx) error {
		for i := from; i < to; i++ {
			f := fact.Fact{Person: person, Subject: fmt.Sprintf("subject%013d", i), At: tx.Now().Add(time.Duration(i-memberFacts) * time.Hour)}
			if _, err := fact.Append(tx, kinds[i%len(kinds)], f); err != nil {
				return err
			}
		}
		return nil
	})
}
