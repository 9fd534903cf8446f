package verify

import (
	"github.com/qunce/qunce/internal/platform/db"
)

// checkColleagues proves that companies' places and their seats are the same, and that what bills say was kept is in the books.
func checkColleagues(tx *db.Tx, r *Report) error {
	const seats = `SELECT id FROM seat WHERE community_id = $1 AND group_name >= 'colleagues:' AND group_name < 'colleagues;' AND state = 'taken'`
	const places = `SELECT seat FROM membership_colleague WHERE community_id = $1 AND state = 'taken'`
	if err := r.each(tx, "membership.place_without_seat", "a colleague's place without a seat", places+` EXCEPT `+seats+` ORDER BY 1 LIMIT $2`); err != nil {
		return err
	}
	if err := r.each(tx, "membership.seat_without_place", "a seat of a colleague without a place", seats+` EXCEPT `+places+` ORDER BY 1 LIMIT $2`); err != nil {
		return err
	}
	const books = `SELECT e.subject AS id, SUM(l.amount) AS fen FROM ledger_line l JOIN ledger_entry e ON e.community_id = l.community_id AND e.id = l.entry_id
		WHERE l.community_id = $1 AND l.account = 'expense:fees' GROUP BY e.subject`
	return r.each(tx, "shop.bill_books", "its fee is not what lies in the books for it", `SELECT b.id FROM shop_bill b LEFT JOIN (`+books+`) x ON x.id = b.id
		WHERE b.community_id = $1 AND CASE WHEN b.state = 'compared' THEN b.fee ELSE 0 END <> -COALESCE(x.fen, 0) ORDER BY 1 LIMIT $2`)
}
