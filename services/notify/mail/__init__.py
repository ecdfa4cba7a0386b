"""Templates and texts of the mails."""
