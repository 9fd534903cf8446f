package text

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold brings a text into the form in which it is compared: compatible characters made one (full-width becomes half), lower
// case, no spaces and no invisible marks.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
}

// startMark stands before a text's first character in its bigrams, so that one character finds what begins with it.
const startMark = "\x02"

// Bigrams are the pairs of neighbours in the folded text, each once and sorted, with the first character marked as such: what
// a text is indexed by.
func Bigrams(s string) []string { return pairs(startMark + Fold(s)) }

// SearchBigrams are the pairs that every text containing s has; for a single character, those that begin with it.
func SearchBigrams(s string) []string {
	f := []rune(Fold(s))
	if len(f) == 1 {
		return []string{startMark + string(f)}
	}
	return pairs(string(f))
}

func pairs(s string) []string {
	r := []rune(s)
	var out []string
	for i := 1; i < len(r); i++ {
		out = append(out, string(r[i-1:i+1]))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
