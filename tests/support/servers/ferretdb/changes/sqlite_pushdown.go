package sqlite

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/FerretDB/FerretDB/internal/backends/sqlite/metadata"
	"github.com/FerretDB/FerretDB/internal/handler/sjson"
	"github.com/FerretDB/FerretDB/internal/types"
	"github.com/FerretDB/FerretDB/internal/util/must"
)

var instant = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)

// pushdown returns conditions, in terms of the indexes, that every document the filter selects fulfils. FerretDB
// filters again afterwards, so they may let through too many documents, but must not leave out any. A limited query
// with a filter is one for the oldest of the filter's only field: see the handler.
func pushdown(filter *types.Document, limited bool) (string, []any) {
	var terms []string
	var args []any
	for _, key := range filter.Keys() {
		if strings.ContainsAny(key, `$."`) {
			continue
		}
		column := fmt.Sprintf("%s->%q", metadata.DefaultColumn, key)
		switch value := must.NotFail(filter.Get(key)).(type) {
		case string:
			// A list matches if it holds the value; the JSON of a list begins with a bracket.
			terms = append(terms, fmt.Sprintf(`(%[1]s = ? OR %[1]s >= '[' AND %[1]s < '\')`, column))
			args = append(args, inJSON(value))
		case *types.Document:
			for _, operator := range value.Keys() {
				term, bound := bounded(column, operator, must.NotFail(value.Get(operator)))
				terms = append(terms, term)
				args = append(args, bound...)
			}
		default:
			continue
		}
	}
	if len(terms) == 0 {
		return "", nil
	}
	where := " WHERE " + strings.Join(terms, " AND ")
	if limited {
		where += fmt.Sprintf(` ORDER BY %[1]s->%[2]q, %[1]s->"_id"`, metadata.DefaultColumn, filter.Keys()[0])
	}
	return where, args
}

// bounded compares instants as texts. Their JSON sorts as they do, except against a text with characters that JSON
// escapes: no field that is compared with an instant holds one.
func bounded(column, operator string, value any) (string, []any) {
	text, _ := value.(string)
	switch {
	case operator == "$exists" && value == true:
		return column + " > ''", nil
	case (operator == "$gt" || operator == "$gte") && instant.MatchString(text):
		return column + " >= ?", []any{inJSON(text)}
	case (operator == "$lt" || operator == "$lte") && instant.MatchString(text):
		return fmt.Sprintf(`%[1]s > '' AND %[1]s <= ?`, column), []any{inJSON(text)}
	default:
		return "1", nil
	}
}

func inJSON(value string) string {
	return string(must.NotFail(sjson.MarshalSingleValue(value)))
}
