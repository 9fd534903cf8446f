package path

import (
	"log/slog"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Handle is what the engine does with facts, in the order a test chooses.
func (e *Engine) Handle(tx *db.Tx, facts []fact.Fact) error { return e.handle(tx, facts) }

// LogTo has the engine write its log elsewhere.
func (e *Engine) LogTo(log *slog.Logger) { e.log = log }
