package growth

import (
	"errors"
	"strings"

	"github.com/qunce/qunce/internal/spine/path"
)

// AskedAlready is the outcome of growth.ask for who was asked to share lately.
const AskedAlready = "asked_lately"

// Install registers what paths can ask of growth.
func (s *Service) Install(e *path.Engine) {
	e.Register(path.Action{
		Name:     "growth.ask",
		Doc:      "Spends the person's asking budget, the one for all campaigns: before they are asked to share something. It is spent even if nobody asks them then.",
		Outcomes: []string{AskedAlready},
		Run: func(c *path.Call) (string, error) {
			campaign := c.Run.Path // the name of a path can be that of a campaign, but for its length
			if len(campaign) > maxName {
				campaign = strings.TrimRight(campaign[:maxName], "-")
			}
			err := s.AskTx(c.Tx, Ask{Person: c.Run.Person, Campaign: campaign})
			if errors.Is(err, ErrAskedLately) {
				return AskedAlready, nil
			}
			return path.OK, err
		},
	})
}
