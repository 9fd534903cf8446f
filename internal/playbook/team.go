package playbook

import (
	"fmt"
	"slices"

	"github.com/qunce/qunce/internal/domain/shop"
)

// paidKinds are the kinds of things whose payment can hand a contact to service.
var paidKinds = []string{shop.KindPlan, shop.KindTicket, shop.KindGoods, shop.KindGroup}

// team holds the departments against the sources that people come from.
func (c *checker) team() {
	c.refused("team", c.Team.Check())
	sources := namesOf(c.Intake.Sources, func(s Source) string { return s.Name })
	for i, d := range c.Team.Departments {
		for j, name := range d.Sources {
			if name != "" && !slices.Contains(sources, name) {
				c.bad(fmt.Sprintf("team.departments[%d].sources[%d]", i, j), "no source is called %q", name)
			}
		}
	}
	for i, kind := range c.Team.Owners.HandOver {
		if !slices.Contains(paidKinds, kind) {
			c.bad(fmt.Sprintf("team.owners.hand_over[%d]", i), "what is paid for is one of %v", paidKinds)
		}
	}
}
