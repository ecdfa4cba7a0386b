"""Connections to the outside: SMTP, mail templates, signed links."""
