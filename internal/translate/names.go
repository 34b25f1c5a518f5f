package translate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

const (
	hashLength     = 10
	maxLabelLength = 63
	// Room for "-<service 63>-<port 5>-<hash 10>" within the 253 characters of an object name.
	maxGatewayStem = 160
)

// hashOf tells lists of texts apart. The separator cannot occur in what is hashed here: names, numbers and JSON.
func hashOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])[:hashLength]
}

// shortened cuts s to limit characters, the last of which are a hash of the whole.
func shortened(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.TrimRight(s[:limit-hashLength-1], "-.") + "-" + hashOf(s)
}

// labelValue is s as a label may hold it.
func labelValue(s string) string { return shortened(s, maxLabelLength) }

// stem begins the name of every object of a Gateway but the load balancer's and the security group's.
func stem(gateway string) string { return shortened(gateway, maxGatewayStem) }

func listenerName(gateway string, port int32) string {
	return fmt.Sprintf("%s-%d", stem(gateway), port)
}

func ruleName(gateway string, port int32, hash string) string {
	return fmt.Sprintf("%s-%d-%s", stem(gateway), port, hash)
}

func targetGroupName(gateway, service string, port int32, hash string) string {
	return fmt.Sprintf("%s-%s-%d-%s", stem(gateway), shortened(service, maxLabelLength), port, hash)
}

func securityGroupRuleName(loadBalancer string, port int32) string {
	return fmt.Sprintf("%s-%d", loadBalancer, port)
}

func certificateName(gateway string, secret objectKey) string {
	return fmt.Sprintf("%s-%s-%s", stem(gateway), shortened(secret.name, maxLabelLength), hashOf(secret.namespace, secret.name))
}

func trustStoreName(gateway, hash string) string {
	return fmt.Sprintf("%s-clients-%s", stem(gateway), hash)
}

// awsName is "k8s-<8 of namespace>-<8 of name>-<hash>", the shape that AWS Load Balancer Controller gives, within the 32
// characters that ELBv2 allows.
func awsName(namespace, name string, hashed ...string) string {
	return fmt.Sprintf("k8s-%s-%s-%s", alphanumeric(namespace), alphanumeric(name), hashOf(hashed...))
}

// alphanumeric keeps eight characters that an ELBv2 name may have.
func alphanumeric(s string) string {
	const keep = (alb.MaxNameLength - len("k8s---") - hashLength) / 2
	kept := strings.Map(func(c rune) rune {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' {
			return c
		}
		return -1
	}, s)
	return kept[:min(keep, len(kept))]
}
