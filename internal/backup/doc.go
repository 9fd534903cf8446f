// Package backup writes an installation into one file and reads it back, on either database: every table as typed rows,
// then the stored files. Moving between databases is the same thing.
//
// What must stay true:
//   - A backup shows the database at one moment, also while it is in use. The same rows give the same bytes on both engines.
//   - The keys are not in it. It names those its secrets need, and is not read back without them.
//   - A file that is damaged or cut off changes nothing: it is read through and proved before a row is written, and all rows
//     are written in one transaction, after the files.
//   - Memory doesn't grow with the tables.
package backup
