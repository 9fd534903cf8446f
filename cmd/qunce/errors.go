package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
)

// usageError is a call that was wrong: nothing was done.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// usageErrors lets a command and those below it tell wrong arguments from work that failed.
func usageErrors(c *cobra.Command) {
	check := c.Args
	switch {
	case c.HasSubCommands():
		c.Args = cobra.ArbitraryArgs
		c.RunE = func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("%s has no command %s; see %s --help", c.CommandPath(), args[0], c.CommandPath())}
			}
			return c.Help()
		}
	case check != nil:
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usageError{err}
			}
			return nil
		}
	}
	for _, below := range c.Commands() {
		usageErrors(below)
	}
}

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
