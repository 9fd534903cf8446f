package h5

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

func (p *Pages) rewardRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/me/rewards":      p.member(p.rewards),
		"GET /{community}/me/rewards/{id}": p.member(p.reward),
	}
}

// rewardKind names what a reward is made of.
func (v *view) rewardKind(t growth.Terms, k growth.RewardKind) string {
	if k == growth.InService {
		return t.Service.In(v.lang)
	}
	return v.T("h5.reward.kind_" + string(k))
}

// rewardAmount writes an amount of a kind.
func (v *view) rewardAmount(t growth.Terms, k growth.RewardKind, n int64) string {
	switch k {
	case growth.InPoints:
		return v.T("h5.reward.in_points", "n", n)
	case growth.InService:
		return t.Service.In(v.lang)
	}
	return yuan(money.Fen(n))
}

type rewardsView struct {
	Rewards []rewardRow
	More    string
}

type rewardRow struct{ Title, Amount, State, Href string }

// rewards lists everything that a member earned.
func (p *Pages) rewards(w http.ResponseWriter, r *http.Request, v *visit) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data rewardsView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		data = rewardsView{}
		var next string
		if data.Rewards, next, err = p.rewardRows(tx, x, v, r.URL.Query().Get("cursor"), 20); next != "" {
			data.More = "?cursor=" + next
		}
		return err
	})
	if err != nil {
		return err
	}
	x.Title, x.Data = x.T("h5.share.rewards"), data
	return p.show(w, v, http.StatusOK, "rewards", x)
}

func (p *Pages) rewardRows(tx *db.Tx, x *view, v *visit, cursor string, limit int) (out []rewardRow, next string, err error) {
	list, err := p.Growth.RewardsTx(tx, v.who.ID, cursor, limit)
	if err != nil || len(list.Items) == 0 {
		return nil, "", err
	}
	paid, err := p.payouts(tx, v.who.ID)
	if err != nil {
		return nil, "", err
	}
	for _, r := range list.Items {
		t, err := p.Growth.TermsTx(tx, r.Programme, r.Version)
		if err != nil {
			return nil, "", err
		}
		out = append(out, rewardRow{
			Title: t.Title.In(v.lang), Amount: x.rewardAmount(t, r.Kind, r.Amount), State: day(r.At.In(x.zone())) + " · " + x.rewardState(t, r, paid), Href: v.base + "/me/rewards/" + r.ID,
		})
	}
	return out, list.Next, nil
}

// rewardState says how far a reward has come, and what of it was taken back.
func (v *view) rewardState(t growth.Terms, r growth.Reward, paid []payout.Line) string {
	state := string(r.State)
	line, is := paidWith(r, paid)
	switch {
	case is && line.State == payout.IsPaid:
		state = "paid"
	case is:
		state = "paying"
	case r.State == growth.Released && r.Kind == growth.InService:
		state = "service"
	}
	out := v.T("h5.reward.state_"+state, "until", day(r.ReleaseAt.In(v.zone())))
	if r.Taken > 0 && r.State != growth.Taken {
		out += " · " + v.T("h5.reward.part_taken", "amount", v.rewardAmount(t, r.Kind, r.Taken))
	}
	return out
}

// payouts are a member's last ones, newest first.
func (p *Pages) payouts(tx *db.Tx, person string) ([]payout.Line, error) {
	ids, err := people.Group(tx, person)
	if err != nil {
		return nil, err
	}
	lines, err := p.Payouts.PaidToTx(tx, ids, "", 100)
	return lines.Items, err
}

// paidWith is the payout that took a reward: the first after its release, for a payout takes all that somebody has. One that failed
// took nothing. Rewards in points or services are not paid out.
func paidWith(r growth.Reward, lines []payout.Line) (line payout.Line, is bool) {
	if r.Kind != growth.InMoney || r.State != growth.Released {
		return line, false
	}
	for _, l := range lines { // newest first
		if !l.At.Before(r.ReleaseAt) && (l.State == payout.IsPaid || l.State == payout.Reserved) {
			line, is = l, true
		}
	}
	return line, is
}

type whyView struct {
	Title, Amount, State, Back string
	Steps                      []whyStep
}

type whyStep struct {
	When, What string
	Notes      []string
	at         time.Time
	Ahead      bool // is still to come
}

// reward answers a member why they got something: every step in words, in the order of time. Somebody else's isn't there.
func (p *Pages) reward(w http.ResponseWriter, r *http.Request, v *visit) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data whyView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		why, err := p.Growth.WhyTx(tx, r.PathValue("id"))
		if err != nil {
			return err
		}
		ids, err := people.Group(tx, v.who.ID)
		if err != nil {
			return err
		}
		if !slices.Contains(ids, why.Reward.Promoter) {
			return growth.ErrUnknownReward
		}
		names, err := p.People.Names(tx, []string{why.Bond.Guest, why.Sale.Buyer})
		if err != nil {
			return err
		}
		o, err := p.Shop.GetTx(tx, why.Sale.Order)
		if err != nil {
			return err
		}
		var bought []string
		for _, l := range o.Lines {
			bought = append(bought, p.lineTitle(tx, v, l))
		}
		paid, err := p.payouts(tx, v.who.ID)
		if err != nil {
			return err
		}
		data = x.why(why, telling{ids, x.initial(names[why.Bond.Guest]), x.initial(names[why.Sale.Buyer]), bought, paid})
		data.Back = v.base + "/me/share"
		return nil
	})
	if err != nil {
		return err
	}
	x.Title, x.Data = x.T("h5.reward.title"), data
	return p.show(w, v, http.StatusOK, "reward", x)
}

