"""Programme definitions: model, readers, checks; everything specific to a programme is data."""
