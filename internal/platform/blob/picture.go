package blob

import (
	"bytes"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"github.com/qunce/qunce/internal/kit/errs"
)

// What a picture may be at most.
const (
	MaxBytes  = 10 << 20
	MaxPixels = 40_000_000
	MaxSide   = 2048 // of what is kept
	ThumbSide = 480
)

// What is refused about pictures.
var (
	ErrTooLarge   = errs.Define(errs.TooLarge, "blob.too_large")         // {max} MB
	ErrTooManyPx  = errs.Define(errs.TooLarge, "blob.too_many_pixels")   // {max} million
	ErrNotPicture = errs.Define(errs.Invalid, "blob.not_picture")        // neither JPEG, PNG, GIF nor WebP
	ErrUnreadable = errs.Define(errs.Invalid, "blob.picture_unreadable") // begins like one, and is damaged
)

// picture is one that was encoded anew.
type picture struct {
	bytes         []byte
	kind          string
	width, height int
}

// readAll reads an upload, and not a byte more than it may have.
func readAll(r io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, ErrUnreadable.Because(err)
	}
	if len(raw) > MaxBytes {
		return nil, ErrTooLarge.With("max", MaxBytes>>20)
	}
	return raw, nil
}

// format is one that is read.
type format struct {
	magic  string // "?" stands for any byte
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

// formats are chosen by the first bytes, never by a name or header that came with the upload. SVG is not among them: it
// is a program.
var formats = []format{
	{"\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode},
	{"\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
	{"GIF8?a", gif.DecodeConfig, gif.Decode},
	{"RIFF????WEBPVP8", webp.DecodeConfig, webp.Decode},
}

func (f format) fits(raw []byte) bool {
	if len(raw) < len(f.magic) {
		return false
	}
	for i := range len(f.magic) {
		if f.magic[i] != '?' && raw[i] != f.magic[i] {
			return false
		}
	}
	return true
}

// render decodes an upload and encodes it anew; thumb is nil when the picture is small itself.
func render(raw []byte) (full, thumb *picture, err error) {
	img, err := decode(raw)
	if err != nil {
		return nil, nil, err
	}
	// Shrinking before turning moves fewer pixels.
	upright := turn(shrink(img, MaxSide), orientation(raw))
	if full, err = encode(upright); err != nil {
		return nil, nil, err
	}
	if b := upright.Bounds(); max(b.Dx(), b.Dy()) > ThumbSide {
		thumb, err = encode(shrink(upright, ThumbSide))
	}
	return full, thumb, err
}

func decode(raw []byte) (image.Image, error) {
	for _, f := range formats {
		if !f.fits(raw) {
			continue
		}
		cfg, err := f.config(bytes.NewReader(raw))
		if err != nil || cfg.Width <= 0 || cfg.Height <= 0 {
			return nil, ErrUnreadable.Because(err)
		}
		if int64(cfg.Width)*int64(cfg.Height) > MaxPixels {
			return nil, ErrTooManyPx.With("max", MaxPixels/1_000_000)
		}
		img, err := f.decode(bytes.NewReader(raw))
		if err != nil || img.Bounds().Empty() {
			return nil, ErrUnreadable.Because(err)
		}
		return img, nil
	}
	return nil, ErrNotPicture
}

// shrink makes the longer side at most side pixels, and gives a picture whose corner is at the origin.
func shrink(img image.Image, side int) *image.RGBA {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if most := max(w, h); most > side {
		w, h = max(1, w*side/most), max(1, h*side/most)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if w == b.Dx() && h == b.Dy() {
		draw.Draw(out, out.Bounds(), img, b.Min, draw.Src)
	} else {
		average(out, img)
	}
	return out
}

// average makes each pixel of the smaller picture the mean of the area that it covers. It reads one row at a time, so it
// needs no copy of a large picture. In units in which a large pixel is w wide and a small one bw, all overlaps are whole.
func average(out *image.RGBA, img image.Image) {
	b := img.Bounds()
	w, h, bw, bh := out.Rect.Dx(), out.Rect.Dy(), b.Dx(), b.Dy()
	row := image.NewRGBA(image.Rect(0, 0, bw, 1))
	narrow := make([]uint64, 4*w) // the row, made narrower: sums with weights that add up to bw
	sum := make([]uint64, 4*w)    // of rows, with weights that add up to bh
	y, room := 0, bh              // the row that is being summed up, and how much of it is open
	for by := range bh {
		draw.Draw(row, row.Rect, img, image.Pt(b.Min.X, b.Min.Y+by), draw.Src)
		narrower(narrow, row.Pix, w, bw)
		for left := h; left > 0; {
			part := min(left, room)
			for i, v := range narrow {
				sum[i] += v * uint64(part)
			}
			left, room = left-part, room-part
			if room > 0 {
				continue
			}
			pix, all := out.Pix[y*out.Stride:], uint64(bw)*uint64(bh)
			for i, v := range sum {
				pix[i] = uint8((v + all/2) / all)
			}
			clear(sum)
			y, room = y+1, bh
		}
	}
}

// narrower sums a row of bw pixels into w.
func narrower(narrow []uint64, pix []uint8, w, bw int) {
	clear(narrow)
	x, room := 0, bw
	for bx := range bw {
		p := pix[4*bx : 4*bx+4]
		for left := w; left > 0; {
			part := min(left, room)
			n, k := narrow[4*x:4*x+4], uint64(part)
			n[0] += uint64(p[0]) * k
			n[1] += uint64(p[1]) * k
			n[2] += uint64(p[2]) * k
			n[3] += uint64(p[3]) * k
			left, room = left-part, room-part
			if room == 0 {
				x, room = x+1, bw
			}
		}
	}
}

// turn applies an EXIF orientation: 1 is upright, 2–8 are its mirrors and quarter turns.
func turn(img *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	outW, outH := w, h
	if orientation >= 5 {
		outW, outH = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, outW, outH))
	for y := range outH {
		for x := range outW {
			sx, sy := source(orientation, x, y, w, h)
			copy(out.Pix[out.PixOffset(x, y):][:4], img.Pix[img.PixOffset(sx, sy):][:4])
		}
	}
	return out
}

// source is which pixel of a w × h picture stands at x, y when it is upright.
func source(orientation, x, y, w, h int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	default: // 8
		return w - 1 - y, x
	}
}

const jpegQuality = 82

// encode writes PNG where something shows through, and JPEG otherwise.
func encode(img *image.RGBA) (*picture, error) {
	var b bytes.Buffer
	p := &picture{kind: "image/jpeg", width: img.Rect.Dx(), height: img.Rect.Dy()}
	var err error
	if img.Opaque() {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: jpegQuality})
	} else {
		p.kind = "image/png"
		err = png.Encode(&b, img)
	}
	p.bytes = b.Bytes()
	return p, err
}
