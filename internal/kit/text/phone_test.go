package text_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/kit/text"
)

func TestPhone(t *testing.T) {
	for in, want := range map[string]string{
		"13800138000": "+8613800138000", " 138 0013-8000 ": "+8613800138000", "+86 13800138000": "+8613800138000", "0086-138-0013-8000": "+8613800138000",
		"8613800138000": "+8613800138000", "１３８００１３８０００": "+8613800138000", "＋８６（138）00138000": "+8613800138000", "\u202a13800138000\u202c": "+8613800138000",
		"+852 9123 4567": "+85291234567", "00852-91234567": "+85291234567", "+853 6612 3456": "+85366123456", "+886 0912 345 678": "+886912345678", "+1 (212) 555-0100": "+12125550100",
		"": "", "1380013800": "", "138001380000": "", "12800138000": "", "23800138000": "", "phone": "", "1380013800o": "", "+86 1380013800": "", "+852 1123 4567": "", "+": "",
		"+1234": "", "+12345678901234567": "", "91234567": "", "13800138000+86": "", "++8613800138000": "", "138😀00138000": "", "+0123456789": "",
	} {
		if got, ok := text.Phone(in); ok != (want != "") || ok && got != want {
			t.Errorf("Phone(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
}

func TestMasks(t *testing.T) {
	for _, c := range [][2]string{
		{text.MaskPhone("+8613800135678"), "138****5678"},
		{text.MaskPhone("+85291234567"), "+852****4567"},
		{text.MaskPhone("+1"), "****"},
		{text.MaskName("王小明"), "王**"},
		{text.MaskName("𠮷田"), "𠮷**"},
		{text.MaskName("王"), "**"},
		{text.MaskName(""), ""},
		{text.MaskEmail("lee@example.com"), "l**@example.com"},
		{text.MaskEmail("broken"), "**"},
		{text.PhoneTail("+8613800135678"), "5678"},
	} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
}

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"  王 \u3000 小明\n": "王 小明", "👩\u200d👩\u200d👧": "👩\u200d👩\u200d👧", "e\u0301": "é", "𠮷": "𠮷", "": "",
		"a\x00b": "!", "a\x7fb": "!", "\xff": "!", "abc\u202egnp": "!", strings.Repeat("字", 40): strings.Repeat("字", 40), strings.Repeat("字", 41): "!",
	} {
		if got, ok := text.Line(in, 40); ok != (want != "!") || ok && got != want {
			t.Errorf("Line(%q) = %q, %v", in, got, ok)
		}
	}
	if got, ok := text.Lines(" a\n\n b \r\nc", 40); !ok || got != "a\nb\nc" {
		t.Errorf("Lines gave %q, %v", got, ok)
	}
}

// Whatever part of a text is searched, its pairs are among those of the text.
func TestBigramsOfAPartAreAmongThoseOfTheWhole(t *testing.T) {
	whole := "Ｗang 小Ming明👩"
	folded := []rune(text.Fold(whole))
	all := text.Bigrams(whole)
	for i := range folded {
		for j := i + 2; j <= len(folded); j++ {
			for _, g := range text.SearchBigrams(string(folded[i:j])) {
				if !slices.Contains(all, g) {
					t.Errorf("%q isn't a pair of %q", g, whole)
				}
			}
		}
		if found := slices.Contains(all, text.SearchBigrams(string(folded[i]))[0]); found != (i == 0) {
			t.Errorf("the single %q is found: %v", folded[i], found)
		}
	}
	if text.Bigrams("") != nil || text.SearchBigrams(" ") != nil {
		t.Error("nothing has pairs")
	}
}

func FuzzPhone(f *testing.F) {
	f.Add("+86 138 0013 8000")
	f.Add("１３８")
	f.Fuzz(func(t *testing.T, s string) {
		e164, ok := text.Phone(s)
		if !ok {
			return
		}
		if again, ok := text.Phone(e164); !ok || again != e164 {
			t.Errorf("%q gives %q, which gives %q, %v", s, e164, again, ok)
		}
		if strings.Contains(text.MaskPhone(e164), e164[1:]) {
			t.Errorf("%q isn't masked", e164)
		}
	})
}
