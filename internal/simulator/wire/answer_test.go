package wire

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type output struct {
	Name    *string
	Empty   *string
	Enum    string
	None    string
	Count   *int32
	Ratio   *float64
	On      bool
	At      *time.Time
	Items   []string
	NoItems []string
	Nothing []string
	Parts   []part `out:"partSet"`
	Extras  map[string]string
	hidden  string
}

type part struct{ PartId string }

var full = output{
	Name: new("a <b> & \r\n\"c\""), Empty: new(""), Enum: "x", Count: new(int32(-1)), Ratio: new(0.25), On: false, At: new(time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)),
	Items: []string{"1", "2"}, NoItems: []string{}, Parts: []part{{"p"}}, Extras: map[string]string{"k": "v"}, hidden: "h",
}

func TestWrite(t *testing.T) {
	const text = "a &lt;b&gt; &amp; &#xD;&#xA;&#34;c&#34;"
	cases := map[string]struct {
		service Service
		kind    string
		want    string
	}{
		"Query": {
			Service{Protocol: Query, Namespace: "http://ns/"},
			"text/xml",
			`<OpResponse xmlns="http://ns/"><OpResult><Name>` + text + `</Name><Empty></Empty><Enum>x</Enum><Count>-1</Count><Ratio>0.25</Ratio><On>false</On>` +
				`<At>2026-01-02T03:04:05.678Z</At><Items><member>1</member><member>2</member></Items><NoItems></NoItems><Parts><member><PartId>p</PartId></member></Parts>` +
				`<Extras><entry><key>k</key><value>v</value></entry></Extras></OpResult><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></OpResponse>`,
		},
		"EC2": {
			Service{Protocol: EC2, Namespace: "http://ns/"},
			"text/xml;charset=UTF-8",
			"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OpResponse xmlns=\"http://ns/\">\n<requestId>id</requestId><name>" + text + `</name><empty></empty><enum>x</enum>` +
				`<count>-1</count><ratio>0.25</ratio><on>false</on><at>2026-01-02T03:04:05.678Z</at><items><item>1</item><item>2</item></items><noItems></noItems>` +
				`<partSet><item><partId>p</partId></item></partSet><extras><entry><key>k</key><value>v</value></entry></extras></OpResponse>`,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			call := &Call{Service: &c.service, Operation: "Op", RequestID: "id"}
			if err := call.Write(w, &full); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, w.Body.String()); diff != "" {
				t.Errorf("-want, +got:\n%s", diff)
			}
			if got := w.Header().Get("Content-Type") + " " + w.Header().Get("X-Amzn-Requestid"); got != c.kind+" id" {
				t.Errorf("headers: %q", got)
			}
		})
	}
}

func TestWriteError(t *testing.T) {
	refused := Errorf("Bad", "a < b")
	cases := map[string]struct {
		service Service
		err     error
		status  int
		want    string
	}{
		"Query": {Service{Protocol: Query, Namespace: "http://ns/"}, refused, 400, `<ErrorResponse xmlns="http://ns/"><Error><Type>Sender</Type><Code>Bad</Code><Message>a &lt; b</Message></Error><RequestId>id</RequestId></ErrorResponse>`},
		"EC2":   {Service{Protocol: EC2}, refused.WithStatus(403), 403, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>Bad</Code><Message>a &lt; b</Message></Error></Errors><RequestID>id</RequestID></Response>"},
		"JSON":  {Service{Protocol: JSON}, refused, 400, `{"__type":"Bad","message":"a \u003c b"}`},
		"Ours":  {Service{Protocol: Query, Namespace: "http://ns/"}, errors.New("secret detail"), 500, `<ErrorResponse xmlns="http://ns/"><Error><Type>Receiver</Type><Code>InternalFailure</Code><Message>The request processing has failed because of an unknown error, exception or failure.</Message></Error><RequestId>id</RequestId></ErrorResponse>`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			(&Call{Service: &c.service, RequestID: "id"}).WriteError(w, c.err)
			if w.Code != c.status {
				t.Errorf("want status %d, got %d", c.status, w.Code)
			}
			if diff := cmp.Diff(c.want, w.Body.String()); diff != "" {
				t.Errorf("-want, +got:\n%s", diff)
			}
			if got := w.Header().Get("X-Amzn-Errortype"); (got == "Bad") != (c.service.Protocol == JSON) {
				t.Errorf("X-Amzn-Errortype: %q", got)
			}
		})
	}
}

func TestJSONInput(t *testing.T) {
	cases := map[string]struct{ raw, want string }{
		"Good":     {`{"Name":"a","Unknown":1}`, ""},
		"Type":     {`{"Name":1}`, "SerializationException"},
		"NotJSON":  {`{`, "SerializationException"},
		"NotAnObj": {`[]`, "SerializationException"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var in inner
			err := jsonInput(c.raw).Decode(&in)
			code := ""
			if err != nil {
				code = AsError(err).Code
			}
			if code != c.want {
				t.Errorf("want code %q, got %v", c.want, err)
			}
		})
	}
}

func TestRequestIDs(t *testing.T) {
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(""))
	a, _ := Read(r, testServices)
	b, _ := Read(r, testServices)
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	if a.RequestID == b.RequestID || !form.MatchString(a.RequestID) {
		t.Errorf("request ids are random UUIDs: %q, %q", a.RequestID, b.RequestID)
	}
}
