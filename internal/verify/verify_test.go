package verify_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/verify"
	"github.com/qunce/qunce/test/lived"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func verifier(w *lived.World) *verify.Verifier {
	return verify.New(verify.Deps{DB: w.DB, Paths: w.Paths, Ledger: w.Ledger, Circles: w.Circles, Blobs: w.Blobs})
}

var errUndo = errors.New("undo")

// try runs fn in a transaction that is taken back.
func try(t *testing.T, w *lived.World, fn func(tx *db.Tx) error) {
	t.Helper()
	err := w.DB.Alone(context.Background(), w.Community, func(tx *db.Tx) error { return errors.Join(fn(tx), errUndo) })
	if !errors.Is(err, errUndo) || err.Error() != errUndo.Error() {
		t.Fatal(err)
	}
}

// L5: a community that people live in gives nothing.
func TestASoundCommunityHasNoFlaws(t *testing.T) {
	lived.Each(t, func(t *testing.T, w *lived.World) {
		r, err := w.Verify(t.Context(), w.Community)
		must(t, err)
		for _, f := range r.Flaws {
			t.Errorf("%+v", f)
		}
		for _, part := range []string{"fact", "seat", "path", "task", "ledger", "circle", "blob", "person", "intake", "touch", "membership", "shop", "event", "goods", "growth", "payout", "team"} {
			if r.Checked[part] == 0 {
				t.Errorf("nothing of %s was looked at", part)
			}
		}
	})
}

