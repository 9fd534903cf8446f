// Command subset makes the typeface of posters from Noto Sans SC: the glyphs of GB 2312, of the common part of Big5, and of Latin 1,
// as simple outlines without hints or layout tables.
//
//	cd tools && go run ./subset FULL.ttf ../internal/platform/poster/noto.ttf
package main

import (
	"encoding/binary"
	"fmt"
	"log"
	"maps"
	"os"
	"slices"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: subset FULL.ttf OUT.ttf")
	}
	full, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	out := cut(parse(full), letters())
	if err := os.WriteFile(os.Args[2], out, 0o644); err != nil { //nolint:gosec // a typeface is no secret
		log.Fatal(err)
	}
	fmt.Printf("%d bytes of %d\n", len(out), len(full))
}

// letters are the characters to keep.
func letters() []rune {
	keep := map[rune]bool{}
	for r := rune(' '); r <= 0xFF; r++ {
		keep[r] = r < 0x7F || r > 0xA0
	}
	for _, r := range "–—‘’“”…·€¥−×→、。〈〉《》「」『』【】！（），：；？～￥" {
		keep[r] = true
	}
	add := func(e encoding.Encoding, lead, last byte, from, to byte) {
		for a := int(lead); a <= int(last); a++ {
			for b := int(from); b <= int(to); b++ {
				s, err := e.NewDecoder().String(string([]byte{byte(a), byte(b)}))
				if r := []rune(s); err == nil && len(r) == 1 && r[0] != '\uFFFD' {
					keep[r[0]] = true
				}
			}
		}
	}
	add(simplifiedchinese.GBK, 0xB0, 0xF7, 0xA1, 0xFE)   // GB 2312, both levels
	add(traditionalchinese.Big5, 0xA4, 0xC6, 0x40, 0xFE) // Big5, the common characters
	return slices.Sorted(maps.Keys(keep))
}

var be = binary.BigEndian

// font is what is read of a typeface.
type font struct {
	tables map[string][]byte
	loca   []uint32
}

func parse(b []byte) font {
	f := font{tables: map[string][]byte{}}
	for i := range int(be.Uint16(b[4:])) {
		rec := b[12+16*i:]
		f.tables[string(rec[:4])] = b[be.Uint32(rec[8:]) : be.Uint32(rec[8:])+be.Uint32(rec[12:])]
	}
	if f.tables["glyf"] == nil {
		log.Fatal("only TrueType outlines can be cut")
	}
	loca, long := f.tables["loca"], be.Uint16(f.tables["head"][50:]) == 1
	for i := range int(be.Uint16(f.tables["maxp"][4:])) + 1 {
		if long {
			f.loca = append(f.loca, be.Uint32(loca[4*i:]))
		} else {
			f.loca = append(f.loca, 2*uint32(be.Uint16(loca[2*i:])))
		}
	}
	return f
}

func (f font) glyph(g int) []byte { return f.tables["glyf"][f.loca[g]:f.loca[g+1]] }

// index finds the glyph of a character in the 32 bit map; 0 is none.
func (f font) index(r rune) int {
	cmap := f.tables["cmap"]
	for i := range int(be.Uint16(cmap[2:])) {
		sub := cmap[be.Uint32(cmap[4+8*i+4:]):]
		if be.Uint16(sub) != 12 {
			continue
		}
		for j := range int(be.Uint32(sub[12:])) {
			group := sub[16+12*j:]
			if from, to := be.Uint32(group), be.Uint32(group[4:]); uint32(r) >= from && uint32(r) <= to {
				return int(be.Uint32(group[8:]) + uint32(r) - from)
			}
		}
		return 0
	}
	log.Fatal("the typeface has no 32 bit map of characters")
	return 0
}

// advance is the width and left bearing of a glyph, as they stand in the table.
func (f font) advance(g int) []byte {
	hmtx, n := f.tables["hmtx"], int(be.Uint16(f.tables["hhea"][34:]))
	if g < n {
		return hmtx[4*g : 4*g+4]
	}
	return append(slices.Clone(hmtx[4*n-4:4*n-2]), hmtx[4*n+2*(g-n):4*n+2*(g-n)+2]...)
}

// parts calls back with the place of each glyph number inside a composite glyph.
func parts(glyph []byte, each func(at []byte)) {
	if len(glyph) < 10 || int16(be.Uint16(glyph)) >= 0 {
		return
	}
	for i := 10; ; {
		flags := be.Uint16(glyph[i:])
		each(glyph[i+2 : i+4])
		i += 6
		if flags&1 != 0 {
			i += 2
		}
		switch {
		case flags&8 != 0:
			i += 2
		case flags&0x40 != 0:
			i += 4
		case flags&0x80 != 0:
			i += 8
		}
		if flags&0x20 == 0 {
			return
		}
	}
}

