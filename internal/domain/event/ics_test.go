package event_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/test/testkit/stage"
)

// E1: the calendar file as RFC 5545 has it.
func TestICS(t *testing.T) {
	starts := time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	e := event.Event{
		ID: "e1", State: event.StatePlanned, Title: text.Text{text.Hans: "增长, 从第一个用户开始; 一场写给忙人的逐字稿分享会与问答", text.En: "Growth"}, About: stage.Words("第一行\n第二\\行"),
		Starts: starts, Ends: starts.Add(2 * time.Hour), City: "上海", Place: "静安", Version: 3,
	}
	const want = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Qunce//Events//EN\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\nUID:e1@qunce.example\r\nSEQUENCE:2\r\n" +
		"DTSTAMP:20260301T000000Z\r\nDTSTART:20260401T120000Z\r\nDTEND:20260401T140000Z\r\n" +
		"SUMMARY:增长\\, 从第一个用户开始\\; 一场写给忙人的逐字稿\r\n 分享会与问答\r\nDESCRIPTION:第一行\\n第二\\\\行\r\nLOCATION:上海 静安\r\n" +
		"URL:https://qunce.example/c/e/abc\r\nSTATUS:CONFIRMED\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.FixedZone("CST", 8*3600))
	if got := string(event.ICS(e, "https://qunce.example/c/e/abc", "qunce.example", text.Hans, now)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	e.State, e.Version = event.StateCancelled, 4
	got := string(event.ICS(e, "", "qunce.example", text.En, now))
	for _, part := range []string{"STATUS:CANCELLED\r\n", "SEQUENCE:3\r\n", "UID:e1@qunce.example\r\n", "SUMMARY:Growth\r\n"} {
		if !strings.Contains(got, part) {
			t.Errorf("no %q in\n%s", part, got)
		}
	}
}

// Folding loses nothing, keeps lines at 75 octets and characters whole.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "a", strings.Repeat("a", 75), strings.Repeat("a", 76), strings.Repeat("群", 80), "x" + strings.Repeat("👩‍👧", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\r\n") {
			t.Skip()
		}
		out := event.Fold(s)
		lines := strings.SplitAfter(out, "\r\n")
		if lines[len(lines)-1] != "" {
			t.Fatalf("%q has no end", out)
		}
		for _, l := range lines[:len(lines)-1] {
			if l = strings.TrimSuffix(l, "\r\n"); len(l) > 75 || !utf8.ValidString(l) {
				t.Errorf("line %q of %d octets", l, len(l))
			}
		}
		if back := strings.ReplaceAll(strings.TrimSuffix(out, "\r\n"), "\r\n ", ""); back != s {
			t.Errorf("unfolded %q, was %q", back, s)
		}
	})
}
