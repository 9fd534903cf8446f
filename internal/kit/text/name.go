package text

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

var slug = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// Slug tells whether s is a name in configuration: a–z, 0–9 and -, beginning with a letter or digit, of at most so many characters.
func Slug(s string, most int) bool { return len(s) <= most && slug.MatchString(s) }

// Line cleans one line of text that a person typed: composed characters, no space around, single spaces inside. ok is false
// when it is longer than max characters, isn't valid UTF-8, or holds control characters or marks that turn the direction
// of writing (they make one name look like another). Emoji pass, also joined ones. An empty line is ok.
func Line(s string, maxRunes int) (clean string, ok bool) {
	if !utf8.ValidString(s) || len(s) > 16*maxRunes {
		return "", false
	}
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Co, r) || turns(r) {
			return "", false
		}
	}
	return s, utf8.RuneCountInString(s) <= maxRunes
}

// Lines cleans a text of several lines, each as Line does, without empty ones. max bounds all of them together.
func Lines(s string, maxRunes int) (clean string, ok bool) {
	var kept []string
	for l := range strings.Lines(s) {
		c, ok := Line(l, maxRunes)
		if !ok {
			return "", false
		}
		if c != "" {
			kept = append(kept, c)
		}
	}
	clean = strings.Join(kept, "\n")
	return clean, utf8.RuneCountInString(clean) <= maxRunes
}

func turns(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0xfeff || r == 0x2028 || r == 0x2029
}

// MaskName shows the first character only: 王**. The number of stars says nothing about the length.
func MaskName(s string) string {
	if s == "" {
		return ""
	}
	if utf8.RuneCountInString(s) == 1 {
		return "**"
	}
	return first(s) + "**"
}

func first(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}
