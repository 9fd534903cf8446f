package transfer_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/transfer"
	"github.com/qunce/qunce/test/testkit"
)

// P7: what isn't a file of people is refused as a whole, with what is wrong and where.
func TestFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testkit.SQLite(t))
	for _, c := range []struct {
		file string
		want error
	}{
		{"", transfer.ErrEmpty},
		{" \n\n", transfer.ErrEmpty},
		{"手机号,昵称\n", transfer.ErrEmpty},
		{"手机号,昵称\n,\n", transfer.ErrEmpty},
		{"手机号,,昵称\n1,2,3\n", transfer.ErrHeaderEmpty},
		{"手机号,昵称,手 机号\n1,2,3\n", transfer.ErrHeaderTwice},
		{"13800000001,甲\n13800000002,乙\n", transfer.ErrNoHeader},
		{"手机号,\"昵称\n13800000001,甲\n", transfer.ErrHeaderRead},
		{"手机号\x00,昵称\n1,2\n", transfer.ErrHeaderRead},
		{strings.Repeat("列", 200<<10) + ",b\n1,2\n", transfer.ErrHeaderRead},
		{strings.Repeat("x,", 600) + "\n1\n", transfer.ErrColumns},
		{"%PDF-1.7 x\n", transfer.ErrFormat},
		{"\x89PNG\r\n\x1a\n....", transfer.ErrFormat},
		{"<html><table>", transfer.ErrFormat},
		{"\x00\x01\x02\x00\x00\x07\x00\x00\x00\x01\x00\x00", transfer.ErrFormat},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", transfer.ErrOldExcel},
		{"PK\x03\x04 but no more", transfer.ErrDamaged},
		{zipped("word/document.xml", "<a/>"), transfer.ErrFormat},
		{zipped("xl/workbook.xml", "<workbook><sheets>"), transfer.ErrEmpty},
		{zipped("xl/workbook.xml", "<workbook><"), transfer.ErrDamaged},
	} {
		w.refused(c.file, c.want)
	}
	_, err := w.s.Upload(ctx, w.Community, "staff", transfer.Upload{Body: strings.NewReader("a"), Encoding: "ebcdic"})
	if !errors.Is(err, transfer.ErrEncoding) {
		w.Errorf("another encoding: %v", err)
	}
}

// P7: one bad row is a bad row, and takes no other with it.
func TestRowsThatCannotBeRead(t *testing.T) {
	each(t, func(w *world) {
		im := w.bring("手机号,昵称,别的\n"+
			"13800000001,甲,\n"+
			"13800000002,"+strings.Repeat("长", 10<<20/3)+",\n"+ // 10 MB
			"13800000003,\"乙,\n"+ // never closed
			"13800000004,丙,\n"+
			"13800000005,\"丁\"戊,\n"+ // closed too early
			"13800000006,己\x00,\n"+
			"13800000007,庚,,,,\n"+
			"13800000008,辛,x,y\n"+
			"13800000009,\xff\xfe壬,\n"+
			"13800000010,癸,\x00\n"+ // in a column that is left out
			"13800000011,\"a \"\"b\"\"\",\"x\n\ny\"\n", nil)
		w.same(im.Counts, transfer.Counts{Created: 5, Bad: 6})
		want := []string{
			"3 transfer.row_long@0", "4 transfer.quotes@0", "6 transfer.quotes@0", "7 transfer.characters@2", "9 transfer.cells@0", "10 transfer.characters@2",
		}
		if got := w.problems(im.ID); !slices.Equal(got, want) {
			w.Errorf("%v", got)
		}
		if p := w.byPhone("13800000011"); p.Nickname != `a "b"` {
			w.Errorf("%q", p.Nickname)
		}
		if back := w.returned(im.ID, text.Hans); len(back) > 20<<10 || strings.Count(back, "\r\n") != 7 {
			w.Errorf("%d bytes are given back: %.3000s", len(back), back)
		}
	})
}

// P7: of a workbook, values are read: what a formula would compute is not computed, days are days, texts are texts.
func TestWorkbooks(t *testing.T) {
	each(t, func(w *world) {
		file := w.book(func(f *excelize.File) error {
			day, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
			odd := `yyyy"年"m"月"d"日"`
			chinese, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &odd})
			rows := [][]any{
				{"手机号", "昵称", "预产期", "鞋码", "备注", "vegetarian", "宝宝生日"},
				{13800000001.0, "=SUM(1,2)", time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), 36.5, 46328, true, nil},
				{"13800000002", "  空 格 ", 46328, nil, nil, false, 45000},
				nil,
				{"13800000003", nil, nil, nil, nil, nil, nil},
				{"13800000004", nil, nil, nil, nil, nil, nil},
				{"13800000005", nil, nil, nil, nil, nil, nil},
			}
			for i, r := range rows {
				cell, _ := excelize.CoordinatesToCellName(1, i+1)
				if err := f.SetSheetRow("Sheet1", cell, &r); err != nil {
					return err
				}
			}
			if err := errors.Join(f.SetCellStyle("Sheet1", "C2", "C3", day), f.SetCellStyle("Sheet1", "G3", "G3", chinese)); err != nil {
				return err
			}
			if _, err := f.NewSheet("另一张"); err != nil {
				return err
			}
			return errors.Join(
				f.SetCellFormula("Sheet1", "B5", "1+1"), // no value was ever stored
				f.SetSheetVisible("另一张", false),
			)
		})
		im := w.upload(file)
		if im.Layout.Format != transfer.XLSX || im.Total != 5 || !slices.Equal(im.Layout.Sheets, []string{"Sheet1"}) {
			w.Fatalf("%+v", im)
		}
		im = w.bring(file, nil)
		w.same(im.Counts, transfer.Counts{Created: 4, Bad: 1})
		if got := w.problems(im.ID); !slices.Equal(got, []string{"5 transfer.formula@2"}) {
			w.Errorf("%v", got)
		}
		p := w.byPhone("13800000001")
		if p.Nickname != "=SUM(1,2)" || p.DueDate != "2026-11-02" || p.Custom["shoe_size"] != 36.5 || p.Custom["note"] != "46328" || p.Custom["vegetarian"] != true {
			w.Errorf("%+v", p)
		}
		if q := w.byPhone("13800000002"); q.Nickname != "空 格" || q.BirthDate != "2023-03-15" || q.Custom["vegetarian"] != false {
			w.Errorf("%+v", q)
		}
		back, err := excelize.OpenReader(strings.NewReader(w.returned(im.ID, text.En)))
		w.must(err)
		defer back.Close()
		got, err := back.GetRows("Sheet1")
		w.must(err)
		if len(got) != 2 || got[0][7] != "Why it was not imported" || got[1][0] != "13800000003" || !strings.Contains(got[1][7], "Column B (昵称): This is a formula") {
			w.Errorf("%q", got)
		}
		w.same(w.bring(w.returned(im.ID, text.En), nil).Counts, transfer.Counts{Created: 1})
	})
}

