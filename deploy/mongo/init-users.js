// Runs once, on an empty database: one user per service, each with its own database only.
const fs = require('fs');
for (const service of ['intake', 'scoring', 'notify']) {
  const name = `peilung_${service}`;
  db.getSiblingDB(name).createUser({
    user: name,
    pwd: fs.readFileSync(`/run/keys/${service}_password`, 'utf8'),
    roles: [{ role: 'readWrite', db: name }],
  });
}
