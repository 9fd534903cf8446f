package playbook

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
)

// Each part gets what the playbook says. What the one before named and this one does not is retired: it goes on for those who
// are inside, and takes nobody new. What an operator added by hand stood in neither, and stays.

// gone are the names in a list that another one lacks.
func gone(was, is []string) []string {
	return slices.DeleteFunc(was, func(name string) bool { return slices.Contains(is, name) })
}

func groupNames(p Playbook) []string {
	return namesOf(p.Circles, func(g circle.Group) string { return g.Name })
}

func pathNames(p Playbook) []string {
	return namesOf(p.Paths, func(d path.Definition) string { return d.Name })
}

func doorNames(p Playbook) []string {
	return namesOf(p.Intake.Openings, func(o Opening) string { return o.Name })
}

func entryCodes(p Playbook) []string {
	return namesOf(p.Intake.Entries, func(e Entry) string { return e.Code })
}

func (s *Service) applyCircles(tx *db.Tx, was, p Playbook) error {
	for _, g := range p.Circles {
		if err := s.Circles.DeclareGroupTx(tx, g); err != nil {
			return fmt.Errorf("circles %s: %w", g.Name, err)
		}
	}
	for _, name := range gone(groupNames(was), groupNames(p)) {
		if err := s.Circles.RetireGroupTx(tx, name); err != nil {
			return fmt.Errorf("circles %s: %w", name, err)
		}
	}
	return nil
}

// applyMembership declares what is sold. A plan that is named no longer is sold no more; who has it keeps it.
func (s *Service) applyMembership(tx *db.Tx, was, p Playbook) error {
	if p.Membership.Cap == 0 && len(p.Membership.Plans) == 0 && len(was.Membership.Plans) == 0 {
		return nil
	}
	if err := s.Members.DeclareTx(tx, p.Membership); err != nil {
		return fmt.Errorf("membership: %w", err)
	}
	return nil
}

// applyEvents declares what events are made from. Events that were made keep what they have.
func (s *Service) applyEvents(tx *db.Tx, was, p Playbook) error {
	if len(p.Events.Templates) == 0 && len(was.Events.Templates) == 0 {
		return nil
	}
	if err := s.Events.DeclareTx(tx, p.Events); err != nil {
		return fmt.Errorf("events: %w", err)
	}
	return nil
}

// applyShop declares what is sold besides. A product or coupon that is named no longer is sold, or used, no more; what staff has changed
// stays until the playbook says something new of it.
func (s *Service) applyShop(tx *db.Tx, was, p Playbook) error {
	if reflect.DeepEqual(was.Shop, p.Shop) {
		return nil
	}
	if err := s.Goods.DeclareTx(tx, p.Shop.Config); err != nil {
		return fmt.Errorf("shop: %w", err)
	}
	if err := s.Shop.DeclareCouponsTx(tx, p.Shop.Coupons); err != nil {
		return fmt.Errorf("shop: coupons: %w", err)
	}
	return nil
}

// applyGrowth declares what binds people and what it earns. A programme that is named no longer binds nobody new; its bonds go on.
func (s *Service) applyGrowth(tx *db.Tx, was, p Playbook) error {
	if len(p.Growth.Programmes) == 0 && len(was.Growth.Programmes) == 0 {
		return nil
	}
	if err := s.Growth.DeclareTx(tx, p.Growth); err != nil {
		return fmt.Errorf("growth: %w", err)
	}
	return nil
}

// applyTeam declares who is in the team and what it earns. What was given and credited before stays.
func (s *Service) applyTeam(tx *db.Tx, was, p Playbook) error {
	if len(p.Team.Departments) == 0 && len(was.Team.Departments) == 0 {
		return nil
	}
	if err := s.Team.DeclareTx(tx, p.Team); err != nil {
		return fmt.Errorf("team: %w", err)
	}
	return nil
}

