package membership

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/qunce/qunce/internal/platform/db"
)

// series is the pattern with its year filled in: each has numbers of its own.
func (n Number) series(year int) string {
	return strings.Replace(n.Pattern, "{yyyy}", strconv.Itoa(year), 1)
}

// text writes a number of a series.
func (n Number) text(series string, i int) string {
	return number.ReplaceAllStringFunc(series, func(place string) string {
		width := 0
		if m := number.FindStringSubmatch(place); m[1] != "" {
			width, _ = strconv.Atoi(m[1])
		}
		return fmt.Sprintf("%0*d", width, i)
	})
}

// next is the first number behind last that is not reserved; ok is false when the series is used up.
func (n Number) next(last int) (i int, ok bool) {
	for i = max(last+1, n.First, 1); n.Last == 0 || i <= n.Last; i++ {
		if !slices.Contains(n.Reserved, i) && (n.Without == "" || !strings.Contains(strconv.Itoa(i), n.Without)) {
			return i, true
		}
	}
	return 0, false
}

// number gives a term its number: the one its member has had in the pattern, or the next of the series. The seats' lock keeps
// two from the same one.
func (s *Service) number(tx *db.Tx, x standing, t *Term) error {
	n := t.plan.Number
	if n.Pattern == "" {
		return nil
	}
	had, found, err := numberOf(tx, x.ids, n.Pattern)
	if err != nil || found {
		t.Number = had
		return err
	}
	series := n.series(tx.Now().In(s.zone(context.Background(), tx.Community())).Year())
	last, err := lastNumber(tx, series)
	if err != nil {
		return err
	}
	for {
		i, ok := n.next(last)
		if !ok {
			return ErrNoNumbers.With("pattern", n.Pattern)
		}
		text := n.text(series, i)
		given, err := insertNumber(tx, series, i, n.Pattern, text, x.person)
		if err != nil {
			return fmt.Errorf("give number %s: %w", text, err)
		}
		if err := setLast(tx, series, i); err != nil {
			return err
		}
		if given {
			t.Number = text
			return nil
		}
		last = i // was given by hand
	}
}

// GiveNumberTx gives a reserved number, or any that is free, to a member by hand, or one back that they have had. Refusals:
// ErrUnknownTerm, ErrNotBought, ErrUnnumbered, ErrNumberTaken.
func (s *Service) GiveNumberTx(tx *db.Tx, term string, i int) (Term, error) {
	if err := s.seats.LockTx(tx); err != nil {
		return Term{}, err
	}
	t, err := termByID(tx, term)
	if err != nil {
		return t, err
	}
	n := t.plan.Number
	switch {
	case t.stored != bought:
		return t, ErrNotBought
	case n.Pattern == "":
		return t, ErrUnnumbered
	}
	ids, err := s.people.IDs(tx, t.Person)
	if err != nil {
		return t, err
	}
	t.State = t.at(tx.Now())
	series := n.series(t.BoughtAt.In(s.zone(context.Background(), tx.Community())).Year())
	text := n.text(series, i)
	given, err := insertNumber(tx, series, i, n.Pattern, text, t.Person)
	if err == nil && !given {
		given, err = regiveNumber(tx, series, i, ids)
	}
	if err != nil {
		return t, err
	}
	if !given {
		return t, ErrNumberTaken.With("number", text).At("/number")
	}
	t.Number = text
	return t, setNumber(tx, t.Plan, ids, text)
}
