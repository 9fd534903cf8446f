package growth

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// LinkTx gives a person's link to a product, made at the first time. If they came by somebody's link themselves, theirs hangs on
// that one. Refusals: ErrProduct.
func (s *Service) LinkTx(tx *db.Tx, sharer, what string) (Link, error) {
	if what != "" && (what == "*" || !product.MatchString(what)) {
		return Link{}, ErrProduct.With("product", what).At("/product")
	}
	ids, err := s.People.IDs(tx, sharer)
	if err != nil {
		return Link{}, err
	}
	if l, found, err := linkOf(tx, ids, what); err != nil || found {
		return l, err
	}
	kind, _ := cut(what)
	from, err := cameBy(tx, ids, Last, tx.Now(), func(by string) bool { return what == "" || by == "" || by == what || by == kind })
	if err != nil {
		return Link{}, err
	}
	l := Link{ID: tx.NewID(), Sharer: ids[0], Product: what, Parent: from, CreatedAt: tx.Now()}
	l.Code = s.codeOf(tx, l.ID)
	made, err := insertLink(tx, l)
	if err != nil {
		return l, fmt.Errorf("make link: %w", err)
	}
	if !made { // another one was faster
		l, _, err = linkOf(tx, ids, what)
		return l, err
	}
	_, err = fact.Append(tx, LinkMade{Parent: fact.ID(l.Parent)}, fact.Fact{Person: l.Sharer, Subject: l.ID})
	return l, err
}

// codeOf is the code of a link: 50 bits that nobody guesses, in letters and digits that are read out well.
func (s *Service) codeOf(tx *db.Tx, link string) string {
	sum := sha256.Sum256([]byte(s.Hash(tx.Community(), purposeCode, link)))
	return strings.ToLower(base32.NewEncoding("ABCDEFGHJKMNPQRSTVWXYZ0123456789").EncodeToString(sum[:]))[:10]
}

// cameBy is the link of somebody else by which a human came, until a time: the first or the last of those whose product fits.
func cameBy(tx *db.Tx, ids []string, rule TouchRule, until time.Time, fits func(product string) bool) (string, error) {
	list, err := touchesOf(tx, ids)
	if err != nil {
		return "", err
	}
	var link string
	var at time.Time
	for _, t := range list {
		if !fits(t.product) || t.firstAt.After(until) {
			continue
		}
		found, when := t.lastLink, t.lastAt
		if rule == First || when.After(until) {
			found, when = t.firstLink, t.firstAt
		}
		if link == "" || rule == First && when.Before(at) || rule == Last && when.After(at) {
			link, at = found, when
		}
	}
	return link, nil
}

// cut divides a product's name into its kind and what of that kind it is.
func cut(name string) (kind, item string) {
	kind, item, _ = strings.Cut(name, ":")
	return kind, item
}

// LinkByCode gives a link; ErrUnknownLink if there is none.
func (s *Service) LinkByCode(tx *db.Tx, code string) (Link, error) {
	l, found, err := linkByCode(tx, code)
	if err == nil && !found {
		err = ErrUnknownLink
	}
	return l, err
}

// VisitTx counts somebody who opens a link, and remembers by which they came. Views count each time, visits once a visitor and
// day. Who opens their own link isn't counted. Refusals: ErrUnknownLink.
func (s *Service) VisitTx(tx *db.Tx, v Visit) (Link, error) {
	l, err := s.LinkByCode(tx, v.Code)
	if err != nil {
		return l, err
	}
	holder, person := s.Hash(tx.Community(), purposeVisitor, v.Visitor), false
	if v.Person != "" {
		ids, err := s.People.IDs(tx, v.Person)
		if err != nil {
			return l, err
		}
		if slices.Contains(ids, l.Sharer) {
			return l, s.mark(tx, ids[0], "device", v.Visitor)
		}
		if err := s.ClaimVisitorTx(tx, v.Visitor, v.Person); err != nil {
			return l, err
		}
		holder, person = ids[0], true
	}
	day := tx.Now().In(s.Zone(context.Background(), tx.Community())).Format("2006-01-02")
	fresh, err := countVisit(tx, l.ID, day, s.Hash(tx.Community(), purposeVisitor, v.Visitor))
	if err != nil {
		return l, fmt.Errorf("count visit: %w", err)
	}
	at := touchRow{holder: holder, product: l.Product, person: person, firstLink: l.ID, firstAt: tx.Now(), lastLink: l.ID, lastAt: tx.Now()}
	if err := foldTouch(tx, at); err != nil {
		return l, fmt.Errorf("remember visit: %w", err)
	}
	if person && fresh {
		return l, s.follow(tx, holder, l, tx.Now())
	}
	return l, nil
}

// ClaimVisitorTx tells that a visitor is a person: by which links they came counts for the person from now on.
func (s *Service) ClaimVisitorTx(tx *db.Tx, visitor, person string) error {
	if visitor == "" {
		return nil
	}
	ids, err := s.People.IDs(tx, person)
	if err != nil {
		return err
	}
	if err := s.mark(tx, ids[0], "device", visitor); err != nil {
		return err
	}
	list, err := claimTouches(tx, s.Hash(tx.Community(), purposeVisitor, visitor))
	if err != nil {
		return fmt.Errorf("claim a visitor's touches: %w", err)
	}
	for _, t := range list {
		t.holder, t.person = ids[0], true
		if err := foldTouch(tx, t); err != nil {
			return err
		}
		if err := s.followBoth(tx, ids, t); err != nil {
			return err
		}
	}
	return nil
}

// followBoth lets a person follow the first link of a touch and the last, but for their own.
func (s *Service) followBoth(tx *db.Tx, ids []string, t touchRow) error {
	type step struct {
		link string
		at   time.Time
	}
	steps := []step{{t.firstLink, t.firstAt}}
	if t.lastLink != t.firstLink {
		steps = append(steps, step{t.lastLink, t.lastAt})
	}
	for _, x := range steps {
		l, found, err := linkByID(tx, x.link)
		if err == nil && found && !slices.Contains(ids, l.Sharer) {
			err = s.follow(tx, ids[0], l, x.at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// follow tells that a known person came by a link, which may bind them.
func (s *Service) follow(tx *db.Tx, person string, l Link, at time.Time) error {
	if err := insertLead(tx, l.ID, person, at); err != nil {
		return fmt.Errorf("note a lead: %w", err)
	}
	id, err := fact.Append(tx, LinkFollowed{Sharer: fact.ID(l.Sharer)}, fact.Fact{Person: person, Subject: l.ID, At: at})
	if err != nil {
		return err
	}
	_, err = s.BindTx(tx, Touch{Binds: Click, Promoter: l.Sharer, Guest: person, Subject: l.ID, Product: l.Product, At: at, Fact: id})
	return err
}

// mark notes what another account of the same human may share.
func (s *Service) mark(tx *db.Tx, person, kind, value string) error {
	if value == "" {
		return nil
	}
	return insertMark(tx, person, kind, s.Hash(tx.Community(), purposeMark+kind, value))
}

// MarkTx notes a device, phone or account by which a person was seen to pay: what a promoter and a guest share of these is looked
// at before anybody is paid. Kind is SameDevice, SamePhone or SamePayer.
func (s *Service) MarkTx(tx *db.Tx, person string, kind Reason, value string) error {
	ids, err := s.People.IDs(tx, person)
	if err != nil {
		return err
	}
	return s.mark(tx, ids[0], string(kind), value)
}
