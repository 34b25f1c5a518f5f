// Command bench measures what the provider costs and how fast it is, against the simulated AWS with AWS's own request rates.
//
// In go the names of rows, or none for all but the long ones; out come a line for each figure, and report.json, in which a row
// that is measured anew replaces its former figures. The counts of the short rows are asserted by the tests, times are not.
package main
