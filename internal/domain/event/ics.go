package event

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qunce/qunce/internal/kit/text"
)

// ICS writes an event as a calendar file (RFC 5545), its texts in a language and its times in UTC, which every calendar shows in
// its own zone. The UID stays the same for ever and SEQUENCE is the version, so that a calendar that has the event takes the
// change, or its cancellation. url is the event's page; domain makes the UID the installation's own.
func ICS(e Event, url, domain string, lang text.Lang, now time.Time) []byte {
	var b strings.Builder
	line := func(name, value string) { fold(&b, name+":"+value) }
	stamp := func(t time.Time) string { return t.UTC().Format("20060102T150405Z") }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Qunce//Events//EN")
	line("METHOD", "PUBLISH")
	line("BEGIN", "VEVENT")
	line("UID", e.ID+"@"+domain)
	line("SEQUENCE", fmt.Sprint(e.Version-1))
	line("DTSTAMP", stamp(now))
	line("DTSTART", stamp(e.Starts))
	line("DTEND", stamp(e.Ends))
	line("SUMMARY", escape(e.Title.In(lang)))
	if s := e.About.In(lang); s != "" {
		line("DESCRIPTION", escape(s))
	}
	if s := strings.TrimSpace(e.City + " " + e.Place); s != "" {
		line("LOCATION", escape(s))
	}
	if url != "" {
		line("URL", oneLine(url))
	}
	status := "CONFIRMED"
	if e.State == StateCancelled {
		status = "CANCELLED"
	}
	line("STATUS", status)
	line("END", "VEVENT")
	line("END", "VCALENDAR")
	return []byte(b.String())
}

// escape writes a text value.
func escape(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return oneLine(strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(s))
}

// oneLine leaves out what no content line may hold.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// octets is how long a content line may be without its end.
const octets = 75

// fold writes a content line in pieces of at most 75 octets, none of which ends inside a character; those after the first begin
// with a space.
func fold(b *strings.Builder, s string) {
	room := octets
	for len(s) > room {
		cut := room
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		b.WriteString(s[:cut] + "\r\n ")
		s, room = s[cut:], octets-1
	}
	b.WriteString(s + "\r\n")
}
