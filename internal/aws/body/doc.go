// Package body keeps net/http from losing answers of AWS to what smithy-go does with the bodies of requests.
//
// Plain goes among the API options of an SDK configuration; every client that is made of it then sends bodies that end as
// net/http expects.
package body
