package aws

import (
	"cmp"
	"time"
)

// Ages are how old an answer of AWS may be to be used again. Each zero field stands for its default.
type Ages struct {
	// Listing of all load balancers or all target groups of the account: one call serves every object of the kind. 12 s.
	Listing time.Duration

	// Provisioning load balancers change by themselves. 1.8 s.
	Provisioning time.Duration

	// Content of a load balancer: listeners and rules. 45 s.
	Content time.Duration

	// Detail: tags, attributes, certificates. 10 min.
	Detail time.Duration

	// Health of targets that are settled. 7.5 min.
	Health time.Duration

	// Settling targets, those that are initial or draining. 5 s.
	Settling time.Duration

	// Network: subnets, and security groups that are not ours. 5 min.
	Network time.Duration

	// Groups: all security groups of ours in a VPC, in one call. 12 s.
	Groups time.Duration

	// Absent resources are asked for again after this. 5 s.
	Absent time.Duration

	// Error other than absence is told to all who ask within this. 1 s.
	Error time.Duration

	// Settle is how long AWS may lag behind its own writes. 10 s.
	Settle time.Duration

	// Credentials from a Secret, which is read anew after this; after Error, if AWS refuses them. 30 s.
	Credentials time.Duration

	// Moment that requests of the same kind wait for each other, to travel in one call. 5 ms.
	Moment time.Duration
}

func (a Ages) orDefaults() Ages {
	return Ages{
		Listing:      cmp.Or(a.Listing, 12*time.Second),
		Provisioning: cmp.Or(a.Provisioning, 1800*time.Millisecond),
		Content:      cmp.Or(a.Content, 45*time.Second),
		Detail:       cmp.Or(a.Detail, 10*time.Minute),
		Health:       cmp.Or(a.Health, 450*time.Second),
		Settling:     cmp.Or(a.Settling, 5*time.Second),
		Network:      cmp.Or(a.Network, 5*time.Minute),
		Groups:       cmp.Or(a.Groups, 12*time.Second),
		Absent:       cmp.Or(a.Absent, 5*time.Second),
		Error:        cmp.Or(a.Error, time.Second),
		Settle:       cmp.Or(a.Settle, 10*time.Second),
		Credentials:  cmp.Or(a.Credentials, 30*time.Second),
		Moment:       cmp.Or(a.Moment, 5*time.Millisecond),
	}
}

// usualPoll is the interval that the default ages are made for.
const usualPoll = 50 * time.Second

// AgesFor are ages for objects that are compared with AWS once in poll: in proportion, so that each comparison sees what AWS
// holds since the one before. Longer intervals than the usual have the usual ages.
func AgesFor(poll time.Duration) Ages {
	if poll <= 0 || poll >= usualPoll {
		return Ages{}
	}
	share := func(d time.Duration) time.Duration {
		return time.Duration(float64(d) * float64(poll) / float64(usualPoll))
	}
	usual := Ages{}.orDefaults()
	return Ages{
		Listing:     share(usual.Listing),
		Content:     share(usual.Content),
		Detail:      share(usual.Detail),
		Health:      share(usual.Health),
		Network:     share(usual.Network),
		Groups:      share(usual.Groups),
		Credentials: share(usual.Credentials),
	}
}
