package handler

import (
	"regexp"
	"slices"

	"github.com/FerretDB/FerretDB/internal/types"
)

var instant = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)

// oldestFirst tells a question for what is due: one field up to an instant, sorted by this field and the key. The
// backend answers it exactly, so it may be told the limit; of everything else FerretDB reads all before it sorts.
func oldestFirst(filter, sort *types.Document) bool {
	if filter.Len() != 1 || !slices.Equal(sort.Keys(), []string{filter.Keys()[0], "_id"}) {
		return false
	}
	for _, direction := range sort.Values() {
		if direction != int64(1) {
			return false
		}
	}
	bounds, _ := filter.Values()[0].(*types.Document)
	if bounds.Len() != 1 || bounds.Keys()[0] != "$lte" {
		return false
	}
	text, _ := bounds.Values()[0].(string)
	return instant.MatchString(text)
}
