package io.mqttsentinel.embedded;

/** One version of a subject; the same schema has the same id under every subject. */
record RegisteredSchema(String subject, int version, int id, String schema) {}
