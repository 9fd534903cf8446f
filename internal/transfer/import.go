package transfer

import (
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
)

// State says how far an import has come.
type State string

// The states.
const (
	Uploaded State = "uploaded" // its columns may have been recognised; nobody has agreed yet
	Mapped   State = "mapped"
	Checking State = "checking" // a dry run is under way
	Checked  State = "checked"
	Running  State = "running"
	Done     State = "done"
	Stopped  State = "stopped" // goes on where it was
	Failed   State = "failed"  // the file can't be read any more
)

// Existing says what becomes of people who are known already.
type Existing string

// What may become of them.
const (
	Update Existing = "update" // what the file says of them counts; empty cells take nothing away
	Keep   Existing = "keep"   // they stay as they are
)

// Layout is how a file is built.
type Layout struct {
	Format    Format   `json:"format"`
	Encoding  Encoding `json:"encoding,omitempty" doc:"of a CSV file"`
	Delimiter string   `json:"delimiter,omitempty" doc:"of a CSV file"`
	Sheet     string   `json:"sheet,omitempty" doc:"of a workbook"`
	Sheets    []string `json:"sheets,omitempty" doc:"those that are shown"`
	HeaderRow int      `json:"header_row" doc:"from 1"`
	Headers   []string `json:"headers"`
}

// Plan says what becomes of a file's rows.
type Plan struct {
	Columns  []Target     `json:"columns" doc:"what each column means; empty for one that is left out"`
	Existing Existing     `json:"existing"`
	Wording  string       `json:"wording,omitempty" doc:"version of the words that people agreed to, when a column says so"`
	Source   string       `json:"source,omitempty" doc:"id of where people come from whose row doesn't say"`
	Tags     []people.Tag `json:"tags,omitempty" doc:"for everyone in the file"`
}

// Counts are what became, or would become, of the rows. Each row is in one of the first five.
type Counts struct {
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged" doc:"everything was known already, or is kept as it was"`
	Repeated  int `json:"repeated" doc:"an earlier row of the file is the same person; not taken"`
	Bad       int `json:"bad"`
	ByPhone   int `json:"by_phone" doc:"known people recognised by phone"`
	ByEmail   int `json:"by_email"`
	ByOther   int `json:"by_other" doc:"by an id of another system"`
	Proposed  int `json:"proposed" doc:"rows whose identifiers belong to several people: staff decides"`
}

// Dealt is how many rows are dealt with.
func (c Counts) Dealt() int { return c.Created + c.Updated + c.Unchanged + c.Repeated + c.Bad }

// Left is how many rows were not taken.
func (c Counts) Left() int { return c.Repeated + c.Bad }

func (c *Counts) add(o Counts) {
	c.Created += o.Created
	c.Updated += o.Updated
	c.Unchanged += o.Unchanged
	c.Repeated += o.Repeated
	c.Bad += o.Bad
	c.ByPhone += o.ByPhone
	c.ByEmail += o.ByEmail
	c.ByOther += o.ByOther
	c.Proposed += o.Proposed
}

// Import is a file on its way in.
type Import struct {
	ID        string    `json:"id"`
	Name      string    `json:"name" doc:"of the file"`
	State     State     `json:"state"`
	Layout    Layout    `json:"layout"`
	Plan      Plan      `json:"plan"`
	Size      int64     `json:"size" doc:"bytes"`
	Total     int       `json:"total" doc:"rows with data"`
	Dry       bool      `json:"dry" doc:"the counts are of a dry run"`
	Counts    Counts    `json:"counts" doc:"of the current pass; their sum is how many rows are dealt with"`
	Foreseen  Counts    `json:"foreseen" doc:"of the last whole dry run"`
	Rate      int       `json:"rate" doc:"rows a second, of the current pass"`
	Reason    string    `json:"reason,omitempty" doc:"code of what it failed for"`
	Kept      bool      `json:"kept" doc:"the file is still there: it can be run, and its bad rows downloaded"`
	Actor     string    `json:"actor"`
	CreatedAt time.Time `json:"created_at"`
	EndedAt   time.Time `json:"ended_at,omitzero"`

	file      string
	pass      int
	position  int
	beganAt   time.Time
	beganDone int
	movedAt   time.Time
}

// under tells that rows are being dealt with.
func (im *Import) under() bool { return im.State == Checking || im.State == Running }

// Speed is how many rows a second the current pass deals with.
func (im *Import) Speed() int {
	took := im.movedAt.Sub(im.beganAt)
	if took <= 0 || im.Counts.Dealt() <= im.beganDone {
		return 0
	}
	return int(float64(im.Counts.Dealt()-im.beganDone) / took.Seconds())
}

