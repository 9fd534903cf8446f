package h5

type eventView struct {
	Action, Title, When, Zone, Where, About, Host, Calendar, Share string
	Left                                                           string // places
	Ended                                                          string // why nothing can be had any more
	Ticket                                                         *ticketCard
	Offer                                                          string // until when a place is kept
	Choices                                                        []choiceCard
	Full                                                           *Refusal
	Position                                                       int // in the line; 0 for who doesn't wait
	Blocked                                                        string
	WaitFor                                                        []option
	SignUp, SignIn, Plans                                          string
	Gifts                                                          *giftsView
	Enter                                                          bool      // the visitor may say that they have come
	Room                                                           string    // where it takes place, for who has
	Script                                                         *roomLink // to its script room
	Sells                                                          *saleCard
	Summary                                                        string // of what is over, for who may read it
}

type ticketCard struct{ State, Href, Word, Until string }

// choiceCard is a ticket type as the visitor sees it.
type choiceCard struct {
	Name, Title, Price, Action, Word, Key string
	Plans                                 bool   // for members of a plan only
	Uses                                  string // of which benefit it uses one
	Whynot                                *Refusal
}
