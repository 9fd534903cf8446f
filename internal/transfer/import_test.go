package transfer_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/transfer"
)

// P7: files are read whatever wrote them.
func TestEncodingsAndDelimiters(t *testing.T) {
	each(t, func(w *world) {
		const plain = "手机号,姓名,城市,预产期\r\n13800000001,王小明,北京,2026/11/2\r\n13800000002,李小红,上海,2026年5月6日\r\n"
		in := func(e encoding.Encoding, s string) string {
			out, err := e.NewEncoder().String(s)
			w.must(err)
			return out
		}
		utf16 := func(o unicode.Endianness, b unicode.BOMPolicy) encoding.Encoding { return unicode.UTF16(o, b) }
		for name, c := range map[string]struct {
			file string
			want transfer.Encoding
		}{
			"utf-8":           {plain, transfer.UTF8},
			"with a mark":     {"\ufeff" + plain, transfer.UTF8},
			"gb18030":         {in(simplifiedchinese.GB18030, plain), transfer.GB18030},
			"gbk":             {in(simplifiedchinese.GBK, plain), transfer.GB18030},
			"utf-16le marked": {in(utf16(unicode.LittleEndian, unicode.UseBOM), plain), transfer.UTF16LE},
			"utf-16be marked": {in(utf16(unicode.BigEndian, unicode.UseBOM), plain), transfer.UTF16BE},
			"utf-16le":        {in(utf16(unicode.LittleEndian, unicode.IgnoreBOM), "phone,name\n"+strings.Repeat("13800000001,Ann\n", 4)), transfer.UTF16LE},
			"tabs":            {strings.ReplaceAll(plain, ",", "\t"), transfer.UTF8},
			"semicolons":      {strings.ReplaceAll(plain, ",", ";"), transfer.UTF8},
			"sep":             {"sep=;\n" + strings.ReplaceAll(plain, ",", ";"), transfer.UTF8},
			"old line ends":   {strings.ReplaceAll(plain, "\r\n", "\r"), transfer.UTF8},
			"blank rows":      {"\n,,,\n" + strings.ReplaceAll(plain, "\r\n", "\n\n"), transfer.UTF8},
		} {
			im := w.upload(c.file)
			if im.Layout.Encoding != c.want || im.Plan.Columns[0] != "phone" || im.Plan.Columns[1] != "name" {
				w.Errorf("%s: %s, %v", name, im.Layout.Encoding, im.Plan.Columns)
			}
			if name != "utf-16le" && (im.Total != 2 || len(im.Layout.Headers) != 4) {
				w.Errorf("%s: %d rows, headers %q", name, im.Total, im.Layout.Headers)
			}
		}
		w.bring(in(simplifiedchinese.GB18030, plain), nil)
		p := w.byPhone("13800000002")
		if p.Name != "李**" || p.City != "上海" || p.DueDate != "2026-05-06" || p.Stage != "pregnancy" {
			w.Errorf("%+v", p)
		}
	})
}

// P7: columns are recognised by what people call them, in Chinese and English.
func TestColumnsAreRecognised(t *testing.T) {
	each(t, func(w *world) {
		im := w.upload("手机 *,真实姓名,微信昵称,所在城市,预产期（必填）,宝宝生日,标签,来源,备注,鞋码,别的,E-Mail,vegetarian\n13800000001,,,,,,,,,,,,\n")
		want := []transfer.Target{
			"phone", "name", "nickname", "city", "due_date", "birth_date", "tags", "source", "custom.note", "custom.shoe_size", "", "email", "custom.vegetarian",
		}
		if !slices.Equal(im.Plan.Columns, want) {
			w.Errorf("%v", im.Plan.Columns)
		}
		// What somebody said of these headers holds the next time.
		im.Plan.Columns[10] = "company"
		if _, err := w.s.Map(ctx, w.Community, im.ID, im.Plan); err != nil {
			w.Fatal(err)
		}
		again := w.upload("手机,真实姓名,微信昵称,所在城市,预产期,宝宝生日,标签,来源,备注,鞋码,别的,e-mail,vegetarian\n13800000001,,,,,,,,,,,,\n")
		if again.Plan.Columns[10] != "company" {
			w.Errorf("not remembered: %v", again.Plan.Columns)
		}
	})
}

