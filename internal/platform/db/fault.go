package db

import (
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/qunce/qunce/internal/kit/errs"
)

// What the database refuses for a reason that people can mend.
var (
	ErrFull     = errs.Define(errs.Unavailable, "storage.full")      // the disk is full
	ErrReadOnly = errs.Define(errs.Unavailable, "storage.read_only") // the file or folder can't be written
	ErrLost     = errs.Define(errs.Unavailable, "storage.lost")      // the connection was lost; the outcome may be unknown
	ErrBusy     = errs.Define(errs.Unavailable, "storage.busy")      // locked too long by others
	ErrClosed   = errs.Define(errs.Unavailable, "storage.closed")    // the program is shutting down
)

var errBadConn = driver.ErrBadConn

// classify gives known faults their code and leaves the rest as they are.
func classify(dialect Dialect, err error) error {
	if err == nil || errs.As(err) != nil {
		return err
	}
	if dialect == SQLite {
		return classifySQLite(err)
	}
	return classifyPostgres(err)
}

func classifySQLite(err error) error {
	var se *sqlite.Error
	if !errors.As(err, &se) {
		return err
	}
	switch se.Code() & 0xff {
	case lib.SQLITE_FULL:
		return ErrFull.Because(err)
	case lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN, lib.SQLITE_PERM:
		return ErrReadOnly.Because(err)
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return ErrBusy.Because(err)
	case lib.SQLITE_IOERR, lib.SQLITE_NOMEM, lib.SQLITE_INTERRUPT:
		return ErrLost.Because(err)
	}
	return err
}

func classifyPostgres(err error) error {
	var pe *pgconn.PgError
	if !errors.As(err, &pe) {
		if errors.Is(err, driver.ErrBadConn) || strings.Contains(err.Error(), "conn closed") || pgconn.SafeToRetry(err) || isNet(err) {
			return ErrLost.Because(err)
		}
		if errors.Is(err, errUndone) {
			return ErrBusy.Because(err)
		}
		return err
	}
	switch {
	case pe.Code == "57014": // a time limit of the server's, or its operator
		return ErrBusy.Because(err)
	case strings.HasPrefix(pe.Code, "58"), pe.Code == "XX000": // its disk, or a fault of its own
		return ErrLost.Because(err)
	case pe.Code == "53100":
		return ErrFull.Because(err)
	case pe.Code == "25006":
		return ErrReadOnly.Because(err)
	case strings.HasPrefix(pe.Code, "08"), strings.HasPrefix(pe.Code, "57P"), strings.HasPrefix(pe.Code, "53"):
		return ErrLost.Because(err)
	}
	return err
}

func isNet(err error) bool {
	var ne interface{ Timeout() bool }
	if errors.As(err, &ne) {
		return true
	}
	s := err.Error()
	return strings.Contains(s, "EOF") || strings.Contains(s, "broken pipe") || strings.Contains(s, "reset by peer")
}

// breaks tells that the connection can't be trusted after err.
func breaks(err error) bool {
	return errors.Is(err, ErrFull) || errors.Is(err, ErrLost) || errors.Is(err, driver.ErrBadConn)
}

// clashes tells that err is a deadlock or lock timeout: the closure is to be run again alone.
func clashes(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && (pe.Code == "40P01" || pe.Code == "40001" || pe.Code == "55P03")
}

// IsTransient tells that the same call may succeed later: a lock, a lost connection, a full disk that gets emptied.
func IsTransient(err error) bool {
	return clashes(err) || breaks(err) || errors.Is(err, ErrBusy) || errors.Is(err, ErrReadOnly) || errors.Is(err, ErrClosed)
}
