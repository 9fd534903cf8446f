package replay

import "context"

// Hold checks what must hold in a community now.
func Hold(ctx context.Context, w World, community string) (Result, error) {
	s := &sim{World: w, community: community, result: Result{Invariants: map[string]Invariant{}}}
	err := s.hold(ctx)
	return s.result, err
}
