package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/blob"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/platform/secret"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/transfer"
	"github.com/qunce/qunce/test/testkit"
)

var ctx = context.Background()

// world is a community that people are brought into.
type world struct {
	*testing.T
	*testkit.DB
	s       *transfer.Service
	people  *people.Service
	blobs   *blob.Service
	runner  *job.Runner
	root    string
	looks   int
	asked   atomic.Int64   // how often people's settings were asked for
	without map[int64]bool // which times they came without the playbook's fields
	sources map[string]string
}

func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) { fn(newWorld(t, d)) })
}

func newWorld(t *testing.T, d *testkit.DB) *world {
	t.Helper()
	w := &world{T: t, DB: d, root: filepath.Join(t.TempDir(), "blobs"), sources: map[string]string{}}
	keys, err := secret.OpenOrCreate(filepath.Join(t.TempDir(), "keys"))
	w.must(err)
	files, err := blob.NewFiles(w.root, d.Clock)
	w.must(err)
	words, err := text.Load()
	w.must(err)
	fact.NewLog(d.DB, bus.NewLocal(), slog.New(slog.DiscardHandler))
	custom := []people.Field{
		{Name: "shoe_size", Type: people.NumberField, Title: text.Text{text.Hans: "鞋码"}},
		{Name: "vegetarian", Type: people.BoolField},
		{Name: "wedding", Type: people.DateField},
		{Name: "note", Type: people.TextField, Title: text.Text{text.Hans: "备注"}},
	}
	birth := 0
	w.people = people.New(d.DB, keys, func(*db.Tx) (people.Settings, error) {
		if w.without[w.asked.Add(1)] {
			return people.Settings{}, nil
		}
		return people.Settings{Fields: custom, Stages: []people.StageRule{{Stage: "parenting", Anchor: people.BirthDate, From: &birth}, {Stage: "pregnancy", Anchor: people.DueDate}}}, nil
	}, func(*db.Tx, audit.Actor, string, people.FieldName) error { w.looks++; return nil })
	in := intake.New(d.DB, w.people, nil, nil, nil, keys.HMAC, nil)
	w.blobs = blob.New(d.DB, files)
	w.runner = job.NewRunner(d.DB, slog.New(slog.DiscardHandler))
	w.s = transfer.New(transfer.Parts{
		DB: d.DB, People: w.people, Intake: in, Blobs: w.blobs, Secrets: keys, Words: words,
		Fields: func(*db.Tx) ([]people.Field, error) { return custom, nil },
	})
	w.s.Register(w.runner)
	w.blobs.Register(w.runner)
	w.people.Register(w.runner)
	w.do(func(tx *db.Tx) error {
		x, err := in.AddSourceTx(tx, intake.Source{Name: "妈妈网", Kind: "group"})
		w.sources[x.Name] = x.ID
		return err
	})
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) do(fn func(tx *db.Tx) error) {
	w.Helper()
	w.must(w.Do(ctx, w.Community, fn))
}

// upload hands a file in.
func (w *world) upload(content string) transfer.Import {
	w.Helper()
	im, err := w.s.Upload(ctx, w.Community, "staff", transfer.Upload{Name: "people.csv", Body: strings.NewReader(content)})
	w.must(err)
	return im
}

// refused hands in a file that isn't taken.
func (w *world) refused(content string, want error) {
	w.Helper()
	_, err := w.s.Upload(ctx, w.Community, "staff", transfer.Upload{Name: "people.csv", Body: strings.NewReader(content)})
	if !errors.Is(err, want) {
		w.Errorf("%.40q: %v, want %v", content, err, want)
	}
}

// mapped hands a file in and agrees to what was recognised, with changes.
func (w *world) mapped(content string, change func(p *transfer.Plan)) transfer.Import {
	w.Helper()
	im := w.upload(content)
	if change != nil {
		change(&im.Plan)
	}
	im, err := w.s.Map(ctx, w.Community, im.ID, im.Plan)
	w.must(err)
	return im
}

// work does a pass to its end and gives the import as it is then.
func (w *world) work(id string, dry bool) transfer.Import {
	w.Helper()
	_, err := w.s.Start(ctx, w.Community, id, dry)
	w.must(err)
	w.must(w.s.Work(ctx, w.Community, id, nil))
	return w.get(id)
}

