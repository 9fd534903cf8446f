package playbook

import (
	"fmt"
	"slices"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/shop"
)

// sold checks what is sold: memberships, goods, and events, of which tickets may be free for plans that are.
func (c *checker) sold() {
	c.refused("membership", c.Membership.Check())
	c.refused("events", c.Events.Check())
	c.refused("shop", c.Shop.Check())
	c.refused("shop.coupons", shop.CheckCoupons(c.Shop.Coupons))
	plans := namesOf(c.Membership.Plans, func(p membership.Plan) string { return p.Name })
	for i, t := range c.Events.Templates {
		for j, x := range t.Types {
			for k, name := range x.Plans {
				if !slices.Contains(plans, name) {
					c.bad(fmt.Sprintf("events.templates[%d].types[%d].plans[%d]", i, j, k), "no plan is called %q", name)
				}
			}
			if x.Benefit != "" && !c.promised(x.Benefit) {
				c.bad(fmt.Sprintf("events.templates[%d].types[%d].benefit", i, j), "no plan has a benefit that is called %q", x.Benefit)
			}
		}
	}
}

// promised tells whether a plan has a benefit.
func (c *checker) promised(benefit string) bool {
	return slices.ContainsFunc(c.Membership.Plans, func(p membership.Plan) bool {
		return slices.ContainsFunc(p.Benefits, func(b membership.Benefit) bool { return b.Name == benefit })
	})
}
