package launch

import (
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Endorser is somebody who stands behind a launch in their own words.
type Endorser struct {
	ID        string    `json:"id"`
	Launch    string    `json:"launch"`
	Person    string    `json:"person,omitempty" doc:"if they are known here"`
	Name      string    `json:"name"`
	Title     string    `json:"title,omitempty" doc:"what they are"`
	Quote     string    `json:"quote,omitempty"`
	ConsentAt time.Time `json:"consent_at,omitzero" doc:"when they agreed to be shown with these words; absent if they have not"`
	ConsentBy string    `json:"consent_by,omitempty" doc:"the operator who has it in writing"`
	CreatedAt time.Time `json:"created_at"`
}

// Agreed tells whether they may be shown.
func (e Endorser) Agreed() bool { return !e.ConsentAt.IsZero() }

// Resource is something that a launch needs or has.
type Resource struct {
	ID        string       `json:"id"`
	Launch    string       `json:"launch"`
	Kind      ResourceKind `json:"kind"`
	Title     string       `json:"title"`
	Link      string       `json:"link,omitempty"`
	Ready     bool         `json:"ready"`
	CreatedAt time.Time    `json:"created_at"`
}

// ResourceKind is what a resource is.
type ResourceKind string

// ResourceKinds are those there are.
var ResourceKinds = []ResourceKind{"text", "picture", "video", "gift", "channel", "other"}

// Refusals about endorsers and resources.
var (
	ErrUnknownEndorser = errs.Define(errs.NotFound, "launch.unknown_endorser")
	ErrUnknownResource = errs.Define(errs.NotFound, "launch.unknown_resource")
	ErrUnknownPerson   = errs.Define(errs.Invalid, "launch.unknown_person")
	ErrWords           = errs.Define(errs.Invalid, "launch.words") // "max"
	ErrNoWords         = errs.Define(errs.Invalid, "launch.no_words")
	ErrKind            = errs.Define(errs.Invalid, "launch.kind")
	ErrLink            = errs.Define(errs.Invalid, "launch.link")
	ErrTooMany         = errs.Define(errs.Conflict, "launch.too_many") // "max"
)

// most is how many endorsers, or resources, a launch may have.
const most = 500

func (e *Endorser) check() error {
	e.Name, e.Title, e.Quote = strings.TrimSpace(e.Name), strings.TrimSpace(e.Title), strings.TrimSpace(e.Quote)
	var bad []*errs.Error
	if !short(e.Name, maxTitle) {
		bad = append(bad, ErrTitle.With("max", maxTitle).At("/name"))
	}
	if !atMost(e.Title, maxTitle) {
		bad = append(bad, ErrWords.With("max", maxTitle).At("/title"))
	}
	if !atMost(e.Quote, maxWords) {
		bad = append(bad, ErrWords.With("max", maxWords).At("/quote"))
	}
	return errs.Join(bad...)
}

// AddEndorserTx names somebody who may stand behind a launch. They have agreed to nothing yet.
func (s *Service) AddEndorserTx(tx *db.Tx, e Endorser) (Endorser, error) {
	if err := e.check(); err != nil {
		return e, err
	}
	if _, err := s.GetTx(tx, e.Launch); err != nil {
		return e, err
	}
	if e.Person != "" {
		root, err := people.Root(tx, e.Person)
		if err != nil {
			if errs.KindOf(err) == errs.NotFound {
				err = ErrUnknownPerson.At("/person")
			}
			return e, err
		}
		e.Person = root
	}
	e.ID, e.CreatedAt, e.ConsentAt, e.ConsentBy = tx.NewID(), tx.Now(), time.Time{}, ""
	added, err := insertEndorser(tx, e, most)
	if err == nil && !added {
		err = ErrTooMany.With("max", most)
	}
	return e, err
}

// EditEndorserTx changes what is said of somebody, or what they say. Other words take another agreement.
func (s *Service) EditEndorserTx(tx *db.Tx, e Endorser, actor string) (Endorser, error) {
	if err := e.check(); err != nil {
		return e, err
	}
	was, found, err := lockEndorser(tx, e.ID)
	if err != nil || !found {
		return e, errs.Or(err, ErrUnknownEndorser)
	}
	same := was.Name == e.Name && was.Title == e.Title && was.Quote == e.Quote
	was.Name, was.Title, was.Quote = e.Name, e.Title, e.Quote
	if !same && was.Agreed() {
		was.ConsentAt, was.ConsentBy = time.Time{}, ""
		if err := s.tellEndorser(tx, was, EndorsementWithdrawn{Launch: fact.ID(was.Launch)}, actor); err != nil {
			return was, err
		}
	}
	return was, updateEndorser(tx, was)
}

// ConsentTx writes down that somebody agreed to be shown with the words that are there, or does no longer. Refusals:
// ErrUnknownEndorser, ErrNoWords.
func (s *Service) ConsentTx(tx *db.Tx, id string, given bool, actor string) (Endorser, error) {
	e, found, err := lockEndorser(tx, id)
	if err != nil || !found {
		return e, errs.Or(err, ErrUnknownEndorser)
	}
	if given == e.Agreed() {
		return e, nil
	}
	var told any = EndorsementWithdrawn{Launch: fact.ID(e.Launch)}
	e.ConsentAt, e.ConsentBy = time.Time{}, ""
	if given {
		if e.Quote == "" {
			return e, ErrNoWords.At("/quote")
		}
		told, e.ConsentAt, e.ConsentBy = Endorsed{Launch: fact.ID(e.Launch)}, tx.Now(), actor
	}
	if err := updateEndorser(tx, e); err != nil {
		return e, err
	}
	return e, s.tellEndorser(tx, e, told, actor)
}

func (s *Service) tellEndorser(tx *db.Tx, e Endorser, payload any, actor string) error {
	_, err := fact.Append(tx, payload, fact.Fact{Person: e.Person, Subject: e.ID, Actor: actor})
	return err
}

// RemoveEndorserTx takes somebody off the board.
func (s *Service) RemoveEndorserTx(tx *db.Tx, id string) error {
	gone, err := deleteEndorser(tx, id)
	if err == nil && !gone {
		err = ErrUnknownEndorser
	}
	return err
}

// EndorsersTx lists who stands behind a launch, in the order in which they were named; only those who agreed, if wanted.
func (s *Service) EndorsersTx(tx *db.Tx, launch string, agreed bool, cursor string, limit int) (page.Page[Endorser], error) {
	if _, err := s.GetTx(tx, launch); err != nil {
		return page.Page[Endorser]{}, err
	}
	return oldest(cursor, limit, func(after string, limit int) ([]Endorser, error) {
		return endorsersOf(tx, launch, agreed, after, limit)
	},
		func(e Endorser) string { return e.ID })
}

func (r *Resource) check() error {
	r.Title, r.Link = strings.TrimSpace(r.Title), strings.TrimSpace(r.Link)
	var bad []*errs.Error
	if !slices.Contains(ResourceKinds, r.Kind) {
		bad = append(bad, ErrKind.At("/kind"))
	}
	if !short(r.Title, maxTitle) {
		bad = append(bad, ErrTitle.With("max", maxTitle).At("/title"))
	}
	if r.Link != "" && (!atMost(r.Link, maxWords) || !strings.HasPrefix(r.Link, "https://") && !strings.HasPrefix(r.Link, "http://")) {
		bad = append(bad, ErrLink.At("/link"))
	}
	return errs.Join(bad...)
}

// AddResourceTx notes something that a launch needs or has.
func (s *Service) AddResourceTx(tx *db.Tx, r Resource) (Resource, error) {
	if err := r.check(); err != nil {
		return r, err
	}
	if _, err := s.GetTx(tx, r.Launch); err != nil {
		return r, err
	}
	r.ID, r.CreatedAt = tx.NewID(), tx.Now()
	added, err := insertResource(tx, r, most)
	if err == nil && !added {
		err = ErrTooMany.With("max", most)
	}
	return r, err
}

// EditResourceTx changes a resource.
func (s *Service) EditResourceTx(tx *db.Tx, r Resource) (Resource, error) {
	if err := r.check(); err != nil {
		return r, err
	}
	out, found, err := updateResource(tx, r)
	if err == nil && !found {
		err = ErrUnknownResource
	}
	return out, err
}

// RemoveResourceTx takes a resource off the board.
func (s *Service) RemoveResourceTx(tx *db.Tx, id string) error {
	gone, err := deleteResource(tx, id)
	if err == nil && !gone {
		err = ErrUnknownResource
	}
	return err
}

// ResourceTx and EndorserTx give one; ErrUnknownResource and ErrUnknownEndorser if there is none.
func (s *Service) ResourceTx(tx *db.Tx, id string) (Resource, error) {
	r, found, err := resourceByID(tx, id)
	if err == nil && !found {
		err = ErrUnknownResource
	}
	return r, err
}

// EndorserTx gives an endorser.
func (s *Service) EndorserTx(tx *db.Tx, id string) (Endorser, error) {
	e, found, err := lockEndorser(tx, id)
	if err == nil && !found {
		err = ErrUnknownEndorser
	}
	return e, err
}

// ResourcesTx lists what a launch needs or has, in the order in which it was noted.
func (s *Service) ResourcesTx(tx *db.Tx, launch, cursor string, limit int) (page.Page[Resource], error) {
	if _, err := s.GetTx(tx, launch); err != nil {
		return page.Page[Resource]{}, err
	}
	return oldest(cursor, limit, func(after string, limit int) ([]Resource, error) { return resourcesOf(tx, launch, after, limit) },
		func(r Resource) string { return r.ID })
}
