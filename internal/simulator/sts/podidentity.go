package sts

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/iam"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// What EKS Pod Identity is called in trust policies and in tokens.
const podIdentity = "pods.eks.amazonaws.com"

// PodIdentity answers as the agent of EKS Pod Identity does, which pods ask for credentials at AWS_CONTAINER_CREDENTIALS_FULL_URI
// with the token of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: those of the role that is associated with their service account.
func (s *Service) PodIdentity(w http.ResponseWriter, r *http.Request) {
	out, err := s.associated(r.Header.Get("Authorization"))
	if err != nil {
		var refused *wire.Error
		if !errors.As(err, &refused) {
			refused = wire.Errorf("InternalServerException", "the agent failed").WithStatus(http.StatusInternalServerError)
		}
		http.Error(w, "["+refused.Code+"]: "+refused.Message, max(refused.Status, http.StatusBadRequest))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{ // The pod may have hung up.
		"AccessKeyId": out.Credentials.AccessKeyId, "SecretAccessKey": out.Credentials.SecretAccessKey, "Token": out.Credentials.SessionToken,
		"AccountId": s.account, "Expiration": out.Credentials.Expiration.UTC().Format(time.RFC3339),
	})
}

func (s *Service) associated(token string) (*assumeRoleOutput, error) {
	if token == "" {
		return nil, wire.Errorf("AccessDeniedException", "Service account token cannot be empty").WithStatus(http.StatusBadRequest)
	}
	claims, err := s.directory.read(token, s.account, []string{podIdentity})
	if err != nil {
		return nil, err
	}
	namespace, name, ok := strings.Cut(strings.TrimPrefix(claims.Subject, "system:serviceaccount:"), ":")
	a, found := s.directory.association(s.account, claims.Issuer, namespace, name)
	if !ok || !found {
		return nil, wire.Errorf("ResourceNotFoundException", "No EKS Pod Identity association found for %s in %s", name, namespace).WithStatus(http.StatusNotFound)
	}
	role, found := s.directory.role(roleARN(s.account, a.Role))
	tags := map[string]string{"eks-cluster-name": a.Cluster, "kubernetes-namespace": namespace, "kubernetes-service-account": name}
	keys := map[string][]string{}
	transitive := make([]string, 0, len(tags))
	for key, value := range tags {
		keys["aws:RequestTag/"+key] = []string{value}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], key)
		transitive = append(transitive, key)
	}
	for _, action := range []string{"sts:AssumeRole", "sts:TagSession"} { // "Pod Identity role": its trust policy allows both
		if !found || !trusts(role, iam.Principal{Kind: "Service", Names: []string{podIdentity}}, iam.Request{Action: action, Resource: role.arn, Keys: keys}) {
			return nil, wire.Errorf("AccessDeniedException", "Unauthorized Exception! EKS does not have permissions to assume the associated role.").WithStatus(http.StatusForbidden)
		}
	}
	return s.issue(session{role: role, name: "eks-" + a.Cluster + "-" + name, tags: tags, transitive: transitive}, longest), nil
}
