package errs_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/qunce/qunce/internal/kit/errs"
)

var (
	errFull  = errs.Define(errs.Conflict, "seat.full")
	errPhone = errs.Define(errs.Invalid, "phone.wrong")
)

func TestCopiesAreTheSameRefusal(t *testing.T) {
	cause := errors.New("secret cause")
	err := fmt.Errorf("hold: %w", errFull.With("room", 3).With("at", "noon").At("/pool").Because(cause))
	if !errors.Is(err, errFull) || errors.Is(err, errPhone) || !errors.Is(err, cause) {
		t.Error("it must be the refusal and its cause, nothing else")
	}
	e := errs.As(err)
	if e.Params["room"] != 3 || e.Params["at"] != "noon" || e.Field != "/pool" || errs.KindOf(err) != errs.Conflict {
		t.Errorf("%+v", e)
	}
	if errFull.Params != nil || errFull.Field != "" || errFull.Unwrap() != nil {
		t.Errorf("the definition was changed: %+v", errFull)
	}
	if got := e.Error(); got != "seat.full at /pool at=noon room=3: secret cause" {
		t.Error(got)
	}
}

func TestJoin(t *testing.T) {
	one := errPhone.At("/phone")
	if errs.Join() != nil || errs.Join(nil, nil) != nil {
		t.Error("nothing refused must be nil")
	}
	if err := errs.Join(nil, one); !errors.Is(err, errPhone) || errs.As(err).Field != "/phone" {
		t.Errorf("one: %v", err)
	}
	both := errs.Join(one, errFull.At("/pool"))
	if !errors.Is(both, errs.ErrFields) || !errors.Is(both, errFull) || !errors.Is(both, errPhone) || len(errs.As(both).Fields) != 2 {
		t.Errorf("both: %v", both)
	}
	if errs.ErrFields.Fields != nil {
		t.Error("the definition was changed")
	}
}

func TestWhatIsNoRefusalIsOurFault(t *testing.T) {
	if errs.KindOf(errors.New("x")) != errs.Internal || errs.KindOf(nil) != "" || errs.As(errors.New("x")) != nil {
		t.Error("wrong kind")
	}
}

func TestGather(t *testing.T) {
	name, size := errs.Define(errs.Invalid, "thing.name"), errs.Define(errs.Invalid, "thing.size")
	var g errs.Gather
	g.Refuse(false, name, "/name")
	if err := g.Err(); err != nil {
		t.Errorf("nothing was refused, and there is %v", err)
	}
	g.Refuse(true, size, "/size")
	if err := g.Err(); !errors.Is(err, size) || errs.As(err).Field != "/size" {
		t.Errorf("one refusal became %v", err)
	}
	g.Refuse(true, name, "/name")
	if err := g.Err(); !errors.Is(err, errs.ErrFields) || len(errs.As(err).Fields) != 2 {
		t.Errorf("two refusals became %v", err)
	}
}
