package h5_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit/phone"
)

// The form's page counts as open from the first time it was seen, also after a code was asked for or something was refused:
// who reads, asks for the code and then types it at once did not fill the form in two seconds (I4).
func TestFormIsOpenFromTheFirstLook(t *testing.T) {
	a, community, clk, p := begin(t)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, _, _, err := p.Send(ctx, "/e/join/arrive", nil)
	must(err)
	clk.Advance(3 * time.Hour)
	var page phone.Page
	for range 100 {
		if page, err = p.Open(ctx, "/e/join"); err != nil || page.Has("/register") {
			break
		}
		must(a.Settle(ctx))
	}
	must(err)
	opened := page.Value("opened")
	if opened == "" {
		t.Fatalf("no form: %s", page.Words())
	}
	form := url.Values{
		"opened": {opened}, "phone": {"13900000001"}, "name": {"王小雨"}, "situation": {"planning"}, "consent": {"service"},
	}
	clk.Advance(40 * time.Second)
	page, _, _, err = p.Send(ctx, "/e/join/code", form)
	must(err)
	if page.Value("opened") != opened {
		t.Errorf("after the code was asked for: open since %s, not %s", page.Value("opened"), opened)
	}
	form.Set("opened", page.Value("opened"))
	form.Set("code", "000000")
	clk.Advance(time.Second)
	page, _, done, err := p.Send(ctx, "/e/join/register", form)
	must(err)
	if done || page.Value("opened") != opened {
		t.Errorf("after a refusal: open since %s, not %s", page.Value("opened"), opened)
	}
	sent, err := p.Code(ctx, "13900000001")
	must(err)
	form.Set("code", sent)
	_, _, done, err = p.Send(ctx, "/e/join/register", form)
	must(err)
	if !done {
		t.Fatal("the form was refused")
	}
	must(a.DB.Read(ctx, community, func(tx *db.Tx) error {
		people, err := db.All(tx, db.Column[string], `SELECT id FROM person WHERE community_id = $1`, tx.Community())
		if err != nil || len(people) != 1 {
			return err
		}
		r, err := a.Intake.ReviewTx(tx, people[0])
		if len(r.Reasons) != 0 {
			t.Errorf("an honest form looks odd: %v", r.Reasons)
		}
		return err
	}))
}
