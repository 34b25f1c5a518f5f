package s3

import (
	"crypto/md5" //nolint:gosec // an ETag is one
	"encoding/hex"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// maxKey is the length of a key in bytes ("Naming Amazon S3 objects").
const maxKey = 1024

func (b *bucket) put(r *wire.ObjectRequest, now time.Time) (*wire.ObjectAnswer, error) {
	if len(r.Key) > maxKey {
		return nil, wire.Errorf("KeyTooLongError", "Your key is too long.")
	}
	sums, err := checksums(r.Header, r.Body)
	if err != nil {
		return nil, err
	}
	o := object{content: r.Body, kind: r.Header.Get("Content-Type"), checksum: sums, at: now}
	b.add(r.Key, &o)
	answer := http.Header{"Etag": {etag(o.content)}}
	maps.Copy(answer, sums)
	o.tell(answer)
	return &wire.ObjectAnswer{Header: answer}, nil
}

// add a version; without versioning there is one.
func (b *bucket) add(key string, o *object) {
	if !b.Versioned {
		b.objects[key] = []object{*o}
		return
	}
	o.version = randomID()
	b.objects[key] = append(b.objects[key], *o)
}

// find a version of an object, by default the newest.
func (b *bucket) find(key, version string) (object, error) {
	all := b.objects[key]
	for i := len(all) - 1; i >= 0; i-- {
		o := all[i]
		switch {
		case version == "" && o.deleted:
			return object{}, noSuchKey()
		case version == "":
			return o, nil
		case o.version == version && o.deleted:
			return object{}, wire.Errorf("MethodNotAllowed", "The specified method is not allowed against this resource.").WithStatus(http.StatusMethodNotAllowed)
		case o.version == version:
			return o, nil
		}
	}
	if version != "" {
		return object{}, wire.Errorf("NoSuchVersion", "The specified version does not exist.").WithStatus(http.StatusNotFound)
	}
	return object{}, noSuchKey()
}

func noSuchKey() error {
	return wire.Errorf("NoSuchKey", "The specified key does not exist.").WithStatus(http.StatusNotFound)
}

func (b *bucket) get(r *wire.ObjectRequest, _ time.Time) (*wire.ObjectAnswer, error) {
	o, err := b.find(r.Key, r.Query.Get("versionId"))
	if err != nil {
		return nil, err
	}
	h := http.Header{
		"Etag": {etag(o.content)}, "Content-Length": {strconv.Itoa(len(o.content))}, "Last-Modified": {o.at.UTC().Format(http.TimeFormat)},
		"Content-Type": {"binary/octet-stream"}, "Accept-Ranges": {"bytes"},
	}
	if o.kind != "" {
		h.Set("Content-Type", o.kind)
	}
	if r.Header.Get("X-Amz-Checksum-Mode") == "ENABLED" {
		maps.Copy(h, o.checksum)
	}
	o.tell(h)
	return &wire.ObjectAnswer{Header: h, Body: o.content}, nil
}

// remove an object: what is not there is no error, and with versioning a marker takes its place.
func (b *bucket) remove(r *wire.ObjectRequest, now time.Time) (*wire.ObjectAnswer, error) {
	h := http.Header{}
	switch version := r.Query.Get("versionId"); {
	case version != "":
		b.removeVersion(r.Key, version)
		h.Set("X-Amz-Version-Id", version)
	case b.Versioned:
		marker := object{deleted: true, at: now}
		b.add(r.Key, &marker)
		h.Set("X-Amz-Delete-Marker", "true")
		marker.tell(h)
	default:
		delete(b.objects, r.Key)
	}
	return &wire.ObjectAnswer{Status: http.StatusNoContent, Header: h}, nil
}

func (b *bucket) removeVersion(key, version string) {
	var left []object
	for _, o := range b.objects[key] {
		if o.version != version {
			left = append(left, o)
		}
	}
	b.objects[key] = left
}

// tell the version, where there are versions.
func (o object) tell(h http.Header) {
	if o.version != "" {
		h.Set("X-Amz-Version-Id", o.version)
	}
}

func etag(content []byte) string {
	sum := md5.Sum(content) //nolint:gosec // an ETag is one
	return `"` + hex.EncodeToString(sum[:]) + `"`
}
