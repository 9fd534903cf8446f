// Package app puts the parts together: it is the one place that knows them all. Tests, the demo, replays and the server
// start the same App.
//
// What must stay true:
//   - Parts that must react to each other without importing one another meet in reactions.go, nowhere else.
//   - New opens and wires, Run serves, Settle does what is due now and returns: a replay or a test calls it instead of Run.
//   - The server starts with nothing outside reachable; an adapter that is down degrades its own feature.
package app
