package payout

import "github.com/qunce/qunce/internal/spine/fact"

// The facts of payouts. Subject is the batch; Person is the payee, where it is about one
// who is a person: wages are an operator's, whom the line names. Amounts are fen.
type (
	// Begun : a batch is being drafted. Actor began it.
	Begun struct {
		Threshold int64 `json:"threshold"`
	}
	// Drafted : everybody who has enough is in the batch.
	Drafted struct {
		Lines int   `json:"lines"`
		Gross int64 `json:"gross"`
	}
	// Approved : a second person, the Actor, agreed.
	Approved struct{}
	// Cancelled : nothing of it will be paid. Actor decided so.
	Cancelled struct{}
	// Exported : the Actor took the file for the bank.
	Exported struct {
		Lines int `json:"lines"`
	}
	// Paid : a payee has their money.
	Paid struct {
		Line     fact.ID `json:"line"`
		Gross    int64   `json:"gross"`
		Withheld int64   `json:"withheld"`
		Net      int64   `json:"net"`
	}
	// Failed : a payee could not be paid, and has the amount at hand again.
	Failed struct {
		Line  fact.ID `json:"line"`
		Gross int64   `json:"gross"`
	}
	// Retried : a payee who could not be paid is paid again.
	Retried struct {
		Line    fact.ID `json:"line"`
		Attempt int     `json:"attempt"`
	}
	// Done : every line of the batch has ended.
	Done struct {
		Paid   int `json:"paid"`
		Failed int `json:"failed"`
	}
)

// Facts lists the payloads of this package.
func Facts() []any {
	return []any{Begun{}, Drafted{}, Approved{}, Cancelled{}, Exported{}, Paid{}, Failed{}, Retried{}, Done{}}
}
