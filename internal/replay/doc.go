// Package replay lets simulated people live in a community through its public services, on a clock that jumps from one
// event to the next, and measures what came of it beside the figures that were published about the real case.
//
// What must stay true:
//   - Simulated people do what real ones can and nothing else: they call the services that the pages call.
//   - Their behaviour is parameters with stated defaults; the results come out of the run. Other parameters give other figures.
//   - The same seed and parameters give the same figures, on either database.
package replay
