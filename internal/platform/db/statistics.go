package db

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// statisticsEvery is how often it is looked for tables that have outgrown their statistics. The server looks once a minute by default,
// and in a rush on a new event thousands come within that.
const statisticsEvery = 2 * time.Second

// grown finds tables with several times as many rows as when PostgreSQL last looked at them. While it takes a table for nearly empty, any
// index that begins with the community is as good as another to it, and what should read one row reads all of the community's.
const grown = `SELECT s.relid::regclass::text FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
	WHERE s.schemaname = current_schema() AND s.n_mod_since_analyze >= 100 AND s.n_live_tup > 3 * greatest(c.reltuples, 20)`

// keepStatistics has PostgreSQL look at tables that have grown several times since it did: a handful of times in the life of each.
func (d *DB) keepStatistics() {
	defer d.stopped.Done()
	tick := time.NewTicker(statisticsEvery)
	defer tick.Stop()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		<-d.stop
		cancel()
	}()
	for {
		select {
		case <-d.stop:
			return
		case <-tick.C:
		}
		next := statisticsEvery
		if err := d.Analyze(ctx); err != nil && ctx.Err() == nil {
			slog.Warn("statistics of the database's tables could not be brought up to date", "error", err)
			next = time.Minute
		}
		tick.Reset(next)
	}
}

// Analyze brings the statistics of tables up to date that have outgrown them, on PostgreSQL.
func (d *DB) Analyze(ctx context.Context) error {
	if d.dialect == SQLite {
		return nil
	}
	found, err := d.sql.QueryContext(ctx, grown)
	if err != nil {
		return fmt.Errorf("look for tables that have grown: %w", err)
	}
	defer found.Close()
	var tables []string
	for found.Next() {
		var name string
		if err := found.Scan(&name); err != nil {
			return fmt.Errorf("look for tables that have grown: %w", err)
		}
		tables = append(tables, name)
	}
	if err := found.Err(); err != nil {
		return fmt.Errorf("look for tables that have grown: %w", err)
	}
	for _, name := range tables {
		if _, err := d.sql.ExecContext(ctx, "ANALYZE (SKIP_LOCKED) "+name); err != nil {
			return fmt.Errorf("analyze %s: %w", name, err)
		}
	}
	return nil
}
