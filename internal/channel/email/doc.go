// Package email sends messages by SMTP.
//
// What must stay true:
//   - Each try of a message has the same Message-ID, made of its id, so that a repeat can be told.
//   - An error says whether trying again makes sense, and whether the message may have gone out all the same.
//   - A password crosses the network encrypted only: with one, a server elsewhere must offer TLS.
package email
