// Package blob stores files by their content. The bytes lie in a folder a community, under the SHA-256 of themselves; the
// table says who uploaded them and how often they are used.
//
// What must stay true:
//   - A file is whole or absent: it is flushed before it gets its name.
//   - No name from outside becomes a path: only a community's id and a hash do, both checked.
//   - Pictures are decoded and encoded anew: nothing of the upload's bytes, EXIF included, is served again.
//   - A file goes only when nothing has used it for a day, and not while the same content is being uploaded again.
package blob
