package event

import (
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

// pastEvents is how many events a forecast is from, at most: the latest ones, since habits change.
const pastEvents = 10

// Rate is a share of a whole.
type Rate struct {
	Of int `json:"of"`
	N  int `json:"n"`
}

// times gives that share of a number.
func (r Rate) times(n float64) float64 {
	if r.Of == 0 {
		return 0
	}
	return n * float64(r.N) / float64(r.Of)
}

// Turnout is the audience that an event can count on: members × friend tickets × the rates at which they were taken and used before, and
// those who take a ticket themselves (E7). The rates are those of the latest events of its kind that are over and of its template, if it
// has one. Without any there is no expectation.
type Turnout struct {
	Members   int  `json:"members" doc:"who have a membership now"`
	PerMember int  `json:"per_member" doc:"friend tickets that each may give"`
	Reach     int  `json:"reach" doc:"members × friend tickets: as many guests as there can be"`
	Events    int  `json:"events" doc:"that the rates are from"`
	Taken     Rate `json:"taken" doc:"friend tickets that guests have taken, of those that there could be"`
	Guests    Rate `json:"guests" doc:"guests who came, of those who had taken a ticket"`
	Booked    Rate `json:"booked" doc:"tickets that people took for themselves, of the members there were"`
	Came      Rate `json:"came" doc:"who came, of those who had a ticket of their own"`
	Expected  int  `json:"expected" doc:"who will come, guests too, if it goes on like that; not more than the house holds"`
	OfGuests  int  `json:"of_guests" doc:"guests among those who would come, though the house were full"`
	OfOwn     int  `json:"of_own" doc:"those with a ticket of their own among them"`
	Full      bool `json:"full,omitempty" doc:"more would come than the house holds"`
}

// ForecastTx works out the audience that an event can count on, or refuses with ErrUnknown.
func (s *Service) ForecastTx(tx *db.Tx, event string) (f Turnout, err error) {
	e, err := s.GetTx(tx, event)
	if err != nil {
		return f, err
	}
	past, err := pastLike(tx, e, tx.Now(), pastEvents)
	if err != nil {
		return f, err
	}
	at, ids := []time.Time{tx.Now()}, make([]string, len(past))
	for i, p := range past {
		at, ids[i] = append(at, p.Starts), p.ID
	}
	members, err := s.members.MembersAtTx(tx, at)
	if err != nil {
		return f, err
	}
	f.Members, f.PerMember, f.Events = members[0], e.Friends.PerMember, len(past)
	f.Reach = f.Members * f.PerMember
	all, err := s.FiguresOfTx(tx, ids)
	if err != nil {
		return f, err
	}
	for i, p := range past {
		n, c := members[i+1], all[p.ID]
		came := c.Attended - c.Guests
		own := max(c.Valid-c.Friends, came) // who came into a room without a ticket counts as one with their own
		f.Booked, f.Came = f.Booked.and(n, own), f.Came.and(own, came)
		if p.Friends.PerMember > 0 {
			f.Taken, f.Guests = f.Taken.and(n*p.Friends.PerMember, c.Friends), f.Guests.and(c.Friends, c.Guests)
		}
	}
	guests := f.Guests.times(f.Taken.times(float64(f.Reach)))
	own := f.Came.times(f.Booked.times(float64(f.Members)))
	f.OfGuests, f.OfOwn, f.Expected = int(guests+0.5), int(own+0.5), int(guests+own+0.5)
	if f.Expected > e.Capacity {
		f.Expected, f.Full = e.Capacity, true
	}
	return f, nil
}

func (r Rate) and(of, n int) Rate { return Rate{r.Of + of, r.N + n} }