// Reason is why a row was not taken: the code of a refusal with what its words need.
type Reason struct {
	Code   string         `json:"code"`
	Column int            `json:"column,omitempty" doc:"from 1; 0 when it is about the whole row"`
	Params map[string]any `json:"params,omitempty"`
}

// Problem is a row that was not taken.
type Problem struct {
	Row     int      `json:"row" doc:"as spreadsheets count"`
	Reasons []Reason `json:"reasons"`
}

// What is refused about a file as a whole.
var (
	ErrTooLarge    = errs.Define(errs.TooLarge, "transfer.too_large")      // over {megabytes}
	ErrRows        = errs.Define(errs.TooLarge, "transfer.rows")           // over {most}
	ErrFormat      = errs.Define(errs.Malformed, "transfer.format")        // neither CSV nor XLSX
	ErrOldExcel    = errs.Define(errs.Malformed, "transfer.old_excel")     // .xls, or behind a password
	ErrDamaged     = errs.Define(errs.Malformed, "transfer.damaged")       // a workbook that can't be read
	ErrElement     = errs.Define(errs.Malformed, "transfer.element")       // a workbook with something endless in it
	ErrStrings     = errs.Define(errs.TooLarge, "transfer.strings")        // a workbook with over {megabytes} of texts
	ErrEncoding    = errs.Define(errs.Invalid, "transfer.encoding")        // {encoding} isn't known
	ErrSheet       = errs.Define(errs.Invalid, "transfer.sheet")           // there is no {sheet}
	ErrEmpty       = errs.Define(errs.Invalid, "transfer.empty")           // no row with data
	ErrNoHeader    = errs.Define(errs.Invalid, "transfer.no_header")       // row {row} is data: {column} holds a phone
	ErrHeaderEmpty = errs.Define(errs.Invalid, "transfer.header_empty")    // column {column} has no name
	ErrHeaderTwice = errs.Define(errs.Invalid, "transfer.header_twice")    // columns {first} and {column} have the same
	ErrHeaderRead  = errs.Define(errs.Invalid, "transfer.header_readable") // row {row} can't be read
	ErrMerged      = errs.Define(errs.Invalid, "transfer.merged")          // {cells} are merged
	ErrColumns     = errs.Define(errs.Invalid, "transfer.columns")         // more than {most}
)

// What is refused about a row or a cell.
var (
	ErrRowLong  = errs.Define(errs.Invalid, "transfer.row_long")   // over {kilobytes}
	ErrQuotes   = errs.Define(errs.Invalid, "transfer.quotes")     // a quotation mark in {column} isn't closed
	ErrCells    = errs.Define(errs.Invalid, "transfer.cells")      // {have} cells under {want} headers
	ErrBroken   = errs.Define(errs.Invalid, "transfer.characters") // characters that can't be read
	ErrFormula  = errs.Define(errs.Invalid, "transfer.formula")    // a formula without a stored value
	ErrCell     = errs.Define(errs.Invalid, "transfer.cell_error") // the cell shows {value}
	ErrRepeated = errs.Define(errs.Invalid, "transfer.repeated")   // the same person as row {row}
	ErrSource   = errs.Define(errs.Invalid, "transfer.source")     // no source has that name
	ErrMasked   = errs.Define(errs.Invalid, "transfer.masked")     // what an export without rights shows
	ErrYesNo    = errs.Define(errs.Invalid, "transfer.yes_no")     // neither yes nor no
)

// What is refused about an import.
var (
	ErrNotFound = errs.Define(errs.NotFound, "transfer.not_found")
	ErrTarget   = errs.Define(errs.Invalid, "transfer.target")         // {target} isn't known
	ErrTwice    = errs.Define(errs.Invalid, "transfer.target_twice")   // two columns are {target}
	ErrCount    = errs.Define(errs.Invalid, "transfer.target_count")   // {have} targets for {want} columns
	ErrNobody   = errs.Define(errs.Invalid, "transfer.no_identifier")  // no column tells who it is about
	ErrWording  = errs.Define(errs.Invalid, "transfer.wording")        // consents without the version of their words
	ErrExisting = errs.Define(errs.Invalid, "transfer.existing")       // neither update nor keep
	ErrState    = errs.Define(errs.Conflict, "transfer.state")         // not while it is {state}
	ErrGone     = errs.Define(errs.Gone, "transfer.gone")              // the file was thrown away
	ErrColumn   = errs.Define(errs.Invalid, "transfer.export_column")  // {column} can't be exported
	ErrTooMany  = errs.Define(errs.TooLarge, "transfer.export_format") // a workbook takes {most} rows
)
