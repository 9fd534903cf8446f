package blob_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/blob"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/test/testkit"
)

type world struct {
	*testing.T
	d    *testkit.DB
	s    *blob.Service
	r    *job.Runner
	root string
}

func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) { fn(newWorld(t, d)) })
}

func newWorld(t *testing.T, d *testkit.DB) *world {
	t.Helper()
	root := filepath.Join(t.TempDir(), "blobs")
	files, err := blob.NewFiles(root, d.Clock)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, d: d, s: blob.New(d.DB, files), root: root, r: job.NewRunner(d.DB, slog.New(slog.DiscardHandler))}
	w.s.Register(w.r)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) add(raw []byte) blob.Blob {
	w.Helper()
	b, err := w.s.AddPicture(w.Context(), w.d.Community, "p1", bytes.NewReader(raw))
	w.must(err)
	return b
}

func (w *world) decode(hash string) image.Image {
	w.Helper()
	f, err := w.s.Open(w.Context(), w.d.Community, hash)
	w.must(err)
	defer f.Close()
	img, _, err := image.Decode(f)
	w.must(err)
	return img
}

// files counts the stored files.
func (w *world) files() (n int) {
	w.Helper()
	w.must(filepath.Walk(w.root, func(_ string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			n++
		}
		return err
	}))
	return n
}

func (w *world) sweep() {
	w.Helper()
	w.must(w.d.Do(w.Context(), w.d.Community, func(tx *db.Tx) error {
		_, err := w.s.Sweep(tx)
		return err
	}))
	_, err := w.r.Step(w.Context())
	w.must(err)
}

// flat is a picture of one colour whose top left corner is red.
func flat(w, h int, c color.Color) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(c), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(0, 0, w/4, h/4), image.NewUniform(color.NRGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	return img
}

