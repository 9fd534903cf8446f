package text_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
)

func TestFill(t *testing.T) {
	shanghai := time.FixedZone("", 8*3600)
	params := map[string]any{
		"name": "梅 {n}", "n": 3, "big": int64(1) << 40, "at": time.Date(2026, 11, 21, 6, 30, 0, 0, time.UTC), "sum": money.Fen(123450), "none": "",
	}
	for from, want := range map[string]string{
		"":                     "",
		"plain":                "plain",
		"{name}：{n}":           "梅 {n}：3", // what is filled in is not filled again
		"{big} {sum}":          "1099511627776 1234.50",
		"at {at}.":             "at 2026-11-21 14:30.",
		"{unknown} {n":         "{unknown} {n",
		"{none}{}{{n}}":        "{}{{n}}",
		"} {n} {":              "} 3 {",
		"群策 {n}/{n} {missing}": "群策 3/3 {missing}",
	} {
		if got := text.Fill(from, shanghai, params); got != want {
			t.Errorf("%q became %q, want %q", from, got, want)
		}
	}
	if got := text.Fill("{at}", nil, params); got != "2026-11-21 06:30" {
		t.Errorf("without a zone: %s", got)
	}
}

func TestFillLeavesAloneWhatIsNotAsked(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := rapid.String().Draw(r, "s")
		if got := text.Fill(s, nil, nil); got != s {
			r.Fatalf("%q became %q", s, got)
		}
	})
}

func TestNegotiate(t *testing.T) {
	for header, want := range map[string]text.Lang{
		"":                                     text.Hant, // the fallback
		"*":                                    text.Hant,
		"fr,de;q=0.5":                          text.Hant,
		"en":                                   text.En,
		"en-GB,en;q=0.9,zh-CN;q=0.8":           text.En,
		"zh-CN,zh;q=0.9,en;q=0.8":              text.Hans,
		"zh-TW":                                text.Hant,
		"zh-HK;q=0.4, en;q=0.3":                text.Hant,
		"fr, zh-Hans-SG;q=0.7, en;q=0.6":       text.Hans,
		"en;q=0":                               text.Hant,
		"en;q=nonsense":                        text.En,
		"en;q=NaN, zh;q=0.1":                   text.Hans,
		"ZH_hant_HK":                           text.Hant,
		"english":                              text.Hant,
		";;;,,q=1,=;q":                         text.Hant,
		strings.Repeat("fr;q=0.1,", 99) + "zh": text.Hans,
	} {
		if got := text.Negotiate(header, text.Hant); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func TestATextInSeveralLanguagesFallsBack(t *testing.T) {
	for want, words := range map[string]text.Text{
		"b": {text.Hans: "a", text.En: "b"}, "a": {text.Hans: "a", text.Hant: "c"}, "c": {text.Hant: "c"}, "": {},
	} {
		if got := words.In(text.En); got != want {
			t.Errorf("%v: %q, want %q", words, got, want)
		}
	}
}

func TestSay(t *testing.T) {
	c, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Say(text.En, nil, "error.fact.key_reused", map[string]any{"key": "k1"}); !strings.Contains(got, "k1") {
		t.Error(got)
	}
	if got := c.Say(text.En, nil, "error.fact.key_reused", map[string]any{"key": text.Text{text.Hans: "课", text.En: "class"}}); !strings.Contains(got, "The key class stands") {
		t.Errorf("a text in several languages: %q", got)
	}
	if got := c.Say(text.En, nil, "no.such.key", nil); got != "no.such.key" || c.Has(text.En, "no.such.key") {
		t.Error(got)
	}
}

// Whatever an error says, its beginning can be stored.
func TestBriefIsAlwaysAText(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := string(rapid.SliceOf(rapid.Byte()).Draw(r, "bytes")) + rapid.String().Draw(r, "text")
		limit := rapid.IntRange(0, 40).Draw(r, "limit")
		got := text.Brief(s, limit)
		if len(got) > limit || !utf8.ValidString(got) || strings.Contains(got, "\x00") {
			r.Fatalf("%q became %q", s, got)
		}
	})
	if got := text.Brief("群策群策", 7); got != "群策" {
		t.Error(got)
	}
}

func TestSlug(t *testing.T) {
	for s, want := range map[string]bool{"a": true, "9-lives": true, "vip-2026": true, "": false, "-a": false, "Vip": false, "vip_2026": false, "群": false, "a\n": false, strings.Repeat("a", 41): false} {
		if got := text.Slug(s, 40); got != want {
			t.Errorf("%q: %t", s, got)
		}
	}
}

func TestFits(t *testing.T) {
	for _, c := range []struct {
		text text.Text
		must bool
		want bool
	}{
		{nil, false, true},
		{nil, true, false},
		{text.Text{text.En: ""}, true, false},
		{text.Text{text.En: "four"}, true, true},
		{text.Text{text.Hans: "四个字啊"}, true, true},
		{text.Text{text.Hans: "四个字", text.En: "fifth"}, true, false},
		{text.Text{text.Hans: "a\u202eb"}, false, false},
	} {
		if got := c.text.Fits(4, c.must); got != c.want {
			t.Errorf("%v: %t", c.text, got)
		}
	}
}
