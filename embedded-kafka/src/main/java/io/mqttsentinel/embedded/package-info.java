/**
 * Kafka and a schema registry inside the JVM, for the laptop and the tests: a KRaft node that is
 * broker and controller at once, and a registry with Confluent's REST API whose only memory is a
 * compacted topic of that broker.
 */
package io.mqttsentinel.embedded;