// damages are rows spoiled by hand: one that the query names is changed so that kind tells of it.
var damages = []struct{ kind, find, spoil string }{
	{"fact.gap", `SELECT shard FROM fact_shard WHERE community_id = $1 AND pos > 2 ORDER BY shard LIMIT 1`, `DELETE FROM fact WHERE community_id = $1 AND CAST(shard AS TEXT) = $2 AND pos = 1`},
	{"fact.counter", `SELECT shard FROM fact_shard WHERE community_id = $1 ORDER BY shard LIMIT 1`, `UPDATE fact_shard SET pos = pos + 1 WHERE community_id = $1 AND CAST(shard AS TEXT) = $2`},
	{"fact.shard", `SELECT CAST(shard AS TEXT) || '/' || CAST(pos AS TEXT) FROM fact WHERE community_id = $1 AND person <> '' LIMIT 1`, `UPDATE fact SET person = 'somebody else' WHERE community_id = $1 AND CAST(shard AS TEXT) || '/' || CAST(pos AS TEXT) = $2`},
	{"fact.key", `SELECT key FROM fact_key WHERE community_id = $1 LIMIT 1`, `UPDATE fact_key SET fact_id = 'none' WHERE community_id = $1 AND key = $2`},
	{"fact.cursor", `SELECT subscriber || ' ' || CAST(shard AS TEXT) FROM fact_cursor WHERE community_id = $1 ORDER BY shard LIMIT 1`, `UPDATE fact_cursor SET pos = 9999 WHERE community_id = $1 AND subscriber || ' ' || CAST(shard AS TEXT) = $2`},
	{"fact.parked", `SELECT 'paths 1/1'`, `INSERT INTO fact_parked (community_id, subscriber, shard, pos, subject, error, parked_at) SELECT $1, 'paths', 1, 1, 'x', 'no', 1 WHERE $2 <> ''`},
	{"fact.parked_alone", `SELECT 'paths 1/1'`, `INSERT INTO fact_parked (community_id, subscriber, shard, pos, subject, error, parked_at) SELECT $1, 'paths', 1, 1, 'x', '', 1 WHERE $2 <> ''`},
	{"fact.parked_gone", `SELECT 'paths 1/9999'`, `INSERT INTO fact_parked (community_id, subscriber, shard, pos, subject, error, parked_at) SELECT $1, 'paths', 1, 9999, 'x', 'no', 1 WHERE $2 <> ''`},
	{"seat.pool_over_capacity", `SELECT pool_id FROM seat WHERE community_id = $1 AND state = 'taken' LIMIT 1`, `UPDATE seat_pool SET capacity = 0 WHERE community_id = $1 AND id = $2`},
	{"seat.holder_over_limit", `SELECT holder FROM seat WHERE community_id = $1 AND state = 'taken' AND group_name LIKE 'stage:%' LIMIT 1`, `UPDATE seat SET qty = 2 WHERE community_id = $1 AND holder = $2`},
	{"seat.pool_used", `SELECT id FROM seat_pool WHERE community_id = $1 LIMIT 1`, `UPDATE seat_pool SET used = used + 1 WHERE community_id = $1 AND id = $2`},
	{"seat.dead_hold", `SELECT id FROM seat WHERE community_id = $1 AND state = 'taken' LIMIT 1`, `UPDATE seat SET state = 'held', expires = 1 WHERE community_id = $1 AND id = $2`},
	{"seat.hold_without_timer", `SELECT id FROM seat WHERE community_id = $1 AND state = 'taken' LIMIT 1`, `UPDATE seat SET state = 'held', expires = 1 WHERE community_id = $1 AND id = $2`},
	{"seat.untold", `SELECT id FROM seat WHERE community_id = $1 AND state = 'taken' LIMIT 1`, `DELETE FROM fact WHERE community_id = $1 AND kind LIKE 'seat.%' AND data ->> 'seat' = $2`},
	{"path.run", `SELECT id FROM path_run WHERE community_id = $1 LIMIT 1`, `UPDATE path_run SET state = 'running', due_at = 1 WHERE community_id = $1 AND id = $2`},
	{"path.run", `SELECT id FROM path_run WHERE community_id = $1 LIMIT 1`, `UPDATE path_run SET state = 'running', version = 99 WHERE community_id = $1 AND id = $2`},
	{"path.task_unasked", `SELECT id FROM task WHERE community_id = $1 AND state = 'open' AND subject_kind = 'run' LIMIT 1`, `UPDATE path_run SET task = '' WHERE community_id = $1 AND task = $2`},
	{"task.forgotten", `SELECT id FROM task WHERE community_id = $1 AND state = 'open' AND due_at > 0 LIMIT 1`, `UPDATE task SET due_at = 1, id = 'lost' WHERE community_id = $1 AND id = $2`},
	{"circle.member_without_seat", `SELECT id FROM circle_member WHERE community_id = $1 AND left_at = 0 LIMIT 1`, `UPDATE circle_member SET seat_id = '' WHERE community_id = $1 AND id = $2`},
	{"circle.message_positions", `SELECT circle_id FROM circle_message WHERE community_id = $1 LIMIT 1`, `UPDATE circle SET seq = seq + 1 WHERE community_id = $1 AND id = $2`},
	{"membership.term_dates", `SELECT id FROM membership_term WHERE community_id = $1 AND state = 'bought' LIMIT 1`, `UPDATE membership_term SET ends = starts WHERE community_id = $1 AND id = $2`},
	{"membership.upgraded_by_nothing", `SELECT id FROM membership_term WHERE community_id = $1 AND state = 'upgraded' LIMIT 1`, `UPDATE membership_term SET ended_by = '' WHERE community_id = $1 AND id = $2`},
	{"membership.number_not_given", `SELECT id FROM membership_term WHERE community_id = $1 AND state = 'bought' AND number <> '' LIMIT 1`, `UPDATE membership_term SET number = 'none' WHERE community_id = $1 AND id = $2`},
	{"membership.member_without_term", `SELECT person FROM membership_member WHERE community_id = $1 LIMIT 1`, `UPDATE membership_term SET bought_at = 0 WHERE community_id = $1 AND person = $2`},
	{"membership.member_without_place", `SELECT person FROM membership_term WHERE community_id = $1 AND state = 'bought' LIMIT 1`, `UPDATE seat SET state = 'released' WHERE community_id = $1 AND group_name = 'members' AND holder = $2`},
	{"membership.place_without_member", `SELECT person FROM membership_term WHERE community_id = $1 AND state = 'bought' LIMIT 1`, `UPDATE membership_term SET state = 'refunded' WHERE community_id = $1 AND person = $2`},
	{"shop.order_amount", `SELECT id FROM shop_order WHERE community_id = $1 LIMIT 1`, `UPDATE shop_order SET amount = amount + 1 WHERE community_id = $1 AND id = $2`},
	{"shop.order_paid", `SELECT id FROM shop_order WHERE community_id = $1 AND paid > 0 LIMIT 1`, `UPDATE shop_order SET paid = paid + 1 WHERE community_id = $1 AND id = $2`},
	{"shop.order_refunded", `SELECT id FROM shop_order WHERE community_id = $1 AND refunded > 0 LIMIT 1`, `UPDATE shop_order SET refunded = refunded - 1 WHERE community_id = $1 AND id = $2`},
	{"shop.payment_returned", `SELECT payment FROM shop_refund WHERE community_id = $1 LIMIT 1`, `UPDATE shop_refund SET amount = amount - 1 WHERE community_id = $1 AND payment = $2`},
	{"shop.payment_useless", `SELECT p.id FROM shop_payment p JOIN shop_order o ON o.community_id = p.community_id AND o.id = p.order_id WHERE p.community_id = $1 AND p.received > 0 AND o.payment <> p.id LIMIT 1`, `UPDATE shop_payment SET returned = 0 WHERE community_id = $1 AND id = $2`},
	{"shop.order_lines", `SELECT id FROM shop_order WHERE community_id = $1 AND refunded > 0 LIMIT 1`, `UPDATE shop_line SET returned = returned - 1 WHERE community_id = $1 AND order_id = $2`},
	{"shop.order_cash", `SELECT order_id FROM shop_refund WHERE community_id = $1 AND state = 'done' LIMIT 1`, `UPDATE shop_refund SET state = 'waits' WHERE community_id = $1 AND order_id = $2`},
	{"shop.order_deposit", `SELECT id FROM shop_order WHERE community_id = $1 AND state = 'fulfilled' AND refunded > 0 LIMIT 1`, `UPDATE shop_order SET refunded = refunded - 1 WHERE community_id = $1 AND id = $2`},
	{"shop.order_revenue", `SELECT id FROM shop_order WHERE community_id = $1 AND state = 'fulfilled' AND refunded > 0 LIMIT 1`, `UPDATE shop_order SET refunded = refunded - 1 WHERE community_id = $1 AND id = $2`},
	{"shop.order_revenue", `SELECT id FROM shop_order WHERE community_id = $1 AND state = 'fulfilled' LIMIT 1`, `UPDATE ledger_line SET amount = amount + 1 WHERE community_id = $1 AND account LIKE 'revenue:%' AND entry_id IN (SELECT id FROM ledger_entry WHERE community_id = $1 AND subject = $2)`},
	{"shop.order_unearned", `SELECT id FROM shop_order WHERE community_id = $1 AND state = 'fulfilled' LIMIT 1`, `UPDATE shop_order SET entry = '' WHERE community_id = $1 AND id = $2`},
	{"shop.order_discount", `SELECT id FROM shop_order WHERE community_id = $1 AND discount > 0 LIMIT 1`, `UPDATE shop_order SET discount = discount - 1 WHERE community_id = $1 AND id = $2`},
	{"shop.line_points", `SELECT id FROM shop_order WHERE community_id = $1 AND points > 0 LIMIT 1`, `UPDATE shop_line SET points = points + 1 WHERE community_id = $1 AND order_id = $2`},
	{"shop.order_points", `SELECT id FROM shop_order WHERE community_id = $1 AND points > 0 AND state = 'fulfilled' LIMIT 1`, `UPDATE shop_order SET points = points + 1 WHERE community_id = $1 AND id = $2`},
	{"shop.line_created", `SELECT order_id FROM shop_line WHERE community_id = $1 LIMIT 1`, `UPDATE shop_line SET created_at = created_at + 1 WHERE community_id = $1 AND order_id = $2`},
	{"shop.order_waits", `SELECT id FROM shop_order WHERE community_id = $1 AND state = 'fulfilled' LIMIT 1`, `UPDATE shop_order SET waits = TRUE WHERE community_id = $1 AND id = $2`},
	{"shop.coupon", `SELECT code FROM shop_coupon WHERE community_id = $1 LIMIT 1`, `UPDATE shop_coupon SET code = code || 'X' WHERE community_id = $1 AND code = $2`},
	{"membership.place_state", `SELECT id FROM membership_colleague WHERE community_id = $1 AND state = 'taken' LIMIT 1`, `UPDATE membership_colleague SET taken_at = 0 WHERE community_id = $1 AND id = $2`},
	{"membership.place_of_nobody", `SELECT id FROM membership_colleague WHERE community_id = $1 AND state = 'taken' LIMIT 1`, `UPDATE membership_term SET organisation = '' WHERE community_id = $1 AND organisation = (SELECT organisation FROM membership_colleague WHERE community_id = $1 AND id = $2)`},
	{"membership.places_over", `SELECT organisation FROM membership_colleague WHERE community_id = $1 AND state = 'taken' LIMIT 1`, `UPDATE membership_term SET (plan, version) = (SELECT name, version FROM membership_plan WHERE community_id = $1 AND name = 'vip' LIMIT 1) WHERE community_id = $1 AND organisation = $2`},
	{"membership.place_without_seat", `SELECT seat FROM membership_colleague WHERE community_id = $1 AND state = 'taken' LIMIT 1`, `UPDATE seat SET state = 'released' WHERE community_id = $1 AND id = $2`},
	{"membership.seat_without_place", `SELECT seat FROM membership_colleague WHERE community_id = $1 AND state = 'taken' LIMIT 1`, `UPDATE membership_colleague SET state = 'ended', ended_at = 1, why = 'left' WHERE community_id = $1 AND seat = $2`},
	{"shop.bill_lines", `SELECT id FROM shop_bill WHERE community_id = $1 LIMIT 1`, `UPDATE shop_bill SET lines = lines + 1 WHERE community_id = $1 AND id = $2`},
	{"shop.bill_paid", `SELECT id FROM shop_bill WHERE community_id = $1 LIMIT 1`, `UPDATE shop_bill SET paid = paid + 1 WHERE community_id = $1 AND id = $2`},
	{"shop.bill_refunded", `SELECT id FROM shop_bill WHERE community_id = $1 LIMIT 1`, `UPDATE shop_bill SET refunded = refunded + 1 WHERE community_id = $1 AND id = $2`},
	{"shop.bill_fee", `SELECT id FROM shop_bill WHERE community_id = $1 LIMIT 1`, `UPDATE shop_bill SET fee = fee + 1 WHERE community_id = $1 AND id = $2`},
	{"shop.bill_books", `SELECT id FROM shop_bill WHERE community_id = $1 AND fee > 0 LIMIT 1`, `UPDATE ledger_entry SET subject = 'x' WHERE community_id = $1 AND subject = $2`},
	{"shop.bill_fee", `SELECT bill FROM shop_bill_line WHERE community_id = $1 AND fee_exact > 0 LIMIT 1`, `UPDATE shop_bill_line SET ours = FALSE WHERE community_id = $1 AND bill = $2`},
	{"shop.bill_books", `SELECT id FROM shop_bill WHERE community_id = $1 AND fee > 0 LIMIT 1`, `UPDATE shop_bill SET state = 'withdrawn' WHERE community_id = $1 AND id = $2`},
	{"shop.bill_unexplained", `SELECT id FROM shop_bill WHERE community_id = $1 LIMIT 1`, `UPDATE shop_bill SET state = 'withdrawn' WHERE community_id = $1 AND id = $2`},
	{"shop.bill_found", `SELECT bill FROM shop_difference WHERE community_id = $1 LIMIT 1`, `UPDATE shop_bill SET found = found + 1 WHERE community_id = $1 AND id = $2`},
	{"shop.bill_not_listed", `SELECT bill || ' ' || CAST(n AS TEXT) FROM shop_difference WHERE community_id = $1 AND kind = 'not_ours' LIMIT 1`, `UPDATE shop_difference SET n = n + 1000 WHERE community_id = $1 AND bill || ' ' || CAST(n AS TEXT) = $2`},
	{"shop.difference_unexplained", `SELECT id FROM shop_difference WHERE community_id = $1 AND reason <> '' LIMIT 1`, `UPDATE shop_difference SET reason = '' WHERE community_id = $1 AND id = $2`},
	{"launch.two_pledges", `SELECT person FROM launch_pledge WHERE community_id = $1 AND state = 'done' LIMIT 1`, `UPDATE person SET root = $2 WHERE community_id = $1 AND id IN (SELECT person FROM launch_pledge WHERE community_id = $1)`},
	{"launch.pledge_forgotten", `SELECT id FROM launch_pledge WHERE community_id = $1 AND state = 'promised' AND due_at = 0 LIMIT 1`, `DELETE FROM timer WHERE community_id = $1 AND kind = 'launch.begins' AND ref IN (SELECT launch FROM launch_pledge WHERE community_id = $1 AND id = $2)`},
	{"launch.pledge_unpromised", `SELECT id FROM launch_pledge WHERE community_id = $1 AND state = 'promised' LIMIT 1`, `UPDATE launch_pledge SET promised_at = 1 WHERE community_id = $1 AND id = $2`},
	{"launch.pledge_told_early", `SELECT id FROM launch_pledge WHERE community_id = $1 AND due_at > 0 LIMIT 1`, `UPDATE launch_pledge SET due_at = 1 WHERE community_id = $1 AND id = $2`},
	{"launch.endorser_without_words", `SELECT id FROM launch_endorser WHERE community_id = $1 AND consent_at > 0 LIMIT 1`, `UPDATE launch_endorser SET quote = '' WHERE community_id = $1 AND id = $2`},
	{"intake.placement_came", `SELECT placement FROM intake_placement_count WHERE community_id = $1 AND what = 'came' LIMIT 1`, `UPDATE intake_placement_count SET n = n + 1 WHERE community_id = $1 AND what = 'came' AND placement = $2`},
	{"intake.placement_contacts", `SELECT placement FROM intake_placement_count WHERE community_id = $1 AND what = 'contacts' LIMIT 1`, `UPDATE intake_origin SET contact_at = 0 WHERE community_id = $1 AND placement = $2`},
	{"intake.placement_converted", `SELECT placement FROM intake_sale WHERE community_id = $1 LIMIT 1`, `UPDATE intake_sale SET refunded = paid WHERE community_id = $1 AND placement = $2`},
	{"intake.placement_orders", `SELECT placement FROM intake_sale WHERE community_id = $1 LIMIT 1`, `DELETE FROM intake_sale WHERE community_id = $1 AND placement = $2`},
	{"intake.placement_paid", `SELECT placement FROM intake_sale WHERE community_id = $1 LIMIT 1`, `UPDATE intake_sale SET paid = paid + 1 WHERE community_id = $1 AND placement = $2`},
	{"intake.placement_refunded", `SELECT placement FROM intake_sale WHERE community_id = $1 AND refunded > 0 LIMIT 1`, `UPDATE intake_sale SET refunded = refunded - 1 WHERE community_id = $1 AND placement = $2`},
	{"intake.sale_refunded", `SELECT order_id FROM intake_sale WHERE community_id = $1 AND refunded > 0 LIMIT 1`, `UPDATE intake_sale SET refunded = paid WHERE community_id = $1 AND order_id = $2`},
	{"intake.entry_nowhere", `SELECT id FROM intake_entry WHERE community_id = $1 AND path = '' LIMIT 1`, `UPDATE intake_entry SET placement = '' WHERE community_id = $1 AND id = $2`},
	{"intake.placement_closed", `SELECT id FROM intake_placement WHERE community_id = $1 AND event <> '' LIMIT 1`, `UPDATE intake_entry SET path = 'intake-1' WHERE community_id = $1 AND placement = $2`},
	{"intake.post_dropped_open", `SELECT id FROM intake_post WHERE community_id = $1 AND dropped_at > 0 LIMIT 1`, `UPDATE intake_entry SET state = 'active' WHERE community_id = $1 AND id IN (SELECT entry FROM intake_post WHERE community_id = $1 AND id = $2)`},
	{"intake.origin_other_placement", `SELECT person FROM intake_sale WHERE community_id = $1 LIMIT 1`, `UPDATE person SET first_entry = last_entry || 'x' WHERE community_id = $1 AND id = $2`},
	{"growth.proof_reward", `SELECT id FROM growth_proof WHERE community_id = $1 AND state = 'waits' LIMIT 1`, `UPDATE growth_proof SET amount = amount + 1 WHERE community_id = $1 AND id = $2`},
	{"growth.proof_books", `SELECT entry || ' ' || CAST(amount + 1 AS TEXT) FROM growth_proof WHERE community_id = $1 AND state = 'approved' LIMIT 1`, `UPDATE growth_proof SET amount = amount + 1 WHERE community_id = $1 AND entry || ' ' || CAST(amount + 1 AS TEXT) = $2`},
	{"growth.proof_unknown", `SELECT entry || ' ' || CAST(amount AS TEXT) FROM growth_proof WHERE community_id = $1 AND state = 'approved' LIMIT 1`, `UPDATE growth_proof SET state = 'waits', entry = '', decided_at = 0 WHERE community_id = $1 AND entry || ' ' || CAST(amount AS TEXT) = $2`},
	{"growth.proof_not_suspected", `SELECT id FROM growth_proof WHERE community_id = $1 AND state = 'held' LIMIT 1`, `UPDATE growth_proof SET suspicions = '[]' WHERE community_id = $1 AND id = $2`},
	{"growth.call_beyond", `SELECT id FROM growth_call WHERE community_id = $1 LIMIT 1`, `UPDATE growth_call SET terms = '{"most": 1, "points": 20}' WHERE community_id = $1 AND id = $2`},
	{"goods.product", `SELECT name FROM goods_product WHERE community_id = $1 LIMIT 1`, `UPDATE goods_product SET name = name || 'x' WHERE community_id = $1 AND name = $2`},
	{"goods.offer", `SELECT name FROM goods_offer WHERE community_id = $1 LIMIT 1`, `UPDATE goods_offer SET name = name || 'x' WHERE community_id = $1 AND name = $2`},
	{"goods.price", `SELECT product FROM goods_price WHERE community_id = $1 LIMIT 1`, `UPDATE goods_price SET price = price + 1 WHERE community_id = $1 AND product = $2`},
	{"goods.item_state", `SELECT id FROM goods_item WHERE community_id = $1 AND state = 'sold' LIMIT 1`, `UPDATE goods_item SET sold_at = 0 WHERE community_id = $1 AND id = $2`},
	{"goods.group_size", `SELECT id FROM goods_group WHERE community_id = $1 AND state = 'full' LIMIT 1`, `UPDATE goods_group SET size = size + 1 WHERE community_id = $1 AND id = $2`},
	{"goods.group_given", `SELECT id FROM goods_item WHERE community_id = $1 AND state = 'sold' AND grp <> '' LIMIT 1`, `UPDATE goods_group SET state = 'open' WHERE community_id = $1 AND id = (SELECT grp FROM goods_item WHERE community_id = $1 AND id = $2)`},
	{"goods.item_shipped", `SELECT id FROM goods_item WHERE community_id = $1 AND shipped_at > 0 LIMIT 1`, `UPDATE goods_item SET carrier = '' WHERE community_id = $1 AND id = $2`},
	{"goods.cost", `SELECT id FROM goods_item WHERE community_id = $1 AND shipped_at > 0 LIMIT 1`, `UPDATE goods_item SET cost = cost + 1 WHERE community_id = $1 AND id = $2`},
	{"goods.line_product", `SELECT order_id FROM shop_line WHERE community_id = $1 AND kind = 'goods' LIMIT 1`, `UPDATE shop_line SET product = 'goods:none' WHERE community_id = $1 AND order_id = $2`},
	{"goods.forgotten", `SELECT id FROM goods_item WHERE community_id = $1 AND state = 'waits' LIMIT 1`, `UPDATE goods_group SET state = 'failed' WHERE community_id = $1 AND id = (SELECT grp FROM goods_item WHERE community_id = $1 AND id = $2)`},
	{"goods.units_without_item", `SELECT seat FROM goods_item WHERE community_id = $1 AND state = 'sold' AND shipped_at = 0 LIMIT 1`, `UPDATE goods_item SET state = 'returned', ended_at = 1 WHERE community_id = $1 AND seat = $2`},
	{"goods.slot_without_item", `SELECT slot FROM goods_item WHERE community_id = $1 AND state = 'waits' LIMIT 1`, `UPDATE goods_item SET joined_at = 0 WHERE community_id = $1 AND slot = $2`},
	{"goods.item_without_order", `SELECT id FROM goods_item WHERE community_id = $1 AND state = 'sold' LIMIT 1`, `UPDATE shop_line SET gone = TRUE WHERE community_id = $1 AND ref = $2`},
	{"goods.order_without_item", `SELECT id FROM goods_item WHERE community_id = $1 AND state = 'sold' LIMIT 1`, `UPDATE goods_item SET state = 'dropped' WHERE community_id = $1 AND id = $2`},
	{"event.template", `SELECT name FROM event_template WHERE community_id = $1 LIMIT 1`, `UPDATE event_template SET name = name || 'x' WHERE community_id = $1 AND name = $2`},
	{"event.answers", `SELECT id FROM event WHERE community_id = $1 AND answers > 0 LIMIT 1`, `UPDATE event SET answers = answers + 1 WHERE community_id = $1 AND id = $2`},
	{"event.promoters", `SELECT id FROM event WHERE community_id = $1 AND answers > 0 LIMIT 1`, `UPDATE event SET promoters = promoters + 1 WHERE community_id = $1 AND id = $2`},
	{"event.ticket_state", `SELECT id FROM event_ticket WHERE community_id = $1 AND state = 'valid' LIMIT 1`, `UPDATE event_ticket SET taken_at = 0 WHERE community_id = $1 AND id = $2`},
	{"event.ticket_not_admitted", `SELECT id FROM event_ticket WHERE community_id = $1 AND admitted_at > 0 LIMIT 1`, `UPDATE event_ticket SET admitted_at = 0 WHERE community_id = $1 AND id = $2`},
	{"event.gift_state", `SELECT id FROM event_gift WHERE community_id = $1 AND state = 'claimed' LIMIT 1`, `UPDATE event_gift SET state = 'returned' WHERE community_id = $1 AND id = $2`},
	{"event.place_without_ticket", `SELECT seat FROM event_ticket WHERE community_id = $1 AND state = 'valid' LIMIT 1`, `UPDATE event_ticket SET state = 'returned' WHERE community_id = $1 AND seat = $2`},
	{"event.ticket_without_place", `SELECT s.seat FROM event_ticket_seat s JOIN event_ticket t ON t.id = s.ticket WHERE s.community_id = $1 AND t.state = 'valid' LIMIT 1`, `UPDATE seat SET state = 'released' WHERE community_id = $1 AND id = $2`},
	{"event.two_tickets", `SELECT event FROM event_ticket WHERE community_id = $1 AND state = 'valid' GROUP BY event HAVING count(*) > 1 LIMIT 1`, `UPDATE event_ticket SET person = (SELECT MAX(person) FROM event_ticket WHERE community_id = $1 AND event = $2 AND state = 'valid') WHERE community_id = $1 AND event = $2`},
	{"event.jury", `SELECT event FROM event_jury WHERE community_id = $1 AND state = 'passed' LIMIT 1`, `UPDATE event_jury SET need = need + 20 WHERE community_id = $1 AND event = $2`},
	{"event.juror", `SELECT person FROM event_juror WHERE community_id = $1 AND verdict = 'yes' LIMIT 1`, `UPDATE event_juror SET said_at = 0 WHERE community_id = $1 AND person = $2`},
	{"event.guest_state", `SELECT id FROM event_guest WHERE community_id = $1 AND state = 'active' LIMIT 1`, `UPDATE event_guest SET state = 'erased' WHERE community_id = $1 AND id = $2`},
	{"event.guest_asked", `SELECT guest FROM event_ask WHERE community_id = $1 LIMIT 1`, `UPDATE event_guest SET asked_at = asked_at + 1 WHERE community_id = $1 AND id = $2`},
	{"event.ask_state", `SELECT id FROM event_ask WHERE community_id = $1 AND state = 'agreed' LIMIT 1`, `UPDATE event_ask SET answered_at = 0 WHERE community_id = $1 AND id = $2`},
	{"event.topic_state", `SELECT id FROM event_topic WHERE community_id = $1 AND state = 'taken' LIMIT 1`, `UPDATE event_topic SET state = 'open' WHERE community_id = $1 AND id = $2`},
	{"event.topic_votes", `SELECT id FROM event_topic WHERE community_id = $1 AND votes > 0 LIMIT 1`, `UPDATE event_topic SET votes = votes + 1 WHERE community_id = $1 AND id = $2`},
	{"event.slot_task", `SELECT id FROM event_slot WHERE community_id = $1 LIMIT 1`, `UPDATE event_slot SET task = '' WHERE community_id = $1 AND id = $2`},
	{"event.answer_of_absent", `SELECT event FROM event_answer WHERE community_id = $1 LIMIT 1`, `DELETE FROM event_attendance WHERE community_id = $1 AND event = $2`},
	{"room.shown", `SELECT event FROM room WHERE community_id = $1 LIMIT 1`, `UPDATE room SET shown = 99 WHERE community_id = $1 AND event = $2`},
	{"room.time", `SELECT event FROM room WHERE community_id = $1 AND state = 'paused' LIMIT 1`, `UPDATE room SET state = 'playing' WHERE community_id = $1 AND event = $2`},
	{"room.votes", `SELECT id FROM room_question WHERE community_id = $1 LIMIT 1`, `UPDATE room_question SET votes = votes + 1 WHERE community_id = $1 AND id = $2`},
	{"growth.reward_taken", `SELECT reward FROM growth_takeback WHERE community_id = $1 LIMIT 1`, `UPDATE growth_takeback SET amount = amount + 1 WHERE community_id = $1 AND reward = $2`},
	{"growth.reward_books", `SELECT reward FROM growth_takeback WHERE community_id = $1 AND owed = 0 LIMIT 1`, `UPDATE ledger_taken SET taken = taken - 1 WHERE community_id = $1 AND entry_id = (SELECT entry FROM growth_reward WHERE community_id = $1 AND id = $2) AND account LIKE 'commission:frozen:%'`},
	{"growth.reward_unposted", `SELECT id FROM growth_reward WHERE community_id = $1 AND kind = 'money' LIMIT 1`, `UPDATE growth_reward SET entry = '' WHERE community_id = $1 AND id = $2`},
	{"growth.reward_beyond", `SELECT id FROM growth_reward WHERE community_id = $1 LIMIT 1`, `UPDATE growth_reward SET base = 99999999 WHERE community_id = $1 AND id = $2`},
	{"growth.reward_not_bound", `SELECT id FROM growth_reward WHERE community_id = $1 LIMIT 1`, `UPDATE growth_bond SET state = 'refused' WHERE community_id = $1 AND id = (SELECT bond FROM growth_reward WHERE community_id = $1 AND id = $2)`},
	{"growth.bond_lost_to_nobody", `SELECT id FROM growth_bond WHERE community_id = $1 AND state = 'lost' LIMIT 1`, `UPDATE growth_bond SET winner = '' WHERE community_id = $1 AND id = $2`},
	{"growth.link_circle", `SELECT id FROM growth_link WHERE community_id = $1 LIMIT 1`, `UPDATE growth_link SET parent = id WHERE community_id = $1 AND id = $2`},
	{"growth.sale_refunded", `SELECT order_id FROM growth_sale WHERE community_id = $1 AND refunded > 0 AND refunded < paid LIMIT 1`, `UPDATE growth_sale SET refunded = refunded + 1 WHERE community_id = $1 AND order_id = $2`},
	{"payout.line_books", `SELECT id FROM payout_line WHERE community_id = $1 AND state = 'paid' LIMIT 1`, `UPDATE payout_line SET gross = gross + 1, net = net + 1 WHERE community_id = $1 AND id = $2`},
	{"payout.line_twice", `SELECT id FROM payout_line WHERE community_id = $1 AND state = 'paid' LIMIT 1`, `INSERT INTO ledger_payout (community_id, key, hash, account, currency, amount, state, reserved_by, reserved_at) VALUES ($1, 'payout ' || $2 || '/2', '', 'x', 'CNY', 1, 'done', '', 1)`},
	{"payout.unknown_line", `SELECT id FROM payout_line WHERE community_id = $1 LIMIT 1`, `DELETE FROM payout_line WHERE community_id = $1 AND id = $2`},
	{"payout.line_below", `SELECT l.id FROM payout_line l WHERE l.community_id = $1 LIMIT 1`, `UPDATE payout_batch SET threshold = 99999999 WHERE community_id = $1 AND id = (SELECT batch FROM payout_line WHERE community_id = $1 AND id = $2)`},
	{"payout.batch_open", `SELECT batch FROM payout_line WHERE community_id = $1 AND state = 'paid' LIMIT 1`, `UPDATE payout_line SET state = 'reserved' WHERE community_id = $1 AND batch = $2`},
	{"payout.batch_unapproved", `SELECT batch FROM payout_line WHERE community_id = $1 AND state = 'paid' LIMIT 1`, `UPDATE payout_batch SET approved_by = '' WHERE community_id = $1 AND id = $2`},
	{"team.load", `SELECT staff FROM team_staff WHERE community_id = $1 AND load > 0 LIMIT 1`, `UPDATE team_staff SET load = load + 1 WHERE community_id = $1 AND staff = $2`},
	{"team.refunded", `SELECT order_id FROM team_return WHERE community_id = $1 LIMIT 1`, `UPDATE team_return SET amount = amount + 1 WHERE community_id = $1 AND order_id = $2`},
	{"team.statement_sum", `SELECT id FROM team_statement WHERE community_id = $1 LIMIT 1`, `UPDATE team_line SET fen = fen + 1 WHERE community_id = $1 AND statement = $2`},
	{"team.carried", `SELECT id FROM team_statement WHERE community_id = $1 LIMIT 1`, `UPDATE team_statement SET carried = carried - 1, total = total - 1 WHERE community_id = $1 AND id = $2`},
	{"team.statement_volume", `SELECT id FROM team_statement WHERE community_id = $1 LIMIT 1`, `UPDATE team_statement SET volume = volume + 1 WHERE community_id = $1 AND id = $2`},
	{"team.order_explained", `SELECT order_id FROM team_line WHERE community_id = $1 LIMIT 1`, `UPDATE team_line SET base = base + 1 WHERE community_id = $1 AND order_id = $2`},
	{"team.no_statement", `SELECT staff FROM team_statement WHERE community_id = $1 LIMIT 1`, `DELETE FROM team_statement WHERE community_id = $1 AND staff = $2`},
	{"team.closing", `SELECT month FROM team_month WHERE community_id = $1 LIMIT 1`, `UPDATE team_book SET closed = '' WHERE community_id = $1 AND closed = $2`},
	{"team.unposted", `SELECT id FROM team_statement WHERE community_id = $1 AND entry <> '' LIMIT 1`, `UPDATE team_statement SET entry = '' WHERE community_id = $1 AND id = $2`},
	{"team.statement_books", `SELECT id FROM team_statement WHERE community_id = $1 AND entry <> '' LIMIT 1`, `UPDATE team_statement SET total = total + 1, commission = commission + 1 WHERE community_id = $1 AND id = $2`},
	{"team.untold", `SELECT order_id FROM team_credit WHERE community_id = $1 LIMIT 1`, `DELETE FROM fact WHERE community_id = $1 AND kind = 'team.credited' AND subject = $2`},
	{"circle.untold", `SELECT person FROM circle_member WHERE community_id = $1 AND left_at = 0 LIMIT 1`, `DELETE FROM fact WHERE community_id = $1 AND kind = 'circle.joined' AND person = $2`},
	{"intake.untold", `SELECT id FROM intake_registration WHERE community_id = $1 LIMIT 1`, `DELETE FROM fact WHERE community_id = $1 AND kind = 'intake.registered' AND data ->> 'registration' = $2`},
	{"person.reference", `SELECT id FROM person WHERE community_id = $1 AND merged_into <> '' LIMIT 1`, `UPDATE person SET root = 'nobody' WHERE community_id = $1 AND id = $2`},
	{"touch.reference", `SELECT id FROM touch WHERE community_id = $1 AND state = 'sent' LIMIT 1`, `UPDATE touch SET state = 'queued' WHERE community_id = $1 AND id = $2`},
	{"intake.reference", `SELECT CAST(number AS TEXT) FROM intake_reservation WHERE community_id = $1 LIMIT 1`, `UPDATE intake_opening SET last_number = 0 WHERE community_id = $1 AND $2 <> ''`},
}

