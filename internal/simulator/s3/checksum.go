package s3

import (
	"crypto/md5"  //nolint:gosec // Content-MD5 is one
	"crypto/sha1" //nolint:gosec // x-amz-checksum-sha1 is one
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"hash/crc32"
	"net/http"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// digests that a caller may send of a body, by header ("Checking object integrity").
var digests = map[string]func() hash.Hash{
	"X-Amz-Checksum-Crc32":  func() hash.Hash { return crc32.NewIEEE() },
	"X-Amz-Checksum-Crc32c": func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	"X-Amz-Checksum-Sha1":   sha1.New,
	"X-Amz-Checksum-Sha256": sha256.New,
}

// checksums that came with a body, each of which must fit.
func checksums(h http.Header, body []byte) (http.Header, error) {
	if given := h.Get("Content-Md5"); given != "" && given != digest(md5.New(), body) { //nolint:gosec // see above
		return nil, wire.Errorf("BadDigest", "The Content-MD5 you specified did not match what we received.")
	}
	out := http.Header{}
	for name, hasher := range digests {
		given := h.Get(name)
		if given == "" {
			continue
		}
		if given != digest(hasher(), body) {
			return nil, wire.Errorf("BadDigest", "The checksum you specified did not match the calculated checksum.")
		}
		out.Set(name, given)
	}
	return out, nil
}

func digest(h hash.Hash, body []byte) string {
	_, _ = h.Write(body) // a hash never fails
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}
