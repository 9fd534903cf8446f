package transfer_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/transfer"
)

// export writes a file.
func (w *world) export(x transfer.Export) string {
	w.Helper()
	var b bytes.Buffer
	if x.Lang == "" {
		x.Lang = text.Hans
	}
	_, err := w.s.Export(ctx, w.Community, x, &b, nil)
	w.must(err)
	return b.String()
}

// P7, P9: people go out as a file that is safe to open; names and phones are masked unless they are asked for, which is
// written down for each.
func TestExport(t *testing.T) {
	each(t, func(w *world) {
		w.bring("手机号,邮箱,姓名,昵称,城市,标签,来源,鞋码,备注\n13800000001,a@x.cn,王小明,=cmd|1,北京,一；二,妈妈网,36.5,@you\n+85291234567,,李红,-乙,上海,,,,\n,c@x.cn,,丙,北京,,,,\n", nil)
		columns := []transfer.Target{"phone", "email", "name", "nickname", "city", "tags", "source", "custom.shoe_size", "custom.note"}
		got := w.export(transfer.Export{Format: transfer.CSV, Columns: columns})
		if !strings.HasPrefix(got, "\ufeff手机号,邮箱,姓名,昵称,城市,标签,来源,鞋码,备注\r\n") {
			w.Errorf("%s", got)
		}
		for _, want := range []string{"138****0001,a**@x.cn,王**,'=cmd|1,北京,\"一, 二\",妈妈网,36.5,'@you\r\n", "'+852****4567,,李**,'-乙,上海", ",c**@x.cn,,丙,北京"} {
			if !strings.Contains(got, want) {
				w.Errorf("%q is not in\n%s", want, got)
			}
		}
		if w.looks != 0 {
			w.Errorf("%d looks", w.looks)
		}
		// Masked values don't come back as names.
		back := w.bring(got, func(p *transfer.Plan) { p.Columns[0], p.Columns[1] = "", "email" })
		if back.Counts.Bad != 3 {
			w.Errorf("%+v", back.Counts)
		}

		reveal := transfer.Export{Format: transfer.CSV, Columns: columns, Reveal: true, Actor: audit.Actor{ID: "boss"}, Reason: "audit", Filter: people.Filter{City: "北京"}}
		whole := w.export(reveal)
		if !strings.Contains(whole, "13800000001,a@x.cn,王小明,'=cmd|1") || strings.Contains(whole, "852") || w.looks != 4 {
			w.Errorf("%d looks, %s", w.looks, whole)
		}
		reveal.Filter = people.Filter{}
		before := w.trace()
		again := w.bring(w.export(reveal), func(p *transfer.Plan) { p.Columns[0] = "phone" })
		w.same(again.Counts, transfer.Counts{Unchanged: 3, ByPhone: 2, ByEmail: 1})
		if strings.Split(before, "person")[1] != strings.Split(w.trace(), "person")[1] {
			w.Errorf("what went out changed something when it came in: %s, then %s", before, w.trace())
		}

		for _, c := range []struct {
			x    transfer.Export
			want error
		}{
			{transfer.Export{Format: "pdf"}, transfer.ErrFormat},
			{transfer.Export{Format: transfer.CSV, Columns: []transfer.Target{"password"}}, transfer.ErrColumn},
			{transfer.Export{Format: transfer.CSV, Reveal: true}, people.ErrReason},
		} {
			var b bytes.Buffer
			if _, err := w.s.Export(ctx, w.Community, c.x, &b, nil); !errors.Is(err, c.want) || b.Len() > 0 {
				w.Errorf("%+v: %v, %d bytes", c.x, err, b.Len())
			}
		}
	})
}

// P7: a workbook holds texts, also those that look like formulas or numbers.
func TestExportWorkbook(t *testing.T) {
	each(t, func(w *world) {
		w.bring("手机号,昵称\n13800000001,=1+1\n13800000002,007\n", nil)
		file := w.export(transfer.Export{Format: transfer.XLSX, Columns: []transfer.Target{"nickname", "stage"}, Lang: text.En})
		f, err := excelize.OpenReader(strings.NewReader(file))
		w.must(err)
		defer f.Close()
		rows, err := f.GetRows("Sheet1")
		w.must(err)
		if len(rows) != 3 || !slices.Equal(rows[0], []string{"Nickname", "Stage"}) || rows[1][0] != "007" || rows[2][0] != "=1+1" {
			w.Errorf("%q", rows)
		}
		if formula, _ := f.GetCellFormula("Sheet1", "A3"); formula != "" {
			w.Errorf("the formula %s", formula)
		}
	})
}

// P7: the usual export has a name for every column in every language, and each that can be imported is recognised again.
func TestExportHeadersAreRecognised(t *testing.T) {
	each(t, func(w *world) {
		w.bring(many(250), nil)
		for _, lang := range text.Langs {
			all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.export(transfer.Export{Format: transfer.CSV, Lang: lang}), "\ufeff"))).ReadAll()
			w.must(err)
			if len(all) != 251 {
				w.Errorf("%d rows", len(all))
			}
			im := w.upload(strings.Join(all[0], ",") + "\n" + strings.Join(all[1], ";") + "\n")
			for i, c := range transfer.DefaultColumns(nil)[:3] {
				if c != "id" && im.Plan.Columns[i] != c {
					w.Errorf("%s: %q is taken for %q", lang, all[0][i], im.Plan.Columns[i])
				}
			}
			for i, h := range all[0] {
				if strings.Contains(h, "transfer.") {
					w.Errorf("%s: column %d is called %s", lang, i, h)
				}
			}
		}
	})
}
