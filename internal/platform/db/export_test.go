package db

// Undone is what a caller gets when the server answered COMMIT with ROLLBACK.
func Undone() error { return classify(Postgres, errUndone) }
