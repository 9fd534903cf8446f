package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/qunce/qunce/internal/channel/outbox"
	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/blob"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

// react lets parts that must not know each other act on each other.
func (a *App) react() {
	for _, x := range a.Circles.Actions() {
		a.Paths.Register(x)
	}
	a.Paths.RegisterSource(a.Circles.Source())
	a.Paths.Register(a.Members.UseAction())
	a.Paths.RegisterSource(a.Members.Source())
	a.Paths.RegisterSource(a.Members.PersonSource())
	a.Intake.Install(a.Paths)
	a.Touch.Install(a.Paths)
	a.installPeople()

	a.Paths.FollowMerges(people.Roots)
	a.People.OnMerge(a.Paths.BeforeMergeTx)
	a.People.OnMerge(a.Intake.OnMerge)
	a.People.OnMerge(a.mergeSeats)
	a.People.OnMerge(func(tx *db.Tx, _, into string) error { return a.Members.FollowTx(tx, into) })
	a.People.OnErase(a.Seats.WithdrawTx) // first: what others free must not be offered to who is gone
	a.reactEvents()
	a.reactRooms()
	a.reactGrowth()
	a.reactLaunches()
	a.reactPayouts()
	a.reactTeam()
	a.People.OnMerge(a.Touch.MergeTx)
	a.People.OnMerge(a.Paths.RebindTx) // last: the moments of its runs rest on what the others have moved
	a.People.OnUnmerge(a.unmergeSeats)
	a.People.OnUnmerge(a.unmergeMembers)
	a.People.OnBlock(a.shutOut)
	a.People.OnErase(a.Members.EraseTx)
	a.People.OnErase(a.Circles.EraseTx)
	a.People.OnErase(a.Paths.EraseTx)
	a.People.OnErase(func(tx *db.Tx, person string) error {
		return a.Auth.RevokeAllTx(tx, authn.Holder{Community: tx.Community(), Person: person}, "")
	})
	a.People.OnErase(a.Touch.EraseTx)
	a.People.OnErase(a.Rooms.EraseTx)
	a.People.OnErase(a.Tasks.ErasePersonTx)
	a.People.OnExport("circles", func(tx *db.Tx, person string) (any, error) { return a.Circles.ExportTx(tx, person) })
	a.People.OnExport("memberships", func(tx *db.Tx, person string) (any, error) { return a.Members.TermsTx(tx, person) })
	a.People.OnExport("benefits", func(tx *db.Tx, person string) (any, error) { return a.Members.UsesTx(tx, person, mostUses) })
	a.People.OnExport("orders", a.exportOrders)
	a.People.OnExport("messages", func(tx *db.Tx, person string) (any, error) { return a.Touch.ExportTx(tx, person) })

	keep, err := audit.NewPurger(audit.DefaultKeep)
	if err != nil {
		panic(err) // the default is longer than the least
	}
	a.Communities.OnSweep(keep.Sweep, a.Auth.Sweep, a.Idem.Sweep, a.Blobs.Sweep, a.Outbox.Sweep, a.Touch.Sweep)
	a.Communities.Register(a.Jobs)
}

// shutOut takes a person who was blocked out of lines and circles and signs them out. A membership that was paid for goes on.
func (a *App) shutOut(tx *db.Tx, person, actor string) error {
	ids, err := people.Group(tx, person)
	if err != nil {
		return err
	}
	for _, x := range ids {
		if err := a.Auth.RevokeAllTx(tx, authn.Holder{Community: tx.Community(), Person: x}, ""); err != nil {
			return fmt.Errorf("sign person %s out: %w", x, err)
		}
		if err := a.Seats.WithdrawTx(tx, x); err != nil {
			return fmt.Errorf("take person %s out of lines: %w", x, err)
		}
	}
	_, err = a.Circles.LeaveAllTx(tx, person, circle.ReasonRemoved, actor, nil)
	return err
}

