package circle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
)

// Member is a person's stay in a circle.
type Member struct {
	ID         string    `json:"id"`
	Circle     string    `json:"circle"`
	Person     string    `json:"person"`
	Name       string    `json:"name,omitempty" doc:"as members see it; in lists only"`
	Via        Via       `json:"via"`
	From       string    `json:"from,omitempty" doc:"the circle they were moved from"`
	JoinedAt   time.Time `json:"joined_at"`
	LeftAt     time.Time `json:"left_at,omitzero"`
	Reason     Reason    `json:"reason,omitempty" doc:"why they left"`
	MutedUntil time.Time `json:"muted_until,omitzero"`
	Read       int64     `json:"read" doc:"position of the last message they have seen"`
	seat       string
	wroteAt    time.Time
	answeredAt time.Time
}

// Membership is a stay with what its member wants to know of the circle.
type Membership struct {
	Member
	Info   Circle `json:"info"`
	Unread int64  `json:"unread"`
}

// Refusals about members.
var (
	ErrBlocked   = errs.Define(errs.Forbidden, "circle.blocked")
	ErrNoSeat    = errs.Define(errs.Conflict, "circle.no_seat") // no place is held for them there
	ErrNotMember = errs.Define(errs.Forbidden, "circle.not_member")
	ErrMuteTime  = errs.Define(errs.Invalid, "circle.mute_time")
)

// Join asks for a place on the roster.
type Join struct {
	Person string
	Circle string
	Seat   string // the seat held for them; if not given, it is looked for
	Entry  string // the way they came in by, for the fact
	Actor  string // who did it, when not the person
}

// Join is JoinTx in a transaction of its own.
func (s *Service) Join(ctx context.Context, community string, j Join) (m Member, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		m, err = s.JoinTx(tx, j)
		return err
	})
	return m, err
}

// JoinTx takes the seat that is held for a person in a circle and puts them on its roster. Joining again gives the same
// stay. A hold that has lapsed still counts while the circle has room. Refusals: ErrNotFound, ErrArchived, ErrBlocked,
// ErrNoSeat, and those of seat.TakeTx (seat.ErrLapsed, seat.ErrReleased, seat.ErrHolderFull).
func (s *Service) JoinTx(tx *db.Tx, j Join) (Member, error) {
	c, err := keepBrief(tx, j.Circle)
	if err != nil {
		return Member{}, err
	}
	m, found, err := s.memberTx(tx, j.Circle, j.Person)
	if err != nil || found {
		return m, err
	}
	if c.state == StateArchived {
		return Member{}, ErrArchived
	}
	if blocked, err := s.People.Blocked(tx, j.Person); err != nil || blocked {
		return Member{}, errs.Or(err, ErrBlocked)
	}
	held, err := s.seatFor(tx, j)
	if err != nil {
		return Member{}, err
	}
	taken, err := s.seats.TakeTx(tx, held)
	if err != nil {
		return Member{}, err
	}
	return s.enter(tx, c, Member{Circle: c.id, Person: taken.Holder.ID, Via: ViaSeat, seat: taken.ID}, fact.Fact{Entry: j.Entry, Actor: j.Actor})
}

// seatFor finds the seat that is or was held for a person in a circle.
func (s *Service) seatFor(tx *db.Tx, j Join) (string, error) {
	ids, err := s.People.IDs(tx, j.Person)
	if err != nil {
		return "", fmt.Errorf("ids of person %s: %w", j.Person, err)
	}
	if j.Seat != "" {
		held, err := s.seats.Seat(tx, j.Seat)
		if err != nil && !errors.Is(err, seat.ErrUnknown) {
			return "", err
		}
		if err != nil || held.Pool != j.Circle || !slices.Contains(ids, held.Holder.ID) {
			return "", ErrNoSeat
		}
		return held.ID, nil
	}
	for _, id := range ids {
		live, err := s.seats.LiveSeats(tx, id)
		if err != nil {
			return "", err
		}
		for _, x := range live {
			if x.Pool == j.Circle {
				return x.ID, nil
			}
		}
	}
	// A hold that has lapsed is known by its fact: it may be taken after all while there is room.
	lapsed, err := fact.Timeline(tx, ids, []string{fact.KindOf(seat.Lapsed{})}, time.Time{}, "", 20)
	if err != nil {
		return "", err
	}
	for _, f := range lapsed {
		var p seat.Lapsed
		if err := f.Into(&p); err != nil {
			return "", err
		}
		if string(p.Pool) == j.Circle {
			return string(p.Seat), nil
		}
	}
	return "", ErrNoSeat
}

