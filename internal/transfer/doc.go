// Package transfer brings people in from files and hands them out as files.
//
// What must stay true:
//   - A file is read as a stream: memory doesn't grow with it, but for a mark a row that shows repetitions.
//   - A dry run changes nothing but the import's own rows, and foresees what the run does by the same code.
//   - A row takes effect once. The position in the file moves in the transaction of the rows' effects, so a run that was
//     killed goes on where it was, and two that run at once don't do a row twice.
//   - A row takes effect whole or not at all, and each that didn't is given back with the reason.
//   - What a file says of people is never kept in plain: the upload is encrypted, the reasons hold no values.
//   - What a spreadsheet would compute is never computed, neither coming in nor going out.
package transfer
