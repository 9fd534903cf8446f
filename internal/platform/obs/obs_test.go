package obs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/obs"
	"github.com/qunce/qunce/test/testkit"
)

type person struct{ Phone, Name string }

type seat string

func (s seat) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", string(s)), slog.String("phone", "13800000001"))
}

// P9: no spelling of a log line lets a personal value or a secret through.
func TestNothingPersonalIsLogged(t *testing.T) {
	for _, json := range []bool{true, false} {
		var b bytes.Buffer
		log := obs.NewLogger(&b, json, slog.LevelInfo)
		log.With("api_token", "SECRET1").WithGroup("request").Info("called +86 138-0000-0001 and 13800000001",
			"phone", "SECRET2", "realName", "SECRET3", "password", "SECRET4", "setup-token", "SECRET5", "Code", "SECRET6", "tokens", []string{"SECRET7"},
			slog.Group("person", "name", "SECRET8", "note", "call 13800000001,13800000001 now"),
			"person", person{"SECRET9", "SECRET10"}, "list", []person{{"SECRET11", "SECRET12"}}, "error", fmt.Errorf("no seat for 13800000001: %w", errors.New("gone")),
			"seat", seat("01jd0abcde0123456789"), "kinds", []string{"seat.taken", "13800000001"})
		line := b.String()
		if strings.Contains(line, "SECRET") || strings.Contains(line, "0000") {
			t.Errorf("leaked: %s", line)
		}
		for _, want := range []string{"no seat for", "gone", "seat.taken", "01jd0abcde0123456789", "call …", "[obs_test.person]", "[redacted]"} {
			if !strings.Contains(line, want) {
				t.Errorf("%q is missing: %s", want, line)
			}
		}
	}
}

func TestOrdinaryLinesStayReadable(t *testing.T) {
	var b bytes.Buffer
	log := obs.NewLogger(&b, false, slog.LevelWarn)
	log.Info("too quiet")
	ctx := obs.WithRequestID(t.Context(), "r1")
	log.With("part", "job").WarnContext(ctx, "job failed", "kind", "mail", "attempts", 3, "took", 2*time.Second, "at", testkit.Start, "due_in", "x", "decode", "utf-8", "id", "01jd0abcde0123456789")
	line := b.String()
	for _, want := range []string{`msg="job failed"`, "part=job", "kind=mail", "attempts=3", "took=2s", "at=2026-03-07T04:00:00", "request=r1", "decode=utf-8", "id=01jd0abcde0123456789"} {
		if !strings.Contains(line, want) {
			t.Errorf("%q is missing: %s", want, line)
		}
	}
	if strings.Contains(line, "too quiet") {
		t.Error("the level is not kept")
	}
	if a, b := obs.NewRequestID(), obs.NewRequestID(); a == b || len(a) != 16 || obs.RequestID(context.Background()) != "" {
		t.Errorf("request ids %s, %s", a, b)
	}
}

// X6: the figures of two installations in one process stay apart, and a read that fails leaves the others.
func TestMetrics(t *testing.T) {
	d := testkit.SQLite(t)
	var log bytes.Buffer
	m, other := obs.NewMetrics("1.2.3", obs.NewLogger(&log, false, slog.LevelInfo)), obs.NewMetrics("1.2.3", slog.New(slog.DiscardHandler))
	m.WatchDB(d.DB)
	m.WatchFactLag(func(context.Context) ([]obs.Sample, error) { return []obs.Sample{{[]string{"touch"}, 7}}, nil })
	m.WatchJobs(func(context.Context) ([]obs.Sample, error) { return nil, errors.New("the database is away") })
	m.Watch("qunce_odd", "Has a wrong number of labels.", []string{"a"}, func(context.Context) ([]obs.Sample, error) {
		return []obs.Sample{{nil, 1}, {[]string{"b"}, 2}}, nil
	})
	for range 3 {
		if err := d.Do(t.Context(), "", func(*db.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	m.Request("GET", "/c/{slug}", 200, 3*time.Millisecond)
	m.Request("GET", "/c/{slug}", 200, 30*time.Millisecond)
	m.Request("BREW\n", "", 404, time.Second)
	page := scrape(t, m)
	for _, want := range []string{
		`qunce_build_info{version="1.2.3"} 1`, `qunce_http_requests_total{method="GET",route="/c/{slug}",status="200"} 2`,
		`qunce_http_requests_total{method="other",route="none",status="404"} 1`, `qunce_http_request_seconds_bucket{method="GET",route="/c/{slug}",le="0.005"} 1`,
		`qunce_db_closures_total 3`, `qunce_fact_lag{subscriber="touch"} 7`, `qunce_odd{a="b"} 2`, "go_goroutines", "process_resident_memory_bytes",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if strings.Contains(page, "qunce_jobs") || !strings.Contains(log.String(), "the database is away") {
		t.Errorf("a failed read: %s", log.String())
	}
	if strings.Contains(scrape(t, other), "qunce_http_requests_total{") {
		t.Error("two installations share their figures")
	}
}

func scrape(t *testing.T, m *obs.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil || w.Code != 200 {
		t.Fatalf("%d, %v", w.Code, err)
	}
	return string(body)
}