// enter writes a stay whose seat is taken. Somebody who is on the roster already stays as they are.
func (s *Service) enter(tx *db.Tx, c brief, m Member, f fact.Fact) (Member, error) {
	m.ID, m.JoinedAt, m.Read = tx.NewID(), tx.Now(), c.seq
	added, err := insertMember(tx, m)
	if err != nil {
		return m, fmt.Errorf("join circle %s: %w", c.id, err)
	}
	if !added {
		m, _, err := currentMember(tx, c.id, m.Person)
		return m, err
	}
	if err := s.People.Inside(tx, m.Person, c.id, true); err != nil {
		return m, fmt.Errorf("note that person %s is in circle %s: %w", m.Person, c.id, err)
	}
	f.Person, f.Subject, f.Circle = m.Person, c.id, c.id
	_, err = fact.Append(tx, Joined{Group: GroupName(c.group), Kind: c.kind, Number: c.number, Via: m.Via}, f)
	return m, err
}

// memberTx finds a person's stay, also one that began before they were merged with another.
func (s *Service) memberTx(tx *db.Tx, circle, person string) (Member, bool, error) {
	m, found, err := currentMember(tx, circle, person)
	if err != nil || found || person == "" {
		return m, found, err
	}
	ids, err := s.People.IDs(tx, person)
	if err != nil {
		return m, false, fmt.Errorf("ids of person %s: %w", person, err)
	}
	for _, id := range ids {
		if id == person {
			continue
		}
		if m, found, err = currentMember(tx, circle, id); err != nil || found {
			return m, found, err
		}
	}
	return m, false, nil
}

// Leave is LeaveTx in a transaction of its own.
func (s *Service) Leave(ctx context.Context, community, circle, person string, why Reason, actor string) (m Member, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		m, err = s.LeaveTx(tx, circle, person, why, actor)
		return err
	})
	return m, err
}

// LeaveTx takes a person off the roster and gives their seat back, to whoever waits for it. One who is not on it is
// ErrNotMember.
func (s *Service) LeaveTx(tx *db.Tx, circle, person string, why Reason, actor string) (Member, error) {
	c, err := readBrief(tx, circle)
	if err != nil {
		return Member{}, err
	}
	m, found, err := s.memberTx(tx, circle, person)
	if err != nil {
		return m, err
	}
	if !found {
		return m, ErrNotMember
	}
	return s.leave(tx, c, m, why, actor, true)
}

// leave ends a stay; with release its seat goes back.
func (s *Service) leave(tx *db.Tx, c brief, m Member, why Reason, actor string, release bool) (Member, error) {
	ended, err := endStay(tx, m.ID, why)
	if err != nil {
		return m, fmt.Errorf("leave circle %s: %w", c.id, err)
	}
	if !ended {
		return m, ErrNotMember // another transaction was faster
	}
	m.LeftAt, m.Reason = tx.Now(), why
	if release {
		if _, err := s.seats.ReleaseTx(tx, m.seat); err != nil {
			return m, fmt.Errorf("give back seat %s: %w", m.seat, err)
		}
	}
	if err := s.People.Inside(tx, m.Person, c.id, false); err != nil {
		return m, fmt.Errorf("note that person %s left circle %s: %w", m.Person, c.id, err)
	}
	_, err = fact.Append(tx, Left{Group: GroupName(c.group), Kind: c.kind, Reason: why}, fact.Fact{Person: m.Person, Subject: c.id, Circle: c.id, Actor: actor})
	return m, err
}

// Move asks for a person's change from one circle to another.
type Move struct {
	Person, From, To string
	Actor            string
}

// Move is MoveTx in a transaction of its own.
func (s *Service) Move(ctx context.Context, community string, v Move) (m Member, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		m, err = s.MoveTx(tx, v)
		return err
	})
	return m, err
}

