package verify

import (
	"fmt"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/launch"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/internal/spine/task"
)

// trace declares that rows in a state have left a fact, which says so by naming them.
type trace struct {
	table string
	where string // which rows t; "" for all
	row   string // what the fact names t by
	facts []any  // payloads: one fact of these kinds there must be
	names string // how a fact f names its row
}

// traces are the changes that must leave facts.
var traces = []trace{
	{"seat", `t.state = 'taken'`, `t.id`, []any{seat.Taken{}, seat.Moved{}, seat.Offered{}}, `f.data ->> 'seat'`},
	{"seat", `t.state = 'held'`, `t.id`, []any{seat.Held{}, seat.Moved{}, seat.Offered{}}, `f.data ->> 'seat'`},
	{"seat", `t.state = 'lapsed'`, `t.id`, []any{seat.Lapsed{}}, `f.data ->> 'seat'`},
	{
		"seat", `t.state = 'released'`, `t.id`,
		[]any{seat.Released{}, seat.Moved{}},
		`COALESCE(f.data ->> 'from_seat', f.data ->> 'seat')`,
	},
	{"path_run", ``, `t.id`, []any{path.Started{}}, `f.data ->> 'run'`},
	{"path_run", `t.state = 'ended'`, `t.id`, []any{path.Ended{}}, `f.data ->> 'run'`},
	{"task", ``, `t.id`, []any{task.Opened{}}, `f.data ->> 'task'`},
	{"task", `t.state = 'finished'`, `t.id`, []any{task.Finished{}}, `f.data ->> 'task'`},
	{"ledger_entry", ``, `t.id`, []any{ledger.Posted{}}, `f.data ->> 'entry'`},
	{"person", ``, `t.id`, []any{people.Created{}}, `f.person`},
	{"person", `t.erased_at > 0 AND t.merged_into = ''`, `t.id`, []any{people.Erased{}}, `f.person`},
	{"people_merge", ``, `t.id`, []any{people.Merged{}}, `f.data ->> 'merge'`},
	{"people_merge", `t.undone_at > 0`, `t.id`, []any{people.Unmerged{}}, `f.data ->> 'merge'`},
	{"circle", ``, `t.id`, []any{circle.Opened{}}, `f.subject`},
	{"circle_member", ``, `t.person || ' ' || t.circle_id || ' ' || t.joined_at`, []any{circle.Joined{}}, `f.person || ' ' || f.circle || ' ' || f.at`},
	{"circle_member", `t.left_at > 0`, `t.person || ' ' || t.circle_id || ' ' || t.left_at`, []any{circle.Left{}}, `f.person || ' ' || f.circle || ' ' || f.at`},
	{"circle_message", ``, `t.id`, []any{circle.MessagePosted{}}, `f.data ->> 'message'`},
	{"circle_message", `t.withdrawn_at > 0`, `t.id`, []any{circle.MessageWithdrawn{}}, `f.data ->> 'message'`},
	{"intake_registration", ``, `t.id`, []any{intake.Registered{}}, `f.data ->> 'registration'`},
	{"intake_reservation", ``, `t.opening || ' ' || t.number`, []any{intake.Reserved{}}, `(f.data ->> 'opening') || ' ' || (f.data ->> 'number')`},
	{"membership_term", `t.bought_at > 0`, `t.id`, []any{membership.TermBought{}}, `f.subject`},
	{"membership_term", `t.state = 'refunded'`, `t.id`, []any{membership.TermRefunded{}}, `f.subject`},
	{"membership_term", `t.state = 'upgraded'`, `t.id`, []any{membership.TermUpgraded{}}, `f.subject`},
	{"shop_order", ``, `t.id`, []any{shop.OrderCreated{}}, `f.subject`},
	{"shop_order", `t.paid_at > 0`, `t.id`, []any{shop.OrderPaid{}}, `f.subject`},
	{"shop_order", `t.fulfilled_at > 0`, `t.id`, []any{shop.OrderFulfilled{}}, `f.subject`},
	{"shop_order", `t.state = 'closed' AND t.paid_at = 0`, `t.id`, []any{shop.OrderClosed{}}, `f.subject`},
	{"shop_payment", `t.state = 'received'`, `t.id`, []any{shop.PaymentReceived{}}, `f.data ->> 'payment'`},
	{"shop_refund", ``, `t.id`, []any{shop.RefundAsked{}}, `f.data ->> 'refund'`},
	{"shop_refund", `t.state = 'done'`, `t.id`, []any{shop.RefundDone{}}, `f.data ->> 'refund'`},
	{"shop_refund", `t.state = 'failed'`, `t.id`, []any{shop.RefundFailed{}}, `f.data ->> 'refund'`},
	{"shop_order", `t.points > 0 AND t.state = 'refunded'`, `t.id`, []any{shop.PointsReturned{}}, `f.subject`},
	{"shop_coupon", ``, `t.code`, []any{shop.CouponChanged{}}, `f.subject`},
	{"goods_product", ``, `t.name`, []any{goods.ProductChanged{}}, `f.subject`},
	{"goods_group", ``, `t.id`, []any{goods.GroupStarted{}}, `f.subject`},
	{"goods_group", `t.state = 'full'`, `t.id`, []any{goods.GroupFull{}}, `f.subject`},
	{"goods_group", `t.state = 'failed'`, `t.id`, []any{goods.GroupFailed{}}, `f.subject`},
	{"goods_item", `t.joined_at > 0`, `t.id`, []any{goods.GroupJoined{}}, `f.data ->> 'item'`},
	{"goods_item", `t.sold_at > 0`, `t.id`, []any{goods.Sold{}}, `f.data ->> 'item'`},
	{"goods_item", `t.shipped_at > 0`, `t.id`, []any{goods.Shipped{}}, `f.data ->> 'item'`},
	{"goods_item", `t.received_at > 0`, `t.id`, []any{goods.Received{}}, `f.data ->> 'item'`},
	{"goods_item", `t.state = 'returned'`, `t.id`, []any{goods.Returned{}}, `f.data ->> 'item'`},
	{"event", ``, `t.id`, []any{event.Planned{}}, `f.subject`},
	{"event", `t.state = 'cancelled'`, `t.id`, []any{event.Cancelled{}}, `f.subject`},
	{"event_ticket", `t.taken_at > 0`, `t.id`, []any{event.TicketTaken{}}, `f.data ->> 'ticket'`},
	{"event_ticket", `t.state IN ('returned', 'refunded')`, `t.id`, []any{event.TicketReturned{}}, `f.data ->> 'ticket'`},
	{"event_gift", ``, `t.id`, []any{event.FriendGiven{}}, `f.data ->> 'gift'`},
	{"event_gift", `t.state = 'claimed'`, `t.id`, []any{event.FriendClaimed{}}, `f.data ->> 'gift'`},
	{"event_gift", `t.state = 'returned'`, `t.id`, []any{event.FriendReturned{}}, `f.data ->> 'gift'`},
	{"event_scan", `t.result IN ('admitted', 'double')`, `t.id`, []any{event.Admitted{}}, `f.data ->> 'scan'`},
	{"event_attendance", ``, `t.person || ' ' || t.event`, []any{event.Attended{}}, `f.person || ' ' || f.subject`},
	{"event_jury", ``, `t.event`, []any{event.JuryAsked{}}, `f.subject`},
	{"event_guest", ``, `t.id`, []any{event.GuestAdded{}}, `f.subject`},
	{"event_ask", ``, `t.id`, []any{event.GuestAsked{}}, `f.data ->> 'ask'`},
	{"event_ask", `t.state <> 'asked'`, `t.id`, []any{event.GuestAnswered{}}, `f.data ->> 'ask'`},
	{"event_topic", ``, `t.id`, []any{event.TopicProposed{}}, `f.subject`},
	{"event_topic", `t.state = 'taken'`, `t.id || ' ' || t.event`, []any{event.TopicTook{}}, `f.subject || ' ' || (f.data ->> 'event')`},
	{"event_topic_vote", ``, `t.topic || ' ' || t.person`, []any{event.TopicVoted{}}, `f.subject || ' ' || f.person`},
	{"event_slot", ``, `t.id`, []any{event.SlotEmpty{}}, `f.subject`},
	{"event_answer", ``, `t.person || ' ' || t.event`, []any{event.Answered{}}, `f.person || ' ' || f.subject`},
	{"growth_link", ``, `t.id`, []any{growth.LinkMade{}}, `f.subject`},
	{"growth_lead", ``, `t.person || ' ' || t.link`, []any{growth.LinkFollowed{}}, `f.person || ' ' || f.subject`},
	{"growth_bond", `t.state = 'active'`, `t.id`, []any{growth.Bound{}}, `f.subject`},
	{"growth_bond", `t.state = 'lost'`, `t.id`, []any{growth.BondLost{}}, `f.subject`},
	{"growth_bond", `t.state = 'refused'`, `t.id`, []any{growth.BondRefused{}}, `f.subject`},
	{"growth_bond", `t.state = 'pending'`, `t.id`, []any{growth.BondHeld{}}, `f.subject`},
	{"growth_reward", ``, `t.id`, []any{growth.RewardEarned{}}, `f.data ->> 'reward'`},
	{"growth_takeback", ``, `t.reward || ' ' || t.amount`, []any{growth.RewardTaken{}}, `(f.data ->> 'reward') || ' ' || (f.data ->> 'amount')`},
	{"growth_call", ``, `t.id`, []any{growth.CallOpened{}}, `f.subject`},
	{"growth_proof", ``, `t.id`, []any{growth.ProofShown{}}, `f.subject`},
	{"growth_proof", `t.state = 'held'`, `t.id`, []any{growth.ProofHeld{}}, `f.subject`},
	{"growth_proof", `t.state = 'approved'`, `t.id`, []any{growth.ProofApproved{}}, `f.subject`},
	{"growth_proof", `t.state = 'refused'`, `t.id`, []any{growth.ProofRefused{}}, `f.subject`},
	{"launch", ``, `t.id`, []any{launch.Opened{}}, `f.subject`},
	{"launch", `t.closed_at > 0`, `t.id`, []any{launch.Closed{}}, `f.subject`},
	{"launch_pledge", `t.asked_at > 0`, `t.id`, []any{launch.PledgeAsked{}}, `f.subject`},
	{"launch_pledge", `t.promised_at > 0`, `t.id`, []any{launch.Pledged{}}, `f.subject`},
	{"launch_pledge", `t.state = 'declined'`, `t.id`, []any{launch.PledgeDeclined{}}, `f.subject`},
	{"launch_pledge", `t.due_at > 0`, `t.id`, []any{launch.PledgeDue{}}, `f.subject`},
	{"launch_pledge", `t.done_at > 0`, `t.id`, []any{launch.PledgeDone{}}, `f.subject`},
	{"launch_endorser", `t.consent_at > 0`, `t.id`, []any{launch.Endorsed{}}, `f.subject`},
	{"intake_post", ``, `t.id`, []any{intake.PostMade{}}, `f.subject`},
	{"intake_post", `t.published_at > 0`, `t.id`, []any{intake.PostOut{}}, `f.subject`},
	{"payout_batch", ``, `t.id`, []any{payout.Begun{}}, `f.subject`},
	{"payout_batch", `t.approved_by <> ''`, `t.id`, []any{payout.Approved{}}, `f.subject`},
	{"payout_line", `t.state = 'paid'`, `t.id`, []any{payout.Paid{}}, `f.data ->> 'line'`},
	{"payout_line", `t.state = 'failed'`, `t.id`, []any{payout.Failed{}}, `f.data ->> 'line'`},
	{"team_turn", `t.staff <> ''`, `t.id`, []any{team.Given{}}, `f.subject`},
	{"team_turn", `t.touched_at > 0`, `t.id`, []any{team.Touched{}}, `f.subject`},
	{"team_turn", `t.ended_at > 0`, `t.id`, []any{team.TurnEnded{}}, `f.subject`},
	{"team_credit", ``, `t.order_id`, []any{team.Credited{}}, `f.subject`},
	{"team_return", ``, `t.order_id || ' ' || t.amount`, []any{team.Reduced{}}, `f.subject || ' ' || (f.data ->> 'amount')`},
	{"team_month", ``, `t.month`, []any{team.MonthClosing{}}, `f.subject`},
	{"team_month", `t.state = 'closed'`, `t.month`, []any{team.MonthClosed{}}, `f.subject`},
	{"team_statement", ``, `t.id`, []any{team.StatementWritten{}}, `f.subject`},
	{"team_statement", `t.state = 'approved'`, `t.id`, []any{team.StatementApproved{}}, `f.subject`},
	{"touch", `t.state = 'sent'`, `t.id`, []any{touch.Sent{}}, `f.data ->> 'touch'`},
	{"touch", `t.state = 'held'`, `t.id`, []any{touch.HeldBack{}}, `f.data ->> 'touch'`},
	{"touch", `t.state IN ('failed', 'unknown')`, `t.id`, []any{touch.Failed{}}, `f.data ->> 'touch'`},
}

// query finds the rows without their fact. EXCEPT reads each side once; a join would look through all facts for each row, since
// neither their kind nor what they name has an index.
func (x trace) query() (query string, args []any) {
	kinds := make([]string, len(x.facts))
	for i, payload := range x.facts {
		kinds[i] = fmt.Sprintf("$%d", 3+i)
		args = append(args, fact.KindOf(payload))
	}
	where := ""
	if x.where != "" {
		where = " AND " + x.where
	}
	return `SELECT ` + x.row + ` FROM ` + x.table + ` t WHERE t.community_id = $1` + where + ` EXCEPT SELECT ` + x.names + `
		FROM fact f WHERE f.community_id = $1 AND f.kind IN (` + strings.Join(kinds, ", ") + `) ORDER BY 1 LIMIT $2`, args
}

// checkTraces finds state that nothing in the log tells of.
func checkTraces(tx *db.Tx, r *Report, _ time.Time) error {
	for _, x := range traces {
		query, args := x.query()
		if err := r.each(tx, partOfTable(x.table)+".untold", x.table+" without its fact "+fact.KindOf(x.facts[0]), query, args...); err != nil {
			return err
		}
	}
	return nil
}
