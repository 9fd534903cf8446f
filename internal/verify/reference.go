package verify

import (
	"fmt"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

// reference declares that a column names a row of another table. An empty text names none.
type reference struct {
	table  string
	row    string // what names the row t itself
	column string
	to     string // table
	key    string // its column
	of     string // which rows t; "" for all
	and    string // what else must hold of t and the row x that it names
}

// references are the columns that point at rows of other tables, but for those that a part proves itself.
var references = []reference{
	{"person", "id", "root", "person", "id", "", "x.root = x.id"},
	{"person", "id", "merged_into", "person", "id", "", ""},
	{"person", "id", "first_entry", "intake_entry", "id", "", ""},
	{"person", "id", "last_entry", "intake_entry", "id", "", ""},
	{"people_identifier", "kind || ' ' || value", "person", "person", "id", "", ""},
	{"people_index", "kind || ' ' || hash", "person", "person", "id", "", ""},
	{"people_tag", "tag || ' ' || person", "person", "person", "id", "", ""},
	{"people_tag", "tag || ' ' || person", "via", "person", "id", "", ""},
	{"people_anchor", "id", "person", "person", "id", "", ""},
	{"people_consent", "id", "person", "person", "id", "", ""},
	{"people_merge", "id", "from_person", "person", "id", "", ""},
	{"people_merge", "id", "into_person", "person", "id", "", ""},
	{"people_proposal", "one || ' ' || other", "one", "person", "id", "", ""},
	{"people_proposal", "one || ' ' || other", "other", "person", "id", "", ""},
	{"people_blocked", "kind || ' ' || value", "person", "person", "id", "", ""},

	{"seat", "id", "group_name", "seat_group", "name", "", ""},
	{"seat", "id", "moved_from", "seat", "id", "", ""},
	{"seat", "id", "circle", "circle", "id", "", ""},
	{"seat", "id", "holder", "person", "id", "t.person = TRUE", ""},
	{"seat_pool", "id", "circle", "circle", "id", "", ""},
	{"seat_holder", "group_name || ' ' || holder", "group_name", "seat_group", "name", "", ""},
	{"seat_wait", "group_name || ' ' || holder", "group_name", "seat_group", "name", "", ""},
	{"seat_wait", "group_name || ' ' || holder", "pool_id", "seat_pool", "id", "", ""},
	{"seat_wait", "group_name || ' ' || holder", "holder", "person", "id", "t.person = TRUE", ""},

	{"path_run", "id", "path", "path_version", "path", "", "x.version = t.version"},
	{"path_run", "id", "person", "person", "id", "", ""},
	{"path_run", "id", "task", "task", "id", "", ""},
	{"path_run", "id", "entry", "intake_entry", "id", "", ""},
	{"path_run", "id", "circle", "circle", "id", "", ""},
	{"path_log", "run || ' ' || move", "run", "path_run", "id", "", ""},

	{"task", "id", "person", "person", "id", "", ""},
	{"task", "id", "circle", "circle", "id", "", ""},
	{"task", "id", "subject", "path_run", "id", "t.subject_kind = 'run'", ""},
	{"task", "id", "subject", "shop_refund", "id", "t.subject_kind = 'refund'", ""},
	{"task", "id", "subject", "event_slot", "id", "t.subject_kind = 'slot'", ""},
	{"task", "id", "subject", "people_organisation", "id", "t.subject_kind = 'organisation'", ""},

	{"ledger_entry", "id", "reverses", "ledger_entry", "id", "", ""},
	{"ledger_due", "id", "of_entry", "ledger_entry", "id", "", ""},
	{"ledger_due", "id", "entry_id", "ledger_entry", "id", "", ""},
	{"ledger_payout", "key", "reserved_by", "ledger_entry", "id", "", ""},
	{"ledger_payout", "key", "ended_by", "ledger_entry", "id", "", ""},

	{"circle", "id", "group_name", "circle_template", "name", "", "x.version = t.version"},
	{"circle_group", "name", "name", "seat_group", "name", "", ""},
	{"circle_staff", "circle_id || ' ' || staff", "circle_id", "circle", "id", "", ""},
	{"circle_member", "id", "person", "person", "id", "", ""},
	{"circle_member", "id", "seat_id", "seat", "id", "", ""},
	{"circle_member", "id", "from_circle", "circle", "id", "", ""},
	{"circle_message", "id", "author", "person", "id", "t.author_kind = 'member'", ""},
	{"circle_message", "id", "picture", "blob", "hash", "", ""},
	{"circle_message", "id", "thumb", "blob", "hash", "", ""},
	{"circle_activity", "circle_id || ' ' || person", "circle_id", "circle", "id", "", ""},
	{"circle_activity", "circle_id || ' ' || person", "person", "person", "id", "", ""},
	{"circle_day", "circle_id || ' ' || day", "circle_id", "circle", "id", "", ""},

	{"intake_placement", "id", "source", "intake_source", "id", "", ""},
	{"intake_placement", "id", "event", "event", "id", "", ""},
	{"intake_entry", "id", "source", "intake_source", "id", "", ""},
	{"intake_entry", "id", "placement", "intake_placement", "id", "", ""},
	{"intake_entry", "id", "owner", "person", "id", "", ""},
	{"intake_entry", "id", "path", "path_version", "path", "", ""},
	{"intake_entry", "id", "opening", "intake_opening", "id", "", ""},
	{"intake_entry", "id", "live_code", "seat_group", "name", "", ""},
	{"intake_entry", "id", "successor", "intake_entry", "id", "", ""},
	{"intake_entry", "id", "page", "intake_page_version", "page", "", ""},
	{"intake_lead", "person || ' ' || page", "person", "person", "id", "", ""},
	{"intake_lead", "person || ' ' || page", "page", "intake_page_version", "page", "", "x.version = t.version AND x.revision = t.revision"},
	{"intake_lead", "person || ' ' || page", "term", "membership_term", "id", "", "x.state <> 'held'"},
	{"intake_page_count", "page || ' ' || version || ' ' || what", "page", "intake_page_version", "page", "", "x.version = t.version AND x.revision = t.revision"},
	{"intake_origin", "person", "person", "person", "id", "", ""},
	{"intake_origin", "person", "placement", "intake_placement", "id", "", ""},
	{"intake_origin", "person", "entry", "intake_entry", "id", "", ""},
	{"intake_sale", "order_id", "order_id", "shop_order", "id", "", "x.paid = t.paid"},
	{"intake_sale", "order_id", "placement", "intake_placement", "id", "", ""},
	{"intake_sale", "order_id", "person", "person", "id", "", ""},
	{"intake_placement_count", "placement || ' ' || what", "placement", "intake_placement", "id", "", ""},
	{"intake_post", "id", "source", "intake_source", "id", "", ""},
	{"intake_post", "id", "entry", "intake_entry", "id", "", ""},
	{"intake_reservation", "opening || ' ' || number", "opening", "intake_opening", "id", "", "t.number <= x.last_number"},
	{"intake_reservation", "opening || ' ' || number", "person", "person", "id", "", ""},
	{"intake_reservation", "opening || ' ' || number", "entry", "intake_entry", "id", "", ""},
	{"intake_registration", "id", "person", "person", "id", "", ""},
	{"intake_registration", "id", "entry", "intake_entry", "id", "", ""},
	{"intake_count", "entry || ' ' || day || ' ' || what", "entry", "intake_entry", "id", "", ""},

	{"people_organisation_member", "organisation || ' ' || person", "organisation", "people_organisation", "id", "", ""},
	{"people_organisation_member", "organisation || ' ' || person", "person", "person", "id", "", ""},
	{"people_organisation", "id", "owner", "operator", "id", "", ""},
	{"people_organisation", "id", "asked", "task", "id", "", "x.subject = t.id"},
	{"people_invoice", "person", "person", "person", "id", "", ""},
	{"membership_term", "id", "organisation", "people_organisation", "id", "", ""},
	{"membership_colleague", "id", "organisation", "people_organisation", "id", "", ""},
	{"membership_colleague", "id", "person", "person", "id", "", ""},
	{"membership_colleague", "id", "invited_by", "person", "id", "", ""},
	{"membership_colleague", "id", "seat", "seat", "id", "", "x.group_name = 'colleagues:' || t.organisation"},
	{"shop_order", "id", "organisation", "people_organisation", "id", "", ""},
	{"shop_bill", "id", "entry", "ledger_entry", "id", "", "x.subject = t.id"},
	{"shop_bill_line", "bill || ' ' || n", "bill", "shop_bill", "id", "", "x.channel = t.channel"},
	{"shop_difference", "id", "bill", "shop_bill", "id", "", ""},
	{"shop_difference", "id", "later", "shop_bill", "id", "", ""},
	{"shop_difference", "id", "order_id", "shop_order", "id", "", ""},

	{"membership_wave", "id", "id", "seat_pool", "id", "", ""},
	{"membership_member", "person", "person", "person", "id", "", ""},
	{"membership_term", "id", "person", "person", "id", "", ""},
	{"membership_term", "id", "seat", "seat", "id", "t.state IN ('bought', 'upgraded')", "x.state = 'taken'"},
	{"membership_number", "text", "person", "person", "id", "", ""},
	{"membership_entitlement", "id", "term", "membership_term", "id", "", ""},
	{"membership_entitlement", "id", "id", "seat_pool", "id", "t.granted > 0", "x.capacity = t.granted"},
	{"membership_use", "key", "entitlement", "membership_entitlement", "id", "", ""},
	{"membership_use", "key", "person", "person", "id", "", ""},
	{"membership_use", "key", "seat", "seat", "id", "t.returned_at = 0", "x.state = 'taken' AND x.qty = t.qty"},

	{"shop_order", "id", "person", "person", "id", "", ""},
	{"shop_order", "id", "payment", "shop_payment", "id", "", "x.order_id = t.id AND x.state = 'received'"},
	{"shop_order", "id", "entry", "ledger_entry", "id", "", "x.subject = t.id"},
	{"shop_line", "order_id || ' ' || n", "order_id", "shop_order", "id", "", ""},
	{"shop_line", "order_id || ' ' || n", "ref", "membership_term", "id", "t.kind = 'plan'", ""},
	{"shop_line", "order_id || ' ' || n", "ref", "event_ticket", "id", "t.kind = 'ticket'", ""},
	{"shop_line", "order_id || ' ' || n", "ref", "goods_item", "id", "t.kind IN ('goods', 'group')", ""},
	{"shop_payment", "id", "order_id", "shop_order", "id", "", ""},
	{"shop_payment", "id", "entry", "ledger_entry", "id", "", "x.subject = t.order_id"},
	{"shop_refund", "id", "payment", "shop_payment", "id", "", "x.order_id = t.order_id"},
	{"shop_refund", "id", "id", "job", "key", "t.state IN ('asked', 'waits')", "x.kind = 'shop.refund'"},
	{"shop_refund", "id", "task", "task", "id", "", "x.subject = t.id"},
	{"shop_order", "id", "id", "job", "key", "t.state = 'paid' AND NOT t.waits", "x.kind IN ('shop.deliver', 'shop.redeliver')"},
	{"shop_order", "id", "coupon", "shop_coupon", "code", "", ""},
	{"shop_order", "id", "coupon_seat", "seat", "id", "", "x.group_name = 'coupon:' || t.coupon"},
	{"shop_order", "id", "coupon_seat", "seat", "id", "t.fulfilled_at > 0", "x.state = 'taken'"},
	{"shop_order", "id", "points_entry", "ledger_entry", "id", "", "x.subject = t.id"},

	{"goods_price", "product || ' ' || sku", "product", "goods_product", "name", "", ""},
	{"goods_group", "id", "offer", "goods_offer", "name", "", ""},
	{"goods_group", "id", "product", "goods_product", "name", "", ""},
	{"goods_group", "id", "starter", "person", "id", "", ""},
	{"goods_group", "id", "follows", "goods_group", "id", "", "x.offer = t.offer"},
	{"goods_group", "id", "id", "timer", "ref", "t.state = 'open'", "x.kind = 'goods.close'"},
	{"goods_item", "id", "person", "person", "id", "", ""},
	{"goods_item", "id", "product", "goods_product", "name", "", ""},
	{"goods_item", "id", "grp", "goods_group", "id", "", "x.product = t.product AND x.sku = t.sku"},
	{"goods_item", "id", "seat", "seat", "id", "", "x.qty = t.qty"},
	{"goods_item", "id", "seat", "seat", "id", "(t.state IN ('waits', 'sold') OR t.shipped_at > 0)", "x.state = 'taken'"},
	{"goods_item", "id", "id", "timer", "ref", "t.shipped_at > 0 AND t.received_at = 0 AND t.state = 'sold'", "x.kind = 'goods.receive'"},
	{"goods_item", "id", "complaint", "task", "id", "", "x.subject = t.id"},
	{"task", "id", "subject", "goods_item", "id", "t.subject_kind = 'goods'", ""},
	{"goods_address", "id", "person", "person", "id", "", ""},
	{"goods_item", "id", "allowance", "seat", "id", "", "x.qty = t.qty"},
	{"goods_item", "id", "slot", "seat", "id", "t.joined_at > 0", "x.state = 'taken' AND x.group_name = 'groupbuy:' || t.grp"},
	{"goods_item", "id", "id", "shop_line", "ref", "", "x.qty = t.qty"},

	{"event", "id", "host", "person", "id", "", ""},
	{"event", "id", "id", "seat_pool", "id", "", "x.group_name = 'event:' || t.id AND x.subject = t.id"},
	{"room_script", "event || ' ' || version", "event", "event", "id", "", ""},
	{"room", "event", "event", "event", "id", "", ""},
	{"room", "event", "event", "room_script", "event", "", "x.version = t.version"},
	{"room_question", "id", "event", "room", "event", "", ""},
	{"room_question", "id", "person", "person", "id", "", ""},
	{"room_vote", "question || ' ' || person", "question", "room_question", "id", "", ""},
	{"room_vote", "question || ' ' || person", "person", "person", "id", "", ""},
	{"event_ticket", "id", "event", "event", "id", "", ""},
	{"event_ticket", "id", "person", "person", "id", "", ""},
	{"event_ticket", "id", "giver", "person", "id", "", ""},
	{"event_ticket", "id", "seat", "seat", "id", "", "x.subject = t.event"},
	{"event_ticket", "id", "seat", "seat", "id", "t.state = 'valid'", "x.state = 'taken'"},
	{"event_ticket_seat", "ticket || ' ' || quota", "ticket", "event_ticket", "id", "", ""},
	{"event_ticket_seat", "ticket || ' ' || quota", "seat", "seat", "id", "", ""},
	{"event_gift", "id", "event", "event", "id", "", ""},
	{"event_gift", "id", "giver", "person", "id", "", ""},
	{"event_gift", "id", "guest", "person", "id", "", ""},
	{"event_gift", "id", "ticket", "event_ticket", "id", "", "x.event = t.event AND x.giver = t.giver"},
	{"event_gift", "id", "seat", "seat", "id", "", "x.subject = t.event"},
	{"event_scan", "id", "event", "event", "id", "", ""},
	{"event_scan", "id", "ticket", "event_ticket", "id", "", ""},
	{"event_scan", "id", "ticket", "event_ticket", "id", "t.result IN ('admitted', 'double')", "x.admitted_at > 0 AND x.event = t.event"},
	{"event_attendance", "person || ' ' || event", "person", "person", "id", "", ""},
	{"event_attendance", "person || ' ' || event", "event", "event", "id", "", ""},
	{"event_attendance", "person || ' ' || event", "ticket", "event_ticket", "id", "", "x.event = t.event"},
	{"event_jury", "event", "event", "event", "id", "", ""},
	{"event_juror", "event || ' ' || person", "event", "event_jury", "event", "", ""},
	{"event_juror", "event || ' ' || person", "person", "person", "id", "", ""},
	{"event_guest", "id", "person", "person", "id", "", ""},
	{"event_guest", "id", "root", "event_guest", "id", "", "x.root = x.id"},
	{"event_guest_note", "id", "guest", "event_guest", "id", "", ""},
	{"event_ask", "id", "guest", "event_guest", "id", "", ""},
	{"event_ask", "id", "event", "event", "id", "", ""},
	{"event_ask", "id", "topic", "event_topic", "id", "", ""},
	{"event_topic", "id", "person", "person", "id", "", ""},
	{"event_topic", "id", "event", "event", "id", "", ""},
	{"event_topic_vote", "topic || ' ' || person", "topic", "event_topic", "id", "", ""},
	{"event_topic_vote", "topic || ' ' || person", "person", "person", "id", "", ""},
	{"event_topic_question", "question", "question", "room_question", "id", "", ""},
	{"event_topic_question", "question", "topic", "event_topic", "id", "", ""},
	{"event_slot", "id", "task", "task", "id", "", "x.subject = t.id"},
	{"event_answer", "event || ' ' || person", "event", "event", "id", "", ""},
	{"event_answer", "event || ' ' || person", "person", "person", "id", "", ""},

	{"growth_programme", "name", "name", "growth_programme_version", "name", "", "x.version = t.version"},
	{"growth_link", "id", "sharer", "person", "id", "", ""},
	{"growth_link", "id", "parent", "growth_link", "id", "", ""},
	{"growth_visit", "link || ' ' || day || ' ' || visitor", "link", "growth_link", "id", "", ""},
	{"growth_touch", "holder || ' ' || product", "holder", "person", "id", "t.person = TRUE", ""},
	{"growth_touch", "holder || ' ' || product", "first_link", "growth_link", "id", "", ""},
	{"growth_touch", "holder || ' ' || product", "last_link", "growth_link", "id", "", ""},
	{"growth_lead", "link || ' ' || person", "link", "growth_link", "id", "", ""},
	{"growth_lead", "link || ' ' || person", "person", "person", "id", "", ""},
	{"growth_mark", "person || ' ' || kind", "person", "person", "id", "", ""},
	{"growth_bond", "id", "programme", "growth_programme_version", "name", "", "x.version = t.version"},
	{"growth_bond", "id", "promoter", "person", "id", "", ""},
	{"growth_bond", "id", "guest", "person", "id", "", ""},
	{"growth_bond", "id", "winner", "growth_bond", "id", "", "x.programme = t.programme"},
	{"growth_bond", "id", "task", "task", "id", "", "x.subject = t.id"},
	{"growth_sale", "order_id", "order_id", "shop_order", "id", "", "x.paid = t.paid"},
	{"growth_sale", "order_id", "buyer", "person", "id", "", ""},
	{"growth_sale", "order_id", "link", "growth_link", "id", "", ""},
	{"growth_reward", "id", "order_id", "growth_sale", "order_id", "", ""},
	{"growth_reward", "id", "programme", "growth_programme_version", "name", "", "x.version = t.version"},
	{"growth_reward", "id", "bond", "growth_bond", "id", "", "x.programme = t.programme"},
	{"growth_reward", "id", "promoter", "person", "id", "", ""},
	{"growth_reward", "id", "entry", "ledger_entry", "id", "", "x.subject = t.order_id"},
	{"growth_reward", "id", "due", "ledger_due", "id", "", "x.of_entry = t.entry"},
	{"growth_reward", "id", "task", "task", "id", "", "x.subject = t.id"},
	{"growth_takeback", "reward || ' ' || fact", "reward", "growth_reward", "id", "", ""},
	{"growth_choice", "person || ' ' || programme", "person", "person", "id", "", ""},
	{"growth_choice", "person || ' ' || programme", "programme", "growth_programme", "name", "", ""},
	{"growth_asked", "person", "person", "person", "id", "", ""},
	{"growth_proof", "id", "call", "growth_call", "id", "", ""},
	{"growth_proof", "id", "person", "person", "id", "", ""},
	{"growth_proof", "id", "picture", "blob", "hash", "", "x.refs > 0"},
	{"growth_proof", "id", "task", "task", "id", "", "x.subject = t.id"},
	{"growth_proof", "id", "entry", "ledger_entry", "id", "", "x.subject = t.id"},
	{"task", "id", "subject", "growth_proof", "id", "t.subject_kind = 'proof'", ""},

	{"launch_pledge", "id", "launch", "launch", "id", "", ""},
	{"launch_pledge", "id", "person", "person", "id", "", ""},
	{"launch_pledge", "id", "link", "growth_link", "id", "", ""},
	{"launch_endorser", "id", "launch", "launch", "id", "", ""},
	{"launch_endorser", "id", "person", "person", "id", "", ""},
	{"launch_resource", "id", "launch", "launch", "id", "", ""},
	{"payout_line", "id", "batch", "payout_batch", "id", "", ""},
	{"payout_line", "id", "person", "person", "id", "t.account NOT LIKE 'wage:%'", ""},
	{"payout_line", "id", "person", "operator", "id", "t.account LIKE 'wage:%'", ""},
	{"payout_batch", "id", "id", "job", "key", "t.state = 'drafting'", "x.kind = 'payout.collect'"},
	{"payout_batch", "id", "id", "job", "key", "t.state = 'cancelling'", "x.kind = 'payout.return'"},

	{"team_staff", "department || ' ' || staff", "staff", "operator", "id", "", ""},
	{"team_person", "staff", "staff", "operator", "id", "", ""},
	{"team_person", "staff", "person", "person", "id", "", ""},
	{"team_turn", "id", "person", "person", "id", "", ""},
	{"team_turn", "id", "staff", "operator", "id", "", ""},
	{"team_turn", "id", "id", "timer", "ref", "t.ended_at = 0 AND (t.staff = '' OR t.side = 'sales' AND t.touched_at = 0)", "x.kind = 'team.turn'"},
	{"team_credit", "order_id", "order_id", "shop_order", "id", "", "x.paid = t.amount AND x.refunded >= t.refunded"},
	{"team_credit", "order_id", "person", "person", "id", "", ""},
	{"team_credit", "order_id", "promoter", "person", "id", "", ""},
	{"team_credit", "order_id", "turn", "team_turn", "id", "", "x.staff = t.staff AND x.department = t.department"},
	{"team_return", "order_id || ' ' || fact", "order_id", "team_credit", "order_id", "", "x.month <= t.month"},
	{"team_month", "month", "month", "job", "key", "t.state = 'closing'", "x.kind = 'team.close'"},
	{"team_statement", "id", "month", "team_month", "month", "", ""},
	{"team_statement", "id", "entry", "ledger_entry", "id", "", "x.subject = t.id"},
	{"team_line", "statement || ' ' || n", "statement", "team_statement", "id", "", ""},
	{"team_line", "statement || ' ' || n", "order_id", "team_credit", "order_id", "", ""},

	{"touch", "id", "person", "person", "id", "", ""},
	{"touch", "id", "campaign", "touch_campaign", "id", "", ""},
	{"touch", "id", "id", "job", "key", "t.state = 'queued'", "x.kind = 'touch.send'"},
	{"touch_budget", "person || ' ' || span", "person", "person", "id", "", ""},
	{"touch_campaign_count", "campaign || ' ' || state", "campaign", "touch_campaign", "id", "", ""},

	{"transfer_import", "id", "file", "blob", "hash", "", ""},
	{"transfer_problem", "import || ' ' || at_row", "import", "transfer_import", "id", "", ""},

	{"blob", "hash", "thumb", "blob", "hash", "", ""},
	{"operator_role", "operator_id || ' ' || role", "operator_id", "operator", "id", "", ""},

	// Facts outlive texts, never the rows they name.
	{"fact", "id", "person", "person", "id", "", ""},
	{"fact", "id", "circle", "circle", "id", "", ""},
	{"fact", "id", "entry", "intake_entry", "id", "", ""},
	{"fact", "id", "data ->> 'placement'", "intake_placement", "id", "t.kind = 'intake.event_placed'", ""},
	{"fact", "id", "data ->> 'seat'", "seat", "id", "t.kind LIKE 'seat.%'", ""},
	{"fact", "id", "data ->> 'registration'", "intake_registration", "id", "t.kind = 'intake.registered'", ""},
	{"fact", "id", "data ->> 'run'", "path_run", "id", "t.kind LIKE 'path.%'", ""},
	{"fact", "id", "data ->> 'task'", "task", "id", "t.kind LIKE 'task.%'", ""},
	{"fact", "id", "data ->> 'ticket'", "event_ticket", "id", "t.kind LIKE 'event.%'", ""},
	{"fact", "id", "data ->> 'item'", "goods_item", "id", "t.kind LIKE 'goods.%'", ""},
	{"fact", "id", "data ->> 'place'", "membership_colleague", "id", "t.kind LIKE 'membership.%'", ""},
	{"fact", "id", "data ->> 'difference'", "shop_difference", "id", "t.kind LIKE 'shop.%'", ""},
	{"fact", "id", "data ->> 'gift'", "event_gift", "id", "t.kind LIKE 'event.%'", ""},
	{"fact", "id", "data ->> 'ask'", "event_ask", "id", "t.kind LIKE 'event.%'", ""},
	{"fact", "id", "data ->> 'topic'", "event_topic", "id", "t.kind LIKE 'event.%'", ""},
	{"fact", "id", "data ->> 'entry'", "ledger_entry", "id", "t.kind LIKE 'ledger.%'", ""},
}

// ofInstallation are tables whose rows belong to no community.
var ofInstallation = map[string]bool{"operator": true}

// query finds the rows that name one that is missing.
func (x reference) query() string {
	column := "t." + x.column
	where, there := `t.community_id = $1 AND `+column+` <> ''`, `x.`+x.key+` = `+column
	if !ofInstallation[x.to] {
		there = `x.community_id = t.community_id AND ` + there
	}
	if x.of != "" {
		where += ` AND ` + x.of
	}
	if x.and != "" {
		there += ` AND ` + x.and
	}
	row := "t." + strings.ReplaceAll(x.row, "|| ' ' || ", "|| ' ' || t.")
	return `SELECT ` + row + ` FROM ` + x.table + ` t WHERE ` + where + ` AND NOT EXISTS (SELECT 1 FROM ` + x.to + ` x WHERE ` + there + `) ORDER BY 1 LIMIT $2`
}

// checkReferences finds rows that point at rows which are not there.
func checkReferences(tx *db.Tx, r *Report, _ time.Time) error {
	for _, x := range references {
		reason := fmt.Sprintf("%s.%s names a row of %s that is not there", x.table, x.column, x.to)
		if x.and != "" {
			reason += ", or not so that " + x.and
		}
		if err := r.each(tx, partOfTable(x.table)+".reference", reason, x.query()); err != nil {
			return err
		}
	}
	return nil
}

// counted are the tables whose rows a report counts as a part's.
var counted = map[string]string{
	"seat": "seat", "path": "path_run", "task": "task", "person": "person", "intake": "intake_registration", "circle": "circle_member", "touch": "touch",
	"membership": "membership_term", "shop": "shop_order", "growth": "growth_bond", "payout": "payout_line", "event": "event_ticket", "goods": "goods_item", "team": "team_turn", "launch": "launch_pledge",
}

func countRows(tx *db.Tx, r *Report, _ time.Time) error {
	for part, table := range counted {
		var n int
		if err := tx.QueryRow(`SELECT count(*) FROM `+table+` WHERE community_id = $1`, tx.Community()).Scan(&n); err != nil {
			return fmt.Errorf("count %s: %w", table, err)
		}
		r.Checked[part] = n
	}
	return nil
}

// partOfTable is the part that a table's flaws are told under.
func partOfTable(table string) string {
	part, _, _ := strings.Cut(table, "_")
	if part == "people" {
		part = "person"
	}
	return part
}

// partOf is the part of a flaw's kind.
func partOf(kind string) string {
	part, _, _ := strings.Cut(kind, ".")
	return part
}