// applyIntake declares the form and the contacts. A contact that the playbook no longer has stays known by name, but nobody
// is sent to it any more.
func (s *Service) applyIntake(tx *db.Tx, was, p Playbook) error {
	if err := s.Intake.DeclareTx(tx, p.Intake.Config); err != nil {
		return err
	}
	contacts := slices.Clone(p.Contacts)
	for _, c := range was.Contacts {
		if !slices.ContainsFunc(p.Contacts, func(x intake.Contact) bool { return x.ID == c.ID }) {
			c.Daily, c.Duty = 0, false
			contacts = append(contacts, c)
		}
	}
	for _, c := range contacts {
		if err := s.Intake.DeclareContactTx(tx, c); err != nil {
			return fmt.Errorf("contact %s: %w", c.ID, err)
		}
	}
	return nil
}

func (s *Service) applyTouch(tx *db.Tx, _, p Playbook) error { return s.Touch.DeclareTx(tx, p.Touch) }

// applyPaths puts the definitions; runs of a retired path go on.
func (s *Service) applyPaths(tx *db.Tx, was, p Playbook) error {
	for _, d := range p.Paths {
		if _, _, err := s.Paths.PutTx(tx, d); err != nil {
			return err
		}
	}
	for _, name := range gone(pathNames(was), pathNames(p)) {
		if err := s.Paths.RetireTx(tx, name); err != nil {
			return err
		}
	}
	return nil
}

// applyEntries sets the sources, openings and entries up; what operators have changed by hand stays.
func (s *Service) applyEntries(tx *db.Tx, was, p Playbook) error {
	ids, err := s.applyDoors(tx, was, p)
	if err != nil {
		return err
	}
	entry := func(e Entry) intake.Entry {
		return intake.Entry{
			Code: e.Code, Title: e.Title, Source: ids["source "+e.Source], Path: e.Path, Opening: ids["opening "+e.Opening], Keyword: e.Keyword, LiveCode: e.LiveCode, Page: e.Page,
		}
	}
	before := map[string]*intake.Entry{}
	for _, e := range was.Intake.Entries {
		x := entry(e)
		before[e.Code] = &x
	}
	for _, e := range p.Intake.Entries {
		if err := s.Intake.DeclareEntryTx(tx, entry(e), before[e.Code]); err != nil {
			return fmt.Errorf("entry %s: %w", e.Code, err)
		}
	}
	for _, code := range gone(entryCodes(was), entryCodes(p)) {
		if err := s.Intake.RetireEntryTx(tx, code); err != nil {
			return fmt.Errorf("entry %s: %w", code, err)
		}
	}
	return nil
}

// applyDoors sets sources and openings up, and gives the ids of those that this playbook or the one before names.
func (s *Service) applyDoors(tx *db.Tx, was, p Playbook) (ids map[string]string, err error) {
	ids = map[string]string{}
	for _, x := range slices.Concat(was.Intake.Sources, p.Intake.Sources) {
		got, err := s.Intake.EnsureSourceTx(tx, intake.Source{Name: x.Name, Kind: x.Kind})
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", x.Name, err)
		}
		ids["source "+x.Name] = got.ID
	}
	for _, o := range slices.Concat(was.Intake.Openings, p.Intake.Openings) {
		at := tx.Now().Add(time.Duration(o.In))
		if time.Duration(o.In) >= time.Hour {
			at = at.Truncate(time.Minute) // a time that people can keep in mind
		}
		got, err := s.Intake.EnsureOpeningTx(tx, intake.Opening{Name: o.Name, OpensAt: at, Rate: o.Rate})
		if err != nil {
			return nil, fmt.Errorf("opening %s: %w", o.Name, err)
		}
		ids["opening "+o.Name] = got.ID
	}
	for _, name := range gone(doorNames(was), doorNames(p)) {
		if err := s.Intake.RetireOpeningTx(tx, name); err != nil {
			return nil, fmt.Errorf("opening %s: %w", name, err)
		}
	}
	return ids, nil
}