// MoveTx takes a person from one circle to another: both or neither. It is for staff, so it does not ask whether the
// circle's attributes fit. Who was moved already stays as they are. Refusals: ErrNotFound, ErrArchived, ErrNotMember,
// ErrBlocked, and those of seat.MoveTx (no room, closed, a seat in that group already).
func (s *Service) MoveTx(tx *db.Tx, v Move) (Member, error) {
	from, err := readBrief(tx, v.From)
	if err != nil {
		return Member{}, err
	}
	to, err := keepBrief(tx, v.To)
	if err != nil {
		return Member{}, err
	}
	there, isThere, err := s.memberTx(tx, v.To, v.Person)
	if err != nil {
		return Member{}, err
	}
	m, isHere, err := s.memberTx(tx, v.From, v.Person)
	switch {
	case err != nil:
		return Member{}, err
	case !isHere && isThere:
		return there, nil
	case !isHere:
		return Member{}, ErrNotMember
	case to.state == StateArchived, from.state == StateArchived:
		return Member{}, ErrArchived
	}
	if blocked, err := s.People.Blocked(tx, v.Person); err != nil || blocked {
		return Member{}, errs.Or(err, ErrBlocked)
	}
	pool, err := s.seats.Pool(tx, v.To)
	if err != nil {
		return Member{}, err
	}
	moved, err := s.seats.MoveTx(tx, seat.Move{
		Key: "circle.move:" + m.ID + ":" + v.To, Seat: m.seat, Group: to.group, Want: seat.Want{Pool: v.To, Attributes: pool.Attributes},
	})
	if err != nil {
		return Member{}, err
	}
	_, err = s.leave(tx, from, m, ReasonMoved, v.Actor, false)
	if errors.Is(err, ErrNotMember) { // the same move in another transaction
		return s.MemberTx(tx, v.To, v.Person)
	}
	if err != nil {
		return Member{}, err
	}
	return s.enter(tx, to, Member{Circle: to.id, Person: m.Person, Via: ViaMove, From: from.id, seat: moved.ID}, fact.Fact{Actor: v.Actor})
}

// LeaveAllTx takes a person off the rosters of every circle that keep lets go: after a block, or when their stage changed.
func (s *Service) LeaveAllTx(tx *db.Tx, person string, why Reason, actor string, keep func(Member, Circle) bool) (left int, err error) {
	all, err := s.CirclesOfTx(tx, person)
	if err != nil {
		return 0, err
	}
	for _, x := range all {
		if keep != nil && keep(x.Member, x.Info) {
			continue
		}
		if _, err := s.leave(tx, x.Info.brief(), x.Member, why, actor, true); err != nil {
			return left, err
		}
		left++
	}
	return left, nil
}

func (c Circle) brief() brief {
	return brief{id: c.ID, group: c.Group, kind: c.Kind, number: c.Number, state: c.State, seq: c.Messages}
}

// MergeTx follows a merge of persons. The stays of from go on counting as into's; where both are in one circle, or have a
// seat in one group, from's is the surplus one and ends.
func (s *Service) MergeTx(tx *db.Tx, from, into string) error {
	theirs, err := memberships(tx, from)
	if err != nil {
		return err
	}
	for _, x := range theirs {
		if x.Info.State == StateArchived {
			continue
		}
		_, surplus, err := s.seats.LiveSeatOf(tx, x.Info.Group, into)
		if err != nil {
			return err
		}
		if !surplus {
			continue
		}
		if _, err := s.leave(tx, x.Info.brief(), x.Member, ReasonMerged, "", true); err != nil {
			return err
		}
	}
	return nil
}

// MuteTx keeps a member from writing until a time; a zero time ends it.
func (s *Service) MuteTx(tx *db.Tx, circle, person string, until time.Time, actor string) error {
	if !until.IsZero() && !until.After(tx.Now()) {
		return ErrMuteTime.At("/until")
	}
	m, found, err := s.memberTx(tx, circle, person)
	if err != nil {
		return err
	}
	if !found {
		return ErrNotMember
	}
	changed, err := mute(tx, m.ID, until)
	if err != nil || !changed {
		return err
	}
	minutes := 0
	if !until.IsZero() {
		minutes = int((until.Sub(tx.Now()) + time.Minute - 1) / time.Minute)
	}
	_, err = fact.Append(tx, Muted{Minutes: minutes}, fact.Fact{Person: m.Person, Subject: circle, Circle: circle, Actor: actor})
	return err
}