func (w *world) get(id string) transfer.Import {
	w.Helper()
	im, err := w.s.Get(ctx, w.Community, id)
	w.must(err)
	return im
}

// bring brings a file in.
func (w *world) bring(content string, change func(p *transfer.Plan)) transfer.Import {
	w.Helper()
	im := w.work(w.mapped(content, change).ID, false)
	if im.State != transfer.Done {
		w.Fatalf("ended as %s: %s", im.State, im.Reason)
	}
	return im
}

// same compares counts.
func (w *world) same(got, want transfer.Counts) {
	w.Helper()
	if got != want {
		w.Errorf("counts are %+v, want %+v", got, want)
	}
}

// all lists everybody.
func (w *world) all() []people.Person {
	w.Helper()
	var out []people.Person
	for cursor := ""; ; {
		p, err := w.people.List(ctx, w.Community, people.Filter{}, cursor, 200)
		w.must(err)
		out = append(out, p.Items...)
		if cursor = p.Next; cursor == "" {
			return out
		}
	}
}

// byPhone finds somebody.
func (w *world) byPhone(phone string) people.Person {
	w.Helper()
	var p people.Person
	w.must(w.Read(ctx, w.Community, func(tx *db.Tx) error {
		id, found, err := w.people.Owner(tx, people.Identifier{Kind: people.Phone, Value: phone})
		if err == nil && !found {
			err = fmt.Errorf("nobody has %s", phone)
		}
		if err != nil {
			return err
		}
		p, err = w.people.GetTx(tx, id)
		return err
	}))
	return p
}

// trace is how much was ever written about people: facts and rows.
func (w *world) trace() string {
	w.Helper()
	var b strings.Builder
	w.must(w.Read(ctx, w.Community, func(tx *db.Tx) error {
		n, _, err := db.One(tx, db.Column[int], `SELECT count(*) FROM fact WHERE kind NOT LIKE 'transfer.%'`)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "fact %d, ", n)
		for _, table := range []string{"person", "people_identifier", "people_tag", "people_consent", "people_anchor", "people_proposal", "people_index"} {
			n, _, err := db.One(tx, db.Column[int], `SELECT count(*) FROM `+table)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "%s %d, ", table, n)
		}
		versions, _, err := db.One(tx, db.Column[int], `SELECT COALESCE(CAST(sum(version) + sum(last_seen_at % 1000) AS BIGINT), 0) FROM person`)
		fmt.Fprintf(&b, "versions %d", versions)
		return err
	}))
	return b.String()
}

// problems lists the rows that were not taken, as "row code".
func (w *world) problems(id string) []string {
	w.Helper()
	p, err := w.s.Problems(ctx, w.Community, id, "", 200)
	w.must(err)
	out := []string{}
	for _, x := range p.Items {
		s := fmt.Sprint(x.Row)
		for _, r := range x.Reasons {
			s += fmt.Sprintf(" %s@%d", r.Code, r.Column)
		}
		out = append(out, s)
	}
	return out
}

// returned is the file of rows that were not taken.
func (w *world) returned(id string, lang text.Lang) string {
	w.Helper()
	var b bytes.Buffer
	_, err := w.s.WriteProblems(ctx, w.Community, id, lang, &b)
	w.must(err)
	return b.String()
}

// book writes a workbook.
func (w *world) book(build func(f *excelize.File) error) string {
	w.Helper()
	f := excelize.NewFile()
	defer f.Close()
	w.must(build(f))
	b, err := f.WriteToBuffer()
	w.must(err)
	return b.String()
}

// many is a CSV of n people.
func many(n int) string {
	var b strings.Builder
	b.WriteString("手机号,昵称,城市,预产期,标签\n")
	for i := range n {
		fmt.Fprintf(&b, "138%08d,妈妈%d,%s,2026-%02d-%02d,\"备孕,第%d组\"\n", i, i, []string{"北京", "上海", "广州"}[i%3], 4+i%8, 1+i%28, i%7)
	}
	return b.String()
}
