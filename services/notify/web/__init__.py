"""Pages and API of notify: the alert inbox, acknowledge links, silences, the delivery log."""
