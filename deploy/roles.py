"""What a container of this image can be; printed when none is chosen."""

from __future__ import annotations

ROLES = """Peilung: choose a role as the container's command.

  gunicorn -c python:deploy.web_server services.intake.wsgi:app     questionnaires, collection pages, API
  gunicorn -c python:deploy.web_server services.scoring.wsgi:app    monitoring pages, API
  gunicorn -c python:deploy.web_server services.notify.wsgi:app     support pages, API
  python -m services.intake relay      outbox, wave calendar, overdue reports
  python -m services.scoring work      indicator values and flags
  python -m services.notify work       alert mails
  python -m deploy.migrate             indexes of all three databases
  python -m deploy.keys FOLDER         secrets, once
"""

if __name__ == "__main__":
    print(ROLES)
