package aws

import (
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
)

// collect all pages of a Describe.
func collect[T any](page func(marker *string) ([]T, *string, error)) ([]T, error) {
	var (
		all    []T
		marker *string
	)
	for {
		items, next, err := page(marker)
		if err != nil {
			return nil, err
		}
		all = append(all, items...)
		if next == nil || *next == "" {
			return all, nil
		}
		marker = next
	}
}

// first of what AWS returns for one resource.
func first[T any](all []T) T {
	var none T
	if len(all) == 0 {
		return none
	}
	return all[0]
}

func same(arn *string, as string) bool { return awssdk.ToString(arn) == as }

func matches(nameOrARN string, name, arn *string) bool {
	if strings.HasPrefix(nameOrARN, "arn:") {
		return awssdk.ToString(arn) == nameOrARN
	}
	return awssdk.ToString(name) == nameOrARN
}

func find[T any](all []T, is func(T) bool, kind, name string) (*T, error) {
	i := slices.IndexFunc(all, is)
	if i < 0 {
		return nil, absent(kind, name)
	}
	return &all[i], nil
}

// absent is the error for what a shared read does not hold.
func absent(kind, name string) error {
	return &failure{class: Gone, text: kind + " " + name + " does not exist in AWS"}
}

// insert an item that is not there yet. What is there is newer.
func insert[T any](all []T, item T, is func(T) bool) []T {
	if slices.ContainsFunc(all, is) {
		return all
	}
	return append(slices.Clone(all), item)
}

// upsert puts an item in the place of its former self.
func upsert[T any](all []T, item T, is func(T) bool) []T {
	if i := slices.IndexFunc(all, is); i >= 0 {
		all = slices.Clone(all)
		all[i] = item
		return all
	}
	return append(slices.Clone(all), item)
}

func remove[T any](all []T, is func(T) bool) []T { return slices.DeleteFunc(slices.Clone(all), is) }