// telling is what the story of a reward needs besides it.
type telling struct {
	ids          []string // of the promoter
	guest, buyer string
	bought       []string
	payouts      []payout.Line
}

// why tells the story of a reward.
func (v *view) why(y growth.Why, t telling) whyView {
	r, terms := y.Reward, y.Programme
	out := whyView{Title: terms.Title.In(v.lang), Amount: v.rewardAmount(terms, r.Kind, r.Amount), State: v.rewardState(terms, r, t.payouts)}
	add := func(at time.Time, what string, notes ...string) {
		out.Steps = append(out.Steps, whyStep{What: what, Notes: slices.DeleteFunc(notes, func(n string) bool { return n == "" }), at: at})
	}
	for _, c := range y.Came {
		key := "h5.why.came_other"
		if slices.Contains(t.ids, c.Sharer) {
			key = "h5.why.came"
		}
		add(c.At, v.T(key, "guest", t.guest))
	}
	for _, b := range y.Losers {
		add(b.BoundAt, v.T("h5.why.lost", "guest", t.guest), v.T("h5.why.lost_"+string(b.Reason)))
	}
	until := v.T("h5.why.for_ever")
	if y.Bond.ValidUntil.Year() < forEver {
		until = v.T("h5.why.until", "until", v.minute(y.Bond.ValidUntil))
	}
	if (y.Bond.Binds == growth.ByOrder || y.Bond.Binds == growth.ByOffer) && !y.Bond.ValidUntil.After(y.Bond.BoundAt) {
		until = v.T("h5.why.this_order")
	}
	add(y.Bond.BoundAt, v.T("h5.why.bound", "guest", t.guest), v.T("h5.share.by_"+string(y.Bond.Binds)), until)
	add(y.Sale.PaidAt, v.T("h5.why.paid", "buyer", t.buyer, "amount", yuan(y.Sale.Paid)), strings.Join(t.bought, v.T("h5.why.comma")))
	add(r.At, v.T("h5.why.earned", "amount", out.Amount), v.T("h5.why.rule", "programme", terms.Title.In(v.lang), "version", terms.Version), v.level(y))
	v.posted(y, t, add)
	for _, b := range y.Taken {
		owed := ""
		if b.Owed > 0 {
			owed = v.T("h5.why.owed", "amount", v.rewardAmount(terms, r.Kind, b.Owed))
		}
		add(b.At, v.T("h5.why.taken", "amount", v.rewardAmount(terms, r.Kind, b.Amount)), owed)
	}
	if l, is := paidWith(r, t.payouts); is && l.State == payout.IsPaid {
		add(l.EndedAt, v.T("h5.why.paid_out", "amount", yuan(l.Gross)), v.T("h5.why.paid_out_note"))
	}
	slices.SortStableFunc(out.Steps, func(a, b whyStep) int { return a.at.Compare(b.at) })
	for i := range out.Steps {
		out.Steps[i].When = v.minute(out.Steps[i].at)
	}
	if r.State == growth.Frozen {
		out.Steps = append(out.Steps, whyStep{When: v.minute(r.ReleaseAt), What: v.T("h5.why.release"), Ahead: true})
	}
	return out
}

func (v *view) minute(t time.Time) string { return t.In(v.zone()).Format("2006-01-02 15:04") }

// level says which part of an order a reward is.
func (v *view) level(y growth.Why) string {
	if y.Reward.Level > len(y.Programme.Levels) {
		return ""
	}
	l, key := y.Programme.Levels[y.Reward.Level-1], "h5.why.rate"
	if l.Fixed > 0 {
		key = "h5.why.fixed"
	}
	if y.Reward.Level > 1 {
		key += "_2"
	}
	return v.T(key, "base", yuan(y.Reward.Base), "rate", percent(l.RateBP), "fixed", yuan(l.Fixed))
}

// percent writes basis points.
func percent(bp int) string { return strings.TrimSuffix(money.Fen(bp).String(), ".00") + "%" }

// posted tells what the books did on the promoter's accounts.
func (v *view) posted(y growth.Why, t telling, add func(time.Time, string, ...string)) {
	for _, e := range y.Entries {
		at := cmp.Or(e.At, e.RecordedAt)
		var notes []string
		for _, l := range e.Lines {
			account, person := l.Account[:strings.LastIndexByte(l.Account, ':')+1], l.Account[strings.LastIndexByte(l.Account, ':')+1:]
			if !slices.Contains(t.ids, person) {
				continue
			}
			name := map[string]string{"commission:frozen:": "frozen", "commission:available:": "available", "commission:owed:": "owed", "points:": "points"}[account]
			amount, sign := l.Amount, "+"
			if amount < 0 {
				amount, sign = -amount, "−"
			}
			notes = append(notes, v.T("h5.share."+name)+" "+sign+v.rewardAmount(y.Programme, y.Reward.Kind, amount))
		}
		if len(notes) > 0 {
			slices.Sort(notes)
			add(at, v.T("h5.why.posted"), notes...)
		}
	}
}
