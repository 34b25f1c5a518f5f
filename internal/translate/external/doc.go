// Package external turns the settings of ListenerRules and Listeners into the SDK's shapes, compares those shapes with what
// ELBv2 Describe calls echo, and sums a rule up for people. It is pure: forProvider goes in, elasticloadbalancingv2/types,
// yes or no, or a few words come out. Reconcilers, plan and trace all use it, so there is one conversion.
package external
