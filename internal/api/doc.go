// Package api is the HTTP interface for the console and other programs: it decodes, authorises, calls a service, encodes.
// Its OpenAPI document is made of the same declarations that serve it.
//
// What must stay true:
//   - Every operation declares who may use it; one middleware asks access.Allowed before anything of the request is read.
//   - A principal reaches the community in the path only, and only if it is theirs.
//   - Every change writes an audit entry in its own transaction: one that forgets to is undone.
//   - Every refusal is a problem document (RFC 9457) with code, words and what to do next in the caller's language. Faults
//     of ours show an id and nothing else.
//   - Nothing a request says is taken that the operation does not know: unknown fields, parameters and media types are
//     refused, bodies are bounded.
package api