func TestDamageIsFound(t *testing.T) {
	lived.Each(t, func(t *testing.T, w *lived.World) {
		v := verifier(w)
		for _, d := range damages {
			try(t, w, func(tx *db.Tx) error {
				var row string
				if err := tx.QueryRow(d.find, community(tx, d.find)...).Scan(&row); err != nil {
					return fmt.Errorf("%s: %w", d.kind, err)
				}
				if n, err := tx.Exec(d.spoil, tx.Community(), row); err != nil || n == 0 {
					return fmt.Errorf("%s: %d rows, %w", d.kind, n, err)
				}
				if strings.Contains(d.spoil, "'lost'") {
					row = "lost"
				}
				r, err := v.CheckRows(tx)
				if err != nil {
					return err
				}
				for _, f := range r.Flaws {
					if f.Kind == d.kind && strings.Contains(f.Row, row) && f.Reason != "" {
						return nil
					}
				}
				t.Errorf("%s of %s was not found, but %+v", d.kind, row, r.Flaws)
				return nil
			})
		}
	})
}

func community(tx *db.Tx, query string) []any {
	if strings.Contains(query, "$1") {
		return []any{tx.Community()}
	}
	return nil
}

// notLived are declarations about rows that the lived-in community has none of.
var notLived = map[string]bool{
	"touch.t.id t.state IN ('failed', 'unknown')":    true, // takes a channel that is down
	"shop_refund.id t.state IN ('asked', 'waits')":   true, // for an instant only
	"shop_refund.t.id t.state = 'failed'":            true, // takes a channel that refuses
	"shop_refund.task ":                              true,
	"task.subject t.subject_kind = 'refund'":         true,
	"growth_reward.task ":                            true, // takes a week, or a merge of promoter and buyer
	"payout_batch.id t.state = 'drafting'":           true, // for an instant only
	"payout_batch.id t.state = 'cancelling'":         true, // for an instant only
	"team_month.month t.state = 'closing'":           true, // for an instant only
	"shop_order.id t.state = 'paid' AND NOT t.waits": true, // for an instant only
	"transfer_import.file ":                          true, // takes an import
	"transfer_problem.import ":                       true,
}

