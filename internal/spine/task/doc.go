// Package task is work for people: who may do it, by when, about whom, and how it ended. A path that asks a human opens a
// task and waits for its task.finished.
//
// What must stay true:
//   - A task is never lost: one that is past due has a timer that will fire, or was escalated for that due time.
//   - A task is never shown to the wrong role: who may see it is part of every query's WHERE.
//   - One person has it at a time, and it ends once, with an outcome it declared.
//   - The words in it (note, proof) are erased with the person; everything else is ids, enums and times.
package task
