// Package launch owns the board of a launch (G5): a product, event or plan that begins at a time, who promised to share it, who
// stands behind it in their own words, what is at hand, what was aimed at and what is missing.
//
// What must stay true:
//   - Asking somebody to pledge spends the one asking budget (G6). Sooner than that allows takes an acknowledgement.
//   - A human has one pledge in a launch. What is done stays done.
//   - Reach is what the share links traced since the launch was opened, never what was promised or typed in.
//   - An endorser is shown with the words they agreed to. Other words take another agreement.
//   - When a launch begins, everybody who promised is told of it once; what goes out then is a path's business, through the gate.
//
// Rows keep the person's id that they were written with; queries ask for all ids of one human.
package launch
