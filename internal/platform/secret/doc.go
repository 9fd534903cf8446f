// Package secret encrypts what must not be read in a database or its backup, and makes the keyed hashes by which it is
// looked up. The keys live in a file outside the database.
//
// What must stay true:
//   - The key file is readable by its owner only, or the program refuses to use it.
//   - A ciphertext names the key that made it. With that key missing, the error names the key; a new one is never made in
//     its place.
//   - A ciphertext opens only for the community and purpose it was made for, so that it can't be moved to another row.
//   - Keyed hashes don't change when the encryption key is rotated: they are columns that are searched.
package secret
