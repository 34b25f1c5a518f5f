package wire

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// member is how the query protocol says that something is in a list; EC2 says nothing.
var member = regexp.MustCompile(`\.member(\.|$)`)

// Parameters of the call by their dotted names, alike in all protocols: Tags.1.Key. What cannot be read has none.
func (c *Call) Parameters() map[string]string {
	out := map[string]string{}
	switch in := c.Input.(type) {
	case formInput:
		for name, values := range in.values {
			out[member.ReplaceAllString(name, "$1")] = strings.Join(values, ",")
		}
	case jsonInput:
		var content any
		if json.Unmarshal(in, &content) == nil {
			flatten("", content, out)
		}
	case *ObjectRequest:
		out["Bucket"], out["Key"] = in.Bucket, in.Key
		if v := in.Query.Get("versionId"); v != "" {
			out["versionId"] = v
		}
	}
	return out
}

func flatten(name string, content any, into map[string]string) {
	switch v := content.(type) {
	case map[string]any:
		for key, inner := range v {
			flatten(strings.TrimPrefix(name+"."+key, "."), inner, into)
		}
	case []any:
		for i, inner := range v {
			flatten(fmt.Sprintf("%s.%d", name, i+1), inner, into)
		}
	case nil:
	default:
		into[name] = fmt.Sprint(v)
	}
}
