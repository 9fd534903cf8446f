package poster_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/platform/poster"
	"github.com/qunce/qunce/test/testkit"
)

func full() poster.Poster {
	return poster.Poster{
		Community: "运营人俱乐部", Title: "年度会员", Pitch: "每周两场文字专场，各城市线下沙龙，九个会员群里的精华每天送到你手上。", Price: "¥999.00", By: "林一 邀请你",
		Foot: "长按识别二维码", URL: "https://qunce.example/operators/s/7k2m9xq4ah",
	}
}

// G1: the code on a poster is read as the link.
func TestAPosterScans(t *testing.T) {
	for name, p := range map[string]poster.Poster{"full": full(), "bare": {Title: "x", URL: full().URL}, "long link": {Title: "x", URL: full().URL + strings.Repeat("/far", 20)}} {
		b, err := poster.PNG(p)
		if err != nil {
			t.Fatal(err)
		}
		if got := testkit.ReadQR(t, b); got != p.URL {
			t.Errorf("%s: read %q", name, got)
		}
	}
}

// A card has the measures that chats ask for, and every part of it is drawn.
func TestCard(t *testing.T) {
	draw := func(p poster.Poster) []byte {
		t.Helper()
		b, err := poster.Card(p)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := png.Decode(bytes.NewReader(b)); err != nil || m.Bounds().Dx() != 1200 || m.Bounds().Dy() != 630 {
			t.Fatalf("no picture: %v", err)
		}
		return b
	}
	whole := draw(full())
	for part, edit := range map[string]func(p *poster.Poster){
		"community": func(p *poster.Poster) { p.Community = "" }, "title": func(p *poster.Poster) { p.Title = "年度會員" }, "pitch": func(p *poster.Poster) { p.Pitch = "" }, "price": func(p *poster.Poster) { p.Price = "" },
	} {
		p := full()
		if edit(&p); bytes.Equal(draw(p), whole) {
			t.Errorf("the %s is not drawn", part)
		}
	}
}

// Every part of a poster is drawn, in both writings, and what can't be drawn or is too long harms nothing.
func TestWhatStandsOnAPoster(t *testing.T) {
	draw := func(p poster.Poster) []byte {
		t.Helper()
		b, err := poster.PNG(p)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := png.Decode(bytes.NewReader(b)); err != nil || m.Bounds().Dx() != 900 || m.Bounds().Dy() != 1400 {
			t.Fatalf("no picture: %v", err)
		}
		return b
	}
	whole := draw(full())
	for part, edit := range map[string]func(p *poster.Poster){
		"community": func(p *poster.Poster) { p.Community = "" }, "title": func(p *poster.Poster) { p.Title = "年度會員" }, "pitch": func(p *poster.Poster) { p.Pitch = "" },
		"price": func(p *poster.Poster) { p.Price = "" }, "by": func(p *poster.Poster) { p.By = "" }, "foot": func(p *poster.Poster) { p.Foot = "長按識別" },
	} {
		p := full()
		edit(&p)
		if bytes.Equal(draw(p), whole) {
			t.Errorf("the %s is not drawn", part)
		}
	}
	p := full()
	p.By = "林一🎉\x00 邀请你" // no glyphs
	if !bytes.Equal(draw(p), whole) {
		t.Error("signs without a glyph are drawn")
	}
	p.Title, p.Pitch, p.By = strings.Repeat("长", 500), strings.Repeat("Incomprehensibilities ", 50)+strings.Repeat("x", 500), strings.Repeat("名", 100)
	draw(p)
}
