// Package faults breaks the real program while simulated phones use it: it is killed at random moments, its database is
// restarted, its disk is full or read-only, its clock steps back.
//
// What must stay true: whatever was acknowledged is there afterwards, once, and `qunce verify` finds nothing off.
// QUNCE_KILL_ROUNDS says how often each test kills (3); with 0 the load runs undisturbed.
package faults