// cut makes a typeface of some characters.
func cut(f font, letters []rune) []byte {
	old, number := []int{0}, map[int]int{0: 0}
	use := func(g int) int {
		if _, known := number[g]; !known {
			number[g] = len(old)
			old = append(old, g)
		}
		return number[g]
	}
	var groups [][2]uint32
	for _, r := range letters {
		if g := f.index(r); g != 0 {
			groups = append(groups, [2]uint32{uint32(r), uint32(use(g))})
		}
	}
	var glyf, loca, hmtx []byte
	for i := 0; i < len(old); i++ { // composites add to it
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		glyph := plain(slices.Clone(f.glyph(old[i])))
		parts(glyph, func(at []byte) { be.PutUint16(at, uint16(use(int(be.Uint16(at))))) })
		glyf = append(glyf, glyph...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		hmtx = append(hmtx, f.advance(old[i])...)
	}
	loca = be.AppendUint32(loca, uint32(len(glyf)))

	head, hhea, maxp := slices.Clone(f.tables["head"]), slices.Clone(f.tables["hhea"]), slices.Clone(f.tables["maxp"])
	be.PutUint16(head[50:], 1)
	be.PutUint32(head[8:], 0)
	be.PutUint16(hhea[34:], uint16(len(old)))
	be.PutUint16(maxp[4:], uint16(len(old)))
	post := make([]byte, 32)
	be.PutUint32(post, 0x00030000)
	return write(map[string][]byte{
		"cmap": cmap(groups), "glyf": glyf, "head": head, "hhea": hhea, "hmtx": hmtx, "loca": loca, "maxp": maxp, "name": f.tables["name"], "OS/2": f.tables["OS/2"], "post": post,
	})
}

// plain takes the hints out of a simple glyph.
func plain(glyph []byte) []byte {
	if len(glyph) < 10 || int16(be.Uint16(glyph)) < 0 {
		return glyph
	}
	at := 10 + 2*int(be.Uint16(glyph))
	n := int(be.Uint16(glyph[at:]))
	be.PutUint16(glyph[at:], 0)
	return append(glyph[:at+2], glyph[at+2+n:]...)
}

// cmap maps characters to glyphs in format 12.
func cmap(pairs [][2]uint32) []byte {
	var groups [][3]uint32
	for _, p := range pairs {
		if n := len(groups) - 1; n >= 0 && groups[n][1]+1 == p[0] && groups[n][2]+p[0]-groups[n][0] == p[1] {
			groups[n][1] = p[0]
			continue
		}
		groups = append(groups, [3]uint32{p[0], p[0], p[1]})
	}
	b := []byte{0, 0, 0, 1, 0, 3, 0, 10, 0, 0, 0, 12, 0, 12, 0, 0}
	b = be.AppendUint32(b, uint32(16+12*len(groups)))
	b = be.AppendUint32(b, 0)
	b = be.AppendUint32(b, uint32(len(groups)))
	for _, g := range groups {
		for _, x := range g {
			b = be.AppendUint32(b, x)
		}
	}
	return b
}

func sum(b []byte) (s uint32) {
	for ; len(b) >= 4; b = b[4:] {
		s += be.Uint32(b)
	}
	if len(b) > 0 {
		s += be.Uint32(append(slices.Clone(b), make([]byte, 4-len(b))...))
	}
	return s
}

// write puts tables into a file.
func write(tables map[string][]byte) []byte {
	names := slices.Sorted(maps.Keys(tables))
	power := 0
	for 2<<power <= len(names) {
		power++
	}
	b := be.AppendUint32(nil, 0x00010000)
	for _, x := range []int{len(names), 16 << power, power, 16 * (len(names) - 1<<power)} {
		b = be.AppendUint16(b, uint16(x))
	}
	at := 12 + 16*len(names)
	var body []byte
	head := 0
	for _, n := range names {
		if n == "head" {
			head = at + len(body)
		}
		b = append(b, n...)
		b = be.AppendUint32(b, sum(tables[n]))
		b = be.AppendUint32(b, uint32(at+len(body)))
		b = be.AppendUint32(b, uint32(len(tables[n])))
		body = append(body, tables[n]...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	b = append(b, body...)
	be.PutUint32(b[head+8:], 0xB1B0AFBA-sum(b))
	return b
}
