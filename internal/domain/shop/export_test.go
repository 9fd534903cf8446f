package shop

// Gone tells whether a line was taken back.
func (l Line) Gone() bool { return l.gone }
