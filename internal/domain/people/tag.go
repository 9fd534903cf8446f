package people

import (
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Tag is a label that staff or a path puts on a person. It is a word of the community's vocabulary, not about one human.
type Tag string

// TagCount is how many people have a tag.
type TagCount struct {
	Tag    Tag `json:"tag"`
	People int `json:"people"`
}

// ErrTag refuses a tag that is empty, too long, or not writing.
var ErrTag = errs.Define(errs.Invalid, "people.tag")

func cleanTag(tag Tag) (Tag, error) {
	t, ok := text.Line(string(tag), maxName)
	if !ok || t == "" {
		return "", ErrTag.With("max", maxName).At("/tag")
	}
	return Tag(t), nil
}

// TagTx puts a tag on a person; changed is false if they had it.
func (s *Service) TagTx(tx *db.Tx, person string, tag Tag, actor string) (changed bool, err error) {
	if tag, err = cleanTag(tag); err != nil {
		return false, err
	}
	r, err := lockRoot(tx, person)
	if err != nil {
		return false, err
	}
	if changed, err = insertTag(tx, r.id, tag); err != nil || !changed {
		return changed, err
	}
	_, err = fact.Append(tx, Tagged{Tag: tag}, fact.Fact{Person: r.id, Actor: actor})
	return true, err
}

// UntagTx takes a tag off; changed is false if they didn't have it.
func (s *Service) UntagTx(tx *db.Tx, person string, tag Tag, actor string) (changed bool, err error) {
	if tag, err = cleanTag(tag); err != nil {
		return false, err
	}
	r, err := lockRoot(tx, person)
	if err != nil {
		return false, err
	}
	if changed, err = deleteTag(tx, r.id, tag); err != nil || !changed {
		return changed, err
	}
	_, err = fact.Append(tx, Untagged{Tag: tag}, fact.Fact{Person: r.id, Actor: actor})
	return true, err
}

// Tags lists the community's tags with how many people have each, the most used first.
func (s *Service) Tags(tx *db.Tx) ([]TagCount, error) { return tagCounts(tx) }