// mergeSeats leaves one seat a group to the one who stands for both: rather a seat that is taken than one that is only held.
func (a *App) mergeSeats(tx *db.Tx, from, into string) error {
	theirs, err := a.Seats.LiveSeats(tx, from)
	if err != nil {
		return err
	}
	own, err := a.Seats.LiveSeats(tx, into)
	if err != nil {
		return err
	}
	for _, s := range own {
		g, err := a.Seats.Group(tx, s.Group)
		if err != nil {
			return err
		}
		if g.PerHolder == 1 && s.State == seat.StateHeld && slices.ContainsFunc(theirs, func(x seat.Seat) bool { return x.Group == s.Group && x.State == seat.StateTaken }) {
			if _, err := a.Seats.ReleaseTx(tx, s.ID); err != nil {
				return fmt.Errorf("release the hold of person %s: %w", into, err)
			}
		}
	}
	if err := a.Circles.MergeTx(tx, from, into); err != nil {
		return err
	}
	return a.Seats.MergeTx(tx, from, into)
}

// unmergeSeats gives the seats of the circles they are in back to a person who stands for themselves again.
func (a *App) unmergeSeats(tx *db.Tx, from, into string) error {
	stays, err := a.Circles.CirclesOfTx(tx, from)
	if err != nil {
		return err
	}
	seats, err := a.Seats.LiveSeats(tx, into)
	if err != nil {
		return err
	}
	for _, s := range seats {
		if slices.ContainsFunc(stays, func(m circle.Membership) bool { return m.Person == from && m.Circle == s.Pool }) {
			if err := a.Seats.GiveTx(tx, s.ID, from); err != nil {
				return err
			}
		}
	}
	return nil
}

// unmergeMembers gives each of two persons the place under the cap that their own terms need.
func (a *App) unmergeMembers(tx *db.Tx, from, into string) error {
	if err := a.Members.FollowTx(tx, into); err != nil {
		return err
	}
	return a.Members.FollowTx(tx, from)
}

// mostUses bounds how many uses of benefits an export has: many more than anybody makes.
const mostUses = 10_000

// exportOrders lists all that somebody ordered.
func (a *App) exportOrders(tx *db.Tx, person string) (any, error) {
	ids, err := people.Group(tx, person)
	if err != nil {
		return nil, err
	}
	var all []shop.Order
	for cursor := ""; ; {
		p, err := a.Shop.Orders(tx, shop.Filter{Persons: ids}, cursor, 100)
		if err != nil {
			return nil, err
		}
		if all, cursor = append(all, p.Items...), p.Next; cursor == "" {
			return all, nil
		}
	}
}

// peopleSettings is what the community's playbook says about people.
func (a *App) peopleSettings(tx *db.Tx) (people.Settings, error) {
	p, err := a.Playbooks.Current(tx)
	return people.Settings{Zone: a.zone(context.Background(), tx.Community()), Stages: p.People.Stages, Fields: p.People.Fields}, err
}

// auditLook writes down that somebody looked at what is masked.
func (a *App) auditLook(tx *db.Tx, by audit.Actor, person string, field people.FieldName) error {
	return audit.Record(tx, by, string(access.PeopleReveal), audit.Target{Kind: "person", ID: person}, audit.Detail{"field": string(field)})
}

// place is what messages of a community may say of it.
func (a *App) place(ctx context.Context, id string) (touch.Place, error) {
	c, err := a.Communities.ByID(ctx, id)
	if err != nil {
		return touch.Place{}, err
	}
	return touch.Place{Name: c.Name, URL: a.PublicURL() + "/" + c.Slug}, nil
}

// cards shows persons to circles.
type cards struct{ people *people.Service }

func (c cards) IDs(tx *db.Tx, person string) ([]string, error) { return people.Group(tx, person) }

func (c cards) Blocked(tx *db.Tx, person string) (bool, error) { return c.people.KeptOut(tx, person) }

