// Package text holds the words that the server itself says — pages, messages, refusals — in Simplified Chinese (the
// default), Traditional Chinese and English. Keys and placeholders are the same in all three (a test holds it).
package text

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"strconv"
	"strings"
	"time"
)

// Lang is a language of the interface.
type Lang string

// The languages.
const (
	Hans Lang = "zh-Hans"
	Hant Lang = "zh-Hant"
	En   Lang = "en"
)

// Langs lists the languages, the default first.
var Langs = []Lang{Hans, Hant, En}

//go:embed locales
var files embed.FS

// Catalogue holds the words of every language. It never changes after Load; share it.
type Catalogue struct {
	words map[Lang]map[string]string
}

// Load reads the built-in catalogues: locales/<language>/<noun>.json, each a flat map from key to text with {placeholders}.
func Load() (*Catalogue, error) {
	c := &Catalogue{words: map[Lang]map[string]string{}}
	for _, lang := range Langs {
		c.words[lang] = map[string]string{}
		names, err := fs.Glob(files, path.Join("locales", string(lang), "*.json"))
		if err != nil {
			return nil, fmt.Errorf("list catalogues: %w", err)
		}
		for _, name := range names {
			b, err := files.ReadFile(name)
			if err != nil {
				return nil, fmt.Errorf("catalogue %s: %w", name, err)
			}
			var m map[string]string
			if err := json.Unmarshal(b, &m); err != nil {
				return nil, fmt.Errorf("catalogue %s: %w", name, err)
			}
			for k, v := range m {
				if _, twice := c.words[lang][k]; twice {
					return nil, fmt.Errorf("catalogue %s: %s stands in another file too", name, k)
				}
				c.words[lang][k] = v
			}
		}
	}
	return c, nil
}

// Has tells whether the key has words.
func (c *Catalogue) Has(lang Lang, key string) bool {
	_, ok := c.words[lang][key]
	return ok
}

// Say gives the words of a key with its placeholders filled. Times are shown in zone as 2026-11-21 14:30, texts in lang. A key without
// words gives the key itself, which a test would have found.
func (c *Catalogue) Say(lang Lang, zone *time.Location, key string, params map[string]any) string {
	s, ok := c.words[lang][key]
	if !ok {
		if s, ok = c.words[Hans][key]; !ok {
			return key
		}
	}
	return Fill(s, zone, spoken(lang, params))
}

// spoken gives parameters that are texts in several languages in one.
func spoken(lang Lang, params map[string]any) map[string]any {
	out := maps.Clone(params)
	for k, v := range out {
		if t, is := v.(Text); is {
			out[k] = t.In(lang)
		}
	}
	return out
}

// Fill replaces each {name} by its parameter; one that isn't given stays.
func Fill(s string, zone *time.Location, params map[string]any) string {
	if !strings.Contains(s, "{") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		j := strings.IndexByte(s[i:], '}')
		if j < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		name := s[i+1 : i+j]
		if v, ok := params[name]; ok {
			b.WriteString(Show(v, zone))
		} else {
			b.WriteString(s[i : i+j+1])
		}
		s = s[i+j+1:]
	}
}

// Placeholders lists the names that Fill replaces in a text.
func Placeholders(s string) (names []string) {
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			return names
		}
		j := strings.IndexByte(s[i:], '}')
		if j < 0 {
			return names
		}
		names = append(names, s[i+1:i+j])
		s = s[i+j+1:]
	}
}

// Show writes a value as people read it.
func Show(v any, zone *time.Location) string {
	switch x := v.(type) {
	case string:
		return x
	case int:
		return strconv.Itoa(x)
	case time.Time:
		if zone == nil {
			zone = time.UTC
		}
		return x.In(zone).Format("2006-01-02 15:04")
	case fmt.Stringer:
		return x.String()
	}
	return fmt.Sprint(v)
}

// Negotiate chooses the language of an Accept-Language header; the fallback is used when it names none of ours.
func Negotiate(header string, fallback Lang) Lang {
	best, bestQ := fallback, 0.0
	for part := range strings.SplitSeq(header, ",") {
		tag, rest, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(rest), "q="); ok {
			if f, err := strconv.ParseFloat(v, 64); err == nil {
				q = f
			}
		}
		if lang, ok := Parse(tag); ok && q > bestQ {
			best, bestQ = lang, q
		}
	}
	return best
}

// Parse understands a language tag: zh, zh-CN, zh-TW, zh-HK, zh-Hant-…, en-….
func Parse(tag string) (Lang, bool) {
	t := strings.ToLower(strings.ReplaceAll(tag, "_", "-"))
	switch {
	case t == "en" || strings.HasPrefix(t, "en-"):
		return En, true
	case strings.HasPrefix(t, "zh-hant"), t == "zh-tw", t == "zh-hk", t == "zh-mo":
		return Hant, true
	case t == "zh" || strings.HasPrefix(t, "zh-"):
		return Hans, true
	}
	return "", false
}

// Text is a text in several languages, as playbooks give it.
type Text map[Lang]string

// In gives the text in a language, else in the default, else whatever there is.
func (t Text) In(lang Lang) string {
	for _, l := range append([]Lang{lang}, Langs...) {
		if s := t[l]; s != "" {
			return s
		}
	}
	return ""
}

// Fits tells whether the text has at most so many characters in every language, and words in one if it must.
func (t Text) Fits(maxRunes int, must bool) bool {
	for _, s := range t {
		if _, ok := Lines(s, maxRunes); !ok {
			return false
		}
	}
	return !must || t.In(Hans) != ""
}

// Brief cuts s to at most limit bytes at a rune's edge, and leaves out what PostgreSQL refuses in a text: bytes that
// aren't UTF-8, and NUL. It is for errors that go into a row.
func Brief(s string, limit int) string {
	s = strings.ReplaceAll(s, "\x00", "")
	if len(s) > limit {
		s = s[:limit]
	}
	return strings.ToValidUTF8(s, "")
}
