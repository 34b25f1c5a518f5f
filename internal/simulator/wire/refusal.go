package wire

import "net/http"

// A refusal is a reason not to trust a request. Each protocol has its own word and status for each.
type refusal int

const (
	incompleteSignature refusal = iota
	unknownKey
	wrongSignature
	expired // the signature
	ended   // the credentials
)

type word struct {
	code   string
	status int
}

var words = map[Protocol]map[refusal]word{
	Query: {
		incompleteSignature: {"IncompleteSignature", http.StatusBadRequest},
		unknownKey:          {"InvalidClientTokenId", http.StatusForbidden},
		wrongSignature:      {"SignatureDoesNotMatch", http.StatusForbidden},
		expired:             {"SignatureDoesNotMatch", http.StatusForbidden},
		ended:               {"ExpiredToken", http.StatusForbidden},
	},
	EC2: {
		incompleteSignature: {"IncompleteSignature", http.StatusBadRequest},
		unknownKey:          {"AuthFailure", http.StatusUnauthorized},
		wrongSignature:      {"AuthFailure", http.StatusUnauthorized},
		expired:             {"RequestExpired", http.StatusBadRequest},
		ended:               {"RequestExpired", http.StatusBadRequest},
	},
	Object: {
		incompleteSignature: {"AuthorizationHeaderMalformed", http.StatusBadRequest},
		unknownKey:          {"InvalidAccessKeyId", http.StatusForbidden},
		wrongSignature:      {"SignatureDoesNotMatch", http.StatusForbidden},
		expired:             {"RequestTimeTooSkewed", http.StatusForbidden},
		ended:               {"ExpiredToken", http.StatusBadRequest},
	},
	JSON: {
		incompleteSignature: {"IncompleteSignatureException", http.StatusBadRequest},
		unknownKey:          {"UnrecognizedClientException", http.StatusBadRequest},
		wrongSignature:      {"InvalidSignatureException", http.StatusBadRequest},
		expired:             {"InvalidSignatureException", http.StatusBadRequest},
		ended:               {"ExpiredTokenException", http.StatusBadRequest},
	},
}

func refuse(s *Service, why refusal, message string) *Error {
	if s.Protocol == EC2 && (why == unknownKey || why == wrongSignature) {
		message = "AWS was not able to validate the provided access credentials"
	}
	w := words[s.Protocol][why]
	return &Error{Code: w.code, Message: message, Status: w.status}
}

func missingAuthentication(s *Service) *Error {
	switch s.Protocol {
	case Object:
		return Errorf("AccessDenied", "Access Denied").WithStatus(http.StatusForbidden)
	case JSON:
		return Errorf("MissingAuthenticationTokenException", "Missing Authentication Token")
	case EC2:
		return Errorf("MissingParameter", "The request must contain the parameter AWSAccessKeyId")
	default:
		return Errorf("MissingAuthenticationToken", "Request is missing Authentication Token").WithStatus(http.StatusForbidden)
	}
}
