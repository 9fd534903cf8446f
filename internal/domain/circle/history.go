package circle

import (
	"context"
	"math"
	"slices"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// Window says which piece of a circle's history is read: what came before a position, what came after one, or the newest.
type Window struct {
	Before, After int64 // at most one of them; positions, not included
	Limit         int
}

// History is a piece of what was said, in order.
type History struct {
	Messages []Message `json:"messages"`
	More     bool      `json:"more" doc:"there is more in the direction that was read"`
	Last     int64     `json:"last" doc:"position of the circle's last message"`
	Read     int64     `json:"read" doc:"position up to which the reader has seen it; 0 for staff"`
}

// History reads a piece of what was said. Refusals: ErrNotFound, ErrNotMember, ErrWindow.
func (s *Service) History(ctx context.Context, community string, a Actor, circle string, w Window) (h History, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
		h, err = s.HistoryTx(tx, a, circle, w)
		return err
	})
	return h, err
}

// HistoryTx is History in the caller's transaction.
func (s *Service) HistoryTx(tx *db.Tx, a Actor, circle string, w Window) (History, error) {
	if w.Before < 0 || w.After < 0 || w.Before > 0 && w.After > 0 {
		return History{}, ErrWindow
	}
	c, m, err := s.enterTx(tx, a, circle)
	if err != nil {
		return History{}, err
	}
	h, limit := History{Last: c.seq, Read: m.Read}, page.Limit(w.Limit)
	if w.After > 0 {
		h.Messages, err = messagesAfter(tx, circle, w.After, limit+1)
	} else {
		before := w.Before
		if before == 0 {
			before = math.MaxInt64
		}
		h.Messages, err = messagesBefore(tx, circle, before, limit+1)
	}
	if err != nil {
		return History{}, err
	}
	if h.More = len(h.Messages) > limit; h.More {
		h.Messages = h.Messages[:limit]
	}
	if w.After == 0 {
		slices.Reverse(h.Messages)
	}
	return h, s.show(tx, h.Messages)
}

// MessageTx reads one message as its readers see it. Refusals: ErrNotFound, ErrNotMember, ErrNoMessage.
func (s *Service) MessageTx(tx *db.Tx, a Actor, circle, message string) (Message, error) {
	m, err := s.forChange(tx, a, circle, message)
	if err != nil {
		return m, err
	}
	one := []Message{m}
	err = s.show(tx, one)
	return one[0], err
}

// PinsTx lists what is pinned in a circle, the latest first.
func (s *Service) PinsTx(tx *db.Tx, a Actor, circle string) ([]Message, error) {
	if err := s.CanReadTx(tx, a, circle); err != nil {
		return nil, err
	}
	list, err := pinnedMessages(tx, circle)
	if err != nil {
		return nil, err
	}
	return list, s.show(tx, list)
}

// CanSeePictureTx tells whether a stored picture, or its small version, is shown in a circle that the actor may read.
func (s *Service) CanSeePictureTx(tx *db.Tx, a Actor, hash string) (bool, error) {
	circles, err := circlesShowing(tx, hash)
	if err != nil || a.Staff {
		return len(circles) > 0, err
	}
	for _, c := range circles {
		if _, found, err := s.memberTx(tx, c, a.ID); err != nil || found {
			return found, err
		}
	}
	return false, nil
}

// show brings stored messages into the form in which they are read: quotes and names as they are now, nothing of what was
// withdrawn.
func (s *Service) show(tx *db.Tx, list []Message) error {
	quotes, err := quotesOf(tx, list)
	if err != nil {
		return err
	}
	var ids []string
	for i := range list {
		m := &list[i]
		m.hide()
		ids = append(append(ids, m.people()...), m.mentioned()...)
	}
	for _, q := range quotes {
		ids = append(append(ids, q.people()...), q.mentioned()...)
	}
	names, err := s.names(tx, ids)
	if err != nil {
		return err
	}
	for i := range list {
		m := &list[i]
		m.AuthorName = names.author(m)
		for _, x := range m.mentioned() {
			if m.Mentions == nil {
				m.Mentions = map[string]string{}
			}
			m.Mentions[x] = names.of(x)
		}
		if q := quotes[m.ReplyTo]; q != nil && !m.gone() {
			m.Quote = q.quote(names)
		}
	}
	return nil
}

