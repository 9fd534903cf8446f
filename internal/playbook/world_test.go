package playbook_test

import (
	"fmt"
	"testing"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/playbook"
	"github.com/qunce/qunce/test/lived"
	"github.com/qunce/qunce/test/testkit"
)

// world is a real installation with one community.
type world struct {
	*lived.World
	t testing.TB
}

// each runs a test on both databases.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); fn(t, begin(t, app.Config{Data: t.TempDir(), Scratch: true})) })
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		fn(t, begin(t, app.Config{Data: t.TempDir(), DatabaseURL: testkit.PostgresURL(t)}))
	})
}

func begin(t testing.TB, cfg app.Config) *world {
	t.Helper()
	w := &world{World: lived.Open(t, cfg, testkit.Start), t: t}
	w.Community = w.create("mothers")
	return w
}

func (w *world) create(slug string) string {
	w.t.Helper()
	c, err := w.Communities.Create(w.t.Context(), community.Draft{Slug: slug, Name: text.Text{text.Hans: "小群"}})
	w.must(err)
	return c.ID
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) settle() { w.t.Helper(); w.must(w.Settle(w.t.Context())) }

func (w *world) read(fn func(tx *db.Tx) error) {
	w.t.Helper()
	w.must(w.DB.Read(w.t.Context(), w.Community, fn))
}

// apply applies a playbook and gives the fields that changed.
func (w *world) apply(source string) (fields []string) {
	w.t.Helper()
	changes, err := w.Playbooks.Apply(w.t.Context(), w.Community, "", []byte(source))
	w.must(err)
	w.settle()
	for _, c := range changes {
		fields = append(fields, c.Field)
	}
	return fields
}

func (w *world) applied() (a playbook.Applied) {
	w.t.Helper()
	w.read(func(tx *db.Tx) (err error) { a, err = w.Playbooks.AppliedTx(tx); return err })
	return a
}

func (w *world) arrive(entry, account string) string {
	w.t.Helper()
	person, _, err := w.Intake.Arrive(w.t.Context(), w.Community, entry, intake.Visitor{Account: fmt.Sprintf("account-%-24s", account)}, "")
	w.must(err)
	w.settle()
	return person
}
