"""Mail as both senders use it: what an answer of the server means, a mail's states, the SMTP channel."""
