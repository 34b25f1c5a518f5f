package wire

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type inner struct {
	Name   *string
	Weight *int32
}

type input struct {
	Text    *string
	Plain   string
	Flag    *bool
	Big     *int64
	Share   *float64
	At      *time.Time
	Names   []string
	Inner   *inner
	Inners  []inner
	Extras  map[string]string
	Renamed []string `in:"Other"`
}

func form(t *testing.T, raw string) url.Values {
	t.Helper()
	values, err := url.ParseQuery(raw)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

// AWS documentation, "Query requests" and Smithy's awsQuery protocol: lists are Name.member.N, maps Name.entry.N.key and .value.
func TestDecodeQuery(t *testing.T) {
	cases := map[string]struct {
		reason string
		raw    string
		want   input
		code   string
	}{
		"Scalars": {
			"each kind of value", "Action=X&Version=1&Text=a%20b&Plain=c&Flag=true&Big=-9000000000&Share=0.5&At=2026-01-02T03:04:05Z",
			input{Text: new("a b"), Plain: "c", Flag: new(true), Big: new(int64(-9000000000)), Share: new(0.5), At: new(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))},
			"",
		},
		"EmptyString":   {"empty is not absent", "Text=", input{Text: new("")}, ""},
		"EmptyList":     {"an empty list is sent by its name alone", "Names=", input{Names: []string{}}, ""},
		"List":          {"in the order of the numbers", "Names.member.2=b&Names.member.10=j&Names.member.1=a&Names.member.3=c&Names.member.4=d&Names.member.5=e&Names.member.6=f&Names.member.7=g&Names.member.8=h&Names.member.9=i", input{Names: strings.Split("abcdefghij", "")}, ""},
		"Nested":        {"structs in lists", "Inners.member.1.Name=a&Inners.member.2.Weight=7&Inner.Name=x", input{Inners: []inner{{Name: new("a")}, {Weight: new(int32(7))}}, Inner: &inner{Name: new("x")}}, ""},
		"Map":           {"entries", "Extras.entry.1.key=k&Extras.entry.1.value=v", input{Extras: map[string]string{"k": "v"}}, ""},
		"Renamed":       {"a field may be called otherwise", "Other.member.1=a", input{Renamed: []string{"a"}}, ""},
		"Unknown":       {"no such member", "Colour=red", input{}, "ValidationError"},
		"UnknownInside": {"no such member", "Inner.Colour=red", input{}, "ValidationError"},
		"NotANumber":    {"a number is wanted", "Inner.Weight=heavy", input{}, "ValidationError"},
		"TooBig":        {"32 bits", "Inner.Weight=4294967296", input{}, "ValidationError"},
		"NotABoolean":   {"true or false", "Flag=yes", input{}, "ValidationError"},
		"NotATime":      {"ISO 8601", "At=yesterday", input{}, "ValidationError"},
		"Gap":           {"numbers have no gap", "Names.member.1=a&Names.member.3=c", input{}, "ValidationError"},
		"FromZero":      {"numbers start at 1", "Names.member.0=a", input{}, "ValidationError"},
		"LeadingZero":   {"numbers are plain", "Names.member.01=a", input{}, "ValidationError"},
		"HugeNumber":    {"numbers are bounded by what is there", "Names.member.2147483647=a", input{}, "ValidationError"},
		"FlatList":      {"EC2's form is not for here", "Names.1=a", input{}, "ValidationError"},
		"ListAsText":    {"a list is no text", "Names=a", input{}, "ValidationError"},
		"StructAsText":  {"a struct is no text", "Inner=a", input{}, "ValidationError"},
		"TextAsStruct":  {"a text has no members", "Text.Name=a", input{}, "ValidationError"},
		"KeyOnly":       {"an entry has key and value", "Extras.entry.1.key=k", input{}, "ValidationError"},
		"Twice":         {"a parameter once", "Text=a&Text=b", input{}, "MalformedQueryString"},
		"EmptySegment":  {"no empty segments", "Inner..Name=a", input{}, "MalformedQueryString"},
		"TooDeep":       {"depth is bounded", strings.Repeat("a.", 100) + "b=c", input{}, "MalformedQueryString"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got input
			err := queryDialect.decodeForm(form(t, c.raw), &got)
			code := ""
			if err != nil {
				code, got = AsError(err).Code, input{}
			}
			if code != c.code {
				t.Errorf("%s: want code %q, got %v", c.reason, c.code, err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", c.reason, diff)
			}
		})
	}
}

// Smithy's ec2Query protocol: lists are flat, Name.N, and gaps do no harm.
func TestDecodeEC2(t *testing.T) {
	cases := map[string]struct {
		raw  string
		want input
		code string
	}{
		"List":    {"Names.1=a&Names.2=b", input{Names: []string{"a", "b"}}, ""},
		"Gap":     {"Names.7=b&Names.3=a", input{Names: []string{"a", "b"}}, ""},
		"Structs": {"Inners.1.Name=a&Inners.2.Weight=7", input{Inners: []inner{{Name: new("a")}, {Weight: new(int32(7))}}}, ""},
		"Members": {"Names.member.1=a", input{}, "UnknownParameter"},
		"Unknown": {"Colour=red", input{}, "UnknownParameter"},
		"Number":  {"Inner.Weight=heavy", input{}, "InvalidParameterValue"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got input
			err := ec2Dialect.decodeForm(form(t, c.raw), &got)
			code := ""
			if err != nil {
				code, got = AsError(err).Code, input{}
			}
			if code != c.code {
				t.Errorf("want code %q, got %v", c.code, err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want, +got:\n%s", diff)
			}
		})
	}
}