// P7: the stored value of a formula counts, and an error that it shows is one.
func TestFormulasOfOtherPrograms(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testkit.SQLite(t))
	sheet := `<worksheet xmlns="x"><sheetData>
		<row r="2"><c r="A2" t="inlineStr"><is><t>手机号</t></is></c><c r="C2" t="s"><v>0</v></c><c r="B2" t="inlineStr"><is><r><t>昵</t></r><rPh><t>ni</t></rPh><r><t>称</t></r></is></c></row>
		<row><c><f>1</f><v>1.3800000001E10</v></c><c t="str"><f>A</f><v>甲</v></c></row>
		<row r="9"><c r="A9"><v>13800000002</v></c><c r="B9" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>
		<row r="10"><c r="A10"><v>13800000003</v></c><c r="D10"><v>7</v></c></row>
		<row r="11"><c r="A11"><v>13800000004</v></c><c r="C11" t="s"><v>99</v></c></row>
	</sheetData></worksheet>`
	im := w.bring(zipped("xl/workbook.xml", `<w:workbook xmlns:w="m" xmlns:r="rel"><w:sheets><w:sheet name="a" r:id="r1"/></w:sheets></w:workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Target="/xl/s.xml"/></Relationships>`,
		"xl/sharedStrings.xml", `<sst><si><t>城市</t></si></sst>`, "xl/s.xml", sheet), nil)
	w.same(im.Counts, transfer.Counts{Created: 1, Bad: 3})
	if got := w.problems(im.ID); !slices.Equal(got, []string{"9 transfer.cell_error@2", "10 transfer.cells@0", "11 transfer.damaged@3"}) {
		w.Errorf("%v", got)
	}
	if p := w.byPhone("13800000001"); p.Nickname != "甲" {
		w.Errorf("%+v", p)
	}
}

// P7: merged cells would leave people without what stands in the first of them.
func TestMergedCellsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testkit.SQLite(t))
	for _, cells := range [][2]string{{"B2", "B3"}, {"A1", "B1"}} {
		w.refused(w.book(func(f *excelize.File) error {
			return errors.Join(f.SetSheetRow("Sheet1", "A1", &[]any{"手机号", "城市"}), f.SetSheetRow("Sheet1", "A2", &[]any{"13800000001", "北京"}),
				f.SetSheetRow("Sheet1", "A3", &[]any{"13800000002"}), f.MergeCell("Sheet1", cells[0], cells[1]))
		}), transfer.ErrMerged)
	}
}

// P9: a file of phones lies encrypted, and goes when it isn't needed any more.
func TestFilesAreEncryptedAndThrownAway(t *testing.T) {
	each(t, func(w *world) {
		im := w.mapped(many(1500)+"12,坏,,,\n", nil) // several frames
		seen := 0
		w.must(filepath.WalkDir(w.root, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			seen++
			if bytes.Contains(content, []byte("13800000")) {
				w.Errorf("%s can be read", path)
			}
			return err
		}))
		if seen == 0 {
			w.Fatal("no file was found")
		}
		im = w.work(im.ID, true)
		if im.Counts.Bad != 1 || im.Counts.Created != 1500 {
			w.Fatalf("%+v", im.Counts)
		}
		w.Clock.Advance(8 * 24 * time.Hour)
		_, err := w.runner.Step(ctx)
		w.must(err)
		if im = w.get(im.ID); im.Kept {
			w.Error("the file is kept")
		}
		if got := w.problems(im.ID); len(got) != 0 {
			w.Errorf("reasons are kept: %v", got)
		}
		if _, err := w.s.WriteProblems(ctx, w.Community, im.ID, text.En, &bytes.Buffer{}); !errors.Is(err, transfer.ErrGone) {
			w.Errorf("download: %v", err)
		}
		if _, err := w.s.Start(ctx, w.Community, im.ID, false); !errors.Is(err, transfer.ErrGone) {
			w.Errorf("run: %v", err)
		}
	})
}

// P7: the first rows are shown with what is wrong in them.
func TestPreview(t *testing.T) {
	each(t, func(w *world) {
		im := w.upload("手机号,昵称\n12,甲\n" + strings.Repeat("13800000001,乙\n", 30))
		p, err := w.s.Preview(ctx, w.Community, im.ID)
		w.must(err)
		if len(p.Rows) != transfer.PreviewRows || p.Rows[0].Row != 2 || p.Rows[0].Reasons[0].Code != "people.phone" || p.Rows[1].Cells[1] != "乙" {
			w.Errorf("%+v", p.Rows[:2])
		}
	})
}
