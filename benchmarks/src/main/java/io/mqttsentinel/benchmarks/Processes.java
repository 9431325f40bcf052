package io.mqttsentinel.benchmarks;

/** How the services under test are spread over JVMs. */
enum Processes {
  /** Kafka, registry, auth DB and all services in one. */
  ONE,
  /** Kafka, registry and auth DB in one, each service in its own. */
  MANY
}
