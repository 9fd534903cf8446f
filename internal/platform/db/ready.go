package db

import "context"

// Ready tells whether a write transaction can be opened and committed now.
func (d *DB) Ready(ctx context.Context) error {
	return d.Do(ctx, "", func(tx *Tx) error {
		var one int
		return tx.QueryRow(`SELECT 1`).Scan(&one)
	})
}
