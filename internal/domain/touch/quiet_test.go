package touch

import (
	"testing"
	"time"
	_ "time/tzdata" // zones on any machine

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/kit/text"
)

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// O2: quiet hours over midnight, by day, at the ends of months and years, in several zones and where clocks change.
func TestQuietHours(t *testing.T) {
	night, noon, none := Quiet{}, Quiet{From: "12:00", To: "14:00"}, Quiet{From: "00:00", To: "00:00"}
	for _, c := range []struct {
		q               Quiet
		zone, from, out string
	}{
		{night, "Asia/Shanghai", "2026-03-07 20:59", "2026-03-07 20:59"},
		{night, "Asia/Shanghai", "2026-03-07 21:00", "2026-03-08 08:00"},
		{night, "Asia/Shanghai", "2026-03-07 23:59", "2026-03-08 08:00"},
		{night, "Asia/Shanghai", "2026-03-08 00:00", "2026-03-08 08:00"},
		{night, "Asia/Shanghai", "2026-03-08 07:59", "2026-03-08 08:00"},
		{night, "Asia/Shanghai", "2026-03-08 08:00", "2026-03-08 08:00"},
		{night, "Asia/Shanghai", "2026-02-28 22:00", "2026-03-01 08:00"},
		{night, "Asia/Shanghai", "2028-02-28 22:00", "2028-02-29 08:00"},
		{night, "Asia/Shanghai", "2026-12-31 22:00", "2027-01-01 08:00"},
		{night, "America/New_York", "2026-03-07 22:00", "2026-03-08 08:00"}, // clocks go on in this night
		{night, "America/New_York", "2026-10-31 22:00", "2026-11-01 08:00"}, // and back in this one
		{night, "Asia/Kathmandu", "2026-03-07 21:30", "2026-03-08 08:00"},
		{noon, "Asia/Shanghai", "2026-03-07 11:59", "2026-03-07 11:59"},
		{noon, "Asia/Shanghai", "2026-03-07 13:00", "2026-03-07 14:00"},
		{noon, "Asia/Shanghai", "2026-03-07 23:00", "2026-03-07 23:00"},
		{none, "Asia/Shanghai", "2026-03-07 23:00", "2026-03-07 23:00"},
		{Quiet{From: "02:30", To: "03:30"}, "America/New_York", "2026-03-08 03:10", "2026-03-08 03:30"}, // 02:30 doesn't exist
	} {
		z := zoneOf(t, c.zone)
		at, err := time.ParseInLocation("2006-01-02 15:04", c.from, z)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.q.over(at.UTC(), z).In(z).Format("2006-01-02 15:04"); got != c.out {
			t.Errorf("%v %s %s: %s, want %s", c.q, c.zone, c.from, got, c.out)
		}
	}
}

// Whenever it is, the time that comes out is not quiet, not earlier, and less than a day later.
func TestQuietHoursAlwaysEnd(t *testing.T) {
	zones := []*time.Location{zoneOf(t, "Asia/Shanghai"), zoneOf(t, "America/New_York"), zoneOf(t, "Australia/Lord_Howe"), time.UTC}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		hour := func(name string) string {
			m := rapid.IntRange(0, 1439).Draw(t, name)
			return time.Date(2026, 1, 1, m/60, m%60, 0, 0, time.UTC).Format("15:04")
		}
		q := Quiet{From: hour("from"), To: hour("to")}
		at := time.Unix(rapid.Int64Range(1.7e9, 1.9e9).Draw(t, "at"), 0).UTC()
		out := q.over(at, zone)
		if out.Before(at) || out.Sub(at) > 26*time.Hour {
			t.Fatalf("%v: %s became %s", q, at.In(zone), out.In(zone))
		}
		// Where clocks change within the quiet hours, an hour that comes twice may be quiet the second time.
		if again := q.over(out, zone); !again.Equal(out) && again.Sub(out) > time.Hour {
			t.Fatalf("%v: %s is quiet again", q, out.In(zone))
		}
	})
}

// Each moment lies in one span, which ends after it, and the next one begins there.
func TestSpansOfTheCalendar(t *testing.T) {
	zones := []*time.Location{zoneOf(t, "Asia/Shanghai"), zoneOf(t, "America/New_York"), time.UTC}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		span := rapid.SampledFrom([]Span{Minute, Hour, Day, Week, Month}).Draw(t, "span")
		at := time.Unix(rapid.Int64Range(1.7e9, 1.9e9).Draw(t, "at"), 0).UTC()
		name, end := span.at(at, zone)
		before, _ := span.at(end.Add(-time.Second), zone)
		after, _ := span.at(end, zone)
		if !end.After(at) || before != name || after == name {
			t.Fatalf("%s of %s ends %s: %s, then %s", name, at.In(zone), end.In(zone), before, after)
		}
	})
	z := zoneOf(t, "Asia/Shanghai")
	if _, end := Week.at(time.Date(2026, 3, 8, 23, 0, 0, 0, z), z); end.In(z).Format("Mon 01-02") != "Mon 03-09" {
		t.Errorf("a week ends %s", end.In(z))
	}
	days, month := rule{Budget: Budget{Per: Month}, limit: true, monthDays: true}, time.Date(2028, 2, 10, 0, 0, 0, 0, z)
	if _, limit, _ := days.at(month, z); limit != 29 {
		t.Errorf("February 2028 has room for %d", limit)
	}
}

func TestConfigurationsAreChecked(t *testing.T) {
	s := &Service{routes: []route{{name: InApp}, {name: "email"}}}
	ok := Template{Purpose: "service", Body: text.Text{text.En: "hi"}}
	if bad := s.Validate(Config{Templates: map[string]Template{"a": ok}, Budgets: []Budget{{Channel: "email", Per: Day, Max: 1}, {Per: Day, Max: 0}}, Limits: map[string]string{"wecom_mass": "1_per_day"}}); len(bad) != 0 {
		t.Error(bad)
	}
	with := func(change func(*Template)) Config {
		x := ok
		change(&x)
		return Config{Templates: map[string]Template{"a": x}}
	}
	for name, c := range map[string]Config{
		"hour": {Quiet: Quiet{From: "25:00"}}, "span": {Budgets: []Budget{{Per: "year", Max: 1}}}, "negative": {Budgets: []Budget{{Per: Day, Max: -1}}},
		"purpose": {Budgets: []Budget{{Purpose: "fun", Per: Day}}}, "channel": {Budgets: []Budget{{Channel: "pigeon", Per: Day}}},
		"twice": {Budgets: []Budget{{Per: Day, Max: 1}, {Per: Day, Max: 2}}}, "limit": {Limits: map[string]string{"wecom_mass": "many"}},
		"no limits": {Limits: map[string]string{"email": "1_per_day"}}, "no body": with(func(t *Template) { t.Body = nil }), "no purpose": with(func(t *Template) { t.Purpose = "" }),
		"unknown purpose": with(func(t *Template) { t.Purpose = "fun" }), "answer": with(func(t *Template) { t.Purpose, t.Answer = "marketing", true }),
		"link": with(func(t *Template) { t.Link = "https://x" }), "other host": with(func(t *Template) { t.Link = "//x" }),
		"no link": with(func(t *Template) { t.Body = text.Text{text.En: "go to {link}"} }),
	} {
		if bad := s.Validate(c); len(bad) != 1 {
			t.Errorf("%s: %v", name, bad)
		}
	}
}
