package touch

import (
	"maps"
	"net/url"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// render writes the words as this person gets them.
func (s *Service) render(tx *db.Tx, t *Touch, tpl Template, who *people.Recipient) error {
	here, err := s.place(bg, tx.Community())
	if err != nil {
		return err
	}
	name, err := s.people.CalledBy(tx, who)
	if err != nil {
		return err
	}
	lang := langOf(who)
	vars := map[string]any{"name": name, "community": here.Name.In(lang)}
	maps.Copy(vars, t.Vars)
	zone := s.zone(bg, tx.Community())
	if t.Link = ""; tpl.Link != "" {
		parts := make(map[string]any, len(vars))
		for k, v := range vars {
			parts[k] = url.PathEscape(text.Show(v, zone))
		}
		t.Link = here.URL + text.Fill(tpl.Link, zone, parts)
		vars["link"] = t.Link
	}
	t.Subject, t.Body = text.Fill(tpl.Subject.In(lang), zone, vars), text.Fill(tpl.Body.In(lang), zone, vars)
	return nil
}

func langOf(who *people.Recipient) text.Lang {
	if lang, ok := text.Parse(who.Lang); ok {
		return lang
	}
	return text.Hans
}
