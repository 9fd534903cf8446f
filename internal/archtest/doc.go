// Package archtest holds the rules of the house as data and checks the whole tree against them: who may import whom, who
// owns which table, where time and words come from, how long a file may be.
//
// What must stay true: each rule says why it is there, and each has a control test that shows it can fail. When a rule
// bites, its message says what to do; when the rule itself must change, change the table in rules_test.go and give a reason.
package archtest
