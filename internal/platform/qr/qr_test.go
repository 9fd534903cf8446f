package qr_test

import (
	"bytes"
	"fmt"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/platform/qr"
)

var run = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-\d+z`)

// Both pictures have the same squares, a quiet zone round them, and differ for another text. That scanners read them is tested
// where they are shown.
func TestPicturesAgree(t *testing.T) {
	const text = "https://qunce.example/mothers/e/abc"
	svg, err := qr.SVG(text)
	if err != nil {
		t.Fatal(err)
	}
	var side int
	if _, err := fmt.Sscanf(string(svg[strings.Index(string(svg), `viewBox="0 0 `):]), `viewBox="0 0 %d`, &side); err != nil {
		t.Fatal(err)
	}
	dark := make([][]bool, side)
	for y := range dark {
		dark[y] = make([]bool, side)
	}
	for _, m := range run.FindAllStringSubmatch(string(svg), -1) {
		var x, y, n int
		fmt.Sscan(m[1], &x) //nolint:errcheck // digits
		fmt.Sscan(m[2], &y) //nolint:errcheck // digits
		fmt.Sscan(m[3], &n) //nolint:errcheck // digits
		for i := range n {
			dark[y][x+i] = true
		}
	}
	const scale = 10
	b, err := qr.PNG(text, side*scale)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	squares := 0
	for y := range side {
		for x := range side {
			r, _, _, _ := img.At(x*scale+scale/2, y*scale+scale/2).RGBA()
			if (r == 0) != dark[y][x] {
				t.Fatalf("the pictures differ at %d, %d", x, y)
			}
			if dark[y][x] {
				squares++
				if x < 4 || y < 4 || x >= side-4 || y >= side-4 {
					t.Errorf("no quiet zone at %d, %d", x, y)
				}
			}
		}
	}
	if squares < 200 {
		t.Errorf("%d squares", squares)
	}
	if other, err := qr.SVG(text + "d"); err != nil || bytes.Equal(other, svg) {
		t.Error("another text is the same picture")
	}
	if _, err := qr.SVG(strings.Repeat("x", 5000)); err == nil {
		t.Error("more than fits is drawn")
	}
}
