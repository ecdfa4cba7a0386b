"""What intake knows without touching anything: answers, pages, submissions, invitations, waves."""
