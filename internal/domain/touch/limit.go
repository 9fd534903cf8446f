package touch

import "slices"

// limit is what a channel's operator lets one person get, whatever it is for. Answers count and are bound as well.
type limit struct {
	channel string
	mode    string // of several that the channel offers, the first one holds unless the playbook says another
	per     Span
	max     int    // 0: as many as the month has days
	since   string // when it was last read
	source  string
}

// limits are the limits of channels. They change; each row says when and where it was read.
var limits = []limit{
	{channel: "wecom_mass", mode: "month_days", per: Month, since: "2025-11-17", source: "WeCom 92135: a customer may receive as many mass messages a month as it has days"},
	{channel: "wecom_mass", mode: "7_per_week", per: Week, max: 7, since: "2025-11-17", source: "WeCom 92135, as switched in the console"},
	{channel: "wecom_mass", mode: "1_per_day", per: Day, max: 1, since: "2025-11-17", source: "WeCom 92135, as switched in the console"},
	{channel: "wecom_app", per: Minute, max: 30, since: "2023-08-01", source: "WeCom 90454: messages of an app to one member; more are dropped silently"},
	{channel: "wecom_app", per: Hour, max: 1000, since: "2023-08-01", source: "WeCom 90454: messages of an app to one member; more are dropped silently"},
	{channel: "oa_mass", per: Month, max: 4, since: "2025-11-17", source: "service account: mass messages to one follower"},
}

// limitModes lists the modes that a channel offers, the one that holds by default first.
func limitModes(channel string) (modes []string) {
	for _, l := range limits {
		if l.channel == channel && l.mode != "" && !slices.Contains(modes, l.mode) {
			modes = append(modes, l.mode)
		}
	}
	return modes
}

// rule is a budget, or a channel's own limit.
type rule struct {
	Budget
	limit     bool
	monthDays bool // Max is the number of days of the month
}

// rulesFor lists what bounds a message: the channel's own limits, and unless it is an answer the budgets.
func (c Config) rulesFor(channel string, tpl Template) (out []rule) {
	mode := c.Limits[channel]
	if modes := limitModes(channel); mode == "" && len(modes) > 0 {
		mode = modes[0]
	}
	for _, l := range limits {
		if l.channel == channel && (l.mode == "" || l.mode == mode) {
			out = append(out, rule{Budget: Budget{Channel: channel, Per: l.per, Max: l.max}, limit: true, monthDays: l.max == 0})
		}
	}
	if tpl.Answer {
		return out
	}
	for _, b := range c.Budgets {
		if (b.Channel == "" || b.Channel == channel) && (b.Purpose == "" || b.Purpose == tpl.Purpose) {
			out = append(out, rule{Budget: b})
		}
	}
	return out
}
