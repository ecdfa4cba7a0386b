"""The message bus: a confirmed publisher and a careful consumer, on RabbitMQ or on an SQLite file."""
