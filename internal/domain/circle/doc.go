// Package circle owns circles: their groups, the roster with its history, and what is said in them. A built-in circle is a
// chat in the browser and on the phone; it needs no outside account.
//
// What must stay true:
//   - Each circle owns one seat pool, which has its id. Who is on the roster of a circle that is not archived has a taken
//     seat of its pool, and the other way round; nothing else counts members.
//   - A circle keeps the version of the template it was opened with; a change applies to new circles. Its capacity follows the
//     template, unless it was given one of its own.
//   - A retired group gives no places: the pools of its circles are closed, and no further one is opened.
//   - Positions of messages (seq) rise by one without gaps, in commit order. They are taken under the circle's row at the
//     very end of the shared transaction, circles in one order, as all rows are that many members touch at once.
//   - No name stands in a message: a mention is an id, the author another, and both are looked up when shown.
//   - Silence is not a fault: nobody is measured by how much they write.
//
// Archiving gives the seats back and keeps the roster: its members may still read.
package circle
