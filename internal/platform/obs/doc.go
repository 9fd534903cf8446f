// Package obs is how the program is watched: structured logs, metrics, and the id that ties a request's traces together.
//
// What must stay true:
//   - No log line holds a phone, a name, a password, a token, a code or a secret. Attributes are judged by their key,
//     texts by what looks like a phone, and values that aren't plain are not written out at all.
//   - Metrics have a registry of their own, so that two installations in one process (tests) don't mix.
//   - Labels come from the code, never from a request's bytes: their number is bounded.
package obs
