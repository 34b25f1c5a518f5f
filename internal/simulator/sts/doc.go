// Package sts answers the one question that every AWS client asks first: who am I.
package sts