// Every declared reference finds a row that names nobody.
func TestEveryReferenceBites(t *testing.T) {
	lived.Each(t, func(t *testing.T, w *lived.World) {
		for _, d := range verify.References() {
			if strings.Contains(d.Column, "->>") {
				continue // see TestFactsNameRows
			}
			where := d.Column + ` <> ''`
			if d.Where != "" {
				where += ` AND ` + d.Where
			}
			bites(t, w, d, func(tx *db.Tx) (int64, error) {
				return spoilOne(tx, d.Table, where, d.Column+` = 'nobody'`)
			})
		}
	})
}

// spoilOne changes one of the rows t that a condition holds for.
func spoilOne(tx *db.Tx, table, where, set string) (int64, error) {
	column, _, _ := strings.Cut(set, " ")
	value, found, err := db.One(tx, db.Column[string], `SELECT t.`+column+` FROM `+table+` t WHERE t.community_id = $1 AND t.`+where+` LIMIT 1`, tx.Community())
	if err != nil || !found {
		return 0, err
	}
	where = strings.ReplaceAll(where, "t.", "")
	return tx.Exec(`UPDATE `+table+` SET `+set+` WHERE community_id = $1 AND `+column+` = $2 AND `+where, tx.Community(), value)
}

// bites breaks something and sees that the declaration's query finds it, and finds nothing before.
func bites(t *testing.T, w *lived.World, d verify.Declared, spoil func(tx *db.Tx) (int64, error)) {
	t.Helper()
	name := d.Table + "." + d.Column + " " + d.Where
	try(t, w, func(tx *db.Tx) error {
		args := append([]any{tx.Community()}, d.Args...)
		before, err := db.All(tx, db.Column[string], d.Query, args...)
		if err != nil || len(before) > 0 {
			return fmt.Errorf("%s: %v %w", name, before, err)
		}
		n, err := spoil(tx)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if n == 0 {
			if !notLived[name] {
				t.Errorf("nothing of %q to spoil", name)
			}
			return nil
		}
		after, err := db.All(tx, db.Column[string], d.Query, args...)
		if err == nil && len(after) == 0 {
			t.Errorf("%s: not found", name)
		}
		return err
	})
}

