package poster

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	"golang.org/x/image/font/sfnt"
)

// Measures of a card, in pixels: what chats and networks show beside a link (1.91 : 1, the Open Graph protocol's og:image).
const (
	cardWidth  = 1200
	cardHeight = 630
)

// Card draws the picture that stands beside a link to something; it has no code, since the link is there.
func Card(p Poster) ([]byte, error) {
	parsed, err := sfnt.Parse(noto)
	if err != nil {
		return nil, fmt.Errorf("read the typeface of cards: %w", err)
	}
	c := &canvas{RGBA: image.NewRGBA(image.Rect(0, 0, cardWidth, cardHeight)), font: parsed}
	c.fill(c.Bounds(), paper)
	c.fill(image.Rect(0, 0, cardWidth, 14), pine)
	y := c.write(p.Community, block{x: margin, y: 62, width: cardWidth - 2*margin, size: 36, lines: 1, color: soft})
	y = c.write(p.Title, block{x: margin, y: y + 26, width: cardWidth - 2*margin, size: 76, lines: 2, color: ink})
	c.write(p.Pitch, block{x: margin, y: y + 20, width: cardWidth - 2*margin, size: 36, lines: 2, color: soft})
	c.write(p.Price, block{x: margin, y: cardHeight - margin - 36, width: cardWidth - 2*margin, size: 56, lines: 1, color: pine})
	if c.err != nil {
		return nil, c.err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, c); err != nil {
		return nil, fmt.Errorf("encode a card: %w", err)
	}
	return b.Bytes(), nil
}
