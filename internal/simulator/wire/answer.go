package wire

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"reflect"
)

func newRequestID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: crypto/rand
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// Write sends the output of a call in its service's protocol.
func (c *Call) Write(w http.ResponseWriter, output any) error {
	if a, ok := output.(*ObjectAnswer); ok {
		return c.writeObject(w, a)
	}
	body, err := c.render(output)
	if err != nil {
		c.WriteError(w, err)
		return fmt.Errorf("cannot write the answer to %s: %w", c.Operation, err)
	}
	return c.send(w, http.StatusOK, body)
}

// WriteError sends a refusal in the call's protocol.
func (c *Call) WriteError(w http.ResponseWriter, err error) {
	e := AsError(err)
	if c.Service.Protocol == Object {
		c.writeObjectError(w, e)
		return
	}
	if c.Service.Protocol == JSON {
		w.Header().Set("X-Amzn-Errortype", e.Code)
	}
	_ = c.send(w, e.status(), c.renderError(e)) // the client is gone: nobody is left to tell
}

func (c *Call) send(w http.ResponseWriter, status int, body []byte) error {
	kind := "text/xml"
	switch c.Service.Protocol {
	case JSON:
		kind = "application/x-amz-json-1.1"
	case EC2:
		kind = "text/xml;charset=UTF-8"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Amzn-Requestid", c.RequestID)
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		return fmt.Errorf("cannot send the answer to %s: %w", c.Operation, err)
	}
	return nil
}

func (c *Call) render(output any) ([]byte, error) {
	if c.Service.Protocol == JSON {
		if v := reflect.Indirect(reflect.ValueOf(output)); v.NumField() == 0 {
			return nil, nil // operations without output answer an empty body
		}
		return json.Marshal(output)
	}
	var b bytes.Buffer
	v := reflect.Indirect(reflect.ValueOf(output))
	if c.Service.Protocol == EC2 {
		b.WriteString(xml.Header)
		fmt.Fprintf(&b, "<%sResponse xmlns=%q>\n<requestId>%s</requestId>", c.Operation, c.Service.Namespace, c.RequestID)
		if err := ec2Markup.fields(&b, v); err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "</%sResponse>", c.Operation)
		return b.Bytes(), nil
	}
	fmt.Fprintf(&b, "<%[1]sResponse xmlns=%[2]q><%[1]sResult>", c.Operation, c.Service.Namespace)
	if err := queryMarkup.fields(&b, v); err != nil {
		return nil, err
	}
	fmt.Fprintf(&b, "</%[1]sResult><ResponseMetadata><RequestId>%[2]s</RequestId></ResponseMetadata></%[1]sResponse>",
		c.Operation, c.RequestID)
	return b.Bytes(), nil
}

func (c *Call) renderError(e *Error) []byte {
	var b bytes.Buffer
	switch c.Service.Protocol {
	case JSON:
		body, _ := json.Marshal(struct { // two strings: cannot fail
			Type    string `json:"__type"`
			Message string `json:"message,omitempty"`
		}{e.Code, e.Message})
		return body
	case EC2:
		b.WriteString(xml.Header)
		fmt.Fprintf(&b, "<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>%s</RequestID></Response>",
			escape(e.Code), escape(e.Message), c.RequestID)
	default:
		fmt.Fprintf(&b, "<ErrorResponse xmlns=%q><Error><Type>%s</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>",
			c.Service.Namespace, e.fault(), escape(e.Code), escape(e.Message), c.RequestID)
	}
	return b.Bytes()
}

func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer does not fail
	return b.String()
}
