package alb

// Quotas of an Application Load Balancer, from "Quotas for your Application Load Balancers" in the user guide unless
// another source is named. The ones marked adjustable are defaults; DescribeAccountLimits tells an account's own.
const (
	MaxLoadBalancersPerRegion      = 50   // adjustable; TooManyLoadBalancers
	MaxListenersPerLoadBalancer    = 50   // adjustable; TooManyListeners
	MaxRulesPerLoadBalancer        = 100  // adjustable, default rules not counted; TooManyRules
	MaxCertificatesPerLoadBalancer = 25   // adjustable, default certificates not counted; TooManyCertificates
	MaxTargetGroupsPerLoadBalancer = 100  // TooManyUniqueTargetGroupsPerLoadBalancer
	MaxTargetGroupsPerAction       = 5    // TooManyTargetGroups
	MaxLoadBalancersPerTargetGroup = 1    // TargetGroupAssociationLimit
	MaxTargetGroupsPerRegion       = 3000 // adjustable; TooManyTargetGroups
	MaxTargetsPerTargetGroup       = 1000 // adjustable; TooManyTargets
	MaxTargetsPerLoadBalancer      = 1000 // adjustable; TooManyRegistrationsForTargetId
	MaxTagsPerResource             = 50   // TooManyTags
	MaxTrustStoresPerAccount       = 20   // TooManyTrustStores
	MaxVerifyListenersPerBalancer  = 2    // listeners with mTLS in verify mode
	MaxCertificatesPerTrustStore   = 25   // CA certificates
	MaxConditionValues             = 5    // per rule, over all its conditions, Values and RegexValues together
	MaxConditionValuesPerCondition = 3    // only "Condition types for listener rules" says so; see Assumptions.ConditionValues
	MaxWildcards                   = 5    // "*" and "?" per rule; accounts of old have 6
	MaxTransformsPerType           = 1    // "Transforms for listener rules"
	MaxRewritesPerTransform        = 1    // "Transforms for listener rules"
	MaxLoadBalancerAttributes      = 20   // per call; API model, LoadBalancerAttributes
	MaxAdditionalClaims            = 10   // API reference, JwtValidationActionConfig
	MaxResourcesPerDescribe        = 20   // ARNs for DescribeTags and DescribeLoadBalancers
	MaxPageSize                    = 400  // API model, PageSize
	MaxRequestLineBytes            = 16 << 10
	MaxRequestHeaderBytes          = 16 << 10 // a single header line
	MaxRequestHeadersBytes         = 64 << 10 // the whole request header
	MaxResponseHeadersBytes        = 32 << 10 // the whole response header
	MaxForwardedForAddresses       = 30       // more answers 463; user guide, troubleshooting
	MaxConcurrentStreams           = 128      // HTTP/2 requests on one connection; user guide, listeners
	MaxHealthyThreshold            = 10
	MinHealthyThreshold            = 2
	MinHealthCheckIntervalSeconds  = 5
	MaxHealthCheckIntervalSeconds  = 300
	MinHealthCheckTimeoutSeconds   = 2
	MaxHealthCheckTimeoutSeconds   = 120
	MaxDeregistrationDelaySeconds  = 3600
	MinMatcherHTTPCode             = 200 // API reference, Matcher
	MaxMatcherHTTPCode             = 499
	MaxMatcherGRPCCode             = 99
	MaxStickinessDurationSeconds   = 604800 // 7 days
	MaxSessionTimeoutSeconds       = 604800 // API reference, AuthenticateOidcActionConfig
	MinIdleTimeoutSeconds          = 1
	MaxIdleTimeoutSeconds          = 4000
	MinClientKeepAliveSeconds      = 60
	MaxClientKeepAliveSeconds      = 604800
	MaxHealthCheckPathLength       = 1024 // API model, Path
	MaxNameLength                  = 32   // load balancers, target groups and trust stores
	MaxConditionValueLength        = 128  // API reference, RuleCondition; regex values too
	MaxHeaderNameLength            = 40   // API reference, HttpHeaderConditionConfig
	MaxMethodLength                = 40   // API reference, HttpRequestMethodConditionConfig
	MaxRewriteLength               = 1024 // API reference, RewriteConfig: Regex and Replace, each
	MaxFixedResponseBodyLength     = 1024 // API model, FixedResponseActionMessage
	MaxRedirectComponentLength     = 128  // API model, RedirectActionHost, -Path and -Query
	MaxClaimValues                 = 10   // API reference, JwtValidationActionAdditionalClaim
	MaxAdditionalClaimLength       = 256  // API reference, JwtValidationActionAdditionalClaim
	MinPriority                    = 1    // API model, RulePriority
	MaxPriority                    = 50000
	MinActionOrder                 = 1 // API model, ActionOrder
	MaxActionOrder                 = 50000
	MinWeight                      = 0 // API reference, TargetGroupTuple
	MaxWeight                      = 999
	DefaultHealthCheckPath         = "/"
	DefaultGRPCHealthCheckPath     = "/AWS.ALB/healthcheck"
	DefaultMatcherHTTPCode         = "200"
	DefaultMatcherGRPCCode         = "12"
	DefaultIdleTimeoutSeconds      = 60
	DefaultClientKeepAliveSeconds  = 3600
	DefaultDeregistrationDelay     = 300
	DefaultSSLPolicy               = "ELBSecurityPolicy-2016-08" // what the API fills in for an HTTPS listener without one
	DefaultStickinessDuration      = 86400                       // API reference, TargetGroupAttribute
	PriorityDefault                = "default"                   // Priority of a listener's default rule
	ConnectTimeoutSeconds          = 10                          // user guide, troubleshooting: HTTP 504
)

// The fields of a condition.
const (
	FieldHostHeader    = "host-header"
	FieldPathPattern   = "path-pattern"
	FieldHTTPHeader    = "http-header"
	FieldRequestMethod = "http-request-method"
	FieldQueryString   = "query-string"
	FieldSourceIP      = "source-ip"
)

// contentTypes are those a fixed response may have (API reference, FixedResponseActionConfig).
var contentTypes = []string{"text/plain", "text/css", "text/html", "application/javascript", "application/json"}
