// Package qr draws texts as QR codes.
//
// What must stay true: what it draws is read by any scanner, also printed, photographed from a screen, and a little damaged.
package qr

import (
	"bytes"
	"fmt"

	"github.com/skip2/go-qrcode"
)

// level mends up to 15 % of damage: codes are printed on paper and photographed from screens.
const level = qrcode.Medium

// PNG draws a text as a QR code of size pixels a side.
func PNG(content string, size int) ([]byte, error) {
	b, err := qrcode.Encode(content, level, size)
	if err != nil {
		return nil, fmt.Errorf("draw a QR code: %w", err)
	}
	return b, nil
}

// SVG draws a text as a QR code that can be made any size: one path, a unit a module, the quiet zone included.
func SVG(content string) ([]byte, error) {
	rows, err := Modules(content)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, len(rows), len(rows), len(rows), len(rows))
	for y, row := range rows {
		for x := 0; x < len(row); {
			run := 0
			for x+run < len(row) && row[x+run] {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x, y, run, run)
			}
			x += max(run, 1)
		}
	}
	b.WriteString(`"/></svg>`)
	return b.Bytes(), nil
}

// Modules gives the squares of a QR code row by row, true for dark, the quiet zone included.
func Modules(content string) ([][]bool, error) {
	q, err := qrcode.New(content, level)
	if err != nil {
		return nil, fmt.Errorf("draw a QR code: %w", err)
	}
	return q.Bitmap(), nil
}
