package api

// Operations lists what was declared, for the tests that walk every operation.
func (a *API) Operations() []*Op { return a.ops }

// Path is the operation's method and path.
func (o *Op) Path() (method, path string) { return o.split() }
