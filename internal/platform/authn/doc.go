// Package authn tells who somebody is: operators by password and one-time code, members by a code sent to their phone,
// programs by a token. What they may then do is package access.
//
// What must stay true:
//   - Passwords, tokens and codes are stored as hashes only, TOTP secrets encrypted.
//   - Guessing is bounded by counters in the database, so that it doesn't help to ask many nodes at once. A wrong guess is
//     counted before it is answered.
//   - Whoever signs in can't learn whether an email has an account, neither by words nor by time.
//   - What may be used once is used once, from two connections too: a one-time code's step, a recovery code, an
//     invitation, the set-up token, a phone code.
//   - A community always keeps an owner, and the installation an administrator.
//   - Nothing is sent from here: codes and tokens are given to the caller.
package authn
