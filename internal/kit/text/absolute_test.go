package text

import (
	"slices"
	"testing"
)

// G8: what is hidden by signs, widths or the other script is seen; what only contains a part of a word is not.
func TestAbsolutes(t *testing.T) {
	for s, want := range map[string][]string{
		"全网第一的运营社群，最 好 的嘉宾": {"最好", "全网第一"},
		"頂級嘉賓，獨一無二":         {"顶级", "独一无二"},
		"１００％有效":            {"100%有效"},
		"最·佳":               {"最佳"},
		"第一次来的朋友，最近在忙什么":    nil,
		"每周两场，十分钟读完":        nil,
	} {
		if got := Absolutes(s); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", s, got, want)
		}
	}
}
