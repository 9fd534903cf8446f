package touch

import (
	"fmt"

	"github.com/qunce/qunce/internal/spine/path"
)

// Given are the names that every template can use, besides the vars that it is sent with.
var Given = []string{"name", "community", "link", "entry"}

// Install registers what paths can ask of the gate.
func (s *Service) Install(e *path.Engine) {
	e.Register(path.Action{
		Name: "touch.send", Doc: "Sends the person a message from a template, through the gate.",
		Params: map[string]path.Param{
			"template": {Type: path.Text, Required: true}, "channel": {Type: path.Text, Doc: "any if not given"},
			"within": {Type: path.Span, Doc: "how long it may wait for quiet hours or room in a budget"}, "vars": {Type: path.Anything},
		},
		Run: s.sendAction,
	})
}

func (s *Service) sendAction(c *path.Call) (string, error) {
	t := Touch{Person: c.Run.Person, Key: fmt.Sprintf("run %s %d", c.Run.ID, c.Run.Moves()), Vars: map[string]any{}}
	var err error
	if t.Template, err = c.Text("template"); err != nil {
		return "", err
	}
	t.Key += " " + t.Template
	if t.Channel, err = c.Text("channel"); err != nil {
		return "", err
	}
	within, err := c.Span("within", 0)
	if err != nil {
		return "", err
	}
	if within > 0 {
		t.NotAfter = c.Tx.Now().Add(within)
	}
	if vars, ok := c.Raw("vars").(map[string]any); ok {
		for k, v := range vars {
			if t.Vars[k], err = c.Fill(v); err != nil {
				return "", err
			}
		}
	}
	t.Vars["entry"] = c.Run.Entry
	conf, err := s.config(c.Tx)
	if err != nil {
		return "", err
	}
	// The run may be on a version of its path that is older than the playbook, which has dropped the template since: then it
	// goes on, and the message is among those that were held back.
	_, err = s.sendTx(c.Tx, t, conf)
	return path.OK, err
}
