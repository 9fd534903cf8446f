// Package poster draws the pictures that members share: what it is, what it costs, who asks, and a QR code of their own link.
//
// What must stay true: the code is read off a phone's screen; Chinese in both writings is drawn in a typeface made for it; a text
// too long for its place is cut, never drawn over another.
package poster

import (
	"bytes"
	_ "embed"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"github.com/qunce/qunce/internal/platform/qr"
)

// noto is Noto Sans SC Medium, cut by tools/subset; its licence is LICENSE-noto.
//
//go:embed noto.ttf
var noto []byte

// Poster is what stands on one. What is empty is left out.
type Poster struct {
	Community string
	Title     string
	Pitch     string
	Price     string
	By        string // who shares it
	Foot      string // what to do with the code
	URL       string // in the code
}

// Measures, in pixels.
const (
	width  = 900
	height = 1400
	margin = 84
	code   = 330 // the QR code's side, at most
)

// The colours of the phone pages.
var (
	paper   = color.RGBA{0xFA, 0xFA, 0xF7, 0xFF}
	surface = color.RGBA{0xFF, 0xFF, 0xFF, 0xFF}
	line    = color.RGBA{0xE3, 0xE3, 0xDC, 0xFF}
	ink     = color.RGBA{0x1F, 0x29, 0x37, 0xFF}
	soft    = color.RGBA{0x4A, 0x54, 0x62, 0xFF}
	pine    = color.RGBA{0x0F, 0x76, 0x6E, 0xFF}
)

// PNG draws a poster.
func PNG(p Poster) ([]byte, error) {
	parsed, err := sfnt.Parse(noto)
	if err != nil {
		return nil, fmt.Errorf("read the typeface of posters: %w", err)
	}
	c := &canvas{RGBA: image.NewRGBA(image.Rect(0, 0, width, height)), font: parsed}
	c.fill(c.Bounds(), paper)
	c.fill(image.Rect(0, 0, width, 14), pine)

	y := c.write(p.Community, block{x: margin, y: 92, width: width - 2*margin, size: 34, lines: 1, color: soft})
	y = c.write(p.Title, block{x: margin, y: y + 66, width: width - 2*margin, size: 72, lines: 3, color: ink})
	y = c.write(p.Pitch, block{x: margin, y: y + 34, width: width - 2*margin, size: 38, lines: 4, color: soft})
	c.write(p.Price, block{x: margin, y: y + 40, width: width - 2*margin, size: 68, lines: 1, color: pine})

	box := image.Rect(margin, height-margin-code-60, width-margin, height-margin)
	c.fill(box, line)
	c.fill(box.Inset(2), surface)
	right, err := c.code(p.URL, image.Pt(box.Min.X+30, box.Min.Y+30))
	if err != nil {
		return nil, err
	}
	words := block{x: right + 34, y: box.Min.Y + 78, width: box.Max.X - right - 34 - 30, size: 42, lines: 2, color: ink}
	words.y = c.write(p.By, words) + 26
	words.size, words.color = 30, soft
	c.write(p.Foot, words)
	if c.err != nil {
		return nil, c.err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, c); err != nil {
		return nil, fmt.Errorf("encode a poster: %w", err)
	}
	return b.Bytes(), nil
}

// canvas is a picture being drawn; the first error stays.
type canvas struct {
	*image.RGBA
	font *sfnt.Font
	err  error
}

func (c *canvas) fill(r image.Rectangle, k color.Color) {
	draw.Draw(c, r, image.NewUniform(k), image.Point{}, draw.Src)
}

// code draws a QR code with whole pixels a module and gives where it ends on the right.
func (c *canvas) code(content string, at image.Point) (right int, err error) {
	rows, err := qr.Modules(content)
	if err != nil {
		return 0, err
	}
	unit := code / len(rows)
	at = at.Add(image.Pt(0, (code-unit*len(rows))/2))
	for y, row := range rows {
		for x, dark := range row {
			if dark {
				c.fill(image.Rect(0, 0, unit, unit).Add(at).Add(image.Pt(x*unit, y*unit)), color.Black)
			}
		}
	}
	return at.X + unit*len(rows), nil
}

// block is where a text goes.
type block struct {
	x, y, width, size, lines int
	color                    color.Color
}

// write sets a text in lines below y and gives where they end.
func (c *canvas) write(s string, b block) (y int) {
	s = c.known(s)
	if s == "" || c.err != nil {
		return b.y
	}
	face, err := opentype.NewFace(c.font, &opentype.FaceOptions{Size: float64(b.size), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		c.err = fmt.Errorf("set a poster's words: %w", err)
		return b.y
	}
	defer face.Close()
	leading, y := b.size*7/5, b.y
	for i, l := range fold(s, b.lines, func(s string) bool { return font.MeasureString(face, s) <= fixed.I(b.width) }) {
		y = b.y + i*leading
		d := font.Drawer{Dst: c, Src: image.NewUniform(b.color), Face: face, Dot: fixed.P(b.x, y+b.size)}
		d.DrawString(l)
		y += leading
	}
	return y
}

// known leaves out characters without a glyph: the faces and signs that people put into their names.
func (c *canvas) known(s string) string {
	var buffer sfnt.Buffer
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if g, err := c.font.GlyphIndex(&buffer, r); err != nil || g == 0 {
			return -1
		}
		return r
	}, s))
}

// noStart may not begin a line.
const noStart = "，。、；：？！）】》」』’”…·,.;:?!)%"

// fold breaks a text into lines that fit: between Chinese characters anywhere, between others at spaces, in a word only if it is
// too long for a line. What is too much for the last line ends in an ellipsis.
func fold(s string, most int, fits func(string) bool) (lines []string) {
	pieces := split(s)
	for len(pieces) > 0 {
		var l string
		n := 0
		for n < len(pieces) && (n == 0 || fits(strings.TrimRight(l+pieces[n], " "))) {
			l += pieces[n]
			n++
		}
		if n == 1 && !fits(strings.TrimRight(l, " ")) { // one long word
			letters := []rune(l)
			k := len(letters) - 1
			for k > 1 && !fits(string(letters[:k])) {
				k--
			}
			l, pieces[0], n = string(letters[:k]), string(letters[k:]), 0
		}
		pieces = pieces[n:]
		lines = append(lines, strings.TrimSpace(l))
		if len(lines) == most && len(pieces) > 0 {
			last := []rune(lines[most-1])
			for len(last) > 0 && !fits(string(last)+"…") {
				last = last[:len(last)-1]
			}
			lines[most-1] = strings.TrimRight(string(last), " "+noStart) + "…"
			return lines
		}
	}
	return lines
}

// split divides a text into what must stay on a line together.
func split(s string) (out []string) {
	fresh := true
	for _, r := range s {
		chinese := unicode.Is(unicode.Han, r) || r > 0x2E80
		sticks := strings.ContainsRune(noStart, r) || r == ' ' || !chinese && !fresh
		if len(out) > 0 && sticks {
			out[len(out)-1] += string(r)
		} else {
			out = append(out, string(r))
		}
		fresh = chinese && !strings.ContainsRune("（【《「『‘“", r) || r == ' '
	}
	return out
}