func TestLenientDialect(t *testing.T) {
	d := queryDialect
	d.lenient = true
	var got input
	if err := d.decodeForm(form(t, "Colour=red&Text=a"), &got); err != nil || *got.Text != "a" {
		t.Errorf("unknown parameters are dropped: %v, %v", err, got)
	}
}

var testServices = []*Service{
	{Name: "q", SigningName: "query", Protocol: Query, Version: "2015-12-01", Operations: map[string]Operation{"Known": nil}},
	{Name: "e", SigningName: "ec2", Protocol: EC2, Version: "2016-11-15", Operations: map[string]Operation{"Known": nil}},
	{Name: "j", SigningName: "json", Protocol: JSON, Target: "Target", Operations: map[string]Operation{"Known": nil}},
}

func TestRead(t *testing.T) {
	const formType = "application/x-www-form-urlencoded; charset=utf-8"
	type want struct{ service, operation, code string }
	cases := map[string]struct {
		reason              string
		method, body, kind  string
		target, authorizion string
		want                want
	}{
		"Query":            {"by its version", "POST", "Action=Known&Version=2015-12-01", formType, "", "", want{"q", "Known", ""}},
		"EC2":              {"by its version", "POST", "Action=Known&Version=2016-11-15", formType, "", "", want{"e", "Known", ""}},
		"JSON":             {"by its target", "POST", "{}", "application/x-amz-json-1.1", "Target.Known", "", want{"j", "Known", ""}},
		"Get":              {"the query of the URL", "GET", "Action=Known&Version=2016-11-15", "", "", "", want{"e", "Known", ""}},
		"OtherVersion":     {"a version that nobody has", "POST", "Action=Known&Version=2012-06-01", formType, "", "", want{"q", "", "InvalidAction"}},
		"NoAction":         {"an action is needed", "POST", "Version=2015-12-01", formType, "", "", want{"q", "", "MissingAction"}},
		"NotAForm":         {"a form is wanted", "POST", "{}", "application/json", "", "", want{"q", "", "MalformedQueryString"}},
		"BadEscape":        {"a form is wanted", "POST", "Action=%zz", formType, "", "", want{"q", "", "MalformedQueryString"}},
		"Put":              {"GET or POST", "PUT", "", formType, "", "", want{"q", "", "InvalidAction"}},
		"TooLarge":         {"bodies are bounded", "POST", strings.Repeat("a", MaxBody+1), formType, "", "", want{"q", "", "RequestEntityTooLarge"}},
		"UnknownTarget":    {"a service that nobody is", "POST", "{}", "application/x-amz-json-1.1", "Other.Known", "", want{"Other", "", "UnknownOperationException"}},
		"ScopeBreaksTies":  {"an error goes in the protocol of the scope", "POST", "", formType, "", "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=0", want{"e", "", "MissingAction"}},
		"UnknownOperation": {"reading does not look it up", "POST", "Action=Other&Version=2015-12-01", formType, "", "", want{"q", "Other", ""}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			url, body := "/", c.body
			if c.method == http.MethodGet {
				url, body = "/?"+c.body, ""
			}
			r := httptest.NewRequestWithContext(t.Context(), c.method, url, strings.NewReader(body))
			r.Header.Set("Content-Type", c.kind)
			r.Header.Set("X-Amz-Target", c.target)
			r.Header.Set("Authorization", c.authorizion)
			call, err := Read(r, testServices)
			got := want{call.Service.Name, call.Operation, ""}
			if err != nil {
				got.code = AsError(err).Code
			}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", c.reason, diff)
			}
		})
	}
}

func TestLookup(t *testing.T) {
	for _, s := range testServices {
		known := &Call{Service: s, Operation: "Known"}
		if _, err := known.Lookup(); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		unknown := &Call{Service: s, Operation: "Other"}
		want := map[Protocol]string{Query: "InvalidAction", EC2: "InvalidAction", JSON: "UnknownOperationException"}[s.Protocol]
		if _, err := unknown.Lookup(); AsError(err).Code != want {
			t.Errorf("%s: want %s, got %v", s.Name, want, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"Action=X&Version=1&Text=a", "Names.member.1=a&Names.member.2=b", "Inners.member.1.Name=a", "Extras.entry.1.key=k&Extras.entry.1.value=v",
		"Names.1=a", "Names=", "Names.member=", "Inner=", "Extras.entry=", "a.b.c.d=e", "Names.member.99999999999999999999=a", "At=2026-01-02T03:04:05Z",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(raw))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if _, err := Read(r, testServices); err != nil && AsError(err).Code == "InternalFailure" {
			t.Errorf("reading %q: %v", raw, err)
		}
		values, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		for _, d := range []dialect{queryDialect, ec2Dialect} {
			var in input
			err := d.decodeForm(values, &in)
			if err != nil && AsError(err).Code == "InternalFailure" {
				t.Errorf("decoding %q: %v", raw, err)
			}
			if n := len(in.Names) + len(in.Inners) + len(in.Renamed) + len(in.Extras); n > len(raw) {
				t.Errorf("%d elements out of %d bytes", n, len(raw))
			}
		}
	})
}
