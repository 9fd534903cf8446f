package main

import (
	"errors"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
)

// usageError is a call that was wrong: nothing was done.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// explain says what happened and what next. The command line speaks English.
func explain(err error) string {
	e := errs.As(err)
	if e == nil {
		return err.Error()
	}
	words, loadErr := text.Load()
	if loadErr != nil {
		return err.Error()
	}
	said := words.Say(text.En, time.Local, "error."+e.Code, e.Params) + " " + words.Say(text.En, time.Local, "error."+e.Code+".next", e.Params)
	if cause := errors.Unwrap(e); cause != nil {
		said += " (" + cause.Error() + ")"
	}
	return said
}

func exitOf(err error) int {
	var u usageError
	if errors.As(err, &u) || errs.KindOf(err) == errs.Invalid {
		return exitUsage
	}
	return exitFailed
}
