package intake_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/lived"
	"github.com/qunce/qunce/test/testkit"
)

// book is a community of one small circle, two nurses who add little a day, and ways in with doors and without.
const book = `
playbook: 1
name: small
title: 小群
circles:
  - {name: room, kind: base, name_pattern: "{n} 群", capacity: 2}
contacts:
  - {id: nurse-1, group: nurses, name: 小安, daily: 1, duty: true}
  - {id: nurse-2, group: nurses, name: 小宁, daily: 1, duty: true}
intake:
  landing: {title: 一起学, benefits: [每晚答疑], endorsers: [{name: 作者}], how_to: [填资料]}
  form:
    - {name: name, type: text, required: true, label: 姓名}
    - {name: nickname, type: text, label: 称呼}
    - {name: city, type: text, label: 城市}
    - {name: due_date, type: date, label: 预产期}
    - {name: birth_date, type: date, label: 生日}
    - {name: kind, type: choice, ask: true, label: 来意, choices: [{value: a, label: 甲}, {value: b, label: 乙}]}
  consents:
    - {purpose: service, version: s-1, required: true, wording: 同意}
    - {purpose: marketing, version: m-1, wording: 愿意}
  sources:
    - {name: 公众号, kind: account}
    - {name: 讲座, kind: offline}
  openings:
    - {name: doors, in: 2h, rate: 60}
  entries:
    - {code: join, title: 菜单, source: 公众号, path: queue, opening: doors, keyword: 妈妈}
    - {code: side, title: 海报, source: 讲座, path: queue, opening: doors}
    - {code: other, title: 另一条路, source: 讲座, path: late, opening: doors}
    - {code: open, title: 直接, source: 讲座, path: direct, live_code: room}
    - {code: nurse, title: 护士, source: 讲座, path: nurse}
touch:
  templates:
    hello: {purpose: service, answer: true, body: 欢迎}
paths:
  queue: &queue
    start: {on: intake.reserved, where: {entry.path: queue}, once_per: person, again: [lapsed, not-joined]}
    steps:
      - until: {moment: doors}
      - &form
        wait: intake.registered
        for: 48h
        else: end lapsed
      - &review
        choose:
          - when: {suspicion: ">= 60"}
            then:
              - ask: review-registration
                role: service
                outcomes: {admit: next, refuse: end refused}
      - &allocate
        do: intake.allocate
        with: {group: room, hold: 15m}
        on:
          full:
            - do: intake.wait_in_line
              with: {group: room}
              on: {already: end already, blocked: end refused}
            - wait: seat.offered
              for: 30d
              else: end waiting
          already: end already
          blocked: end refused
          unfit: end refused
          not_open: end waiting
      - &joined
        wait: {on: circle.joined, where: {group: room}}
        or:
          - {on: [seat.lapsed, seat.released], where: {seat: "{seat}"}, then: end not-joined}
      - end: seated
  late:
    start: {on: intake.reserved, where: {entry.path: late}, once_per: person, again: [lapsed]}
    steps:
      - until: {moment: doors}
      - *form
      - end: filled
  direct:
    start: {on: intake.arrived, where: {entry.path: direct}, once_per: person, again: [lapsed, not-joined]}
    steps: [*form, *review, *allocate, *joined, {end: seated}]
  nurse:
    start: {on: intake.arrived, where: {entry.path: nurse}, once_per: person, again: [lapsed]}
    steps:
      - do: intake.contact
        with: {group: nurses}
        on: {full: end lapsed, blocked: end refused, not_open: end lapsed}
      - wait: intake.contact_added
      - end: added
`

// world is a real installation with one community, on a manual clock.
type world struct {
	*lived.World
	t    testing.TB
	cfg  app.Config
	code func(phone string) string
	n    int
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
	cfg.IDs = id.NewSeeded(1)
	w := &world{World: lived.Open(t, cfg, testkit.Start), t: t, cfg: cfg}
	w.code = w.App.World(w.Clock).Code
	w.Community = w.found("mothers")
	return w
}

// found makes a community that runs on the book.
func (w *world) found(slug string) string {
	w.t.Helper()
	c, err := w.Communities.Create(w.t.Context(), community.Draft{Slug: slug, Name: text.Text{text.Hans: "小群"}})
	w.must(err)
	_, err = w.Playbooks.Apply(w.t.Context(), c.ID, "", []byte(book))
	w.must(err)
	return c.ID
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) wants(err, want error) {
	w.t.Helper()
	if !errors.Is(err, want) {
		w.t.Errorf("got %v, want %v", err, want)
	}
}

