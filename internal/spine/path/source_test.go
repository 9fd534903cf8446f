package path_test

import (
	"testing"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/test/testkit"
)

// What an action changes is what the next step sees; between two actions a source is read once.
func TestAStepSeesWhatAnActionChanged(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		points, reads := 0, 0
		w.engine.Register(path.Action{Name: "raise", Run: func(*path.Call) (string, error) {
			points++
			return path.OK, nil
		}})
		w.engine.RegisterSource(path.Source{Prefix: "game", Names: []string{"points"}, Read: func(*db.Tx, *path.Run) (map[string]any, error) {
			reads++
			return map[string]any{"points": points}, nil
		}})
		w.put(`
start: {on: path_test.reserved}
steps:
  - choose:
      - when: {game.points: 7}
        then: [{end: wrong}]
      - when: {game.points: 0}
        then: [{do: raise}]
      - when: {game.points: 8}
        then: [{end: wrong}]
  - choose:
      - when: {game.points: 1}
        then: [{end: seen}]
  - end: unseen
`)
		w.happen("ann", Reserved{})
		w.settle()
		w.wantOutcome("ann", "seen")
		if points != 1 || reads != 2 {
			t.Errorf("raised %d times, read %d times", points, reads)
		}
	})
}
