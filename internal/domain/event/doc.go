// Package event owns what a community holds for people to come to: the calendar, tickets and their check-in, the friend
// tickets that members give, who came, and what they thought of it.
//
// What must stay true:
//   - Every place is a seat: a ticket has one in the event's house and one in each quota its type needs, all or none. Nothing
//     here counts places.
//   - A human has one live ticket an event, by the house group's limit of one seat a holder.
//   - What a ticket is follows from its row, the clock and the event; an offer from the waiting list is the offered seat itself
//     and needs no row until it is taken up.
//   - A friend ticket reaches only who has never come to anything, once an event, within its giver's grant.
//   - A scan is one record however often it is sent; of the scans of a ticket one admits. Phones without a network may have let
//     in twice, and then both are on record.
//   - Who came is written once a person and event, and never undone.
//   - A jury has passed when as many as needed say yes, has failed when that can't be any more, and decides once a round.
//   - A title is open among the topics once, by a unique index on how it is folded. Of the votes of a human one counts. The words of who
//     was erased go with them, or when the event that has taken them gives them back.
//
// Money is not here: a ticket says what it costs, and who sells it takes the money and gives it back.
package event