// Inside makes the stay an identifier: who is in a circle can be reached there.
func (c cards) Inside(tx *db.Tx, person, in string, inside bool) error {
	stay := people.Identifier{Kind: people.CircleMember, Value: in + " " + person, Verified: true}
	if inside {
		_, err := c.people.IdentifyTx(tx, person, stay, "")
		return err
	}
	err := c.people.UnidentifyTx(tx, person, stay, "")
	if errors.Is(err, people.ErrErased) || errors.Is(err, people.ErrNoIdentifier) {
		return nil // erasing has taken it already
	}
	return err
}

func (c cards) Cards(tx *db.Tx, ids []string) (map[string]circle.Card, error) {
	names, err := c.people.Names(tx, ids)
	out := make(map[string]circle.Card, len(names))
	for id, n := range names {
		out[id] = circle.Card{Name: n.Nickname, Erased: n.Erased}
	}
	return out, err
}

// onDuty lists the operators whose role is a duty's name.
func (a *App) onDuty(tx *db.Tx, duty string) ([]string, error) {
	return a.Auth.WithRole(tx, access.Role(duty))
}

// pictures counts circles' uses of stored pictures.
type pictures struct{ blobs *blob.Service }

func (p pictures) KeepTx(tx *db.Tx, hash string) (circle.Picture, error) {
	if err := p.blobs.UseTx(tx, hash); err != nil {
		return circle.Picture{}, err
	}
	b, err := p.blobs.FindTx(tx, hash)
	return circle.Picture{Hash: b.Hash, Thumb: b.Thumb, Width: b.Width, Height: b.Height}, err
}

func (p pictures) DropTx(tx *db.Tx, hash string) error { return p.blobs.DropTx(tx, hash) }

// templates renders the playbook's texts for circles.
type templates struct{ app *App }

func (t templates) Render(tx *db.Tx, name string, lang text.Lang, params map[string]any) (string, error) {
	p, err := t.app.Playbooks.Current(tx)
	if err != nil {
		return "", err
	}
	tpl, known := p.Touch.Templates[name]
	if !known {
		return "", touch.ErrTemplate.With("template", name)
	}
	return text.Fill(tpl.Body.In(lang), t.app.zone(context.Background(), tx.Community()), params), nil
}

// codes proves phones for intake.
type codes struct{ app *App }

// phonePurpose is what a code that registers somebody proves the phone for. Signing in uses the same: both say "it is me".
const phonePurpose = "member"

func (c codes) Send(ctx context.Context, community, phone, address, lang string) error {
	return c.app.SendCode(ctx, community, phone, address, lang)
}

func (c codes) CheckTx(tx *db.Tx, phone, code string) (refusal, err error) {
	normal, refused := text.Phone(phone)
	if !refused {
		return people.ErrPhone.At("/phone"), nil
	}
	refusal, err = c.app.Auth.CheckCodeTx(tx, phonePurpose, normal, code)
	return refusal, err
}

// SendCode sends a code that proves a phone: by the text message provider, or else into the outbox.
func (a *App) SendCode(ctx context.Context, community, phone, address, lang string) error {
	normal, ok := text.Phone(phone)
	if !ok {
		return people.ErrPhone.At("/phone")
	}
	l, known := text.Parse(lang)
	if !known {
		l = text.Hans
	}
	return a.DB.Do(ctx, community, func(tx *db.Tx) error {
		code, err := a.Auth.IssueCodeTx(tx, authn.CodeRequest{Purpose: phonePurpose, Phone: normal, Address: address})
		if err != nil {
			if e := errs.As(err); e != nil && e.Field == "" {
				return e.At("/phone")
			}
			return err
		}
		here, err := a.place(ctx, community)
		if err != nil {
			return err
		}
		body := a.Words.Say(l, nil, "h5.code_message", map[string]any{"community": here.Name.In(l), "code": code.Code})
		return a.Outbox.PutTx(tx, outbox.Message{Channel: "sms", Recipient: normal, Body: body})
	})
}
