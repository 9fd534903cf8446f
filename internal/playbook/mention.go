package playbook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/spine/path"
)

// unfilled lists the placeholders of a template that nobody would fill: neither the gate nor what the step gives it.
func (p Playbook) unfilled(template string, vars map[string]any) (names []string) {
	tpl := p.Touch.Templates[template]
	texts := []string{tpl.Link}
	for _, lang := range text.Langs {
		texts = append(texts, tpl.Subject[lang], tpl.Body[lang])
	}
	for _, s := range texts {
		for _, name := range text.Placeholders(s) {
			if _, given := vars[name]; !given && !slices.Contains(touch.Given, name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// mentions holds the names of templates and groups that actions are given against what the file declares.
func (p Playbook) mentions() (problems []Problem) {
	groups := append(namesOf(p.Circles, func(g circle.Group) string { return g.Name }), namesOf(p.Contacts, func(c intake.Contact) string { return c.Group })...)
	look := func(d path.Definition, s *path.Step, do path.Do) {
		template, _ := do.With["template"].(string)
		group, _ := do.With["group"].(string)
		bad := func(what, name string) {
			problems = append(problems, Problem{Line: s.Line(), Field: "paths." + d.Name + ".steps.with." + what, Reason: fmt.Sprintf("no %s is called %q", what, name)})
		}
		if _, known := p.Touch.Templates[template]; template != "" && !known && !strings.Contains(template, "{") {
			bad("template", template)
		}
		if do.Action == "touch.send" {
			vars, _ := do.With["vars"].(map[string]any)
			for _, name := range p.unfilled(template, vars) {
				problems = append(problems, Problem{Field: "touch.templates." + template, Reason: fmt.Sprintf("path %s sends it, where nothing fills {%s}", d.Name, name)})
			}
		}
		if group != "" && !slices.Contains(groups, group) && !strings.Contains(group, "{") {
			bad("group", group)
		}
	}
	for _, d := range p.Paths {
		d.Each(func(s *path.Step) {
			if s.Do != nil {
				look(d, s, *s.Do)
			}
			if s.Until != nil && s.Until.Remind != nil {
				look(d, s, s.Until.Remind.Do)
			}
		})
	}
	return problems
}
