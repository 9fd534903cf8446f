package text

import "strings"

// Phone brings a phone number as people type it into E.164: full-width digits, spaces, brackets and dashes are seen
// through; eleven digits are the mainland's; other places need their code (+852…, 00886…). ok is false for anything that
// can't be a number.
func Phone(s string) (e164 string, ok bool) {
	digits, plus := phoneDigits(s)
	if digits == "" {
		return "", false
	}
	if !plus && strings.HasPrefix(digits, "00") {
		digits, plus = digits[2:], true
	}
	if !plus {
		if d := strings.TrimPrefix(digits, "86"); len(digits) == 13 && mainland(d) {
			return "+86" + d, true
		}
		return "+86" + digits, mainland(digits)
	}
	for _, place := range places {
		if rest, is := strings.CutPrefix(digits, place.code); is {
			rest = strings.TrimPrefix(rest, place.trunk)
			return "+" + place.code + rest, place.valid(rest)
		}
	}
	return "+" + digits, len(digits) >= 8 && len(digits) <= 15 && digits[0] != '0'
}

// places are those whose numbers are checked by their own plan; trunk is what people dial in front at home.
var places = []struct {
	code, trunk string
	valid       func(string) bool
}{
	{"86", "", mainland},
	{"852", "", func(s string) bool { return len(s) == 8 && strings.ContainsRune("23456789", rune(s[0])) }},
	{"853", "", func(s string) bool { return len(s) == 8 && (s[0] == '6' || s[0] == '2' || s[0] == '8') }},
	{"886", "0", func(s string) bool { return (len(s) == 8 || len(s) == 9) && s[0] != '0' }},
}

func mainland(s string) bool { return len(s) == 11 && s[0] == '1' && s[1] >= '3' }

// phoneDigits gives the digits and whether a plus stood in front; no digits when something else is among them.
func phoneDigits(s string) (digits string, plus bool) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= '０' && r <= '９':
			b.WriteRune(r - '０' + '0')
		case (r == '+' || r == '＋') && b.Len() == 0 && !plus:
			plus = true
		case strings.ContainsRune(" \t\u00a0\u3000-‐‑–—－.()（）\u200b\u200c\u200d\u2060\ufeff\u202a\u202c\u202d\u202e", r):
		default:
			return "", false
		}
	}
	return b.String(), plus
}

// MaskPhone hides the middle of an E.164 number: 138****5678, +852****4567.
func MaskPhone(e164 string) string {
	if d, ok := strings.CutPrefix(e164, "+86"); ok && mainland(d) {
		return d[:3] + "****" + d[7:]
	}
	if len(e164) < 9 {
		return "****"
	}
	return e164[:4] + "****" + e164[len(e164)-4:]
}

// NationalPhone writes a mainland number as people and banks there do, 13800000001; others keep their code.
func NationalPhone(e164 string) string {
	if d, ok := strings.CutPrefix(e164, "+86"); ok && mainland(d) {
		return d
	}
	return e164
}

// PhoneTail is the last four digits.
func PhoneTail(e164 string) string { return e164[max(0, len(e164)-4):] }

// MaskEmail hides all but the first character before the @: l**@example.com.
func MaskEmail(address string) string {
	local, domain, ok := strings.Cut(address, "@")
	if !ok {
		return "**"
	}
	return first(local) + "**@" + domain
}