// Every declared trace misses its fact.
func TestEveryTraceBites(t *testing.T) {
	lived.Each(t, func(t *testing.T, w *lived.World) {
		for _, d := range verify.Traces() {
			bites(t, w, d, func(tx *db.Tx) (n int64, err error) {
				query := `SELECT count(*) FROM ` + d.Table + ` t WHERE t.community_id = $1`
				if d.Where != "" {
					query += ` AND ` + d.Where
				}
				if err := tx.QueryRow(query, tx.Community()).Scan(&n); err != nil || n == 0 {
					return n, err
				}
				return tx.Exec(`DELETE FROM fact WHERE community_id = $1`, tx.Community())
			})
		}
	})
}

// A fact that names a row which is not there tells of something lost: an acknowledged seat.
func TestFactsNameRows(t *testing.T) {
	lived.Each(t, func(t *testing.T, w *lived.World) {
		for _, table := range []string{"seat", "intake_registration", "path_run", "task", "ledger_entry"} {
			try(t, w, func(tx *db.Tx) error {
				if _, err := tx.Exec(`DELETE FROM `+table+` WHERE community_id = $1`, tx.Community()); err != nil {
					return err
				}
				found := 0
				for _, d := range verify.References() {
					if !strings.Contains(d.Column, "->>") || !strings.Contains(d.Query, "FROM "+table+" x") {
						continue
					}
					rows, err := db.All(tx, db.Column[string], d.Query, tx.Community(), 1000)
					if err != nil {
						return err
					}
					found += len(rows)
				}
				if found == 0 {
					t.Errorf("the loss of %s was not found", table)
				}
				return nil
			})
		}
	})
}

func TestDamagedBooksAndFilesAreFound(t *testing.T) {
	lived.Each(t, func(t *testing.T, w *lived.World) {
		must(t, w.Do(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE ledger_entry SET subject = 'another' WHERE community_id = $1`, tx.Community())
			return err
		}))
		var files []string
		must(t, filepath.Walk(filepath.Join(w.Config.Data, "blobs", w.Community), func(path string, info os.FileInfo, err error) error {
			if err == nil && !info.IsDir() {
				files = append(files, path)
			}
			return err
		}))
		must(t, os.Remove(files[0]))
		must(t, os.WriteFile(files[1], []byte("x"), 0o600))
		r, err := w.Verify(t.Context(), w.Community)
		must(t, err)
		if by := r.ByPart(); by["ledger"] == 0 || by["blob"] != 2 || by["seat"] != 0 || r.OK() {
			t.Errorf("%v %+v", by, r.Flaws)
		}
	})
}
