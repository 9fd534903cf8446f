package people

import (
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
)

// Name is what others see of a person.
type Name struct {
	Nickname string
	Erased   bool
}

// Names gives what others see of several persons, by the ids they were asked for with; a merged one shows the person who
// stands for them. Ids of nobody are left out.
func (s *Service) Names(tx *db.Tx, ids []string) (map[string]Name, error) {
	if len(ids) == 0 {
		return map[string]Name{}, nil
	}
	found, err := namesOf(tx, ids)
	if err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	return found, nil
}
