"""What intake does, step by step: submit, publish, invite, remember drafts, watch the calendar."""