// P7: a wrong mapping is refused and changes nothing.
func TestMappingsThatAreRefused(t *testing.T) {
	each(t, func(w *world) {
		im := w.upload("手机号,昵称\n13800000001,甲\n")
		for _, c := range []struct {
			plan transfer.Plan
			want error
		}{
			{transfer.Plan{Columns: []transfer.Target{"phone"}}, transfer.ErrCount},
			{transfer.Plan{Columns: []transfer.Target{"", "nickname"}}, transfer.ErrNobody},
			{transfer.Plan{Columns: []transfer.Target{"phone", "custom.nothing"}}, transfer.ErrTarget},
			{transfer.Plan{Columns: []transfer.Target{"phone", "consent.fame"}}, transfer.ErrTarget},
			{transfer.Plan{Columns: []transfer.Target{"phone", "consent.marketing"}}, transfer.ErrWording},
			{transfer.Plan{Columns: []transfer.Target{"phone", ""}, Existing: "burn"}, transfer.ErrExisting},
			{transfer.Plan{Columns: []transfer.Target{"phone", ""}, Source: "nowhere"}, transfer.ErrSource},
		} {
			if _, err := w.s.Map(ctx, w.Community, im.ID, c.plan); !errors.Is(err, c.want) {
				w.Errorf("%+v: %v, want %v", c.plan, err, c.want)
			}
		}
		if got := w.get(im.ID); got.State != transfer.Uploaded {
			w.Errorf("it is %s", got.State)
		}
		twice := w.upload("手机号,昵称,城市\n13800000001,甲,乙\n")
		if _, err := w.s.Map(ctx, w.Community, twice.ID, transfer.Plan{Columns: []transfer.Target{"phone", "city", "city"}}); !errors.Is(err, transfer.ErrTwice) {
			w.Errorf("two cities: %v", err)
		}
		if _, err := w.s.Get(ctx, w.NewID(), im.ID); !errors.Is(err, transfer.ErrNotFound) {
			w.Errorf("another community reads it: %v", err)
		}
	})
}

// P7: a dry run tells what the run does, and changes nothing.
func TestDryRunChangesNothing(t *testing.T) {
	each(t, func(w *world) {
		w.bring("手机号,邮箱,昵称,城市\n13800000001,a@x.cn,甲,北京\n13800000002,,乙,上海\n", nil)
		before := w.trace()
		im := w.mapped("手机号,邮箱,昵称,城市,外部编号\n"+
			"13800000001,,甲,北京,\n"+ // known, nothing new
			"13800000002,,乙,深圳,\n"+ // known, moved
			",A@x.cn,,,E1\n"+ // known by email, a new id
			"13800000003,,丙,,\n"+ // new
			"138-0000-0003,,丙丙,,\n"+ // the same as the row before
			"12345,,丁,,\n"+ // no phone
			"13800000002,a@x.cn,,,\n"+ // belongs to two, and repeats
			",,戊,,\n", // nobody
			nil)
		im = w.work(im.ID, true)
		want := transfer.Counts{Created: 1, Updated: 2, Unchanged: 1, Repeated: 2, Bad: 2, ByPhone: 2, ByEmail: 1}
		w.same(im.Counts, want)
		if after := w.trace(); after != before || im.State != transfer.Checked {
			w.Errorf("%s: before %s, after %s", im.State, before, after)
		}
		wantRows := []string{"6 transfer.repeated@0", "7 people.phone@1", "8 transfer.repeated@0", "9 people.nothing_to_go_by@0"}
		if got := w.problems(im.ID); !slices.Equal(got, wantRows) {
			w.Errorf("%v", got)
		}
		done := w.work(im.ID, false)
		w.same(done.Counts, want)
		w.same(done.Foreseen, want)
		if w.trace() == before {
			w.Error("the control: the run changed nothing either")
		}
		if p := w.byPhone("13800000003"); p.Nickname != "丙" {
			w.Errorf("the repeated row took effect: %s", p.Nickname)
		}
	})
}

