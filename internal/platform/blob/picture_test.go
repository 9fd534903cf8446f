package blob

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"testing"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/kit/errs"
)

// Whatever is uploaded, the answer is a picture within bounds or a typed refusal.
func FuzzRender(f *testing.F) {
	var j, p bytes.Buffer
	img := image.NewRGBA(image.Rect(0, 0, 9, 7))
	if err := jpeg.Encode(&j, img, nil); err != nil {
		f.Fatal(err)
	}
	if err := png.Encode(&p, img); err != nil {
		f.Fatal(err)
	}
	f.Add(j.Bytes())
	f.Add(p.Bytes())
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x20Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00"))
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"))
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, form := range formats { // a header may honestly promise more pixels than a fuzzer has time for
			if form.fits(raw) {
				if cfg, err := form.config(bytes.NewReader(raw)); err == nil && cfg.Width*cfg.Height > 1<<20 {
					return
				}
			}
		}
		full, thumb, err := render(raw)
		if err != nil {
			if errs.As(err) == nil {
				t.Errorf("an untyped error: %v", err)
			}
			return
		}
		if full.width > MaxSide || full.height > MaxSide || thumb != nil && (thumb.width > ThumbSide || thumb.height > ThumbSide) {
			t.Errorf("%d × %d", full.width, full.height)
		}
		if o := orientation(full.bytes); o != 1 {
			t.Errorf("the result has an orientation: %d", o)
		}
	})
}

// The mean colour survives shrinking, to whatever size, and so does every pixel's when all are equal.
func TestAverage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 40).Draw(t, "w"), rapid.IntRange(1, 40).Draw(t, "h")
		side := rapid.IntRange(1, 40).Draw(t, "side")
		img := image.NewRGBA(image.Rect(3, 5, 3+w, 5+h)) // not at the origin
		one := rapid.Byte().Draw(t, "one")
		equal := rapid.Bool().Draw(t, "equal")
		mean := func(pix []uint8) (sum float64) {
			for _, v := range pix {
				sum += float64(v)
			}
			return sum / float64(len(pix))
		}
		for i := range img.Pix {
			img.Pix[i] = one
			if !equal {
				img.Pix[i] = rapid.Byte().Draw(t, "v")
			}
		}
		out := shrink(img, side)
		if out.Rect.Min != (image.Point{}) || out.Rect.Dx() > max(side, 1) || out.Rect.Dy() > max(side, 1) {
			t.Fatalf("%v of %d × %d to %d", out.Rect, w, h, side)
		}
		if d := mean(out.Pix) - mean(img.Pix); d > 1 || d < -1 {
			t.Fatalf("the mean moved by %f", d)
		}
		for _, v := range out.Pix {
			if equal && v != one {
				t.Fatalf("%d became %d", one, v)
			}
		}
	})
}

// BenchmarkRender is the largest photo that is taken.
func BenchmarkRender(b *testing.B) {
	img := image.NewYCbCr(image.Rect(0, 0, 7680, 5200), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = byte(i * i >> 7)
	}
	var raw bytes.Buffer
	if err := jpeg.Encode(&raw, img, &jpeg.Options{Quality: 40}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := render(raw.Bytes()); err != nil {
			b.Fatal(err)
		}
	}
}
