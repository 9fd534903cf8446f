// Package growth owns who brought whom, and what they get for it: programmes, share links, bonds, rewards, and how often somebody
// is asked to share.
//
// What must stay true:
//   - A programme's version is never changed. A bond and a reward name the version that made them.
//   - At most two levels are paid, ever, and only for orders that were paid: the law against pyramid selling.
//   - A guest has at most one active bond in a programme. Those that lost against it, and those that were refused, are kept with
//     the reason.
//   - Nobody is paid for bringing themselves; where that is likely, somebody looks at it first.
//   - A reward is frozen until its order can't be given back any more. What goes back of an order takes back its part of the
//     reward, to the fen, from wherever the reward has got to. What was paid out stays as it is and is owed instead.
//   - A simulation decides by the code that binds and pays, and changes nothing: the rules that were in force come to what was paid.
//   - Nobody is asked to share more often than the community's budget says, over all campaigns.
//
// Rows keep the person's id that they were written with; queries ask for all ids of one human.
package growth