// P7, P8: every kind of column has its effect, and nobody is taken away what an empty cell doesn't say.
func TestWhatRowsDo(t *testing.T) {
	each(t, func(w *world) {
		plan := func(p *transfer.Plan) {
			p.Wording, p.Tags = "2026-03", []people.Tag{"三月导入"}
			p.Columns[10] = "consent.marketing"
		}
		const header = "手机号,姓名,昵称,城市,宝宝生日,标签,来源,鞋码,vegetarian,需求,同意营销,wedding\n"
		im := w.bring(header+"13800000001,王小明,=1+1,北京,20250102,\"vip；二胎、北京\",妈妈网,\"1,036\",是,保姆；教育,同意,2020-2-3\n", plan)
		w.same(im.Counts, transfer.Counts{Created: 1})
		p := w.byPhone("13800000001")
		if p.Nickname != "=1+1" || p.Stage != "parenting" || p.BirthDate != "2025-01-02" || p.FirstSource != w.sources["妈妈网"] {
			w.Errorf("%+v", p)
		}
		if !slices.Equal(p.Tags, []people.Tag{"vip", "三月导入", "二胎", "北京"}) || !slices.Equal(p.Needs, []string{"保姆", "教育"}) {
			w.Errorf("%v %v", p.Tags, p.Needs)
		}
		if p.Custom["shoe_size"] != 1036.0 || p.Custom["vegetarian"] != true || p.Custom["wedding"] != "2020-02-03" {
			w.Errorf("%v", p.Custom)
		}
		w.do(func(tx *db.Tx) error {
			all, err := w.people.Consents(tx, p.ID)
			if !all.Allows(people.ForMarketing, "") || all[0].Wording != "2026-03" || all[0].Actor != "staff" {
				w.Errorf("%+v", all)
			}
			return err
		})
		again := w.bring(header+"13800000001,,,,,,,,,,不同意,\n13800000009,,,,,,没有的来源,abc,也许,,也许,昨天\n", plan)
		w.same(again.Counts, transfer.Counts{Updated: 1, Bad: 1, ByPhone: 1})
		if q := w.byPhone("13800000001"); q.City != "北京" || q.Nickname != "=1+1" || len(q.Tags) != 4 {
			w.Errorf("empty cells took something away: %+v", q)
		}
		want := []string{"3 transfer.source@7 transfer.yes_no@11"}
		if got := w.problems(again.ID); !slices.Equal(got, want) {
			w.Errorf("%v", got)
		}
		// What the fields refuse comes together.
		third := w.bring(header+"13800000009,,,,2031-01-01,,,abc,也许,,,昨天\n", plan)
		if got := w.problems(third.ID); len(got) != 1 || !strings.Contains(got[0], "people.date_range@5") || !strings.Contains(got[0], "people.number@8") ||
			!strings.Contains(got[0], "people.yes_or_no@9") || !strings.Contains(got[0], "people.date@12") {
			w.Errorf("%v", got)
		}
	})
}

// P7: those who are known may be kept as they are.
func TestKeepExisting(t *testing.T) {
	each(t, func(w *world) {
		w.bring("手机号,城市\n13800000001,北京\n", nil)
		im := w.bring("手机号,城市\n13800000001,上海\n13800000002,上海\n", func(p *transfer.Plan) { p.Existing = transfer.Keep })
		w.same(im.Counts, transfer.Counts{Created: 1, Unchanged: 1, ByPhone: 1})
		if p := w.byPhone("13800000001"); p.City != "北京" {
			w.Errorf("%s", p.City)
		}
	})
}

// P1: a file proves nothing: identifiers of two people in one row only propose a merge.
func TestARowMergesNobody(t *testing.T) {
	each(t, func(w *world) {
		w.bring("手机号,邮箱\n13800000001,\n,b@x.cn\n", nil)
		im := w.bring("手机号,邮箱,城市\n13800000001,b@x.cn,北京\n", nil)
		w.same(im.Counts, transfer.Counts{Updated: 1, ByPhone: 1, Proposed: 1})
		list, err := w.people.Proposals(ctx, w.Community, "", 10)
		w.must(err)
		if len(list.Items) != 1 || len(w.all()) != 2 {
			w.Errorf("%d proposals, %d people", len(list.Items), len(w.all()))
		}
	})
}

// P7: rows that can't be taken come back as a file with the reasons; corrected, it goes in.
func TestReturnedRowsRoundTrip(t *testing.T) {
	each(t, func(w *world) {
		im := w.bring("手机号;昵称;宝宝生日\n13800000001;甲;2025-01-01\n12;\"乙;=\n三\";2025-01-01\n13800000003;丙;2025-13-01\n13800000001;甲;\n", nil)
		w.same(im.Counts, transfer.Counts{Created: 1, Repeated: 1, Bad: 2})
		hans, en := w.returned(im.ID, text.Hans), w.returned(im.ID, text.En)
		if !strings.HasPrefix(hans, "\ufeff手机号;昵称;宝宝生日;未导入的原因\r\n") || !strings.Contains(hans, "A 列（手机号）：手机号不正确。") {
			w.Errorf("%s", hans)
		}
		if !strings.Contains(en, "Column C (宝宝生日): This is not a calendar date.") || !strings.Contains(en, "row 2") {
			w.Errorf("%s", en)
		}
		fixed := strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(hans, "12;", "13800000002;"), "2025-13-01", "2025-03-01"), "\n三", "")
		second := w.bring(fixed, nil)
		w.same(second.Counts, transfer.Counts{Created: 2, Unchanged: 1, ByPhone: 1})
		if p := w.byPhone("13800000002"); p.Nickname != "乙;=" {
			w.Errorf("%q", p.Nickname)
		}
	})
}
