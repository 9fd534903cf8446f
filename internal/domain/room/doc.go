// Package room owns script rooms: a word-for-word script with slides that is played to an event's audience at a chosen pace,
// paragraph by paragraph, what they ask meanwhile, and the script to be read back afterwards.
//
// What must stay true:
//   - What the audience has is a number of paragraphs of one version of the script. It only grows, so who was away reads on from
//     where they were and misses nothing.
//   - Each paragraph is shown once, by one guarded change; a timer that comes late or twice shows nothing twice.
//   - Once begun, a room plays the version that it began with.
//   - A human votes for a question once.
//
// Who may come in is the event's to say.
package room