func encoded(t testing.TB, enc func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := enc(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t testing.TB, img image.Image) []byte {
	return encoded(t, func(w io.Writer) error { return jpeg.Encode(w, img, &jpeg.Options{Quality: 95}) })
}

func asPNG(t testing.TB, img image.Image) []byte {
	return encoded(t, func(w io.Writer) error { return png.Encode(w, img) })
}

// withEXIF puts an EXIF segment with an orientation, and a place where it was taken, into a JPEG.
func withEXIF(raw []byte, orientation byte) []byte {
	tiff := "MM\x00*\x00\x00\x00\x08\x00\x02" + "\x01\x0f\x00\x02\x00\x00\x00\x04Ada\x00" + "\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(orientation) + "\x00\x00" + "\x00\x00\x00\x00SECRET-PLACE"
	body := "Exif\x00\x00" + tiff
	segment := append([]byte{0xff, 0xe1, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
	return append(append(append([]byte{}, raw[:2]...), segment...), raw[2:]...)
}

// fixCRC makes a PNG's first chunk consistent again.
func fixCRC(raw []byte) { binary.BigEndian.PutUint32(raw[29:], crc32.ChecksumIEEE(raw[12:29])) }

func red(c color.Color) bool {
	r, g, b, _ := c.RGBA()
	return r > 0xc000 && g < 0x4000 && b < 0x4000
}

// C2: a large photo is made smaller, gets a small one beside it, and loses what it told about its maker.
func TestPhoto(t *testing.T) {
	each(t, func(w *world) {
		raw := withEXIF(asJPEG(w, flat(2100, 1050, color.White)), 1)
		b := w.add(raw)
		if b.Kind != "image/jpeg" || b.Width != 2048 || b.Height != 1024 || b.Thumb == "" || b.UploadedBy != "p1" {
			w.Errorf("got %+v", b)
		}
		thumb, err := w.s.Find(w.Context(), w.d.Community, b.Thumb)
		w.must(err)
		if thumb.Width != 480 || thumb.Height != 240 || thumb.Size >= b.Size || w.decode(b.Thumb).Bounds().Dx() != 480 {
			w.Errorf("thumb %+v", thumb)
		}
		f, err := w.s.Open(w.Context(), w.d.Community, b.Hash)
		w.must(err)
		defer f.Close()
		stored, err := io.ReadAll(f)
		w.must(err)
		if !bytes.Contains(raw, []byte("SECRET-PLACE")) || bytes.Contains(stored, []byte("SECRET-PLACE")) || bytes.Contains(stored, []byte("Exif")) || int64(len(stored)) != b.Size {
			w.Error("the EXIF data is still there")
		}
		if again := w.add(raw); again.Hash != b.Hash || w.files() != 2 {
			w.Errorf("the same upload is stored twice: %d files", w.files())
		}
		if _, err := w.s.Find(w.Context(), "another", b.Hash); !errors.Is(err, blob.ErrMissing) {
			w.Errorf("another community sees it: %v", err)
		}
	})
}

// Each of the eight orientations ends with the red corner at the top left.
func TestOrientation(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	corner := map[int][2]int{1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {0, 1}, 7: {1, 1}, 8: {1, 0}} // where a camera held so would have it
	for o := 1; o <= 8; o++ {
		const width, height = 120, 80
		img := image.NewNRGBA(image.Rect(0, 0, width, height))
		for y := range height {
			for x := range width {
				img.Set(x, y, color.White)
				if x/(width/2) == corner[o][0] && y/(height/2) == corner[o][1] {
					img.Set(x, y, color.NRGBA{255, 0, 0, 255})
				}
			}
		}
		b := w.add(withEXIF(asJPEG(t, img), byte(o)))
		got := w.decode(b.Hash)
		if !red(got.At(5, 5)) || red(got.At(b.Width-5, b.Height-5)) || red(got.At(b.Width-5, 5)) || red(got.At(5, b.Height-5)) {
			t.Errorf("orientation %d is not upright", o)
		}
		if turned := b.Width == height; turned != (o >= 5) {
			t.Errorf("orientation %d: %d × %d", o, b.Width, b.Height)
		}
		if b.Thumb != "" {
			t.Errorf("a small picture has a smaller one")
		}
	}
}

func TestTransparencyStays(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	b := w.add(asPNG(t, flat(600, 600, color.NRGBA{0, 0, 255, 100})))
	if b.Kind != "image/png" || b.Width != 600 {
		t.Errorf("got %+v", b)
	}
	if _, _, _, a := w.decode(b.Hash).At(500, 500).RGBA(); a>>8 != 100 {
		t.Errorf("alpha %d", a>>8)
	}
	if _, _, _, a := w.decode(b.Thumb).At(400, 400).RGBA(); a>>8 != 100 {
		t.Errorf("alpha of the small one %d", a>>8)
	}
	if b := w.add(asPNG(t, flat(100, 100, color.White))); b.Kind != "image/jpeg" {
		t.Errorf("an opaque PNG became %s", b.Kind)
	}
	palette := image.NewPaletted(image.Rect(0, 0, 50, 40), color.Palette{color.Transparent, color.White})
	if b := w.add(encoded(t, func(w io.Writer) error { return gif.Encode(w, palette, nil) })); b.Kind != "image/png" || b.Width != 50 {
		t.Errorf("a transparent GIF became %+v", b)
	}
}

// webpPixel is a lossless WebP of one pixel.
const webpPixel = "RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"

func TestWebP(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	if b := w.add([]byte(webpPixel)); b.Width != 1 || b.Height != 1 {
		t.Errorf("got %+v", b)
	}
}

func TestRefusedUploads(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	good := asJPEG(t, flat(64, 64, color.White))
	bomb := asPNG(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	copy(bomb[16:], "\x00\x00\xff\xff\x00\x00\xff\xff") // a header that promises 65,535 × 65,535
	fixCRC(bomb)
	for name, c := range map[string]struct {
		raw  []byte
		want *errs.Error
	}{
		"empty":      {nil, blob.ErrNotPicture},
		"text":       {[]byte("hello"), blob.ErrNotPicture},
		"svg":        {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), blob.ErrNotPicture},
		"html":       {[]byte("<html>"), blob.ErrNotPicture},
		"cut off":    {good[:40], blob.ErrUnreadable},
		"half":       {asPNG(t, flat(64, 64, color.White))[:60], blob.ErrUnreadable},
		"too large":  {append(good, make([]byte, blob.MaxBytes)...), blob.ErrTooLarge},
		"too many":   {bomb, blob.ErrTooManyPx},
		"wrong WebP": {[]byte("RIFF\x04\x00\x00\x00WEBPVP8 "), blob.ErrUnreadable},
	} {
		_, err := w.s.AddPicture(t.Context(), w.d.Community, "p1", bytes.NewReader(c.raw))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want.Code)
		}
	}
	if n := w.files(); n != 0 {
		t.Errorf("%d files of refused uploads", n)
	}
}

// An upload nobody uses goes after a day with its small picture; one in use stays until a day after its last use.
func TestUnusedFilesGo(t *testing.T) {
	each(t, func(w *world) {
		use := func(hash string, by func(*db.Tx, string) error) error {
			return w.d.Do(w.Context(), w.d.Community, func(tx *db.Tx) error { return by(tx, hash) })
		}
		kept, lost := w.add(asJPEG(w, flat(490, 300, color.White))), w.add(asJPEG(w, flat(490, 301, color.White)))
		w.must(use(kept.Hash, w.s.UseTx))
		w.must(use(kept.Hash, w.s.UseTx))
		w.d.Clock.Advance(23 * time.Hour)
		w.sweep()
		if w.files() != 4 {
			w.Fatalf("%d files before a day", w.files())
		}
		w.d.Clock.Advance(2 * time.Hour)
		w.sweep() // the picture
		w.d.Clock.Advance(25 * time.Hour)
		w.sweep() // and its small one
		if w.files() != 2 {
			w.Errorf("%d files, want the two in use", w.files())
		}
		if err := use(lost.Hash, w.s.UseTx); !errors.Is(err, blob.ErrMissing) {
			w.Errorf("a file that is gone is used: %v", err)
		}
		bad, err := w.s.Check(w.Context(), w.d.Community, slog.New(slog.DiscardHandler))
		if bad != 0 || err != nil {
			w.Errorf("%d files are off, %v", bad, err)
		}
		for range 3 { // once more than it was used: never below zero
			w.must(use(kept.Hash, w.s.DropTx))
		}
		w.d.Clock.Advance(25 * time.Hour)
		w.sweep()
		w.d.Clock.Advance(25 * time.Hour)
		w.sweep()
		if w.files() != 0 {
			w.Errorf("%d files stay", w.files())
		}
	})
}

// The same content uploaded again while the old file is about to be deleted is not lost.
func TestUploadAgainWhileCollected(t *testing.T) {
	each(t, func(w *world) {
		raw := asJPEG(w, flat(100, 100, color.White))
		w.add(raw)
		w.d.Clock.Advance(25 * time.Hour)
		w.must(w.d.Do(w.Context(), w.d.Community, func(tx *db.Tx) error { // the row goes …
			_, err := w.s.Sweep(tx)
			return err
		}))
		b := w.add(raw) // … the upload comes …
		_, err := w.r.Step(w.Context())
		w.must(err) // … and only then the file's turn
		w.decode(b.Hash)
	})
}

func TestDamageIsFound(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	b := w.add(asJPEG(t, flat(490, 490, color.White)))
	path := filepath.Join(w.root, w.d.Community, b.Hash[:2], b.Hash)
	w.must(os.WriteFile(path, []byte("x"), 0o600))
	w.must(os.Remove(filepath.Join(w.root, w.d.Community, b.Thumb[:2], b.Thumb)))
	bad, err := w.s.Check(t.Context(), w.d.Community, slog.New(slog.DiscardHandler))
	if bad != 2 || err != nil {
		t.Errorf("%d found, %v", bad, err)
	}
}

func TestManyAtOnce(t *testing.T) {
	each(t, func(w *world) {
		var wg sync.WaitGroup
		for i := range 9 {
			wg.Go(func() {
				raw := asJPEG(w, flat(490, 200+i%3, color.White))
				if _, err := w.s.AddPicture(w.Context(), w.d.Community, fmt.Sprint("p", i), bytes.NewReader(raw)); err != nil {
					w.Error(err)
				}
			})
		}
		wg.Wait()
		if bad, err := w.s.Check(w.Context(), w.d.Community, slog.New(slog.DiscardHandler)); bad != 0 || err != nil {
			w.Errorf("%d files are off, %v", bad, err)
		}
	})
}
