// Package targetgroup makes ELBv2 target groups what TargetGroups say.
//
// In go a TargetGroup and what AWS has of it, found by its name; out come CreateTargetGroup, changes of health check, attributes
// and tags in place, and DeleteTargetGroup once no rule or listener names it any more.
package targetgroup