// quotesOf reads what messages reply to.
func quotesOf(tx *db.Tx, list []Message) (map[string]*Message, error) {
	var ids []string
	for _, m := range list {
		if m.ReplyTo != "" && !m.gone() && !slices.Contains(ids, m.ReplyTo) {
			ids = append(ids, m.ReplyTo)
		}
	}
	if len(ids) == 0 {
		return nil, nil //nolint:nilnil // nothing is quoted
	}
	found, err := messagesByID(tx, ids)
	out := map[string]*Message{}
	for i := range found {
		found[i].hide()
		out[found[i].ID] = &found[i]
	}
	return out, err
}

// hide leaves out the content of what may not be shown any more.
func (m *Message) hide() {
	if m.gone() {
		m.Text, m.Words, m.Picture, m.Link, m.ReplyTo = "", nil, nil, nil, ""
	}
}

func (m *Message) people() []string {
	if m.AuthorKind == AuthorMember {
		return []string{m.Author}
	}
	return nil
}

// quote is the beginning of a message, with its mentions as names.
func (m *Message) quote(names names) *Quote {
	q := &Quote{ID: m.ID, Seq: m.Seq, Kind: m.Kind, Author: m.Author, AuthorName: names.author(m), Text: m.Text, Gone: m.gone()}
	if m.Kind == MessageLink && m.Text == "" && m.Link != nil {
		q.Text = m.Link.Title
	}
	q.Text = mention.ReplaceAllStringFunc(q.Text, func(x string) string {
		if ids := mentionsIn(x); len(ids) == 1 {
			return "@" + names.of(ids[0])
		}
		return x
	})
	if r := []rune(q.Text); len(r) > maxQuote {
		q.Text = string(r[:maxQuote-1]) + "…"
	}
	if m.Picture != nil {
		q.Thumb = m.Picture.Thumb
		if q.Thumb == "" {
			q.Thumb = m.Picture.Hash
		}
	}
	return q
}

// names are how persons are shown now.
type names map[string]Card

func (s *Service) names(tx *db.Tx, ids []string) (names, error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return nil, nil //nolint:nilnil // nobody is shown
	}
	return s.People.Cards(tx, ids)
}

// of is a person's name; who was erased has a pseudonym that is the same everywhere.
func (n names) of(person string) string {
	c, known := n[person]
	if known && !c.Erased && c.Name != "" {
		return c.Name
	}
	return "#" + person[max(0, len(person)-4):]
}

// author is a member's name; the edge knows those of operators.
func (n names) author(m *Message) string {
	if m.AuthorKind != AuthorMember {
		return ""
	}
	return n.of(m.Author)
}

// Kept is what circles keep of a person.
type Kept struct {
	Circles  []Membership `json:"circles"`
	Messages []Message    `json:"messages"`
}

// ExportTx gives the circles a person is in, and all that they wrote, oldest first.
func (s *Service) ExportTx(tx *db.Tx, person string) (k Kept, err error) {
	if k.Circles, err = s.CirclesOfTx(tx, person); err != nil {
		return k, err
	}
	ids, err := s.People.IDs(tx, person)
	if err != nil {
		return k, err
	}
	for _, id := range ids {
		wrote, err := messagesBy(tx, id)
		if err != nil {
			return k, err
		}
		k.Messages = append(k.Messages, wrote...)
	}
	slices.SortStableFunc(k.Messages, func(a, b Message) int { return a.At.Compare(b.At) })
	return k, nil
}

// EraseTx takes the texts and pictures of a person, and ends their stays. The rosters and figures keep the id as a
// pseudonym.
func (s *Service) EraseTx(tx *db.Tx, person string) error {
	stays, err := memberships(tx, person)
	if err != nil {
		return err
	}
	for _, x := range stays {
		if _, err := s.leave(tx, x.Info.brief(), x.Member, ReasonRemoved, "", true); err != nil {
			return err
		}
	}
	pictures, err := blankMessages(tx, person)
	if err != nil {
		return err
	}
	for _, hash := range pictures {
		if err := s.Pictures.DropTx(tx, hash); err != nil {
			return err
		}
	}
	return nil
}
