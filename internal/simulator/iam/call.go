package iam

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A Call to an API, as far as permissions see it.
type Call struct {
	Service    string // the prefix of its actions
	Operation  string
	Parameters map[string]string // by dotted name: Tags.1.Key
}

// An Account is what the calls are made in.
type Account struct {
	Region, ID string
	Tags       func(arn string) map[string]string // of a resource; nil if there is none
}

var tagKey = regexp.MustCompile(`^((?:TagSpecification\.\d+\.)?Tags?\.\d+)\.Key$`)

// tags that the call says.
func (c Call) tags() map[string]string {
	tags := map[string]string{}
	for name, key := range c.Parameters {
		if m := tagKey.FindStringSubmatch(name); m != nil {
			tags[key] = c.Parameters[m[1]+".Value"]
		}
	}
	return tags
}

// keys of conditions that the call itself tells.
func (c Call) keys() map[string][]string {
	keys := map[string][]string{}
	for key, value := range c.tags() {
		keys["aws:RequestTag/"+key] = []string{value}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], key)
	}
	for name, key := range c.Parameters {
		if strings.HasPrefix(name, "TagKeys.") {
			keys["aws:TagKeys"] = append(keys["aws:TagKeys"], key)
		}
	}
	return keys
}

// values of the parameters of a name, or of the members of its list.
func (c Call) values(name string) []string {
	if v, ok := c.Parameters[name]; ok && v != "" {
		return []string{v}
	}
	var all []string
	for _, n := range slices.Sorted(maps.Keys(c.Parameters)) {
		if rest, ok := strings.CutPrefix(n, name+"."); ok && !strings.Contains(rest, ".") {
			all = append(all, c.Parameters[n])
		}
	}
	return all
}

// ending are the values of all parameters whose last part is a name, wherever they stand.
func (c Call) ending(name string) []string {
	var all []string
	for _, n := range slices.Sorted(maps.Keys(c.Parameters)) {
		if strings.HasSuffix(n, "."+name) {
			all = append(all, c.Parameters[n])
		}
	}
	return all
}

// arn of something in the account.
func (a Account) arn(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, a.Region, a.ID, resource)
}
