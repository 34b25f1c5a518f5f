// Package controller lists every controller of the provider.
//
// In go a manager and settings; out come running controllers: two for Gateway API (gatewayclass, gateway) and one for each
// managed kind.
package controller
