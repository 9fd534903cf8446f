package playbook

import (
	"fmt"
	"slices"

	"github.com/qunce/qunce/internal/domain/membership"
)

// sold checks what is sold: memberships, and events, of which tickets may be free for plans that are.
func (c *checker) sold() {
	c.refused("membership", c.Membership.Check())
	c.refused("events", c.Events.Check())
	plans := namesOf(c.Membership.Plans, func(p membership.Plan) string { return p.Name })
	for i, t := range c.Events.Templates {
		for j, x := range t.Types {
			for k, name := range x.Plans {
				if !slices.Contains(plans, name) {
					c.bad(fmt.Sprintf("events.templates[%d].types[%d].plans[%d]", i, j, k), "no plan is called %q", name)
				}
			}
		}
	}
}