func (w *world) settle() { w.t.Helper(); w.must(w.Settle(w.t.Context())) }

func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.Clock.Advance(d)
	w.settle()
}

func (w *world) do(fn func(tx *db.Tx) error) {
	w.t.Helper()
	w.must(w.DB.Do(w.t.Context(), w.Community, fn))
}

func (w *world) read(fn func(tx *db.Tx) error) {
	w.t.Helper()
	w.must(w.DB.Read(w.t.Context(), w.Community, fn))
}

func (w *world) entry(code string) (e intake.Entry) {
	w.t.Helper()
	w.read(func(tx *db.Tx) (err error) { e, err = w.Intake.EntryByCode(tx, code); return err })
	return e
}

func (w *world) opening() (o intake.Opening) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		p, err := w.Intake.Openings(tx, "", 0)
		o = p.Items[0]
		return err
	})
	return o
}

func visitor(account string) intake.Visitor {
	return intake.Visitor{Account: fmt.Sprintf("account-%-24s", account), Device: "device " + account, Address: "10.0.0." + account, Lang: "zh-Hans"}
}

// arrive takes the first step as a stranger with an account of that name.
func (w *world) arrive(entry, account string) string {
	w.t.Helper()
	person, _, err := w.Intake.Arrive(w.t.Context(), w.Community, entry, visitor(account), "")
	w.must(err)
	return person
}

// come is arrive, and what follows at once.
func (w *world) come(entry, account string) string {
	w.t.Helper()
	person := w.arrive(entry, account)
	w.settle()
	return person
}

func (w *world) at(entry, person string) (x intake.Standing) {
	w.t.Helper()
	e := w.entry(entry)
	w.read(func(tx *db.Tx) (err error) { x, err = w.Intake.StandingTx(tx, person, e); return err })
	return x
}

func (w *world) stands(entry, person string, want intake.Stage) intake.Standing {
	w.t.Helper()
	x := w.at(entry, person)
	if x.Stage != want {
		w.t.Errorf("%s stands at %q (%s), want %q", person, x.Stage, x.Outcome, want)
	}
	return x
}

// form is a form that is right, but for what change does to it. It asks for a code.
func (w *world) form(phone string, change ...func(*intake.Form)) intake.Form {
	w.t.Helper()
	w.must(w.Intake.SendCode(w.t.Context(), w.Community, phone, fmt.Sprintf("10.9.%d.%d", w.n/250, w.n%250), "zh-Hans"))
	w.n++
	f := intake.Form{Phone: phone, Code: w.code(phone), Fields: map[string]string{"name": "王小雨"}, Consents: []string{"service"}, FilledIn: time.Minute}
	for _, fn := range change {
		fn(&f)
	}
	return f
}

func (w *world) submit(entry, person, account string, f intake.Form) (intake.Registration, error) {
	v := visitor(account)
	v.Person = person
	return w.Intake.Submit(w.t.Context(), w.Community, person, entry, v, f)
}

// register fills the form in, and does what follows at once.
func (w *world) register(entry, person, account, phone string) intake.Registration {
	w.t.Helper()
	r, err := w.submit(entry, person, account, w.form(phone))
	w.must(err)
	w.settle()
	return r
}

// held brings a stranger to a held seat by the entry without doors.
func (w *world) held(account, phone string) (person string, x intake.Standing) {
	w.t.Helper()
	person = w.register("open", w.come("open", account), account, phone).Person
	return person, w.stands("open", person, intake.ToJoin)
}

func (w *world) join(person string, x intake.Standing) error {
	_, err := w.Circles.Join(w.t.Context(), w.Community, circle.Join{Person: person, Circle: x.Circle, Entry: x.Entry.ID})
	if err == nil {
		w.settle()
	}
	return err
}

// seated brings a stranger into the circle.
func (w *world) seated(account, phone string) (person, in string) {
	w.t.Helper()
	person, x := w.held(account, phone)
	w.must(w.join(person, x))
	w.stands("open", person, intake.Seated)
	return person, x.Circle
}

func (w *world) pool() (p seat.Pool) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		all, err := w.Seats.Pools(tx, "room")
		p = all[0]
		return err
	})
	return p
}

// sound checks that verification finds nothing.
func (w *world) sound() {
	w.t.Helper()
	r, err := w.Verify(w.t.Context(), w.Community)
	w.must(err)
	for part, n := range r.ByPart() {
		if n > 0 {
			w.t.Errorf("verify finds %d flaws of %s", n, part)
		}
	}
}
